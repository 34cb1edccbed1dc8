"""The fixed words of a letter in its own language: dates, headings, page numbers, weekdays."""

import datetime
import unicodedata
from collections.abc import Iterable

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.translation import override

from municipalities.contacts.models import OpeningHours
from municipalities.texts.languages import LANGUAGES
from welcome.households.quarters import Quarter
from welcome.letters.speaking import speaking, spoken

# Languages whose names of months and way to write a date Django has.
DATED = {"nb", "nn", "en", "uk", "pl", "lt", "de", "ar", "fa", "vi"}


def written_date(day: datetime.date, language: str) -> str:
    """`5. oktober 2026`, `5 October 2026`."""
    with override(language if language in DATED else "en"):
        british = language == "en" or language not in DATED
        return date_format(day, "j F Y" if british else get_format("DATE_FORMAT"))


def written_day(day: datetime.date, language: str) -> str:
    """`torsdag 3. desember 2026`, `Thursday 3 December 2026`."""
    with override(language if language in DATED else "en"):
        weekday = str(WEEKDAYS[day.weekday()])
    return f"{weekday} {written_date(day, language)}"


def written_time(time: datetime.time, language: str) -> str:
    """`18.00` where one writes Norwegian, else `18:00`."""
    return time.strftime("%H.%M" if language in {"nb", "nn"} else "%H:%M")


def fixed_words(
    language: str, place: str, dated: datetime.date, *, quarter: Quarter | None = None, privacy: str = ""
) -> dict[str, str]:
    """What a letter says beside the municipality's own texts. `{names}`, `{page}` and `{pages}` are
    filled per letter and page. `privacy`: the address of the page that tells of people's rights."""
    quarter = quarter or Quarter.of(dated)
    with speaking(language) as _:
        return {
            "language": spoken(language),
            "heading": _("Welcome to %(place)s, {names}!") % {"place": place},
            "municipality": _("%(place)s municipality") % {"place": place},
            "page": _("{page} of {pages}"),
            "date": written_date(dated, language),
            "quarter": _("quarter %(number)s of %(year)s") % {"number": quarter.number, "year": quarter.year},
            "mayor": _("mayor"),
            "site": _("More, and always the newest, is on"),
            "call_title": _("Just call"),
            "call": _("If there is anything you wonder about, we answer on"),
            "speaks": _("Languages:"),
            # Translators: between a gift and who gives it, as in "2 × swimming tickets from the sports club".
            "gift_from": _("from"),
            "scan": _("Sign up: scan the code with your phone’s camera."),
            "enclosure_title": _("Good to know"),
            # GDPR art. 14: who is written to is told where the address is from, and what they may ask.
            "notice": _(
                "Your name and address are from the population register, from a list that the municipality has the"
                " right to use, or from yourself. We use them to welcome you. You can see what we hold, have it"
                " corrected or deleted, and object:"
            ),
            "privacy": privacy,
            "letter_title": _("Welcome letter from %(place)s") % {"place": place},
        }


def _clock(time: datetime.time) -> str:
    return f"{time.hour}" if time.minute == 0 else f"{time.hour}.{time.minute:02d}"


def opening_hours(hours: Iterable[OpeningHours], language: str) -> str:
    """`man–fre 9–15, tor 9–18`: days with the same hours together, in the order of the week."""
    by_day: dict[int, list[str]] = {}
    for opening in hours:
        by_day.setdefault(opening.weekday, []).append(f"{_clock(opening.opens)}–{_clock(opening.closes)}")
    spans: list[tuple[int, int, str]] = []
    for day, times in sorted(by_day.items()):
        text = " ".join(times)
        if spans and spans[-1][1] == day - 1 and spans[-1][2] == text:
            spans[-1] = (spans[-1][0], day, text)
        else:
            spans.append((day, day, text))
    with override(language if language in DATED else "en"):
        # Django counts from Monday = 0. Norwegian short forms come with a full stop; here it only disturbs.
        names = {day + 1: str(name).rstrip(".") for day, name in WEEKDAYS_ABBR.items()}
    return ", ".join(
        f"{names[first]}–{names[last]} {text}" if last > first else f"{names[first]} {text}"
        for first, last, text in spans
    )


def is_right_to_left(language: str) -> bool:
    return LANGUAGES[language].rtl


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter of `text` says so: of a heading, which may be in another language than its letter."""
    directions = map(unicodedata.bidirectional, text)
    return next((found for found in directions if found in {"L", "R", "AL"}), "L") != "L"
