"""Ideas, votes, and the one to three measures that come of them. All under the meeting's lock."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.audit.recording import record, record_each
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.models import User
from welcome.cooperation.actions import locked
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.measure_models import MOST_MEASURES, Measure
from welcome.cooperation.models import MOST_IDEAS, Attendee, CooperationMeeting, MeetingState


def add_idea(*, meeting: CooperationMeeting, text: str, table: str, sent_as: str) -> bool:
    """False if this very form was sent before. Raises ValidationError when no ideas are gathered, and beyond 300."""
    with transaction.atomic():
        meeting = locked(meeting)
        if meeting.state != MeetingState.GATHERING:
            raise ValidationError(_("Ideas are not gathered just now."))
        ideas = Idea.objects.filter(meeting=meeting)
        if ideas.filter(sent_as=sent_as).exists():
            return False
        if ideas.count() >= MOST_IDEAS:
            raise ValidationError(_("There are 300 ideas already. Vote now."))
        idea = Idea(
            municipality_id=meeting.municipality_id, meeting=meeting, text=text, table=table, sent_as=sent_as
        )
        idea.full_clean(exclude=["municipality", "meeting"])
        idea.save(force_insert=True)
        record(action=Action.ADDED, of=idea)
    return True


def drop_idea(*, idea: Idea, by: User) -> bool:
    """What is no idea, or stands there twice; its votes are given back. False if it is gone or chosen."""
    with transaction.atomic():
        meeting = locked(idea.meeting)
        if meeting.is_closed or Measure.objects.filter(idea=idea.pk).exists():
            return False
        number = idea.pk
        if not Idea.objects.filter(pk=number).delete()[0]:
            return False
        idea.pk = number
        record(action=Action.DELETED, of=idea, by_id=by.pk)
    return True


def vote(*, attendance: Attendee, ideas: Iterable[int]) -> None:
    """All the votes of one person at once; those from before are taken back. Raises ValidationError for more than
    they have, for ideas of another meeting, and when no votes are given."""
    wanted = sorted(set(ideas))
    with transaction.atomic():
        meeting = locked(attendance.meeting)
        if meeting.state != MeetingState.VOTING:
            raise ValidationError(_("Votes are not given just now."))
        if len(wanted) > meeting.votes_each:
            raise ValidationError(
                ngettext("You have %(n)s vote.", "You have %(n)s votes.", meeting.votes_each)
                % {"n": meeting.votes_each}
            )
        if Idea.objects.filter(meeting=meeting, pk__in=wanted).count() != len(wanted):
            raise ValidationError(_("One of these ideas is gone. Look at the list once more."))
        Vote.objects.filter(attendance=attendance).delete()
        Vote.objects.bulk_create(
            Vote(municipality_id=meeting.municipality_id, attendance=attendance, idea_id=idea, number=number)
            for number, idea in enumerate(wanted, 1)
        )
        record(action=Action.CHANGED, of=attendance, note=f"votes={len(wanted)}")


def choose(*, meeting: CooperationMeeting, idea: Idea, title: str, by: User) -> Measure:
    """The idea becomes a measure. Raises ValidationError for a fourth, for one that is chosen already, for an idea of
    another meeting, and when the meeting has not come to the votes or is closed."""
    with transaction.atomic():
        meeting = locked(meeting)
        if meeting.state != MeetingState.VOTING:
            raise ValidationError(_("Measures are chosen while votes are given."))
        if idea.meeting_id != meeting.pk:
            raise ValidationError(_("One of these ideas is gone. Look at the list once more."))
        taken = set(Measure.objects.filter(meeting=meeting).values_list("slot", flat=True))
        free = [slot for slot in range(1, MOST_MEASURES + 1) if slot not in taken]
        if not free:
            raise ValidationError(_("A meeting chooses one to three measures."))
        measure = Measure(
            municipality_id=meeting.municipality_id, meeting=meeting, idea=idea, title=title, slot=free[0]
        )
        measure.full_clean(exclude=["municipality", "meeting"])
        measure.save(force_insert=True)
        record(action=Action.ADDED, of=measure, by_id=by.pk)
    return measure


def take_back(*, measure: Measure, by: User) -> bool:
    """Chosen by mistake, in the same meeting. False when it is closed, or when a group works on it already."""
    with transaction.atomic():
        meeting = locked(measure.meeting)
        row = Measure.objects.select_for_update(of=("self",)).filter(pk=measure.pk).first()
        if row is None or meeting.is_closed or row.members.exists() or row.spendings.exists():
            return False
        record_each(
            action=Action.DELETED,
            model=Measure,
            ids=[row.pk],
            municipality_id=row.municipality_id,
            by_id=by.pk,
        )
        row.delete()
    return True
