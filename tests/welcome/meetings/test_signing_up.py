"""Signing up, changing and cancelling: the seats add up, and who waits moves up in order."""

import datetime
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.municipality import scope
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory, SignUpFactory, WelcomeMeetingFactory
from welcome.households import actions as households
from welcome.meetings import actions, seats, tasks
from welcome.meetings.actions import Party
from welcome.meetings.figures import counts
from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting, next_for
from welcome.privacy import erasure, retention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
COMING, WAITING, CANCELLED = SignUpState.COMING, SignUpState.WAITING, SignUpState.CANCELLED


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def meeting(place):
    return WelcomeMeetingFactory(municipality=place, capacity=5)


def ask(meeting, adults=1, *children, home=None, **more):
    home = home or HouseholdFactory(municipality=meeting.municipality)
    return actions.sign_up(meeting=meeting, household=home, party=Party(adults, [*children], **more))


def states(*rows):
    return [SignUp.objects.get(pk=row.pk).state for row in rows]


def test_adults_and_children_take_seats_until_there_are_none(meeting):
    first, second, third = ask(meeting, 2, 4), ask(meeting, 2), ask(meeting, 1)
    assert states(first, second, third) == [COMING, COMING, WAITING]
    count = counts([meeting])[meeting.pk]
    assert (count.taken, count.adults, count.children, count.waiting, count.free, count.parties) == (
        5,
        4,
        1,
        1,
        0,
        2,
    )


def test_who_waits_moves_up_in_the_order_in_which_they_asked(meeting):
    first, second = ask(meeting, 3), ask(meeting, 2)
    family, single, later = ask(meeting, 2, 1), ask(meeting, 1), ask(meeting, 1)
    actions.cancel(sign_up=second, by=None)
    assert states(first, second, family, single, later) == [COMING, CANCELLED, WAITING, WAITING, WAITING], (
        "two seats are not enough for the family, and nobody passes it"
    )
    actions.cancel(sign_up=first, by=None)
    assert states(family, single, later) == [COMING, COMING, COMING]
    moved = SignUp.objects.get(pk=single.pk)
    assert moved.moved_up_at is not None
    assert AuditEntry.objects.filter(
        model="welcome.SignUp", object_id=str(single.pk), note__contains="moved_up"
    ).exists()


def test_who_asks_late_does_not_pass_those_who_wait(meeting):
    ask(meeting, 4)
    family = ask(meeting, 3)
    assert states(family, ask(meeting, 1)) == [WAITING, WAITING]


def test_a_change_keeps_the_seat_and_frees_what_is_no_longer_needed(meeting):
    home = HouseholdFactory(municipality=meeting.municipality)
    ask(meeting, 2, 3, 5, home=home)
    waiting = ask(meeting, 3)
    changed = ask(meeting, 2, home=home, needs="Nøtter")
    assert (changed.seats, changed.needs, changed.state) == (2, "Nøtter", COMING)
    assert states(waiting) == [COMING]
    with pytest.raises(ValidationError, match="only 0 more seats"):
        ask(meeting, 4, home=home)
    assert SignUp.objects.get(household=home).seats == 2


def test_who_changes_while_waiting_keeps_the_place_in_the_line(meeting):
    ask(meeting, 5)
    home = HouseholdFactory(municipality=meeting.municipality)
    mine, other = ask(meeting, 2, home=home), ask(meeting, 1)
    ask(meeting, 1, home=home)
    assert [row.pk for row in SignUp.objects.waiting()] == [mine.pk, other.pk]


def test_who_cancelled_can_come_back_at_the_end_of_the_line(meeting):
    home = HouseholdFactory(municipality=meeting.municipality)
    mine = ask(meeting, 5, home=home, needs="Rampe")
    assert actions.cancel(sign_up=mine, by=None)
    assert not actions.cancel(sign_up=mine, by=None)
    assert SignUp.objects.get(pk=mine.pk).needs == "", "what they told is of no use any more"
    ask(meeting, 5)
    assert ask(meeting, 2, home=home).state == WAITING
    assert SignUp.objects.filter(household=home).count() == 1


