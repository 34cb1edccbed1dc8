"""Merge fields: `{host}` in a text stands for what a letter tells at that place.

A field is known by one name in all languages, so that a text can be translated around it. `{du|dere}` is no field but
two forms: the first for a household of one, the second for several.
"""

import datetime
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from welcome.letters.models import Letter, RunText
from welcome.letters.template_models import BlockKind
from welcome.letters.words import written_day, written_time

EVERYWHERE = frozenset(BlockKind)
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Field:
    name: str
    label: str | Promise
    example: str
    value: Callable[[Letter, RunText], str]
    blocks: frozenset[BlockKind] = field(default=EVERYWHERE)


@dataclass(frozen=True)
class Forms:
    """Words for a household of one, and for several; `written` stands between the braces, as HTML."""

    written: str

    @property
    def is_sound(self) -> bool:
        """Two, and no formatting that begins or ends between them."""
        return self.written.count("|") == 1 and "<" not in self.written

    def value(self, letter: Letter) -> SafeString:
        one, _, several = self.written.partition("|")
        return mark_safe((one if letter.people == 1 else several).strip())  # noqa: S308 - sanitised when frozen


def _head(name: str) -> Callable[[Letter, RunText], str]:
    return lambda letter, text: str(text.run.letterhead.get(name, ""))


def _number(phone: str) -> str:
    """Not to be broken over two lines, and read as one number between words that run from right to left."""
    return phone.replace(" ", "\u00a0")


def _host(name: str) -> Callable[[Letter, RunText], str]:
    return lambda letter, text: str(letter.host.get(name, ""))


def _quarter(letter: Letter, text: RunText) -> str:
    run = text.run
    # Old letters have no word for it: then as lists write it.
    return text.words.get("quarter", "") or f"{run.year}Q{run.number}"


def _meeting_title(letter: Letter, text: RunText) -> str:
    return str(text.run.meeting.get("texts", {}).get(text.language, {}).get("title", ""))


def _meeting_day(letter: Letter, text: RunText) -> str:
    day = text.run.meeting.get("day")
    return written_day(datetime.date.fromisoformat(day), text.language) if day else ""


def _meeting_deadline(letter: Letter, text: RunText) -> str:
    day = text.run.meeting.get("deadline")
    return written_day(datetime.date.fromisoformat(day), text.language) if day else ""


def _meeting_time(letter: Letter, text: RunText) -> str:
    time = text.run.meeting.get("time")
    return written_time(datetime.time.fromisoformat(time), text.language) if time else ""


def _meeting_place(letter: Letter, text: RunText) -> str:
    meeting = text.run.meeting
    return ", ".join(part for part in (meeting.get("place"), meeting.get("address")) if part)


_OF_HOST = frozenset({BlockKind.HOST})
_OF_MEETING = frozenset({BlockKind.MEETING})
_ALL = [
    Field("names", _("Given names of the adults"), "Oksana og Åse Marie", lambda letter, text: letter.salutation),
    Field("place", _("Name of the municipality"), "Ål", _head("place")),
    Field("quarter", _("Quarter of the letter"), "3. kvartal 2026", _quarter),
    Field("date", _("Date of the letter"), "5. oktober 2026", lambda letter, text: text.words.get("date", "")),
    Field("mayor", _("Mayor"), "Solveig Haugen", _head("mayor")),
    Field("office", _("Name of the service office"), "Servicekontoret", _head("office")),
    Field("office_phone", _("Phone of the service office"), "32 08 50 00",
          lambda letter, text: _number(text.run.letterhead.get("phone", ""))),
    Field("website", _("Website"), "aal.kommune.no", _head("site")),
    Field("children", _("Number of children"), "2", lambda letter, text: str(letter.children),
          frozenset({BlockKind.FAMILY})),
    Field("host", _("Name of the host"), "Per Lien", _host("name"), _OF_HOST),
    Field("host_phone", _("Phone of the host"), "900 00 000",
          lambda letter, text: _number(letter.host.get("phone", "")), _OF_HOST),
    Field("host_email", _("E-mail of the host"), "per@example.org", _host("email"), _OF_HOST),
    Field("host_languages", _("Languages of the host"), "Bokmål, English", _host("languages"), _OF_HOST),
    Field("meeting_title", _("Name of the meeting"), "Velkomstmøte", _meeting_title, _OF_MEETING),
    Field("meeting_day", _("Day of the meeting"), "torsdag 3. desember 2026", _meeting_day, _OF_MEETING),
    Field("meeting_time", _("Time of the meeting"), "18.00", _meeting_time, _OF_MEETING),
    Field("meeting_place", _("Place of the meeting"), "Kulturhuset, Torget 2, 3570 Ål", _meeting_place,
          _OF_MEETING),
    Field("meeting_deadline", _("Last day to sign up"), "tysdag 1. desember 2026", _meeting_deadline,
          _OF_MEETING),
    Field("gifts", _("Number of gifts"), "4", lambda letter, text: str(len(letter.gifts)),
          frozenset({BlockKind.GIFTS})),
]  # fmt: skip
FIELDS = {field.name: field for field in _ALL}


