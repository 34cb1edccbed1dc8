"""Ending what a host and a household have, whoever ends it, people or the clock; and what is mailed and noted of it."""

import datetime

from django.db import transaction
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.hosts.following import HostMail
from welcome.hosts.kinds import AssignmentState, EndReason, MailKind, Side
from welcome.hosts.models import Host, HostAssignment
from welcome.households import history

OTHER = {Side.HOUSEHOLD: Side.HOST, Side.HOST: Side.HOUSEHOLD}


def end(
    *,
    assignment: HostAssignment,
    why: EndReason = EndReason.HAND,
    tell: Side | None = None,
    on: datetime.date | None = None,
    by: User | None,
) -> bool:
    """`on` is today if not given, and never before it began. The household waits for another host from now on, but
    after UNWANTED and COMPLETED. `tell` is who is told by mail that it is over. False if it had ended before."""
    with transaction.atomic():
        Host.objects.select_for_update().get(pk=assignment.host_id)
        # The row too: what changes with the household ends it without the host's lock.
        rows = HostAssignment.objects.running().select_for_update(of=("self",))
        running = rows.filter(pk=assignment.pk).first()
        if running is None or (why == EndReason.COMPLETED and running.agreed_at is None):
            return False
        running.state = AssignmentState.ENDED
        running.ended_why = why
        running.until = max(on or timezone.localdate(), running.since)
        running.save(update_fields=["state", "until", "ended_why"])
        if why == EndReason.COMPLETED:
            mail(running, MailKind.FAREWELL, *Side)
        elif tell is not None:
            mail(running, MailKind.OVER, tell)
        note(Action.CHANGED, running, history.HOST_ENDED, by)
    return True


def mail(assignment: HostAssignment, kind: MailKind, *sides: Side) -> None:
    """To be sent by the next round, once to each, however often this is asked for."""
    HostMail.objects.bulk_create(
        [
            HostMail(municipality_id=assignment.municipality_id, assignment=assignment, side=side, kind=kind)
            for side in sides
        ],
        ignore_conflicts=True,
    )


def note(action: Action, assignment: HostAssignment, message: str, by: User | None) -> None:
    fields = ["state"] if action == Action.CHANGED else []
    pair = f"household={assignment.household_id} host={assignment.host_id}"
    by_id = by.pk if by else None
    recording.record(action=action, of=assignment, fields=fields, note=pair, by_id=by_id)
    history.note({assignment.household_id: assignment.municipality_id}, message, by_id=by_id)
