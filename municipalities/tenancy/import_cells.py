"""From a cell to a value, as widgets of django-import-export.

A cell that can't be taken raises ValueError with the sentence that stands beside it in the preview. An empty cell is
None and says nothing: it never erases what is known.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from municipalities.tenancy.spreadsheets import neutral

LONGEST = 2_000
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}


def in_each_language(words: Any) -> list[str]:
    """What a lazy text reads in every language of the portal."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(words))
    return found


def text_of(cell: Any) -> str:
    """One line, composed, without spaces at its ends or doubled ones. Raises ValueError."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # A spreadsheet's number 12.0 is written as 12.
    elif isinstance(cell, datetime.datetime):
        cell = cell.date()
    text = unicodedata.normalize("NFC", " ".join(str(cell).split()))
    if text in _ERRORS:
        raise ValueError(_("The cell has a formula without a result."))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        raise ValueError(_("The cell has control characters."))
    # What our own export has made harmless is itself again: else each round would add an apostrophe.
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text


class TextCell(Widget):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = text_of(value)
        if len(text) > self.limit:
            raise ValueError(_("Longer than %(limit)s characters.") % {"limit": self.limit})
        return text or None


class PostCodeCell(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = text_of(value)
        if text and not re.fullmatch(r"[0-9]{3,4}", text):
            raise ValueError(_("A post code has four digits."))
        return text.zfill(4) if text else None  # A spreadsheet makes 0620 the number 620.


class WholeCell(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = text_of(value).replace(" ", "")
        if not text:
            return None
        if not (found := re.fullmatch(r"(-?[0-9]{1,9})(?:[.,]0+)?", text)):
            raise ValueError(_("Not a whole number."))
        return int(found[1])


class DecimalCell(Widget):
    """With comma or point, whatever the reader's language: `12,5` must never become 125."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self.step = Decimal(1).scaleb(-places)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = text_of(value).replace(" ", "").replace("−", "-").replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?", text):
            raise ValueError(_("Not a number. Write 12,5 or 12.5."))
        return Decimal(text).quantize(self.step, ROUND_HALF_UP)


class YesNoCell(Widget):
    WORDS = {"ja": True, "j": True, "yes": True, "y": True, "true": True, "sann": True, "1": True,
             "nei": False, "n": False, "no": False, "false": False, "usann": False, "0": False}  # fmt: skip

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        text = text_of(value).casefold()
        if text and text not in self.WORDS:
            raise ValueError(_("Write yes or no."))
        return self.WORDS[text] if text else None


class DateCell(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.date | None:
        text = text_of(value).removesuffix(" 00:00:00")
        if not text:
            return None
        found = re.fullmatch(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})", text) or re.fullmatch(
            r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", text
        )
        if not found:
            raise ValueError(_("Not a date. Write 22.11.2026 or 2026-11-22."))
        try:
            return datetime.date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            raise ValueError(_("There is no such date.")) from None


class ChoiceCell(Widget):
    """By its code or by its word in any language of the portal."""

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.choices = [(value, label) for value, label in choices if value not in {None, ""}]

    @cached_property
    def known(self) -> dict[str, Any]:
        return {
            word.casefold(): value
            for value, label in self.choices
            for word in [str(value), *in_each_language(label)]
        }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = text_of(value)
        if text and text.casefold() not in self.known:
            raise ValueError(
                _("“%(said)s” is none of these: %(choices)s.")
                % {"said": text[:60], "choices": ", ".join(str(label) for _value, label in self.choices)}
            )
        return self.known[text.casefold()] if text else None


class PhoneCell(Widget):
    """E.164; a number without country code is Norwegian."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = text_of(value)
        if not text:
            return None
        try:
            number = phonenumbers.parse(text[:40], "NO")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValueError(_("Not a phone number."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class EmailCell(TextCell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = super().clean(value)
        try:
            if text:
                validate_email(text)
        except ValidationError:
            raise ValueError(_("Not an e-mail address.")) from None
        return text


def cell_of(field: "models.Field[Any, Any]") -> Widget:
    """What reads the column of a model's field."""
    if field.choices:
        return ChoiceCell(field.flatchoices)
    if isinstance(field, models.BooleanField):
        return YesNoCell()
    if isinstance(field, models.DecimalField):
        return DecimalCell(field.decimal_places or 0)
    if isinstance(field, models.DateField):
        return DateCell()
    if isinstance(field, models.IntegerField):
        return WholeCell()
    if isinstance(field, models.CharField):
        return TextCell(field.max_length or LONGEST)
    raise TypeError(f"No cell is made for {field!r}.")
