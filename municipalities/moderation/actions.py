"""Every change of state of what is moderated. False where somebody else was first."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from municipalities.moderation.models import OPEN, OUT, Moderated, News, SentIn, State
from municipalities.moderation.moving import move, tell
from municipalities.tenancy.models import User

__all__ = [
    "confirm", "decline", "extend", "free", "hand_in", "move", "publish", "reserve", "send_back", "take_out",
    "take_up",
]  # fmt: skip


def hand_in(*, row: Moderated, by: User | None) -> bool:
    """Into the queue of those who may publish."""
    return move(row, [State.DRAFT], State.WAITING, by, waiting_since=timezone.now())


def publish(*, row: Moderated, by: User | None) -> bool:
    """Shown until the day that it says itself, if that is still to come, else for as long as its kind is."""
    today = timezone.localdate()
    until = row.expires_on if row.expires_on and row.expires_on >= today else _in(row.RUNS)
    with transaction.atomic():
        moved = move(row, OPEN, State.PUBLISHED, by, published_at=timezone.now(), expires_on=until)
        if moved:
            tell(row, News.PUBLISHED, by=by)
    return moved


def send_back(*, row: Moderated, word: str, by: User) -> bool:
    """To who sent it in, with a word on what is to be changed. False if it waits no more."""
    with transaction.atomic():
        moved = move(row, [State.WAITING], State.DRAFT, by)
        if moved:
            tell(row, News.RETURNED, word, by=by)
    return moved


def decline(*, row: Moderated, word: str, by: User) -> bool:
    with transaction.atomic():
        moved = move(row, OPEN, State.GONE, by)
        if moved:
            tell(row, News.DECLINED, word, by=by)
    return moved


def reserve(*, row: Moderated, by: User | None) -> bool:
    return move(row, [State.PUBLISHED], State.RESERVED, by)


def free(*, row: Moderated, by: User | None) -> bool:
    """Reserved no more."""
    return move(row, [State.RESERVED], State.PUBLISHED, by)


def take_out(*, row: Moderated, by: User | None) -> bool:
    """Out of lists and maps; the row stays, so that it can be taken up again."""
    return move(row, [*OPEN, *OUT], State.GONE, by)


def take_up(*, row: Moderated, by: User | None) -> bool:
    """What is gone, as a draft again."""
    return move(row, [State.GONE], State.DRAFT, by, expires_on=None)


def extend(*, row: Moderated, by: User | None) -> bool:
    """Shown on, as long from today as when it was published."""
    return move(row, OUT, State(row.state), by, expires_on=_in(row.RUNS))


def confirm(*, sender: SentIn) -> bool:
    """The address is theirs: into the queue. False if that was done before."""
    now = timezone.now()
    with transaction.atomic():
        model: Any = type(sender)
        if not model.objects.filter(pk=sender.pk, confirmed_at=None).update(confirmed_at=now):
            return False
        sender.confirmed_at = now
        return hand_in(row=sender.about, by=None)


def _in(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)
