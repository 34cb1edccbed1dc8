"""While they have each other, and when they say goodbye: contacts, pauses, stopping, the farewell and how it was."""

import datetime

from django.db import transaction
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.hosts import ending
from welcome.hosts.following import LONGEST_NOTE, HostContact, HostReply
from welcome.hosts.kinds import IN_TOUCH, AssignmentState, ContactKind, EndReason, Side
from welcome.hosts.models import Host, HostAssignment
from welcome.households import history

TWICE = datetime.timedelta(seconds=30)


def note_contact(
    *, assignment: HostAssignment, kind: ContactKind, minutes: int = 0, note: str = "", by: User | None
) -> bool:
    """False where they do not have each other any more, and for the second of two taps."""
    with transaction.atomic():
        row = _agreed(assignment)
        if row is None:
            return False
        now = timezone.now()
        if HostContact.objects.filter(assignment=row, kind=kind, at__gt=now - TWICE).exists():
            return False
        made = HostContact.objects.create(
            municipality_id=row.municipality_id, assignment=row, kind=kind, at=now, minutes=minutes,
            note=note.strip()[:LONGEST_NOTE], by=by,
        )  # fmt: skip
        if kind in IN_TOUCH and row.first_contact_at is None:
            row.first_contact_at = now
            row.save(update_fields=["first_contact_at"])
        recording.record(action=Action.ADDED, of=made, by_id=by.pk if by else None)
    return True


def pause(*, assignment: HostAssignment, weeks: int, by: User | None) -> bool:
    """What is due comes so much later; `weeks` 0 ends a pause, and what was moved stays moved. False where they do not
    have each other any more."""
    with transaction.atomic():
        row = _agreed(assignment)
        if row is None:
            return False
        today = timezone.localdate()
        until = today + datetime.timedelta(weeks=weeks)
        longer = max(until - max(row.paused_until or today, today), datetime.timedelta())
        row.paused_until = until if weeks else None
        row.first_contact_by = row.first_contact_by and row.first_contact_by + longer
        row.ends_on = row.ends_on and row.ends_on + longer
        row.save(update_fields=["paused_until", "first_contact_by", "ends_on"])
        ending.note(Action.CHANGED, row, history.HOST_PAUSED, by)
    return True


def stop(*, assignment: HostAssignment, side: Side, by: User | None = None) -> bool:
    """Without blame and without a reason: the other is told that it is over, the household waits for another."""
    return ending.end(assignment=assignment, why=EndReason.WITHDRAWN, tell=ending.OTHER[side], by=by)


def complete(*, assignment: HostAssignment, by: User | None = None) -> bool:
    """They need each other no more: both are thanked, and asked how it was."""
    return ending.end(assignment=assignment, why=EndReason.COMPLETED, by=by)


def reply(*, assignment: HostAssignment, side: Side, score: int, words: str) -> bool:
    """False if this side has answered before, or there is nothing to tell of yet."""
    with transaction.atomic():
        rows = HostAssignment.objects.usable().select_for_update(of=("self",))
        row = rows.filter(pk=assignment.pk, ended_why=EndReason.COMPLETED).first()
        if row is None or HostReply.objects.filter(assignment=row, side=side).exists():
            return False
        made = HostReply.objects.create(
            municipality_id=row.municipality_id, assignment=row, side=side, score=score, words=words.strip()
        )
        recording.record(action=Action.ADDED, of=made)
    return True


def _agreed(assignment: HostAssignment) -> HostAssignment | None:
    Host.objects.select_for_update().get(pk=assignment.host_id)
    rows = HostAssignment.objects.running().usable().select_for_update(of=("self",))
    return rows.filter(pk=assignment.pk, state=AssignmentState.AGREED).first()
