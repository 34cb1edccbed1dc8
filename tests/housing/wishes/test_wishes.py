"""Who looks for what, and who is told of what: both ways by the same rules, once, and only with a confirmed address."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from housing.listings import changes
from housing.listings.models import Listing, Offer
from housing.shown.models import HomeKind
from housing.wishes import delivery, finding, matching, stopping, tasks
from housing.wishes.models import Match, Often, Wish, WishPosition
from municipalities.jobs.catalogue import Extent, Field
from municipalities.moderation import actions as moderation
from municipalities.moderation.models import State
from municipalities.tenancy.models import Role
from tests.factories.housing import ListingFactory, ListingTextFactory, WishFactory, WishFieldFactory, in_days
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory, VacancyFactory
from tests.sending import opened, send
from welcome.privacy import retention

pytestmark = pytest.mark.django_db
LOOK = "/nn/al/looking/"


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def home(al, title="Leilighet", **more):
    made = ListingFactory(municipality=al, **more)
    ListingTextFactory(listing=made, title=title)
    return made


def typed(**more):
    return {
        "wants_home": "on", "offer": "rent", "bedrooms": "2", "price": "10000",
        "fields_of_work": ["health", "building"], "often": "instant", "name": "Jamal", "email": "jamal@heime.example",
    } | more  # fmt: skip


WISHES = [
    {},
    {"offer": Offer.RENT},
    {"offer": Offer.SALE},
    {"kind": HomeKind.FLAT, "village": "sundre "},
    {"kind": HomeKind.FARM},
    {"village": "Torpo"},
    {"bedrooms": 2},
    {"bedrooms": 3},
    {"area": 64},
    {"area": 65},
    {"price": 9500},
    {"price": 9499},
    {"pets": True},
    {"step_free": True},
    {"offer": Offer.RENT, "kind": HomeKind.FLAT, "bedrooms": 1, "price": 12000, "pets": True},
    {"wants_home": False},
    {"stopped_at": timezone.now()},
    {"expires_on": in_days(-1)},
]
HOMES = [
    {"pets": True},
    {"price": None, "area": None, "bedrooms": None},
    {"village": "", "step_free": True},
    {"offer": Offer.SALE, "kind": HomeKind.FARM, "price": 2_000_000, "village": "Torpo", "animals": True},
]


def test_both_ways_find_the_same(al):
    """Of each wish and each home: the one finds the other or it doesn't, whichever way one asks."""
    wishes = [WishFactory(municipality=al, **more) for more in WISHES]
    homes = [home(al, **more) for more in HOMES]
    theirs = home(MunicipalityFactory())
    found = 0
    for wish in wishes:
        is_active = Wish.objects.active().filter(pk=wish.pk).exists()
        for each in homes:
            one = matching.wishes_for(each).filter(pk=wish.pk).exists()
            other = is_active and matching.homes_for(wish).filter(pk=each.pk).exists()
            assert one == other, (wish.__dict__, each.__dict__)
            found += one
        assert not matching.wishes_for(theirs).filter(pk=wish.pk).exists()
    assert 20 < found < len(wishes) * len(homes)


def test_what_costs_or_measures_nothing_fits_as_told(al):
    silent = home(al, price=None, area=None)
    cheap = WishFactory(municipality=al, price=1)
    large = WishFactory(municipality=al, area=10)
    assert list(matching.wishes_for(silent)) == [cheap]
    fit = matching.fit(cheap, silent)
    assert fit.unknown
    assert large.area == 10


def test_a_new_home_costs_the_same_questions_whoever_looks(al, django_assert_num_queries):
    for number in range(40):
        WishFactory(municipality=al, price=number)
    made = home(al)
    with django_assert_num_queries(1):
        assert list(matching.wishes_for(made)) == []


