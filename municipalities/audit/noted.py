"""What the codes of an entry's note say, in the reader's language. Each slice gives the words of its own notes
(`say`) where its pages are declared; a code without words is shown as it is."""

from collections.abc import Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

_words: dict[str, str | Promise] = {
    "rows": _("rows"),
    "page": _("page"),
    "history": _("history"),
    "own": _("their own page"),
}


def say(words: Words) -> None:
    """By code: `samples`, or `letter` of `letter=3`."""
    if other := {code for code in words if code in _words and _words[code] != words[code]}:
        raise ValueError(f"These codes of a note have other words already: {sorted(other)}.")
    _words.update(words)


def in_words(note: str) -> list[str]:
    """`run=3 letter=7 pdf` → `letter run 3`, `letter 7`, `as PDF`."""
    return [_said(*part.partition("=")) for part in note.split()]


def _said(code: str, is_counted: str, value: str) -> str:
    return f"{_words[code]} {value}".strip() if code in _words else f"{code}{is_counted}{value}"


def field_in_words(label: str, name: str) -> str:
    """A field as forms call it; one that is gone keeps its code's name."""
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name
    return str(getattr(field, "verbose_name", name))