def of_block(kind: str) -> list[Field]:
    """Those that may stand in a block of this kind, its own first."""
    may = [field for field in _ALL if kind in field.blocks]
    return sorted(may, key=lambda field: field.blocks == EVERYWHERE)


@lru_cache(maxsize=512)
def _parts(words: str) -> tuple[str | Field | Forms, ...]:
    """Words and fields in turn; what is no field stays as it was typed."""
    parts = _BRACES.split(words)
    return tuple(part if number % 2 == 0 else _between(part) for number, part in enumerate(parts))


def _between(braces: str) -> str | Field | Forms:
    forms = Forms(braces)
    return forms if forms.is_sound else FIELDS.get(braces.strip(), f"{{{braces}}}")


def fill(html: str, letter: Letter, text: RunText) -> SafeString:
    """`html` with each field's value, escaped."""
    parts = _parts(html)
    if len(parts) == 1:
        return mark_safe(html)  # noqa: S308 - sanitised when it was frozen
    return mark_safe("".join(_filled(part, letter, text) for part in parts))  # noqa: S308 - as above


def _filled(part: str | Field | Forms, letter: Letter, text: RunText) -> str:
    if isinstance(part, Forms):
        return part.value(letter)
    return part if isinstance(part, str) else escape(part.value(letter, text))


def used(words: str) -> Iterator[Field]:
    """The fields that stand in these words, each as often as it does."""
    return (part for part in _parts(words) if isinstance(part, Field))


def faults(words: str, kind: str) -> list[str]:
    """What is wrong with the merge fields in these words of a block, in sentences for who wrote them."""
    found = []
    for name in dict.fromkeys(part.strip() for part in _BRACES.findall(words)):
        shown = strip_tags(name)
        if "|" in name:
            if not Forms(name).is_sound:
                found.append(
                    gettext("{%(name)s}: write two forms, {for one|for several}, without formatting in them.")
                    % {"name": shown}
                )
        elif name not in FIELDS:
            near = difflib.get_close_matches(shown, [known.name for known in of_block(kind)], n=1)
            hint = gettext("Did you mean {%(near)s}?") % {"near": near[0]} if near else ""
            unknown = gettext("There is no field {%(name)s}.") % {"name": shown}
            found.append(f"{unknown} {hint}".strip())
        elif kind not in FIELDS[name].blocks:
            places = ", ".join(str(place.label) for place in BlockKind if place in FIELDS[name].blocks)
            found.append(
                gettext("{%(name)s} can only be used in “%(places)s”.") % {"name": shown, "places": places}
            )
    if set(_BRACES.sub("", words)) & {"{", "}"}:
        found.append(gettext("A brace stands alone: a field is written as {names}, with both."))
    return found


def wrong(words: str, kind: str) -> str:
    """Of these words only the merge fields in which `faults` finds something, to be said in any language later."""
    names = dict.fromkeys(part.strip() for part in _BRACES.findall(words))
    bad = [f"{{{name}}}" for name in names if _is_wrong(name, kind)]
    stray = set(_BRACES.sub("", words)) & {"{", "}"}
    # Closed before opened: the other way round the two would be a field.
    return " ".join([*bad, *sorted(stray, reverse=True)])


def _is_wrong(name: str, kind: str) -> bool:
    if "|" in name:
        return not Forms(name).is_sound
    return name not in FIELDS or kind not in FIELDS[name].blocks


def without_value(words: str, letter: Letter, text: RunText) -> list[str]:
    """The names of the fields in these words of which nothing is known for this letter."""
    return [field.name for field in dict.fromkeys(used(words)) if not field.value(letter, text).strip()]