def test_after_the_deadline_only_staff_can(meeting):
    mine = ask(meeting, 1)
    with time_machine.travel(meeting.deadline + datetime.timedelta(minutes=1), tick=False):
        for do in (lambda: ask(meeting), lambda: actions.cancel(sign_up=mine, by=None)):
            with pytest.raises(ValidationError, match="too late"):
                do()
        by_hand = actions.sign_up_by_hand(
            meeting=meeting, name="Kari", contact="99951234", party=Party(1), by=None
        )
        assert by_hand.state == COMING


def test_a_meeting_that_is_called_off_takes_nobody(meeting):
    assert actions.call_off(meeting=meeting, by=None)
    assert not actions.call_off(meeting=meeting, by=None)
    with pytest.raises(ValidationError, match="called off"):
        ask(meeting)


def test_more_seats_are_given_to_who_waits(meeting):
    ask(meeting, 5)
    waiting = ask(meeting, 2)
    WelcomeMeeting.objects.update(capacity=7)
    assert seats.fill(meeting=meeting) == 1
    assert states(waiting) == [COMING]


def test_an_erased_household_s_seats_are_given_on_by_the_sweep(meeting):
    home = PersonFactory(household=HouseholdFactory(municipality=meeting.municipality)).household
    ask(meeting, 5, home=home)
    waiting = ask(meeting, 2)
    erasure.erase(household=home, by=None)
    tasks.fill_meetings()
    assert states(waiting) == [COMING]


def test_merging_two_households_leaves_one_sign_up(meeting):
    homes = [
        PersonFactory(household=HouseholdFactory(municipality=meeting.municipality)).household
        for _ in range(2)
    ]
    for home in homes:
        ask(meeting, 2, home=home)
    households.merge(keep=homes[0], other=homes[1], by=None)
    assert seats.taken(meeting) == 2


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"contact": ""}, {"seats": 0}, {"state": "cancelled"}, {"adults": 9}]
)
def test_the_database_says_no(meeting, change):
    row = SignUpFactory(meeting=meeting, stranger=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(pk=row.pk).update(**change)


def test_the_next_meeting_is_one_that_can_still_be_signed_up_for(place):
    today = timezone.localdate()
    later = WelcomeMeetingFactory(municipality=place, starts_at=timezone.now() + datetime.timedelta(days=60))
    WelcomeMeetingFactory(municipality=place, published=False)
    WelcomeMeetingFactory(municipality=place, cancelled_at=timezone.now())
    WelcomeMeetingFactory()
    soon = WelcomeMeetingFactory(municipality=place)
    assert next_for(place, after=today) == soon
    assert next_for(place, after=timezone.localdate(soon.deadline)) == later
    assert next_for(place, after=today + datetime.timedelta(days=90)) is None


def test_needs_and_strangers_are_forgotten_a_month_after(meeting):
    mine = ask(meeting, 1, needs="Nøtteallergi")
    stranger = SignUpFactory(meeting=meeting, stranger=True)
    day = timezone.localdate(meeting.ends_at) + datetime.timedelta(days=30)
    retention.clean(meeting.municipality, day - datetime.timedelta(days=1))
    assert SignUp.objects.get(pk=mine.pk).needs
    retention.clean(meeting.municipality, day)
    assert SignUp.objects.get(pk=mine.pk).needs == ""
    assert not SignUp.objects.filter(pk=stranger.pk).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time by itself")
@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_given_once_however_many_ask(place):
    meeting = WelcomeMeetingFactory(municipality=place, capacity=3)
    homes = [HouseholdFactory(municipality=place) for _ in range(8)]
    start = threading.Barrier(len(homes))

    def sign_up(home):
        try:
            with scope.of(place.pk):
                start.wait()
                ask(meeting, 1, home=home)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_up, args=[home]) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seats.taken(meeting), SignUp.objects.waiting().count()) == (3, 5)
