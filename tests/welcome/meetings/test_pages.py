"""The page behind the letter's code, and the list that staff carry to the door."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    HouseholdFactory,
    MeetingTextFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.letters.frozen import worker
from welcome.households import actions as households
from welcome.households import holding
from welcome.meetings import actions
from welcome.meetings.actions import Party
from welcome.meetings.models import Invitation, SignUp, SignUpState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def meeting():
    meeting = WelcomeMeetingFactory(municipality=MunicipalityFactory(), capacity=4)
    MeetingTextFactory(meeting=meeting)
    return meeting


@pytest.fixture
def home(meeting):
    person = PersonFactory(
        household=HouseholdFactory(municipality=meeting.municipality, language="nb"), given_name="=Oksana"
    )
    return person.household


@pytest.fixture
def link(meeting, home):
    return actions.invite(meeting=meeting, household_ids=[home.pk])[home.pk]


@pytest.fixture
def page(client, link):
    return client.get(path_of(link))["Location"]


def sent(**more):
    return {"adults": 2, "children": "3 og 7", "language": "nb", "needs": ""} | more


def test_looking_changes_nothing(client, page, meeting):
    shown = client.get(page).content.decode()
    assert "Kaffe, og folk du kan spørre om alt." in shown
    assert meeting.place in shown
    assert client.head(page).status_code == 200
    assert not SignUp.objects.exists()


def test_sign_up_change_and_sign_off(client, page, home):
    assert client.post(page, sent(needs="Nøtter")).status_code == 302
    row = SignUp.objects.get()
    assert (row.household, row.adults, row.children, row.seats, row.state) == (
        home,
        2,
        [3, 7],
        4,
        SignUpState.COMING,
    )
    shown = client.get(page).content.decode()
    assert 'value="3, 7"' in shown
    assert "Nøtter" in shown
    client.post(page, sent(children=""))
    assert SignUp.objects.get().seats == 2
    client.post(f"{page}cancel/")
    assert SignUp.objects.get().state == SignUpState.CANCELLED
    assert client.get(f"{page}cancel/").status_code == 405


def test_where_all_is_taken_one_gets_onto_the_waiting_list(client, page, meeting):
    SignUpFactory(meeting=meeting, adults=4, seats=4)
    assert "done=waiting" in client.post(page, sent())["Location"]
    assert SignUp.objects.waiting().get().seats == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"adults": ""}, {"adults": "-1"}, {"adults": "21"}, {"adults": 0, "children": ""}, {"children": "18"},
        {"children": "tre"}, {"children": "1 " * 16}, {"needs": "x" * 501}, {"language": "klingon"},
    ],
)  # fmt: skip
def test_what_can_not_be_right_is_told_and_stays_typed(client, page, wrong):
    answer = client.post(page, sent(needs="Rampe") | wrong)
    assert answer.status_code == 422
    assert not SignUp.objects.exists()
    if "needs" not in wrong:
        assert "Rampe" in answer.content.decode()


def test_after_the_deadline_the_page_says_whom_to_call(client, link, meeting):
    with time_machine.travel(meeting.deadline, tick=False):
        page = client.get(path_of(link))["Location"]
        shown = client.get(page).content.decode()
        assert "<textarea" not in shown
        assert meeting.municipality.phone.as_national in shown
        assert client.post(page, sent()).status_code == 422
    assert not SignUp.objects.exists()


def test_who_has_signed_up_sees_that_it_is_called_off(client, page, meeting):
    client.post(page, sent())
    actions.call_off(meeting=meeting, by=None)
    answer = client.get(page)
    assert "ds-alert" in answer.content.decode()
    assert "<textarea" not in answer.content.decode()
    assert client.post(f"{page}cancel/").status_code == 422


def test_the_link_is_over_when_protection_comes(client, page, link, home):
    households.protect(household=home, grade="fortrolig", by=None)
    assert client.get(page).status_code == 410
    assert client.get(path_of(link)).status_code == 410


def test_the_link_stays_over_when_protection_is_lifted(client, page, link, home):
    households.protect(household=home, grade="fortrolig", by=None)
    households.protect(household=home, grade="", by=None)
    assert client.get(page).status_code == 410
    assert client.get(path_of(link)).status_code == 410


def test_the_link_of_who_is_merged_into_a_protected_household_stays_over(client, link, home):
    keep = PersonFactory(household=HouseholdFactory(municipality=home.municipality)).household
    households.protect(household=keep, grade="fortrolig", by=None)
    households.merge(keep=keep, other=home, by=None)
    assert client.get(path_of(link)).status_code == 410
    households.protect(household=keep, grade="", by=None)
    assert client.get(path_of(link)).status_code == 410


def test_a_newer_link_ends_the_older_and_the_sign_up_stays(client, page, link, meeting, home):
    client.post(page, sent())
    fresh = actions.invite(meeting=meeting, household_ids=[home.pk])[home.pk]
    assert client.get(path_of(link)).status_code == 410
    assert 'value="3, 7"' in client.get(path_of(fresh), follow=True).content.decode()
    assert Invitation.objects.count() == 1


# --- staff ---------------------------------------------------------------------------------------


@pytest.fixture
def office(client, meeting):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
    return client


def address(meeting, what="signups"):
    return reverse(f"admin:welcome_welcomemeeting_{what}", args=[meeting.pk])


def test_staff_see_counts_and_who_comes_and_take_the_list_out(office, meeting, home):
    party = Party(1, [4], needs="@nøtter", language="nb")
    actions.sign_up(meeting=meeting, household=home, party=party)
    office.post(address(meeting), sent(name="Kari Ringer", contact="99951234", children=""))
    office.post(address(meeting), sent(name="Per Ventar", contact="+4799951235", children=""))
    shown = office.get(address(meeting))
    count = shown.context["count"]
    assert (count.taken, count.adults, count.children, count.waiting) == (4, 3, 1, 2)
    answer = office.get(address(meeting, "csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    [mine] = [row for row in rows if "Oksana" in row[1]]
    assert mine[1].startswith("'="), "no spreadsheet may run it"
    assert mine[6] == "'@nøtter"
    assert mine[4] == "4"
    assert [row[1] for row in rows[1:]][-1] == "Per Ventar"
    assert rows[3][2] == "'+4799951235"
    assert AuditEntry.objects.filter(action=Action.EXPORTED, model="welcome.SignUp").exists()


def test_staff_cancel_and_who_waits_is_marked_to_be_told(office, meeting):
    first = SignUpFactory(meeting=meeting, adults=4, seats=4)
    waiting = SignUpFactory(meeting=meeting, state=SignUpState.WAITING)
    office.post(address(meeting), {"cancel": first.pk})
    assert SignUp.objects.get(pk=waiting.pk).state == SignUpState.COMING
    assert "Moved up" in office.get(address(meeting)).content.decode()


def test_who_is_protected_or_restricted_is_counted_and_in_no_row(office, meeting, home):
    """Nor told apart from one another: a row without a name would tell whose it is."""
    other = PersonFactory(household=HouseholdFactory(municipality=meeting.municipality), given_name="Daria")
    for household in (home, other.household):
        actions.sign_up(meeting=meeting, household=household, party=Party(1, needs="Nøtter"))
    SignUpFactory(meeting=meeting, stranger=True)
    households.protect(household=home, grade="fortrolig", by=None)
    holding.hold(household=other.household, why="contested", by=UserFactory())
    shown = office.get(address(meeting))
    page = shown.content.decode().split("<main", 1)[1]
    assert "Kari Ringer" in page
    assert not any(word in page for word in (str(home), str(other.household), "Oksana", "Daria", "Nøtter"))
    assert not any(word in page for word in ("rotected", "estrict", "/household/"))
    assert (shown.context["count"].taken, shown.context["unlisted"]) == (3, 2)
    assert "2 of these seats" in page


def test_who_stands_on_no_list_is_signed_off_on_their_own_page_only(office, meeting, home):
    row = actions.sign_up(meeting=meeting, household=home, party=Party(1, [4]))
    households.protect(household=home, grade="fortrolig", by=None)
    assert office.post(address(meeting), {"cancel": row.pk}).status_code == 404
    theirs = reverse("admin:welcome_household_meetings", args=[home.pk])
    assert str(meeting) in office.get(theirs).content.decode()
    assert office.post(theirs, {"cancel": SignUpFactory(meeting=meeting).pk}).status_code == 404
    assert office.post(theirs, {"cancel": row.pk}).status_code == 302
    assert SignUp.objects.get(pk=row.pk).state == SignUpState.CANCELLED
    assert "no meeting that is to come" in office.get(theirs).content.decode()


def test_who_is_protected_or_restricted_is_in_no_file(office, meeting, home):
    other = PersonFactory(household=HouseholdFactory(municipality=meeting.municipality), given_name="Daria")
    for household in (home, other.household):
        actions.sign_up(meeting=meeting, household=household, party=Party(1, needs="Nøtter"))
    households.protect(household=home, grade="fortrolig", by=None)
    holding.hold(household=other.household, why="contested", by=UserFactory())
    kept = SignUpFactory(meeting=meeting, adults=1, seats=1)
    content = office.get(address(meeting, "csv")).content.decode()
    assert not any(word in content for word in (str(home), "Oksana", "Daria", "Nøtter")), (
        "not as a number either"
    )
    assert kept.name in content
    assert len(content.splitlines()) == 2


def test_a_reader_sees_how_many_and_not_who(client, meeting, home):
    actions.sign_up(meeting=meeting, household=home, party=Party(1))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(meeting.municipality, Role.READER))
    assert client.get(address(meeting)).status_code == 403
    assert client.get(address(meeting, "csv")).status_code == 403
    assert "1 of 4" in client.get(reverse("admin:welcome_welcomemeeting_changelist")).content.decode()


def test_seats_are_not_lowered_under_those_who_come_and_more_are_given_on(office, meeting):
    SignUpFactory(meeting=meeting, adults=4, seats=4)
    waiting = SignUpFactory(meeting=meeting, state=SignUpState.WAITING)
    form = {
        "starts_at_0": "2026-12-30", "starts_at_1": "18:00", "ends_at_0": "2026-12-30", "ends_at_1": "20:00",
        "deadline_0": "2026-12-28", "deadline_1": "12:00", "place": "Kulturhuset", "published": "on",
        "texts-TOTAL_FORMS": 3, "texts-INITIAL_FORMS": 0, "texts-nb-seen_version": 1, "texts-nb-title": "Velkomstmøte",
        "texts-nb-brief": "Kaffe, og folk du kan spørre om alt.", "programme-TOTAL_FORMS": 0,
        "programme-INITIAL_FORMS": 0,
    }  # fmt: skip
    change = reverse("admin:welcome_welcomemeeting_change", args=[meeting.pk])
    assert "4 seats are taken already." in office.post(change, form | {"capacity": 3}).content.decode()
    assert office.post(change, form | {"capacity": 5}).status_code == 302
    assert SignUp.objects.get(pk=waiting.pk).state == SignUpState.COMING
    assert office.get(reverse("admin:welcome_welcomemeeting_delete", args=[meeting.pk])).status_code == 403
