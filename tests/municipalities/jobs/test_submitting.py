"""From an employer's form to the list, as homes do; here what is a vacancy's own."""

import datetime

import pytest
from django.utils import timezone

from municipalities.jobs.models import Source, Vacancy, VacancySubmission
from municipalities.moderation import delivery
from municipalities.moderation.models import News, State
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    OrganisationFactory,
    VacancyFactory,
    VacancySubmissionFactory,
)
from tests.sending import opened, send, told
from welcome.privacy import retention

pytestmark = pytest.mark.django_db
OFFER = "/nn/al/jobs/new/"
DUE = timezone.localdate() + datetime.timedelta(days=20)


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


@pytest.fixture
def office(al):
    return MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE).user


def typed(**more):
    return {
        "title": "Kokk på hotellet",
        "words": "Du lagar mat frå dalen.\n\nVi hjelper deg med <b>hybel</b>.",
        "language": "nn",
        "employer_name": "Hotellet i Ål",
        "field": "tourism",
        "extent": "full",
        "percent": "100",
        "engagement": "permanent",
        "positions": "2",
        "due_on": DUE.isoformat(),
        "apply_email": "jobb@hotellet.example",
        "name": "Turid Dagleg",
        "email": "turid@hotellet.example",
    } | more


def test_from_the_form_to_the_list(client, al, office):
    assert send(client, OFFER, typed())["Location"] == f"{OFFER}?sent=1"
    vacancy = Vacancy.objects.get()
    assert (vacancy.state, vacancy.source) == (State.DRAFT, Source.EMPLOYER)
    page = "/nn/" + opened(client, told(), "vacancy")
    assert client.get(page).status_code == 200
    client.post(f"{page}confirm/")
    client.force_login(office)
    assert "/admin/municipalities/vacancy/?state__exact=waiting" in client.get("/admin/").content.decode()
    decide = f"/admin/municipalities/vacancy/{vacancy.pk}/decide/"
    assert "turid@hotellet.example" in client.get(decide).content.decode()
    client.post(decide, {"verb": "send_back", "word": "Kva er lønna?"})
    client.logout()
    page = "/nn/" + opened(client, told(), "vacancy")
    assert "Kva er lønna?" in client.get(page).content.decode()
    assert client.post(page, typed(words="Løn etter avtale."))["Location"].endswith("?done=changed")
    client.force_login(office)
    client.post(decide, {"verb": "publish"})
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.expires_on) == (State.PUBLISHED, DUE)
    assert f"/nn/al/jobs/{vacancy.pk}-kokk-pa-hotellet/" in told().body
    client.logout()
    shown = client.get(f"/nn/al/jobs/{vacancy.pk}-kokk-pa-hotellet/").content.decode()
    assert "Løn etter avtale." in shown
    assert "mailto:jobb@hotellet.example" in shown
    for hidden in ("turid@hotellet.example", "Turid Dagleg"):
        assert hidden not in shown


def test_publishing_the_employer_s_own_takes_the_feed_s_away(client, al, office):
    brought = VacancyFactory(
        municipality=al, title="Kokk", source=Source.NAV, feed_uuid="10584075-1e5c-4a83-bf49-c80bcab83018"
    )
    own = VacancyFactory(municipality=al, title="Kokk", state=State.WAITING, source=Source.EMPLOYER)
    client.force_login(office)
    decide = f"/admin/municipalities/vacancy/{own.pk}/decide/"
    assert f"/admin/municipalities/vacancy/{brought.pk}/decide/" in client.get(decide).content.decode()
    client.post(decide, {"verb": "publish"})
    assert [row.pk for row in Vacancy.objects.shown()] == [own.pk]


def test_what_nav_has_published_is_changed_there(client, al, office):
    brought = VacancyFactory(
        municipality=al, source=Source.NAV, feed_uuid="10584075-1e5c-4a83-bf49-c80bcab83018"
    )
    client.force_login(office)
    path = f"/admin/municipalities/vacancy/{brought.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"title": "Anna"}).status_code == 403
    assert (
        client.post(f"/admin/municipalities/vacancy/{brought.pk}/decide/", {"verb": "take_out"}).status_code
        == 302
    )
    assert not Vacancy.objects.shown().exists()


