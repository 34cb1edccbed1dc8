"""What the clock does with hosts: reminders before a day, and what comes after it. Nobody is taken for silent who was
not reminded, and nobody who can't be mailed: of them staff are told, on the page of hosts."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from municipalities.municipality import scope
from welcome.hosts import ending
from welcome.hosts.following import HostContact, HostMail
from welcome.hosts.kinds import EndReason, MailKind, Side
from welcome.hosts.mailing import can_mail
from welcome.hosts.models import Host, HostAssignment, HostAssignmentQuerySet

BEFORE = datetime.timedelta(days=2)
AFTER = datetime.timedelta(days=3)
CLOSING = datetime.timedelta(days=14)


def sweep() -> int:
    """All municipalities, each in its scope. How many went back to the queue."""
    with scope.everywhere():
        places = list(HostAssignment.objects.running().values_list("municipality", flat=True).distinct())
    ended = 0
    for place in places:
        with scope.of(place):
            day = timezone.localdate()
            _remind(day)
            ended += _end_unanswered(day) + _end_silent()
    return ended


def _remind(day: datetime.date) -> None:
    soon = day + BEFORE
    proposed = HostAssignment.objects.proposed().usable().filter(answer_by__lte=soon)
    _mail(proposed.filter(household_said_at=None), MailKind.REMINDED, Side.HOUSEHOLD)
    _mail(proposed.filter(host_said_at=None), MailKind.REMINDED, Side.HOST)
    _mail(_untouched(day).filter(first_contact_by__lte=soon), MailKind.CONTACT, Side.HOST)
    _mail(_told(_untouched(day).filter(first_contact_by__lt=day), MailKind.CONTACT), MailKind.LAST, Side.HOST)
    _mail(_awake(day).filter(ends_on__lte=day + CLOSING), MailKind.CLOSING, Side.HOST)


def _end_unanswered(day: datetime.date) -> int:
    """Once everybody who has not said yes was reminded, and their day is over."""
    rows = HostAssignment.objects.proposed().usable().filter(answer_by__lt=day)
    rows = rows.filter(
        Q(household_said_at__isnull=False) | Q(_reminded(Side.HOUSEHOLD)),
        Q(host_said_at__isnull=False) | Q(_reminded(Side.HOST)),
    )
    return sum(_end(rows, row, Side.HOUSEHOLD if row.household_said_at else Side.HOST) for row in rows)


def _end(rows: HostAssignmentQuerySet, row: HostAssignment, tell: Side) -> bool:
    """Unless they have answered, or noted something, this very moment. `tell` is told only if they have said yes."""
    with transaction.atomic():
        Host.objects.select_for_update().get(pk=row.host_id)
        still = rows.filter(pk=row.pk).first()
        if still is None:
            return False
        said = still.household_said_at if tell == Side.HOUSEHOLD else still.host_said_at
        return ending.end(assignment=still, why=EndReason.SILENT, tell=tell if said else None, by=None)


def _reminded(side: Side) -> Exists:
    # A day at least before the last one was over, so that they have had a day to answer.
    long_ago = timezone.now() - datetime.timedelta(days=1)
    mails = HostMail.objects.sent().filter(
        assignment=OuterRef("pk"), side=side, kind=MailKind.REMINDED, sent_at__lte=long_ago
    )
    return Exists(mails)


def _end_silent() -> int:
    """Who was reminded for the last time some days ago, and has noted nothing: neither a contact nor a try."""
    rows = _told(_untouched(timezone.localdate()), MailKind.LAST, before=timezone.now() - AFTER)
    return sum(_end(rows, row, Side.HOUSEHOLD) for row in rows)


def _awake(day: datetime.date) -> HostAssignmentQuerySet:
    rows = HostAssignment.objects.agreed().usable()
    return rows.filter(Q(paused_until=None) | Q(paused_until__lt=day))


def _untouched(day: datetime.date) -> HostAssignmentQuerySet:
    """Nobody has been in touch, or has tried. Whom nobody has reached is a case for staff, and not for the clock."""
    tried = HostContact.objects.filter(assignment=OuterRef("pk"))
    return _awake(day).filter(~Exists(tried), first_contact_at=None, first_contact_by__isnull=False)


def _told(
    rows: HostAssignmentQuerySet, kind: MailKind, before: datetime.datetime | None = None
) -> HostAssignmentQuerySet:
    mails = HostMail.objects.sent().filter(assignment=OuterRef("pk"), side=Side.HOST, kind=kind)
    return rows.filter(Exists(mails.filter(sent_at__lte=before) if before else mails))


def _mail(rows: HostAssignmentQuerySet, kind: MailKind, side: Side) -> None:
    mails = HostMail.objects.filter(assignment=OuterRef("pk"), side=side, kind=kind)
    for row in (
        rows.exclude(Exists(mails)).select_related("host", "household").prefetch_related("household__people")
    ):
        if can_mail(row, side):
            ending.mail(row, kind, side)