def test_from_the_form_to_the_mail_about_a_new_home_and_no_more(client, al):
    home(al, "Som var der")
    assert send(client, LOOK, typed())["Location"] == f"{LOOK}?sent=1"
    wish = Wish.objects.get()
    assert sorted(each.field for each in wish.fields.all()) == ["building", "health"]
    tasks.find_and_tell()
    [asked] = mail.outbox
    assert asked.to == ["jamal@heime.example"]
    tasks.find_and_tell()
    assert len(mail.outbox) == 1, "asked once"
    page = "/nn/" + opened(client, asked, "wish")
    assert "Som var der" in client.get(page).content.decode()
    assert client.post(f"{page}confirm/")["Location"].endswith("?done=confirmed")
    tasks.find_and_tell()
    assert len(mail.outbox) == 1, "what they have seen is told in no mail"

    fits = ListingFactory(municipality=al, state=State.WAITING)
    ListingTextFactory(listing=fits, title="Nytt i Sundre")
    home(al, "Altfor dyrt", price=15000)
    tasks.find_and_tell()
    assert len(mail.outbox) == 1
    moderation.publish(row=fits, by=None)
    job = VacancyFactory(municipality=al, title="Tømrar", field=Field.BUILDING)
    VacancyFactory(municipality=al, title="Kokk", field=Field.TOURISM)
    tasks.find_and_tell()
    told = mail.outbox[-1]
    assert "Nytt i Sundre" in told.body
    assert f"/jobs/{job.pk}-tmrar/" in told.body or "Tømrar" in told.body
    for absent in ("Altfor dyrt", "Kokk", "Som var der"):
        assert absent not in told.body
    assert told.extra_headers["List-Unsubscribe"]
    for _ in range(2):
        tasks.find_and_tell()
    assert len(mail.outbox) == 2, "told once"

    page = "/nn/" + opened(client, told, "wish")
    assert client.post(f"{page}stop/")["Location"].endswith("?done=stopped")
    home(al, "Etter at det var nok")
    tasks.find_and_tell()
    assert len(mail.outbox) == 2


def test_a_price_that_falls_is_news(al):
    wish = WishFactory(municipality=al, price=9000)
    dear = home(al, price=9500)
    finding.find()
    assert not Match.objects.exists()
    dear.price = 8900
    changes.save(listing=dear)
    finding.find()
    assert [match.wish for match in Match.objects.all()] == [wish]


def test_what_is_gone_before_the_mail_is_told_to_nobody(al):
    WishFactory(municipality=al)
    made = home(al)
    finding.find()
    Listing.objects.update(state=State.GONE, gone_at=timezone.now())
    assert delivery.mail_all() == 0
    assert made.pk


def test_nobody_is_written_to_whose_address_is_not_confirmed(al):
    WishFactory(municipality=al, confirmed_at=None, asked_at=timezone.now())
    WishFactory(municipality=al, often=Often.NEVER)
    home(al)
    tasks.find_and_tell()
    assert mail.outbox == []
    assert Match.objects.count() == 2, "staff see them all the same"


def test_the_button_of_a_mail_program_stops_it(al):
    """RFC 8058: a POST without cookie or page. Whatever else is posted there does nothing, nor does a look."""
    wish = WishFactory(municipality=al)
    home(al)
    tasks.find_and_tell()
    [told] = mail.outbox
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + told.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    program = Client(enforce_csrf_checks=True)
    one_click = {"List-Unsubscribe": "One-Click"}
    assert program.get(path).status_code == 302
    assert program.post(path).status_code == program.post(path, {"List-Unsubscribe": "no"}).status_code == 405
    forged = path.rstrip("/")[:-3] + "aaa/"
    assert program.post(forged, one_click).status_code == 410
    assert program.post(path.replace("/wish/", "/home/"), one_click).status_code == 405
    wish.refresh_from_db()
    assert wish.stopped_at is None
    assert program.post(path, one_click).status_code == 200
    wish.refresh_from_db()
    assert wish.stopped_at is not None
    home(al, "Etter at det var nok")
    tasks.find_and_tell()
    assert len(mail.outbox) == 1


MONDAY = datetime.datetime(2026, 11, 30, 5, 45, tzinfo=datetime.UTC)  # 6:45 in Oslo.


@pytest.mark.parametrize(("often", "hours"), [(Often.DAILY, [0, 24, 48]), (Often.WEEKLY, [0, 7 * 24])])
def test_mail_comes_as_often_as_asked_for(al, often, hours):
    WishFactory(municipality=al, often=often, confirmed_at=MONDAY - datetime.timedelta(days=9))
    sent = []
    for hour in range(0, 8 * 24, 6):
        now = MONDAY + datetime.timedelta(hours=hour)
        with time_machine.travel(now, tick=False):
            home(al, f"Nytt {hour}", expires_on=in_days(60))
            finding.find()
            if delivery.mail_all():
                sent.append(hour)
    assert sent[: len(hours)] == hours
    assert len(sent) == (8 if often == Often.DAILY else 2)


def test_mail_that_is_refused_waits_and_loses_nothing(al, refuse_mail_to):
    wish = WishFactory(municipality=al, email="full@heime.example")
    home(al)
    finding.find()
    refuse_mail_to("full@heime.example")
    assert delivery.mail_all() == 0
    assert Match.objects.get().told_at is None
    Wish.objects.update(email="annen@heime.example")
    assert delivery.mail_all() == 1
    assert wish.pk


def test_a_change_that_is_seen_late_is_found_all_the_same(al):
    WishFactory(municipality=al)
    finding.find()
    late = home(al)
    before = WishPosition.objects.get().until - datetime.timedelta(minutes=5)
    Listing.objects.filter(pk=late.pk).update(changed_at=before)
    assert finding.find() == 1
    assert finding.find() == 0


