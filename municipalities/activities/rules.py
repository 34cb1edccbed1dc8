"""Recurrence as RFC 5545 (3.3.10) writes it, of what people meet for: by days, never by hours, and always with an
end. Times are the clock's on the wall in Norway: a choir that begins at 18 begins at 18 in winter too."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_TIMES = 400
LONGEST = datetime.timedelta(days=3 * 366)
PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d?",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "BYDAY": r"[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)(?:,[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)){0,9}",
    "BYMONTHDAY": r"-?(?:[1-9]|[12]\d|3[01])(?:,-?(?:[1-9]|[12]\d|3[01])){0,30}",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}",
    "BYSETPOS": r"-?[1-5](?:,-?[1-5]){0,4}",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Rule:
    """`parts` are as written, but for COUNT and UNTIL."""

    parts: dict[str, str]
    count: int | None
    until: datetime.date | None

    def __str__(self) -> str:
        ends = {"COUNT": str(self.count)} if self.count else {"UNTIL": f"{self.until:%Y%m%d}"}
        return ";".join(f"{name}={value}" for name, value in (self.parts | ends).items())

    @property
    def every(self) -> int:
        return int(self.parts.get("INTERVAL", 1))

    @property
    def weekdays(self) -> list[int]:
        """1 is Monday; empty where none is named, or only one of a month."""
        names = self.parts.get("BYDAY", "").split(",")
        return sorted(DAYS.index(name) + 1 for name in names if name in DAYS)


def parse(text: str) -> Rule:
    """Raises ValidationError for what is no rule, or is one that people don't meet by."""
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _sign, value = piece.partition("=")
        if name not in PARTS or name in parts or not re.fullmatch(PARTS[name], value):
            raise ValidationError(
                _("“%(part)s” can't stand in a rule here."), params={"part": piece[:40]}, code="rule"
            )
        parts[name] = value
    if "FREQ" not in parts:
        raise ValidationError(_("A rule says how often: FREQ=WEEKLY, for instance."), code="rule")
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if (count is None) == (until is None):
        raise ValidationError(
            _("A rule says when it ends: either COUNT=10 or UNTIL=20271231, for instance."), code="endless"
        )
    return Rule(parts, int(count) if count else None, _day(until) if until else None)


def _day(text: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day on the wall
    except ValueError:
        raise ValidationError(_("“%(day)s” is no day."), params={"day": text}, code="rule") from None


def days(
    starts: datetime.datetime, rule: str, *, but_not: Iterable[datetime.date] = ()
) -> list[datetime.datetime]:
    """Each beginning, local time without a zone; the first is always among them (RFC 5545, 3.8.5.3). Raises
    ValidationError for more than MOST_TIMES, or over more than three years."""
    missed = set(but_not)
    if not rule:
        return [] if starts.date() in missed else [starts]
    its = parse(rule)
    last = starts + LONGEST
    if its.until is not None:
        until = datetime.datetime.combine(its.until, datetime.time.max)
        if until > last:
            raise ValidationError(_("It may go on for three years at most."), code="long")
        last = until
    written = ";".join(f"{name}={value}" for name, value in its.parts.items())
    try:
        found = rrulestr(f"{written};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=starts)
    except ValueError as error:
        raise ValidationError(_("This rule can't be followed."), code="rule") from error
    begins = [starts]
    for each in found:
        if its.count and len(begins) >= its.count:
            break
        if each != starts:
            begins.append(each)
        if len(begins) > MOST_TIMES:
            raise ValidationError(
                _("It may happen %(most)s times at most."), params={"most": MOST_TIMES}, code="many"
            )
    if its.count and len(begins) < its.count:
        raise ValidationError(_("It may go on for three years at most."), code="long")
    return [each for each in begins if each.date() not in missed]
