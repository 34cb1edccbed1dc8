"""What waits for a household on its own page: host, meeting, package, letters. And what it never shows."""

import datetime
import html

import pypdfium2
import pytest
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from municipalities.links.models import Link
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    DeliveryFactory,
    GiftFactory,
    GiftTextFactory,
    HostAssignmentFactory,
    HostFactory,
    HouseholdFactory,
    LetterFactory,
    LetterRunFactory,
    MeetingTextFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.letters.frozen import make_frozen, make_municipality, make_printed
from welcome.households import actions as households
from welcome.households import holding
from welcome.households.links import NEWCOMER
from welcome.households.models import Household
from welcome.letters import purging, runs
from welcome.meetings import actions as meetings
from welcome.meetings.links import MEETING
from welcome.meetings.models import Invitation, SignUp, SignUpState
from welcome.privacy.report import report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    home = HouseholdFactory(municipality=MunicipalityFactory(phone="+4732085000"), language="en")
    return PersonFactory(household=home).household


@pytest.fixture
def host(home):
    return HostFactory(
        municipality=home.municipality, name="Torbjørg Vert", email="torbjorg@example.org", about_language="en",
        about="Walks a lot.",
    )  # fmt: skip


@pytest.fixture
def assigned(home, host):
    return HostAssignmentFactory(household=home, host=host)


@pytest.fixture
def meeting(home):
    meeting = WelcomeMeetingFactory(municipality=home.municipality)
    MeetingTextFactory(meeting=meeting, language="en", title="Coffee and questions")
    return meeting


@pytest.fixture
def see(client):
    """see(household, …) is the part of its page that is its own, opened by a new link."""

    def look(home, *, address=False):
        path = client.get(path_of(links.issue(purpose=NEWCOMER, of=home, by=None)))["Location"]
        path = "/en/" + path.split("/", 2)[2]
        if address:
            return path
        return html.unescape(client.get(path).content.decode()).split("<main", 1)[1]

    return look


def words_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(page.get_textpage().get_text_range() for page in document)


# --- host ----------------------------------------------------------------------------------------


def test_the_host_and_how_to_reach_them(home, assigned, see):
    page = see(home)
    for words in (
        "Torbjørg Vert",
        'href="tel:+4799951234"',
        "mailto:torbjorg@example.org",
        "Walks a lot.",
        "English",
    ):
        assert words in page


@pytest.mark.parametrize("why", ["proposed", "ended", "unnamed", "gone", "another's"])
def test_a_host_who_may_not_be_told_of_is_not_shown(home, host, assigned, see, why):
    if why in {"proposed", "ended"}:
        ended = {"until": timezone.localdate(), "ended_why": "hand"}
        changed = ended if why == "ended" else {"agreed_at": None}
        type(assigned).objects.filter(pk=assigned.pk).update(state=why, **changed)
    elif why == "unnamed":
        type(host).objects.update(named_since=None)
    elif why == "gone":
        host.delete()
        HostFactory(municipality=home.municipality, name="Ein Annan")
    else:
        type(assigned).objects.update(household=HouseholdFactory(municipality=home.municipality))
    page = see(home)
    assert "Torbjørg" not in page
    runs = why in {"proposed", "unnamed"}
    assert ("We have found somebody for you" in page) is runs
    assert ("You have no host yet." in page) is not runs
    assert ("#id_contact_wish" in page) is not runs


def test_where_there_are_no_hosts_none_is_promised(home, see):
    assert "host yet" not in see(home)


# --- meeting -------------------------------------------------------------------------------------


def test_the_next_meeting_and_the_way_to_sign_up(home, meeting, see, client):
    WelcomeMeetingFactory(
        municipality=home.municipality, starts_at=timezone.now() + datetime.timedelta(days=90)
    )
    WelcomeMeetingFactory(municipality=home.municipality, published=False, place="Hemmeleg")
    WelcomeMeetingFactory(place="Ein annan stad")
    page = see(home)
    assert "Coffee and questions" in page
    assert page.count("Kulturhuset") == 1, "only the next one"
    assert "Hemmeleg" not in page
    assert "Ein annan stad" not in page
    before = list(Invitation.objects.all()), Link.objects.filter(purpose=MEETING.code).count()
    assert before == ([], 0), "looking has made none"
    on = client.post(f"{see(home, address=True)}meeting/{meeting.pk}/")["Location"]
    assert client.get(on).status_code == 200
    client.post(on, {"adults": 2, "children": "3", "language": "en", "needs": ""})
    page = see(home)
    assert "You are signed up" in page
    assert "2 adults, 1 child" in page
    assert "Change or sign off" in page


