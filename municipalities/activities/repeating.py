"""How often, as people choose it; the rule is written for them."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.activities.rules import DAYS


class Repeats(models.TextChoices):
    NEVER = "", _("Only once")
    WEEKLY = "week", _("Every week")
    FORTNIGHTLY = "fortnight", _("Every other week")
    MONTHLY = "month", _("Every month, on the same weekday")


def rule_for(repeats: str, first: datetime.date, until: datetime.date) -> str:
    """`first` decides the weekday; of a month also which one, the fifth being the last."""
    weekday = DAYS[first.weekday()]
    if repeats == Repeats.NEVER:
        return ""
    if repeats == Repeats.MONTHLY:
        which = (first.day - 1) // 7 + 1
        how = f"FREQ=MONTHLY;BYDAY={which if which < 5 else -1}{weekday}"
    else:
        every = ";INTERVAL=2" if repeats == Repeats.FORTNIGHTLY else ""
        how = f"FREQ=WEEKLY{every};BYDAY={weekday}"
    return f"{how};UNTIL={until:%Y%m%d}"


def chosen(rule: str) -> tuple[str, datetime.date | None] | None:
    """The other way; None for a rule that is none of these."""
    if not rule:
        return "", None
    head, _sign, end = rule.partition(";UNTIL=")
    try:
        until = datetime.datetime.strptime(end, "%Y%m%d").date()  # noqa: DTZ007 - a day on the wall
    except ValueError:
        return None
    if head.startswith("FREQ=MONTHLY;BYDAY="):
        return Repeats.MONTHLY, until
    if head.startswith("FREQ=WEEKLY;INTERVAL=2;BYDAY="):
        return Repeats.FORTNIGHTLY, until
    return (Repeats.WEEKLY, until) if head.startswith("FREQ=WEEKLY;BYDAY=") else None
