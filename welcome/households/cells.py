"""From a cell to a value: dates, names, post codes, numbers. Each raises Wrong with a reason."""

import datetime
import re
import unicodedata
from functools import lru_cache
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from openpyxl.utils.datetime import from_excel

from welcome.households.reading import NO_VALUE


class Wrong(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


# Embeddings, overrides, isolates and marks: what is read would not be what is stored.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_JOINERS = "\u200c\u200d"  # Persian and Indic names are written with them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def text_of(cell: Any, *, limit: int) -> str:
    """One line, composed, without spaces at its ends or doubled ones. `limit` is that of the model."""
    if cell is None or cell == "":
        return ""
    if cell is NO_VALUE:
        raise Wrong("no_value")
    if isinstance(cell, bool):
        cell = "ja" if cell else "nei"
    elif isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # A spreadsheet's number 12.0 is written as 12.
    elif isinstance(cell, datetime.datetime):
        cell = cell.date()
    text = str(cell)
    if _CONTROL.search(text):
        raise Wrong("control_characters")
    text = " ".join(text.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if len(text) > limit:
        raise Wrong("too_long", limit=limit)
    return text


def name_of(cell: Any, *, limit: int) -> str:
    """A name of any script, and oddly typed ones too; not what a letter can't carry."""
    text = text_of(cell, limit=limit)
    if text.replace(" ", "").isalpha():
        return text
    if _DIRECTION.search(text):
        raise Wrong("name_direction")
    for character in text:
        kind = unicodedata.category(character)
        if kind in {"So", "Nd", "Cn", "Co", "Cs", "Zl", "Zp"} or (kind == "Cf" and character not in _JOINERS):
            raise Wrong("name_characters")
        if kind == "Sk" and ord(character) > 0xFF:  # Skin tones; ´ and ` are typed for apostrophes.
            raise Wrong("name_characters")
    if text and not any(unicodedata.category(c).startswith("L") for c in text):
        raise Wrong("name_characters")
    return text


_PARTICLES = {
    "af", "al", "am", "ap", "av", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du",
    "el", "ibn", "la", "le", "ten", "ter", "van", "vom", "von", "zu", "zum", "zur",
}  # fmt: skip


def split_name(whole: str) -> tuple[str, str]:
    """Given and family name of `Kovalenko, Oksana` or `Oksana Kovalenko`; particles go with the family name."""
    if "," in whole:
        family, _, given = (part.strip() for part in whole.partition(","))
        return (given, family) if given else (family, "")
    words = whole.split()
    at = next((i for i, word in enumerate(words) if i and word.casefold() in _PARTICLES), len(words) - 1)
    return (" ".join(words[:at]), " ".join(words[at:])) if at > 0 else (whole, "")


_DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})",
        r"(?P<y>\d{4})[.-](?P<m>\d{1,2})[.-](?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")


def date_of(cell: Any) -> datetime.date | None:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 10_000 <= cell < 80_000:
        # A day count, in a column that lost its date format; 10 000 is 1927.
        moment = from_excel(int(cell))
        return moment.date() if isinstance(moment, datetime.datetime) else None
    return _date_in(text_of(cell, limit=60))


@lru_cache(maxsize=4096)
def _date_in(text: str) -> datetime.date | None:
    text = _CLOCK.sub("", text)
    if not text:
        return None
    for form in _DATE_FORMS:
        if found := form.fullmatch(text):
            try:
                return datetime.date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                raise Wrong("date_impossible") from None
    raise Wrong(
        "date_short_year" if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}", text) else "date_unreadable"
    )


