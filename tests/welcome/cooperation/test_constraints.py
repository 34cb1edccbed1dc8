"""What the database itself refuses, whoever asks it."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories.welcome import (
    AttendeeFactory,
    CooperationMeetingFactory,
    GroupMemberFactory,
    IdeaFactory,
    MeasureFactory,
    ParticipantFactory,
    VoteFactory,
)
from welcome.cooperation.measure_models import GroupMember, Measure
from welcome.cooperation.models import CooperationMeeting

pytestmark = pytest.mark.django_db


def refused(doing, *names):
    """SQLite names the columns of what is to be unique, PostgreSQL the constraint."""

    def done():
        doing()
        # Foreign keys are asked at the end of a transaction, and a test has none of its own.
        connection.check_constraints()

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        done()
    return any(name in str(caught.value) for name in names)


def by_hand(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_fourth_measure_of_a_meeting_has_no_number():
    meeting = CooperationMeetingFactory(voting=True)
    for slot in (1, 2, 3):
        MeasureFactory(meeting=meeting, slot=slot)
    assert refused(lambda: MeasureFactory(meeting=meeting, slot=4), "measure_is_one_of_three")
    assert refused(
        lambda: MeasureFactory(meeting=meeting, slot=3), "measure.slot", "once_per_meeting_and_number"
    )


def test_no_measure_runs_without_a_newcomer_not_even_by_hand():
    measure = MeasureFactory()
    run = "UPDATE welcome_measure SET state = 'running', started_at = %s WHERE id = %s"
    assert refused(lambda: by_hand(run, timezone.now(), measure.pk), "measure_runs_with_a_newcomer")
    member = GroupMemberFactory(measure=measure, participant__is_newcomer=True)
    Measure.objects.filter(pk=measure.pk).update(newcomer=member)
    by_hand(run, timezone.now(), measure.pk)
    alone = "UPDATE welcome_measure SET newcomer_id = NULL WHERE id = %s"
    assert refused(lambda: by_hand(alone, measure.pk), "measure_runs_with_a_newcomer")


def test_the_newcomer_of_a_running_measure_is_not_taken_out_by_hand():
    member = GroupMemberFactory(participant__is_newcomer=True)
    Measure.objects.filter(pk=member.measure_id).update(
        newcomer=member, state="running", started_at=timezone.now()
    )
    out = "DELETE FROM welcome_groupmember WHERE id = %s"
    assert refused(lambda: by_hand(out, member.pk), "newcomer_id")
    assert GroupMember.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize("days", [None, -1, 0])
def test_a_meeting_closes_with_a_later_day_for_the_next(days):
    meeting = CooperationMeetingFactory(voting=True)
    next_on = None if days is None else meeting.day + datetime.timedelta(days=days)
    rows = CooperationMeeting.objects.filter(pk=meeting.pk)
    closed = {"state": "closed", "closed_at": timezone.now()}
    assert refused(lambda: rows.update(next_on=next_on, **closed), "closes_with_the_next_date")
    rows.update(next_on=meeting.day + datetime.timedelta(days=1), **closed)


def test_nobody_votes_twice_for_an_idea_or_gives_an_eleventh_vote():
    vote = VoteFactory()
    same = {"attendance": vote.attendance, "idea": vote.idea}
    assert refused(lambda: VoteFactory(**same, number=2), "vote.idea_id", "vote_once_per_person_and_idea")
    other = IdeaFactory(meeting=vote.idea.meeting)
    assert refused(
        lambda: VoteFactory(attendance=vote.attendance, idea=other, number=1),
        "vote.number",
        "vote_once_per_person_and_number",
    )
    assert refused(
        lambda: VoteFactory(attendance=vote.attendance, idea=other, number=11), "vote_is_one_of_ten"
    )


def test_an_answer_has_its_time_and_names_whom_it_sends():
    assert refused(lambda: AttendeeFactory(answer="comes"), "attendee_answer_has_its_time")
    sends = {"answer": "sends", "answered_at": timezone.now()}
    assert refused(lambda: AttendeeFactory(**sends), "attendee_names_who_is_sent")
    assert AttendeeFactory(**sends, sends="Per").pk


def test_somebody_who_takes_part_is_there_once_and_can_be_reached():
    known = ParticipantFactory(email="rektor@skulen.example")
    again = {"municipality": known.municipality, "email": "Rektor@skulen.example"}
    assert refused(lambda: ParticipantFactory(**again), "participant_once_per_municipality_and_email")
    assert refused(lambda: ParticipantFactory(email=""), "participant_can_be_reached")
