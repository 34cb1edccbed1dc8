"""The call list: who is called by whom, what came of it, and who never stands on it."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.municipality import scope
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    CallFactory,
    HouseholdFactory,
    InvitationFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.welcome.letters.frozen import worker
from welcome.households import actions as households
from welcome.households import holding
from welcome.households.models import Household
from welcome.meetings import actions, calls
from welcome.meetings.actions import Party
from welcome.meetings.calls import Call, Outcome
from welcome.meetings.figures import numbers
from welcome.meetings.models import SignUp, SignUpState
from welcome.privacy import erasure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def meeting():
    return WelcomeMeetingFactory(municipality=MunicipalityFactory(), capacity=40)


@pytest.fixture
def office(client, meeting):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.user = worker(meeting.municipality, Role.SERVICE_OFFICE)
    client.force_login(client.user)
    return client


def family(meeting, name="Oksana"):
    home = HouseholdFactory(municipality=meeting.municipality)
    PersonFactory(household=home, given_name=name, phone="+4740188776")
    return home


def plan(meeting, *callers):
    return calls.plan(
        meeting=meeting,
        homes=Household.objects.all(),
        callers=callers or [UserFactory()],
        due_on=timezone.localdate() + datetime.timedelta(days=3),
        by=UserFactory(),
    )


def test_households_are_shared_out_among_the_callers_and_stand_there_once(meeting):
    for _number in range(4):
        family(meeting)
    HouseholdFactory()
    one, other = UserFactory(), UserFactory()
    assert plan(meeting, one, other) == 4
    assert [Call.objects.filter(caller=user).count() for user in (one, other)] == [2, 2]
    assert plan(meeting, one) == 0
    assert set(Call.objects.values_list("municipality", flat=True)) == {meeting.municipality_id}


def test_who_has_answered_or_may_not_be_used_is_not_called(meeting):
    signed, off, hidden, held = (family(meeting) for _number in range(4))
    actions.sign_up(meeting=meeting, household=signed, party=Party(1))
    actions.cancel(
        sign_up=actions.sign_up(meeting=meeting, household=off, party=Party(1)),
        by=None,
    )
    households.protect(household=hidden, grade="fortrolig", by=None)
    holding.hold(household=held, why="contested", by=UserFactory())
    assert plan(meeting) == 0


@pytest.mark.parametrize("days", [-1, 31])
def test_the_day_lies_between_today_and_the_meeting(meeting, days):
    day = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(ValidationError, match="until the meeting"):
        calls.plan(
            meeting=meeting,
            homes=Household.objects.all(),
            callers=[UserFactory()],
            due_on=day,
            by=UserFactory(),
        )


def test_who_says_that_they_come_is_signed_up_in_the_same_moment(meeting):
    call = CallFactory(meeting=meeting, household=family(meeting))
    calls.note(call=call, outcome="comes", by=UserFactory(), party=Party(2, [3]))
    row = SignUp.objects.get()
    assert (row.household, row.seats, row.state) == (call.household, 3, SignUpState.COMING)
    assert (Call.objects.get().outcome, Call.objects.open().exists()) == (Outcome.COMES, False)
    assert numbers(meeting).called == 1


def test_who_was_not_reached_is_still_to_be_called_until_they_answer_themselves(meeting):
    call = CallFactory(meeting=meeting, household=family(meeting))
    calls.note(call=call, outcome="not_reached", by=UserFactory())
    assert Call.objects.open().get().called_at is not None
    actions.sign_up(meeting=meeting, household=call.household, party=Party(1))
    assert not Call.objects.open().exists()


def test_nothing_is_noted_of_who_was_protected_meanwhile_or_of_a_meeting_that_is_called_off(meeting):
    call = CallFactory(meeting=meeting, household=family(meeting))
    households.protect(household=call.household, grade="fortrolig", by=None)
    with pytest.raises(ValidationError, match="not to be called"):
        calls.note(call=call, outcome="comes", by=UserFactory(), party=Party(1))
    actions.call_off(meeting=meeting, by=None)
    other = CallFactory(meeting=meeting, household=family(meeting))
    with pytest.raises(ValidationError, match="called off"):
        calls.note(call=other, outcome="declines", by=UserFactory())
    assert not SignUp.objects.exists()


def test_an_outcome_and_its_time_belong_together(meeting):
    call = CallFactory(meeting=meeting)
    for wrong in ({"outcome": "comes"}, {"called_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**wrong)


def test_merging_leaves_one_call_and_erasing_none(meeting):
    keep, other = family(meeting), family(meeting, "Daria")
    for home in (keep, other):
        CallFactory(meeting=meeting, household=home)
    households.merge(keep=keep, other=other, by=None)
    assert Call.objects.listed().count() == 1
    erasure.erase(household=keep, by=None)
    assert not Call.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
def test_two_who_share_out_at_once_put_nobody_there_twice(meeting):
    for _number in range(3):
        family(meeting)
    start, added = threading.Barrier(2), []
    caller = UserFactory()

    def share():
        try:
            with scope.of(meeting.municipality_id):
                start.wait()
                added.append(plan(meeting, caller))
        finally:
            connection.close()

    threads = [threading.Thread(target=share) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [0, 3]


# --- on a phone ----------------------------------------------------------------------------------


def at(meeting, *more):
    name = "call" if more else "calls"
    return reverse(f"admin:welcome_welcomemeeting_{name}", args=[meeting.pk, *more])


def test_staff_share_out_call_and_note(office, meeting):
    home = family(meeting)
    InvitationFactory(meeting=meeting, household=home)
    family(meeting, "Daria")
    day = timezone.localdate() + datetime.timedelta(days=3)
    sent = {"whom": "invited", "callers": [office.user.pk], "due_on": day.isoformat()}
    assert office.post(at(meeting), sent).status_code == 302
    call = Call.objects.get()
    assert (call.household, call.caller, call.due_on) == (home, office.user, day)
    shown = office.get(at(meeting), {"mine": ""}).content.decode()
    assert "Oksana" in shown
    assert 'href="tel:+4740188776"' in office.get(at(meeting, call.pk)).content.decode()
    office.post(at(meeting, call.pk), {"outcome": "again"})
    assert Call.objects.get().outcome == Outcome.AGAIN
    wrong = office.post(at(meeting, call.pk), {"outcome": "comes", "adults": "", "language": "nb"})
    assert wrong.status_code == 422
    party = {"outcome": "comes", "adults": 2, "children": "", "language": "nb"}
    assert office.post(at(meeting, call.pk), party).status_code == 302
    assert (Call.objects.get().outcome, SignUp.objects.get().adults) == (Outcome.COMES, 2)


def test_nobody_from_elsewhere_is_made_to_call(office, meeting):
    InvitationFactory(meeting=meeting, household=family(meeting))
    stranger = worker(MunicipalityFactory(), Role.SERVICE_OFFICE)
    sent = {"whom": "invited", "callers": [stranger.pk], "due_on": timezone.localdate().isoformat()}
    assert office.post(at(meeting), sent).status_code == 422
    assert not Call.objects.exists()


@pytest.mark.parametrize("quiet", ["protected", "held"])
def test_who_is_protected_or_restricted_leaves_the_list_at_once(office, meeting, quiet):
    call = CallFactory(meeting=meeting, household=family(meeting))
    if quiet == "protected":
        households.protect(household=call.household, grade="fortrolig", by=None)
    else:
        holding.hold(household=call.household, why="contested", by=UserFactory())
    assert "Oksana" not in office.get(at(meeting)).content.decode()
    assert office.get(at(meeting, call.pk)).status_code == 404
    assert office.post(at(meeting, call.pk), {"outcome": "declines"}).status_code == 404


def test_a_call_is_reached_by_its_own_meeting_only(office, meeting):
    theirs = CallFactory()
    assert office.get(at(meeting, theirs.pk)).status_code == 404
    assert office.get(at(theirs.meeting, theirs.pk)).status_code == 404


def test_the_list_asks_as_much_for_many_as_for_few(office, meeting):
    def ask():
        with CaptureQueriesContext(connection) as captured:
            office.get(at(meeting))
        return len(captured)

    for _number in range(2):
        CallFactory(meeting=meeting, household=family(meeting), caller=office.user)
    few = ask()
    SignUpFactory(meeting=meeting)
    for _number in range(8):
        CallFactory(meeting=meeting, household=family(meeting), caller=office.user)
    assert ask() == few