def birth_of(cell: Any, *, today: datetime.date) -> tuple[datetime.date | None, int | None]:
    """Date and year; a column of dates may hold years and the other way round."""
    text = "" if isinstance(cell, datetime.date) else text_of(cell, limit=60)
    if re.fullmatch(r"\d{6} ?\d{5}", text):
        raise Wrong("birth_is_identity_number")
    if re.fullmatch(r"\d{4}", text):
        day: datetime.date | None = None
        year: int | None = int(text)
    else:
        day = date_of(cell)
        year = day.year if day else None
    if (day and day > today) or (year and not 1900 <= year <= today.year):
        raise Wrong("birth_impossible")
    return day, year


def postal_code_of(cell: Any) -> str:
    text = text_of(cell, limit=60)
    digits = re.sub(r"^(NO?|N)[- ]", "", text.upper()).replace(" ", "")
    if digits and not re.fullmatch(r"[0-9]{3,4}", digits):
        raise Wrong("post_code_wrong")
    return digits.zfill(4) if digits else ""  # A spreadsheet makes 0620 the number 620.


def postal_both_of(cell: Any, *, limit: int) -> tuple[str, str]:
    text = text_of(cell, limit=limit + 8)
    if not text:
        return "", ""
    found = re.fullmatch(r"(?:NO?[- ])?([0-9]{3,4})[ ,]+(.+)", text)
    if found is None:
        raise Wrong("post_code_wrong")
    return found[1].zfill(4), found[2]


_HOUSE = re.compile(r"(\d{1,6})\s*([^\W\d_])?")
_UNIT = re.compile(r"[HUKL]\d{4}")
_WHOLE = re.compile(
    r"(?P<street>.*\D)\s*\b(?P<number>\d{1,6})\s*(?P<letter>[^\W\d_])?(?:[ ,]+(?P<unit>[HUKLhukl]\d{4}))?"
)


def house_of(cell: Any) -> tuple[str, str]:
    """Number and letter of `12`, `12 B`, `012b`."""
    text = text_of(cell, limit=60)
    if text in {"", "-"}:
        return "", ""
    found = _HOUSE.fullmatch(text)
    if found is None:
        raise Wrong("house_number_wrong")
    return found[1].lstrip("0"), (found[2] or "").upper()


def letter_of(cell: Any) -> str:
    text = text_of(cell, limit=60).upper()
    if text in {"", "-"}:
        return ""
    if len(text) > 1 or not text.isalpha():
        raise Wrong("house_letter_wrong")
    return text


def unit_of(cell: Any) -> str:
    text = text_of(cell, limit=60).upper().replace(" ", "")
    if text in {"", "-"}:
        return ""
    if not _UNIT.fullmatch(text):
        raise Wrong("unit_wrong")
    return text


def whole_address_of(text: str) -> dict[str, str]:
    """Parts of `Øvre Ålsgata 12 B H0101, 3570 Ål`; what has no number is all street."""
    parts: dict[str, str] = {}
    if found := re.fullmatch(r"(.+?),\s*(?:NO?-)?(\d{4})\s+(\D+)", text):
        text, parts["postal_code"], parts["postal_place"] = found[1], found[2], found[3].strip()
    if found := _WHOLE.fullmatch(text):
        parts["street"] = found["street"].strip(" ,")
        parts["house_number"] = found["number"].lstrip("0")
        parts["house_letter"] = (found["letter"] or "").upper()
        parts["unit"] = (found["unit"] or "").upper()
    else:
        parts["street"] = text
    return {name: value for name, value in parts.items() if value}


def phone_of(cell: Any) -> str:
    """E.164, such as `+4790000000`; a number without country code is Norwegian."""
    text = text_of(cell, limit=60)
    if not text or text == "-":
        return ""
    try:
        number = phonenumbers.parse(text, "NO")
    except phonenumbers.NumberParseException:
        raise Wrong("phone_wrong") from None
    if not phonenumbers.is_possible_number(number):
        raise Wrong("phone_wrong")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_of(cell: Any) -> str:
    text = text_of(cell, limit=254)
    try:
        if text:
            validate_email(text)
    except ValidationError:
        raise Wrong("email_wrong") from None
    return text
