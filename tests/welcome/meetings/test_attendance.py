"""Who came: ticked at the door, undone, counted, and kept as numbers when the sign-up is deleted."""

import csv
import datetime
import io

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    AttendanceFactory,
    HouseholdFactory,
    InvitationFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.welcome.letters.frozen import worker
from welcome.households import actions as households
from welcome.households import holding
from welcome.meetings import attendance
from welcome.meetings.attendance import Attendance
from welcome.meetings.figures import numbers
from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting
from welcome.privacy import erasure, retention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def meeting():
    return WelcomeMeetingFactory(municipality=MunicipalityFactory(), capacity=40)


@pytest.fixture
def evening(meeting):
    with time_machine.travel(meeting.starts_at + datetime.timedelta(minutes=5), tick=False):
        yield meeting


def test_who_is_ticked_on_two_phones_came_once_with_the_last_numbers(evening):
    row = SignUpFactory(meeting=evening, adults=2, children=[4], seats=3)
    attendance.came(sign_up=row, adults=2, children=1, by=None)
    attendance.came(sign_up=row, adults=1, children=2, by=None)
    found = Attendance.objects.get()
    assert (found.sign_up, found.adults, found.children) == (row, 1, 2)


def test_nobody_has_come_before_the_day_or_to_a_meeting_that_is_called_off(meeting):
    row = SignUpFactory(meeting=meeting)
    with pytest.raises(ValidationError, match="on the day"):
        attendance.came(sign_up=row, adults=1, children=0, by=None)
    WelcomeMeeting.objects.update(cancelled_at=meeting.starts_at)
    with time_machine.travel(meeting.starts_at, tick=False), pytest.raises(ValidationError):
        attendance.walked_in(meeting=meeting, adults=1, children=0, by=None)
    late = meeting.starts_at + datetime.timedelta(days=15)
    WelcomeMeeting.objects.update(cancelled_at=None)
    with time_machine.travel(late, tick=False), pytest.raises(ValidationError, match="two weeks"):
        attendance.came(sign_up=row, adults=1, children=0, by=None)


def test_who_has_signed_off_has_no_row_to_tick(evening):
    row = SignUpFactory(meeting=evening, state=SignUpState.CANCELLED, cancelled_at=evening.deadline)
    with pytest.raises(ValidationError, match="signed off"):
        attendance.came(sign_up=row, adults=1, children=0, by=None)


def test_the_database_takes_no_attendance_of_nobody(meeting):
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceFactory(meeting=meeting, adults=0)


def test_the_numbers_of_a_meeting(meeting):
    InvitationFactory.create_batch(3, meeting=meeting)
    came, _absent = SignUpFactory.create_batch(2, meeting=meeting, adults=2)
    SignUpFactory(meeting=meeting, state=SignUpState.WAITING)
    SignUpFactory(meeting=meeting, state=SignUpState.CANCELLED, cancelled_at=meeting.deadline)
    with time_machine.travel(meeting.starts_at, tick=False):
        attendance.came(sign_up=came, adults=2, children=1, by=None)
        attendance.walked_in(meeting=meeting, adults=1, children=0, by=None)
        found = numbers(meeting)
    assert (found.invited, found.coming, found.waiting, found.signed_off) == (3, 2, 1, 1)
    assert (found.adults, found.children, found.came, found.walk_ins) == (3, 1, 4, 1)
    assert found.stayed_away is None, "the evening is not over: they may be late"
    with time_machine.travel(meeting.ends_at, tick=False):
        assert numbers(meeting).stayed_away == 1


def test_the_numbers_stay_when_who_they_are_of_is_deleted(meeting):
    home = PersonFactory(household=HouseholdFactory(municipality=meeting.municipality)).household
    theirs = SignUpFactory(meeting=meeting, household=home, adults=2)
    caller = SignUpFactory(meeting=meeting, stranger=True)
    with time_machine.travel(meeting.starts_at, tick=False):
        attendance.came(sign_up=theirs, adults=2, children=0, by=None)
        attendance.came(sign_up=caller, adults=1, children=1, by=None)
    erasure.erase(household=home, by=None)
    with time_machine.travel(meeting.ends_at + datetime.timedelta(days=32), tick=False):
        retention.clean(meeting.municipality, timezone.localdate())
        assert not SignUp.objects.exists()
        found = numbers(meeting)
    assert (found.adults, found.children, found.walk_ins, found.stayed_away) == (3, 1, 2, 0)


