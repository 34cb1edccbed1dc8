"""What every change of state is made of, by whoever makes it: staff, the sender, the clock."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.moderation import nudges
from municipalities.moderation.models import OUT, Moderated, News, SentIn, State
from municipalities.tenancy.models import User


def move(row: Moderated, start: list[State], end: State, by: User | None, **fields: Any) -> bool:
    """To another state, from one of `start` only: its row is locked first, so that whoever comes second is told."""
    model = type(row)
    with transaction.atomic():
        found = model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
        if found is None or found.state not in start:
            return False
        now = timezone.now()
        changes = {"state": end, "changed_at": now, "gone_at": now if end == State.GONE else None} | fields
        for name, value in changes.items():
            setattr(row, name, value)
        model._default_manager.filter(pk=row.pk).update(**changes)
        recording.record(
            action=Action.CHANGED,
            of=found,
            fields=["state"],
            note=f"state={end.value}",
            by_id=by.pk if by else None,
        )
    return True


def tell(row: Moderated, news: News, word: str = "", *, by: User | None) -> None:
    """What its sender, if it has one, is told by e-mail."""
    sender: SentIn | None = row.sent_in
    if sender is None or sender.confirmed_at is None:
        return
    sender.news = news
    fields = ["news"]
    if news != News.EXPIRES:
        sender.word, sender.answered_at, sender.answered_by = word, timezone.now(), by
        fields += ["word", "answered_at", "answered_by"]
    sender.save(update_fields=fields)
    nudges.tell_soon(sender)


def put_away(model: type[Moderated], today: datetime.date) -> int:
    """What has run out. How many."""
    rows: Any = model._default_manager
    return sum(move(row, OUT, State.GONE, None) for row in rows.run_out(today))


def ask_before(model: type[Moderated], today: datetime.date) -> int:
    """Whoever sent in what runs out within a week is asked, once for each day it was to run out on. How many."""
    rows: Any = model._default_manager
    return sum(_ask(row) for row in rows.running_out(today).select_related("submission"))


def _ask(row: Any) -> bool:
    sender = row.sent_in
    if sender is None or sender.confirmed_at is None or sender.asked_for == row.expires_on:
        return False
    with transaction.atomic():
        first = type(sender).objects.filter(pk=sender.pk).exclude(asked_for=row.expires_on)
        if not first.update(asked_for=row.expires_on):
            return False
        tell(row, News.EXPIRES, by=None)
    return True