def test_the_link_in_their_letter_goes_on_working(home, meeting, see, client):
    printed = meetings.invite(meeting=meeting, household_ids=[home.pk])[home.pk]
    for _ in range(2):
        assert client.post(f"{see(home, address=True)}meeting/{meeting.pk}/").status_code == 302
    client.cookies.clear()
    assert client.get(path_of(printed)).status_code == 302
    assert Invitation.objects.count() == 1


def test_who_waits_is_told_so(home, meeting, see):
    SignUpFactory(meeting=meeting, household=home, state=SignUpState.WAITING)
    assert "You are on the waiting list" in see(home)


def test_who_signed_up_for_one_that_is_called_off_sees_it(home, meeting, see):
    SignUpFactory(meeting=meeting, household=home)
    meetings.call_off(meeting=meeting, by=None)
    assert "This meeting is called off." in see(home)


def test_who_is_signed_off_may_sign_up_again(home, meeting, see):
    SignUpFactory(meeting=meeting, household=home, state=SignUpState.CANCELLED, cancelled_at=timezone.now())
    page = see(home)
    assert "You are signed up" not in page
    assert f"/meeting/{meeting.pk}/" in page


def test_after_the_deadline_one_calls(home, meeting, see, client):
    type(meeting).objects.update(deadline=timezone.now())
    page = see(home)
    assert "Call us if you would like to come" in page
    assert f"/meeting/{meeting.pk}/" not in page
    assert "/my/" in client.post(f"{see(home, address=True)}meeting/{meeting.pk}/")["Location"]
    assert not Invitation.objects.exists()


def test_nobody_signs_up_for_another_municipality_s_meeting(home, see, client):
    other = WelcomeMeetingFactory()
    assert "/my/" in client.post(f"{see(home, address=True)}meeting/{other.pk}/")["Location"]
    assert not Invitation.objects.exists()


def test_without_any_the_page_says_what_comes(home, see):
    page = see(home)
    assert "None is planned just now." in page
    assert "Nothing is told of yet." in page
    assert "You have not got any letter from us yet." in page


# --- letters and package -------------------------------------------------------------------------


@pytest.fixture
def run():
    """Printed, with a gift that its letters tell of."""
    place = make_municipality()
    GiftTextFactory(gift=GiftFactory(municipality=place), title="Bading i hallen", brief="Ut året.")
    return make_printed(make_frozen(place, letters=2))


def test_a_letter_is_shown_once_it_is_out_and_is_the_one_that_was_made(run, see, client):
    letter = run.letters.order_by("number").first()
    home = letter.household
    assert "PDF)</a>" not in see(home).split("Letters", 1)[1]
    assert "Bading" not in see(home)
    early = f"{see(home, address=True)}letters/{letter.pk}/"
    assert client.get(early).status_code == 404, "not handed over yet"
    runs.finish(run=run, by=None)
    page = see(home)
    assert "Bading i hallen" in page
    assert "Ut året." in page
    address = f"{see(home, address=True)}letters/{letter.pk}/"
    assert address.split("/letters/")[1] in page
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert letter.address[0] in words_of(answer.content)
    assert answer.content == client.get(f"{address}?save").content
    assert AuditEntry.objects.filter(
        model="welcome.Letter", object_id=str(letter.pk), note="own pdf"
    ).exists()


def test_nobody_reads_another_s_letter(run, see, client):
    runs.finish(run=run, by=None)
    mine, theirs = run.letters.order_by("number")
    address = see(mine.household, address=True)
    assert client.get(f"{address}letters/{mine.pk}/").status_code == 200
    assert client.get(f"{address}letters/{theirs.pk}/").status_code == 404
    assert client.get(f"{address}letters/{10**30}/").status_code == 404


def test_a_letter_that_was_emptied_is_a_date_only(run, see, client):
    runs.finish(run=run, by=None)
    letter = run.letters.order_by("number").first()
    purging.forget(run=run, letters=run.letters.all())
    page = see(letter.household)
    assert "What it said is not held here any more." in page
    assert "Bading" not in page
    assert client.get(f"{see(letter.household, address=True)}letters/{letter.pk}/").status_code == 404


def test_one_that_came_back_is_not_out(home, see):
    letter = LetterFactory(run=LetterRunFactory(municipality=home.municipality), household=home)
    now = timezone.now()
    DeliveryFactory(
        letter=letter, channel="email", state="failed", reason="bounced", sending_at=now, sent_at=now
    )
    assert "You have not got any letter from us yet." in see(home)
    DeliveryFactory(letter=letter, channel="svarut", state="delivered", sending_at=now, sent_at=now)
    assert f"letters/{letter.pk}/" in see(home)


# --- protected and restricted --------------------------------------------------------------------


