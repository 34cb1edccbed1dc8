"""Opening hours as a reader asks for them: is it open now, and if not, when? Public holidays are known, and what
was entered for a day goes before both them and the week. Half days that nobody has entered are not known."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.dateformat import time_format
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from municipalities.contacts.models import OpeningHours, SpecialDay
from welcome.portal.holidays import holiday

LOOKED_AHEAD = 30


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
    day: datetime.date = datetime.date.min  # On which it opens.
    holiday: str = ""  # Why it is closed today.

    @property
    def sentence(self) -> str:
        at = clock(self.at)
        if self.is_open:
            return _("Open now, until %(time)s") % {"time": at}
        if self.days == 0:
            return _("Closed now, opens today at %(time)s") % {"time": at}
        words = {"time": at, "holiday": self.holiday, "weekday": day_name(self.day.isoweekday())}
        if self.days > 6:
            words["weekday"] = _("%(weekday)s %(day)s") % {
                "weekday": words["weekday"],
                "day": date_format(self.day, pgettext("date without a year", "j F")),
            }
        if self.holiday:
            if self.days == 1:
                return _("Closed today (%(holiday)s), opens tomorrow at %(time)s") % words
            return _("Closed today (%(holiday)s), opens %(weekday)s at %(time)s") % words
        if self.days == 1:
            return _("Closed now, opens tomorrow at %(time)s") % words
        return _("Closed now, opens %(weekday)s at %(time)s") % words


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


@dataclass(frozen=True)
class OtherDay:
    """A day on which the week does not hold; without hours it is closed."""

    day: datetime.date
    hours: tuple[tuple[datetime.time, datetime.time], ...]
    holiday: str

    @property
    def words(self) -> str:
        times = ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in self.hours)
        if self.holiday:
            return f"{times} ({self.holiday})" if times else _("Closed (%(why)s)") % {"why": self.holiday}
        return times or _("Closed")


def hours_on(
    day: datetime.date, hours: Iterable[OpeningHours], special: Iterable[SpecialDay] = ()
) -> tuple[tuple[datetime.time, datetime.time], ...]:
    """What was entered for the day itself; else nothing on a public holiday, and the week's hours on any other."""
    for each in special:
        if each.day == day:
            return ((each.opens, each.closes),) if each.opens and each.closes else ()
    if holiday(day):
        return ()
    return tuple(sorted((each.opens, each.closes) for each in hours if each.weekday == day.isoweekday()))


def now_or_next(
    hours: Sequence[OpeningHours], at: datetime.datetime | None = None, special: Sequence[SpecialDay] = ()
) -> Now | None:
    """Open at the moment `at` (default: now), local time? None if no hours are known, or none of the next days."""
    local = timezone.localtime(at)
    today, time = local.date(), local.time()
    if not hours and not any(each.day >= today for each in special):
        return None
    why = holiday(today) if not hours_on(today, hours, special) else ""
    for days in range(LOOKED_AHEAD):
        day = today + datetime.timedelta(days=days)
        for opens, closes in hours_on(day, hours, special):
            if days == 0 and opens <= time < closes:
                return Now(is_open=True, at=closes)
            if days or time < opens:
                return Now(is_open=False, at=opens, days=days, day=day, holiday=why)
    return None


def other_days(
    hours: Sequence[OpeningHours],
    special: Sequence[SpecialDay] = (),
    at: datetime.datetime | None = None,
    count: int = 14,
) -> list[OtherDay]:
    """The next days that are not as the week says."""
    today = timezone.localdate(at)
    found = []
    for days in range(count):
        day = today + datetime.timedelta(days=days)
        its = hours_on(day, hours, special)
        usual = tuple(sorted((each.opens, each.closes) for each in hours if each.weekday == day.isoweekday()))
        if its != usual:
            found.append(OtherDay(day, its, holiday(day)))
    return found


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
