"""Opening hours as a reader asks for them: is it open now, and if not, when?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.dateformat import time_format
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from municipalities.contacts.models import OpeningHours


def day_name(weekday: int) -> str:
    """Monday is 1. As Django writes it: with a small letter in Norwegian."""
    return str(WEEKDAYS[weekday - 1])


def clock(value: datetime.time) -> str:
    return time_format(value, pgettext("time of day", "H:i"))


@dataclass(frozen=True)
class Now:
    is_open: bool
    at: datetime.time  # When it closes if it is open, else when it opens.
    days: int = 0  # Days until it opens: 0 is today.
    weekday: int = 1

    @property
    def sentence(self) -> str:
        at = clock(self.at)
        if self.is_open:
            return _("Open now, until %(time)s") % {"time": at}
        if self.days == 0:
            return _("Closed now, opens today at %(time)s") % {"time": at}
        if self.days == 1:
            return _("Closed now, opens tomorrow at %(time)s") % {"time": at}
        return _("Closed now, opens %(weekday)s at %(time)s") % {
            "weekday": day_name(self.weekday),
            "time": at,
        }


@dataclass(frozen=True)
class Days:
    """Weekdays in a row with the same hours."""

    first: int
    last: int
    hours: tuple[tuple[datetime.time, datetime.time], ...]

    @property
    def name(self) -> str:
        first = str(capfirst(day_name(self.first)))
        return first if self.first == self.last else f"{first}–{day_name(self.last)}"

    @property
    def times(self) -> list[str]:
        return [f"{clock(opens)}–{clock(closes)}" for opens, closes in self.hours]


def now_or_next(hours: Iterable[OpeningHours], at: datetime.datetime | None = None) -> Now | None:
    """Open at the moment `at` (default: now), local time? None if no hours are known."""
    local = timezone.localtime(at)
    today, time = local.isoweekday(), local.time()
    coming = []
    for opening in hours:
        if opening.weekday == today and opening.opens <= time < opening.closes:
            return Now(is_open=True, at=opening.closes)
        days = (opening.weekday - today) % 7
        if days == 0 and opening.opens <= time:
            days = 7  # It has closed for today: the same weekday comes again next week.
        coming.append((days, opening.opens, opening.weekday))
    if not coming:
        return None
    days, opens, weekday = min(coming)
    return Now(is_open=False, at=opens, days=days, weekday=weekday)


def week(hours: Iterable[OpeningHours]) -> list[Days]:
    """The week in as few lines as tell it: `Monday–Friday 08:00–15:30`."""
    by_day = [
        (weekday, tuple((opening.opens, opening.closes) for opening in openings))
        for weekday, openings in groupby(
            sorted(hours, key=lambda o: (o.weekday, o.opens)), key=lambda o: o.weekday
        )
    ]
    lines: list[Days] = []
    for weekday, openings in by_day:
        before = lines[-1] if lines else None
        if before and before.hours == openings and before.last + 1 == weekday:
            lines[-1] = Days(before.first, weekday, openings)
        else:
            lines.append(Days(weekday, weekday, openings))
    return lines