def test_another_wish_is_held_against_what_is_there(client, al):
    wish = WishFactory(municipality=al, offer=Offer.SALE, asked_at=None, confirmed_at=None)
    home(al, "Til leige")
    delivery.mail_all()
    page = "/nb/" + opened(client, mail.outbox[-1], "wish")
    assert "Til leige" not in client.get(page).content.decode()
    assert client.post(page, typed(offer="rent"))["Location"].endswith("?done=changed")
    assert "Til leige" in client.get(page).content.decode()
    wish.refresh_from_db()
    assert (wish.offer, wish.key, wish.confirmed_at is not None) == ("rent", "rent||", True)
    tasks.find_and_tell()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"wants_home": "", "fields_of_work": []}, "wants_home"),
        ({"price": "-1"}, "price"),
        ({"bedrooms": "99"}, "bedrooms"),
        ({"kind": "castle"}, "kind"),
        ({"fields_of_work": ["magic"]}, "fields_of_work"),
        ({"fields_of_work": ["health", "trade", "nature", "office", "culture"]}, "fields_of_work"),
        ({"email": "x"}, "email"),
        ({"name": ""}, "name"),
        ({"leave_empty": "x"}, "leave_empty"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(client, al, wrong, field):
    answer = send(client, LOOK, typed(**wrong))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Wish.objects.exists()


def test_a_list_hands_its_filters_over(client, al):
    page = client.get("/en/al/homes/?offer=rent&bedrooms=7&price=9000").content.decode()
    assert "/en/al/looking/?offer=rent&amp;bedrooms=7&amp;price=9000" in page
    form = client.get("/en/al/looking/?offer=rent&bedrooms=7&price=9000").content.decode()
    assert 'value="7"' in form
    assert "/en/al/looking/?field=health" in client.get("/en/al/jobs/?field=health").content.decode()


def test_staff_see_who_fits_a_home_and_what_fits_a_wish(client, al):
    made = home(al, "Leilighet", state=State.WAITING)
    fits = WishFactory(municipality=al, name="Jamal Fits", price=12000)
    WishFactory(municipality=al, name="Anna Elsewhere", offer=Offer.SALE)
    client.force_login(MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE).user)
    decide = client.get(f"/admin/housing/listing/{made.pk}/decide/").content.decode()
    link = f"/admin/housing/wish/?fits={made.pk}"
    assert link in decide
    listed = client.get(link).content.decode()
    assert "Jamal Fits" in listed
    assert "Anna Elsewhere" not in listed
    moderation.publish(row=made, by=None)
    page = client.get(f"/admin/housing/wish/{fits.pk}/change/").content.decode()
    assert "Leilighet" in page
    assert "12000" in page
    assert client.get("/admin/housing/wish/?fits=999999").status_code in {200, 302}


def test_staff_enter_a_wish_and_nobody_is_written_to(client, al):
    client.force_login(MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE).user)
    data = {"name": "Familie på fire", "phone": "99 88 77 66", "language": "nb", "often": "never", "wants_home": "on",
            "offer": "rent", "bedrooms": "3", "fields-TOTAL_FORMS": "0", "fields-INITIAL_FORMS": "0"}  # fmt: skip
    assert client.post("/admin/housing/wish/add/", data).status_code == 302
    wish = Wish.objects.get()
    assert (wish.by_staff, wish.key) == (True, "rent||")
    home(al, bedrooms=3)
    tasks.find_and_tell()
    assert mail.outbox == []
    assert Match.objects.count() == 1


def test_jobs_fit_by_field_and_extent(al):
    wish = WishFactory(municipality=al, wants_home=False, extent=Extent.PART)
    WishFieldFactory(wish=wish, field=Field.HEALTH)
    part = VacancyFactory(municipality=al, field=Field.HEALTH, extent=Extent.PART)
    VacancyFactory(municipality=al, field=Field.HEALTH, extent=Extent.FULL)
    silent = VacancyFactory(municipality=al, field=Field.HEALTH, extent="")
    VacancyFactory(field=Field.HEALTH, extent=Extent.PART)
    assert set(matching.vacancies_for(wish)) == {part, silent}
    for vacancy in (part, silent):
        assert list(matching.wishes_for_vacancy(vacancy)) == [wish]


def test_who_looked_is_forgotten_in_time(client, al):
    send(client, LOOK, typed())
    kept = WishFactory(municipality=al)
    today = timezone.localdate()
    retention.clean(al, today + datetime.timedelta(days=8))
    assert [wish.pk for wish in Wish.objects.all()] == [kept.pk]
    stopping.stop(wish=kept)
    retention.clean(al, today + datetime.timedelta(days=31))
    assert not Wish.objects.exists()