def test_staff_enter_and_publish_one(client, al, office):
    client.force_login(office)
    data = {
        "municipality": al.pk, "title": "Vaktmeister", "field": "building", "language": "nn", "body": "<p>Hei</p>",
        "employer_name": "Ål kommune", "positions": "1", "apply_url": "https://soknad.example/2",
    }  # fmt: skip
    assert client.post("/admin/municipalities/vacancy/add/", data).status_code == 302
    vacancy = Vacancy.objects.get()
    assert (vacancy.state, vacancy.source) == (State.DRAFT, Source.STAFF)
    client.post(f"/admin/municipalities/vacancy/{vacancy.pk}/decide/", {"verb": "publish"})
    vacancy.refresh_from_db()
    assert vacancy.expires_on == timezone.localdate() + datetime.timedelta(days=60)


def test_without_a_way_to_apply_nothing_is_published(client, al, office):
    vacancy = VacancyFactory(municipality=al, state=State.DRAFT, apply_url="")
    client.force_login(office)
    path = f"/admin/municipalities/vacancy/{vacancy.pk}/decide/"
    assert client.post(path, {"verb": "publish"}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"words": ""}, "words"),
        ({"field": "magic"}, "field"),
        ({"employer_name": ""}, "employer_name"),
        ({"apply_email": ""}, "apply_url"),
        ({"apply_url": "javascript:alert(1)"}, "apply_url"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "2099-01-01"}, "due_on"),
        ({"percent": "300"}, "percent"),
        ({"positions": "0"}, "positions"),
        ({"postal_code": "3"}, "postal_code"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(client, al, wrong, field):
    answer = send(client, OFFER, typed(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    if "words" not in wrong:
        assert "Vi hjelper deg med &lt;b&gt;hybel&lt;/b&gt;." in page
    assert not Vacancy.objects.exists()


def test_another_municipality_s_organisation_can_t_be_named(client, al):
    assert send(client, OFFER, typed(employer=OrganisationFactory().pk)).status_code == 422


def test_an_organisation_in_the_list_is_named_by_its_name(client, al):
    ours = OrganisationFactory(municipality=al, name="Hallingdal bygg")
    send(client, OFFER, typed(employer=ours.pk, employer_name=""))
    assert Vacancy.objects.get().employer_name == "Hallingdal bygg"


def test_its_employer_extends_it_and_takes_it_out(client, al):
    VacancySubmissionFactory(vacancy__municipality=al, news=News.EXPIRES)
    page = "/nb/" + opened(client, told(), "vacancy")
    client.post(f"{page}move/extend/")
    assert Vacancy.objects.get().expires_on == timezone.localdate() + datetime.timedelta(days=60)
    assert client.post(f"{page}move/reserve/").status_code == 404
    client.post(f"{page}move/take_out/")
    assert Vacancy.objects.get().state == State.GONE


def test_it_runs_out_by_itself(al):
    vacancy = VacancyFactory(municipality=al)
    delivery.look_after(vacancy.expires_on + datetime.timedelta(days=1))
    vacancy.refresh_from_db()
    assert vacancy.state == State.GONE


def test_who_sent_it_is_forgotten_in_time(client, al):
    send(client, OFFER, typed())
    kept = VacancySubmissionFactory(vacancy__municipality=al)
    today = timezone.localdate()
    retention.clean(al, today + datetime.timedelta(days=8))
    assert [row.pk for row in VacancySubmission.objects.all()] == [kept.pk]
    Vacancy.objects.update(state=State.GONE, gone_at=timezone.now())
    retention.clean(al, today + datetime.timedelta(days=92))
    assert not VacancySubmission.objects.exists()
    assert Vacancy.objects.count() == 1
