"""Two who do something at the same moment: locks decide, on the database that has them."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from municipalities.municipality import scope
from tests.factories.welcome import (
    AttendeeFactory,
    CooperationMeetingFactory,
    IdeaFactory,
    MeasureFactory,
    ParticipantFactory,
)
from welcome.cooperation import choosing, delivery, measures
from welcome.cooperation.measure_models import Measure

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql", why="SQLite lets one write at a time"),
]


def at_once(*doings):
    """What each has come to: its answer, or the ValidationError that it got."""
    gate, found = threading.Barrier(len(doings)), []

    def run(doing):
        with scope.everywhere():
            try:
                gate.wait(20)
                found.append(doing())
            except ValidationError as error:
                found.append(error)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == len(doings)
    return found


def refusals(found):
    return sum(isinstance(each, ValidationError) for each in found)


def test_five_who_choose_at_once_choose_three(boss):
    meeting = CooperationMeetingFactory(municipality=boss.memberships.get().municipality, voting=True)
    ideas = IdeaFactory.create_batch(5, meeting=meeting)
    found = at_once(
        *(
            lambda idea=idea: choosing.choose(meeting=meeting, idea=idea, title="Tiltak", by=boss)
            for idea in ideas
        )
    )
    assert refusals(found) == 2
    assert sorted(Measure.objects.values_list("slot", flat=True)) == [1, 2, 3]


def test_of_two_newcomers_who_leave_at_once_one_stays(boss):
    place = boss.memberships.get().municipality
    measure = MeasureFactory(meeting=CooperationMeetingFactory(municipality=place))
    members = [
        measures.add_member(measure=measure, participant=person, leads=False, by=boss)
        for person in ParticipantFactory.create_batch(2, municipality=place, is_newcomer=True)
    ]
    measures.start(measure=measure, by=boss)
    found = at_once(
        *(lambda member=member: measures.remove_member(member=member, by=boss) for member in members)
    )
    assert refusals(found) == 1
    measure.refresh_from_db()
    assert measure.newcomer == measure.members.get()


def test_three_workers_mail_each_invitation_once(mailoutbox):
    meeting = CooperationMeetingFactory()
    AttendeeFactory.create_batch(4, meeting=meeting)
    assert sum(at_once(*[delivery.mail_waiting] * 3)) == 4
    assert len(mailoutbox) == 4
