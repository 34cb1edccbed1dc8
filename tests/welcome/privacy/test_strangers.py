"""Who signed up by phone and belongs to no household: found by name and contact, handed out, erased, gone in time."""

import datetime

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.privacy.registry import Retention, declarations
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import DataRequestFactory, HouseholdFactory, SignUpFactory, WelcomeMeetingFactory
from tests.welcome.letters.frozen import worker
from welcome.meetings.models import SignUp, SignUpState
from welcome.privacy import retention, strangers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
PAGE = reverse("admin:welcome_datarequest_strangers")


@pytest.fixture
def place():
    return MunicipalityFactory(name="Dalen")


@pytest.fixture
def meeting(place):
    return WelcomeMeetingFactory(municipality=place, capacity=2)


@pytest.fixture
def caller(meeting):
    return SignUpFactory(
        meeting=meeting, household=None, name="Åse-Marie Christiansen", contact="+47 99 95 12 34", adults=1,
        needs="Rullestol", language="nb",
    )  # fmt: skip


@pytest.fixture
def mailer(meeting):
    return SignUpFactory(meeting=meeting, household=None, name="Per Mail", contact="per@dalen.example")


@pytest.fixture
def office(client, place):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(place, Role.SERVICE_OFFICE))
    return client


def asked(office, words, verb="find", **more):
    return office.post(PAGE, {"words": words, "verb": verb, **more})


@pytest.mark.parametrize(
    "words",
    [
        "Åse-Marie Christiansen", "kristiansen aase", "CHRISTIANSEN", "99951234", "99 95 12 34", "+4799951234",
        "004799951234",
    ],
)  # fmt: skip
def test_found_by_name_however_it_is_spelled_and_by_number(place, caller, mailer, words):
    assert strangers.find(place, words) == [caller]


@pytest.mark.parametrize("words", ["Åse Berg", "As", "1234", "99951235", "", "  ", "dalen", "@", "example"])
def test_nobody_else_is(place, caller, mailer, words):
    assert strangers.find(place, words) == []


def test_by_e_mail(place, caller, mailer):
    assert strangers.find(place, "PER@dalen.example ") == [mailer]


def test_households_and_other_municipalities_are_not_searched(place, caller, meeting):
    SignUpFactory(meeting=meeting, household=HouseholdFactory(municipality=place))
    SignUpFactory(meeting=WelcomeMeetingFactory(), household=None, name=caller.name, contact=caller.contact)
    assert strangers.find(place, caller.name) == [caller]


def test_the_page_shows_them_and_the_log_does_not_tell_for_whom_was_looked(office, caller, mailer):
    empty = office.get(PAGE).content.decode()
    assert "Christiansen" not in empty
    shown = asked(office, "christiansen").content.decode()
    assert "Åse-Marie Christiansen" in shown
    assert "Per Mail" not in shown
    entry = AuditEntry.objects.filter(action="searched", model="welcome.SignUp").latest("pk")
    assert entry.note == "strangers rows=1"
    assert "Nobody of that name" in asked(office, "Ukjend Person").content.decode()
    assert asked(office, "").status_code == 422


def test_what_is_held_is_handed_out(office, caller, mailer):
    held = asked(office, "christiansen", "json", row=caller.pk).json()
    assert held["household"] is None
    [section] = held["held"]
    assert section["kind"] == "welcome.SignUp"
    [row] = section["rows"]
    assert (row["name"], row["contact"], row["needs"]) == (caller.name, caller.contact, "Rullestol")
    assert section["retention"]
    answer = asked(office, "christiansen", "pdf", row=caller.pk)
    with pypdfium2.PdfDocument(answer.content) as document:
        words = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "Rullestol" in words
    assert "None" not in words
    assert "Per Mail" not in words
    taken = AuditEntry.objects.filter(action="exported", model="welcome.SignUp")
    assert set(taken.values_list("note", flat=True)) == {
        f"report={kind} strangers rows=1" for kind in ("json", "pdf")
    }


@pytest.mark.parametrize("verb", ["pdf", "json", "erase"])
def test_nothing_is_done_with_what_is_not_ticked_or_not_found(office, caller, mailer, verb):
    for rows in ([], [mailer.pk], ["x"]):
        answer = asked(office, "christiansen", verb, row=rows, sure="on")
        assert answer.status_code == 422
        assert "Tick those it is about." in answer.content.decode()
    assert SignUp.objects.count() == 2


def test_erasing_asks_once_more_and_gives_the_seat_on(office, caller, meeting):
    waiting = SignUpFactory(meeting=meeting, state=SignUpState.WAITING, adults=2, seats=2)
    assert asked(office, "christiansen", "erase", row=caller.pk).status_code == 422
    assert asked(office, "christiansen", "erase", row=caller.pk, sure="on").status_code == 302
    assert not SignUp.objects.filter(pk=caller.pk).exists()
    assert SignUp.objects.get(pk=waiting.pk).state == SignUpState.COMING
    assert AuditEntry.objects.filter(
        action="erased", model="welcome.SignUp", object_id=str(caller.pk)
    ).exists()
    assert strangers.erase(rows=[caller], by=None) == 0


def test_it_is_for_who_may_write_of_people_there(client, place, caller):
    client.force_login(worker(place, Role.READER))
    assert client.get(PAGE).status_code == 403
    client.force_login(worker(MunicipalityFactory(), Role.ADMINISTRATOR))
    assert client.get(f"{PAGE}?municipality={place.pk}").status_code == 404
    assert "Christiansen" not in client.post(PAGE, {"words": "christiansen"}).content.decode()


def test_requests_and_the_erasure_lead_there(office, place):
    home = HouseholdFactory(municipality=place)
    request = DataRequestFactory(household=home)
    for page in (
        reverse("admin:welcome_datarequest_changelist"),
        reverse("admin:welcome_datarequest_change", args=[request.pk]),
        reverse("admin:welcome_household_erase", args=[home.pk]),
    ):
        assert PAGE in office.get(page).content.decode()


def test_a_long_list_is_cut_and_says_so(office, meeting, django_assert_max_num_queries):
    for _ in range(strangers.MOST + 3):
        SignUpFactory(meeting=meeting, household=None, name="Kari Lien", contact="99951234")
    with django_assert_max_num_queries(20):
        shown = asked(office, "lien").content.decode()
    assert shown.count('name="row"') == strangers.MOST
    assert "3 more fit" in shown


def test_the_night_deletes_them_thirty_days_after_the_meeting(place, caller, meeting):
    [said] = [said for said in declarations() if said.label == "welcome.SignUp"]
    assert said.activity.retention == Retention.MEETING
    ended = timezone.localdate(meeting.ends_at)
    retention.clean(place, ended + datetime.timedelta(days=29))
    assert SignUp.objects.filter(pk=caller.pk).exists()
    run = retention.clean(place, ended + datetime.timedelta(days=30))
    assert not SignUp.objects.filter(pk=caller.pk).exists()
    assert run.counts == {"sign_ups": 1}
