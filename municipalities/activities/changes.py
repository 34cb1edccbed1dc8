"""What every change of an activity is made of, whoever makes it: staff, its sender, its organisation's calendar."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from municipalities.activities import timing
from municipalities.activities.models import Activity, ActivityText, State
from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User


def save(*, activity: Activity) -> None:
    """As it stands, with the times it has now. Raises ValidationError for a rule that can't be followed."""
    rows = timing.reckon(activity)
    with transaction.atomic():
        activity.version += 1
        activity.changed_at = timezone.now()
        activity.save()
        timing.write(activity, rows)


def move(activity: Activity, start: set[State], end: State, by: User | None, **fields: Any) -> bool:
    """To another state, from one of `start` only: its row is locked first, so that whoever comes second is told."""
    with transaction.atomic():
        row = Activity.objects.select_for_update(of=("self",)).filter(pk=activity.pk).first()
        if row is None or row.state not in start:
            return False
        changes = fields | {"state": end, "changed_at": timezone.now(), "version": row.version + 1}
        for name, value in changes.items():
            setattr(activity, name, value)
        Activity.objects.filter(pk=row.pk).update(**changes)
        recording.record(
            action=Action.CHANGED,
            of=row,
            fields=["state"],
            note=f"state={end.value}",
            by_id=by.pk if by else None,
        )
    return True


def write_text(
    *, activity: Activity, language: str, title: str, body: str, when: datetime.datetime | None = None
) -> ActivityText:
    """One language's words, by who is no colleague: a sender, a calendar."""
    text = ActivityText.objects.filter(activity=activity, language=language).first()
    if text is None:
        text = ActivityText(activity=activity, municipality_id=activity.municipality_id, language=language)
    elif (text.title, text.body) != (title, body):
        text.version += 1
    text.title, text.body = title, body
    text.changed_at, text.changed_by, text.reviewed_on = when or timezone.now(), None, timezone.localdate()
    text.save()
    return text