# --- at the door ---------------------------------------------------------------------------------


@pytest.fixture
def office(client, meeting):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
    return client


def at(meeting, what="door"):
    return reverse(f"admin:welcome_welcomemeeting_{what}", args=[meeting.pk])


def test_staff_tick_undo_and_add_who_just_came(client, meeting):
    row = SignUpFactory(meeting=meeting, stranger=True, adults=2, children=[3], seats=3)
    door = at(meeting)
    with time_machine.travel(meeting.starts_at, tick=False):
        client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
        assert client.post(door, {"came": row.pk, "adults": 2, "children": 1})["Location"] == (
            f"{door}#row-{row.pk}"
        )
        client.post(door, {"walk_in": "yes", "adults": 1, "children": 0})
        shown = client.get(door)
        assert (shown.context["numbers"].adults, shown.context["numbers"].children) == (3, 1)
        assert AuditEntry.objects.filter(model="welcome.Attendance", action="added").count() == 2
        for each in Attendance.objects.all():
            client.post(door, {"undo": each.pk})
        assert not Attendance.objects.exists()
        answer = client.post(door, {"came": row.pk, "adults": "", "children": 0}, follow=True)
        assert "hvor mange voksne" in answer.content.decode().lower()


def test_before_the_day_there_is_a_list_and_nothing_to_press(office, meeting):
    SignUpFactory(meeting=meeting, stranger=True)
    shown = office.get(at(meeting)).content.decode()
    assert "Kari Ringer" in shown
    assert 'name="came"' not in shown
    office.post(at(meeting), {"walk_in": "yes", "adults": 1, "children": 0})
    assert not Attendance.objects.exists()


def test_who_is_protected_or_restricted_stands_on_no_list_at_the_door(client, meeting):
    homes = [
        PersonFactory(
            household=HouseholdFactory(municipality=meeting.municipality), given_name=name
        ).household
        for name in ("Oksana", "Daria")
    ]
    rows = [SignUpFactory(meeting=meeting, household=home) for home in homes]
    households.protect(household=homes[0], grade="fortrolig", by=None)
    holding.hold(household=homes[1], why="contested", by=UserFactory())
    with time_machine.travel(meeting.starts_at, tick=False):
        client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
        shown = client.get(at(meeting)).content.decode()
        assert not any(word in shown for word in ("Oksana", "Daria", *(f"row-{row.pk}" for row in rows)))
        for row in rows:
            assert client.post(at(meeting), {"came": row.pk, "adults": 1, "children": 0}).status_code == 404
    assert not Attendance.objects.exists()


def test_another_municipality_undoes_nothing(client, meeting):
    theirs = AttendanceFactory()
    with time_machine.travel(meeting.starts_at, tick=False):
        client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
        assert client.post(at(meeting), {"undo": theirs.pk}).status_code == 404
    assert Attendance.objects.filter(pk=theirs.pk).exists()


def test_the_door_asks_as_much_for_many_as_for_few(office, meeting):
    def ask():
        with CaptureQueriesContext(connection) as captured:
            office.get(at(meeting))
        return len(captured)

    SignUpFactory.create_batch(2, meeting=meeting)
    few = ask()
    SignUpFactory.create_batch(10, meeting=meeting)
    assert ask() == few


def test_the_numbers_as_a_file(client, meeting):
    SignUpFactory(meeting=meeting)
    client.force_login(worker(meeting.municipality, Role.READER))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = client.get(at(meeting, "numbers"))
    rows = dict(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows["Sign-ups with a seat"] == "1"
    assert "Had a seat and stayed away" not in rows