@pytest.mark.parametrize("grade", ["klientadresse", "fortrolig", "strengtFortrolig"])
def test_of_who_is_protected_nothing_says_where_they_will_be_or_with_whom(
    home, assigned, meeting, see, client, grade
):
    SignUpFactory(meeting=meeting, household=home)
    host = assigned.host.told("en")
    letter = LetterFactory(
        run=LetterRunFactory(municipality=home.municipality), household=home, host=host,
        gifts=[{"title": "Bading", "count": 1, "giver": "", "note": ""}],
    )  # fmt: skip
    now = timezone.now()
    DeliveryFactory(letter=letter, channel="email", state="sent", sending_at=now, sent_at=now)
    assert "You are signed up" in see(home)
    households.protect(household=home, grade=grade, by=None)
    home = Household.objects.get(pk=home.pk)
    page, address = see(home), see(home, address=True)
    for words in ("Torbjørg", "99 95", "You are signed up", "Bading", f"/letters/{letter.pk}/", "/meeting/"):
        assert words not in page, words
    assert "Call us if you would like to come" in page
    assert client.get(f"{address}letters/{letter.pk}/").status_code == 404
    assert "/my/" in client.post(f"{address}meeting/{meeting.pk}/")["Location"]
    assert not Invitation.objects.exists()
    taken = client.get(f"{address}data/json/").json()
    assert "Torbjørg" not in str(taken)
    assert not {"welcome.SignUp", "welcome.HostAssignment", "welcome.Invitation"} & {
        each["kind"] for each in taken["held"]
    }


def test_who_may_only_be_kept_calls(home, assigned, meeting, see, client):
    SignUpFactory(meeting=meeting, household=home)
    holding.hold(household=home, why="contested", by=UserFactory())
    home = Household.objects.get(pk=home.pk)
    page = see(home)
    assert "Torbjørg" not in page
    assert "You are signed up" not in page
    client.post(f"{see(home, address=True)}meeting/{meeting.pk}/")
    assert not Invitation.objects.exists()


# --- the files hold the same ---------------------------------------------------------------------


def test_the_report_holds_what_the_page_shows(run, see):
    runs.finish(run=run, by=None)
    home = run.letters.order_by("number").first().household
    meeting = WelcomeMeetingFactory(municipality=home.municipality)
    meetings.sign_up(meeting=meeting, household=home, party=meetings.Party(2, [3]))
    host = HostFactory(municipality=home.municipality, name="Torbjørg Vert", email="torbjorg@example.org")
    assignment = HostAssignmentFactory(household=home, host=host)
    page = see(home)
    held = {section["kind"]: section["rows"] for section in report_of(home, "en").as_json()["held"]}
    assert held["welcome.HostAssignment"][0]["host"] == "Torbjørg Vert, 99 95 12 34, torbjorg@example.org"
    assert held["welcome.SignUp"][0]["adults"] == 2
    assert "Kulturhuset" in held["welcome.SignUp"][0]["meeting"]
    assert held["welcome.Letter"][0]["gifts"] == "1 × Bading i hallen"
    assert held["welcome.Delivery"][0]["sent_at"]
    for words in ("Torbjørg Vert", "99 95 12 34", "2 adults, 1 child", "Kulturhuset", "Bading i hallen"):
        assert words in page
    type(host).objects.update(named_since=None)
    assignment.refresh_from_db()
    held = {section["kind"]: section["rows"] for section in report_of(home, "en").as_json()["held"]}
    assert held["welcome.HostAssignment"][0]["host"] == "", "nor does it name who may not be named"


# --- the whole page ------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow(home, assigned, see, client, django_assert_max_num_queries):
    for number in range(6):
        meeting = WelcomeMeetingFactory(
            municipality=home.municipality, starts_at=timezone.now() + datetime.timedelta(days=10 + number)
        )
        MeetingTextFactory(meeting=meeting, language="en")
        SignUpFactory(meeting=meeting, household=home)
        letter = LetterFactory(
            run=LetterRunFactory(municipality=home.municipality, year=2020 + number), household=home
        )
        now = timezone.now()
        DeliveryFactory(letter=letter, channel="email", state="sent", sending_at=now, sent_at=now)
    address = see(home, address=True)
    with django_assert_max_num_queries(24):
        client.get(address)
    assert SignUp.objects.count() == 6


def test_what_a_browser_keeps_of_a_letter_is_nothing(run, see, client):
    runs.finish(run=run, by=None)
    letter = run.letters.order_by("number").first()
    answer = client.get(f"{see(letter.household, address=True)}letters/{letter.pk}/")
    assert answer["Cache-Control"] == "no-store, private"
