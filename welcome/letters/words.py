"""The fixed words of a letter in its own language: dates, headings, page numbers, weekdays."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.contacts.models import OpeningHours
from municipalities.texts.languages import LANGUAGES

# Languages whose names of months and way to write a date Django has.
DATED = {"nb", "nn", "en", "uk", "pl", "lt", "de", "ar", "fa", "vi"}


def catalogue_of(language: str) -> str:
    """The language the portal's own words are taken from: a letter in a language the portal does not
    speak has English words around the municipality's text, never a third language."""
    return language if language in dict(settings.LANGUAGES) else "en"


def written_date(day: datetime.date, language: str) -> str:
    """`5. oktober 2026`, `5 October 2026`."""
    with override(language if language in DATED else "en"):
        british = language == "en" or language not in DATED
        return date_format(day, "j F Y" if british else get_format("DATE_FORMAT"))


def fixed_words(language: str, place: str, dated: datetime.date, privacy: str = "") -> dict[str, str]:
    """What a letter says beside the municipality's own texts. `{names}`, `{page}` and `{pages}` are
    filled per letter and page. `privacy`: the address of the page that tells of people's rights."""
    with override(catalogue_of(language)):
        return {
            "heading": _("Welcome to %(place)s, {names}!") % {"place": place},
            "municipality": _("%(place)s municipality") % {"place": place},
            "page": _("{page} of {pages}"),
            "date": written_date(dated, language),
            "closing": _("Warm regards"),
            "mayor": _("mayor"),
            "practical_title": _("The practical things are enclosed"),
            "practical": _(
                "The next pages hold what most people ask about first, with addresses and numbers to call."
            ),
            "site": _("More, and always the newest, is on"),
            "call_title": _("Just call"),
            "call": _("If there is anything you wonder about, we answer on"),
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
