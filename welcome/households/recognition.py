"""Who is the same person, which is the same address: pure functions over names and addresses.

Registers, forms and people themselves spell one name in several ways. A key is what remains when
everything is taken away that differs between two honest spellings. Keys find candidates; they
never decide alone: `same_person` asks for the birth date or the address as well.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

NAME_KEY_LENGTH = 200
ADDRESS_KEY_LENGTH = 120

# Ukrainian by resolution 55 of 2010, without its special forms at the start of a word: y and j are
# folded into i below. Then the letters that only Russian, Belarusian, Bulgarian and Serbian have.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "y", "і": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "ц": "ts", "ч": "ch", "ш": "sh", "ь": "",
    "є": "ie", "ї": "i", "й": "i", "х": "kh", "щ": "shch", "ю": "iu", "я": "ia", "'": "",
    "ё": "io", "ъ": "", "ы": "y", "э": "e", "ў": "u", "ђ": "d", "ј": "j", "љ": "li", "њ": "ni", "ћ": "c", "џ": "dz",
}  # fmt: skip
# Letters that Unicode does not take apart into a base and a mark.
_WHOLE_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ŋ": "n", "ŧ": "t", "ħ": "h",
    "ı": "i", "ə": "a",
}  # fmt: skip
_TRANSLITERATION = str.maketrans(_CYRILLIC | _WHOLE_LETTERS)
_APOSTROPHES = re.compile("[’'ʼ`´ʹʻ]")
_NO_LETTER = re.compile(r"[\W_]+")
# In this order: kh before h, ch before c.
_SPELLINGS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("ae", "a"),
        ("oe", "o"),
        ("ue", "u"),
        ("[ck]h|ck|q", "k"),
        ("ph", "f"),
        ("th", "t"),
        ("w", "v"),
        ("x", "ks"),
        ("c(?=[eiy])", "s"),
        ("c", "k"),
        ("z", "s"),
        ("[yj]", "i"),
        (r"(.)\1+", r"\1"),
    )
]


def plain_letters(text: str) -> str:
    """Small letters without marks, Cyrillic as Latin: `Øvre Ål` → `ovre al`, `Юлія` → `iuliia`."""
    if text.isascii():
        return text.casefold().replace("'", "")
    text = unicodedata.normalize("NFC", text).casefold().translate(_TRANSLITERATION)
    # Only marks with a combining class: vowel signs of Indic scripts have none, and carry the name.
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=16_384)  # A file of a hundred thousand has few words, many times.
def _one_spelling(text: str) -> str:
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


def name_key(*names: str) -> str:
    """The same for `Åse-Marie Christiansen` and `KRISTIANSEN, Aase Marie`. At most 200 characters.

    Words are sorted, so that it doesn't matter which name a file calls family name; particles
    (van, de, al) stay, as they tell people apart.
    """
    text = plain_letters(_APOSTROPHES.sub("", " ".join(names)))
    words = sorted(_one_spelling(word) for word in _NO_LETTER.split(text) if word)
    return " ".join(words)[:NAME_KEY_LENGTH].strip()


_STREET_ENDINGS = [
    (re.compile(r"(gata|gaten|gate|gt)$"), "gt"),
    (re.compile(r"(veien|vegen|veg|vei|vn|v)$"), "v"),
    (re.compile(r"(plassen|plass|pl)$"), "pl"),
    (re.compile(r"^sankt$"), "st"),
]


@lru_cache(maxsize=4096)
def _street_key(street: str) -> str:
    words = [word for word in _NO_LETTER.split(plain_letters(_APOSTROPHES.sub("", street))) if word]
    for ending, short in _STREET_ENDINGS:
        words = [ending.sub(short, word) for word in words]
    return "".join(_one_spelling(word) for word in words)


def address_key(
    *,
    street: str,
    house_number: str,
    house_letter: str,
    postal_code: str,
    extra_line: str = "",
    abroad: str = "",
) -> str:
    """The same for `Øvre Ålsgate 12 b` and `ØVRE ÅLS GT. 12B`; empty where there is no address.

    A holding without street is known by its name. The unit is not in it: one file knows the unit
    and another does not, so whoever compares asks for it apart. At most 120 characters.
    """
    if abroad:
        return f"abroad {_street_key(abroad)}"[:ADDRESS_KEY_LENGTH]
    where = _street_key(street) or _street_key(re.sub(r"(?i)^\s*c/o\b.*", "", extra_line))
    if not where or not postal_code:
        return ""
    door = f"{house_number.lstrip('0')}{house_letter.casefold()}"
    return f"{postal_code} {where[:100]} {door}".strip()


def units_agree(one: str, other: str) -> bool:
    """Two units of one address, of which a file may know none, can be the same dwelling."""
    return not one or not other or one == other


def one_edit_apart(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped, in one word of at least five letters.

    Shorter words differ by a letter and are other names: Ida and Ada, Jan and Jon.
    """
    first, second = one.split(), other.split()
    if len(first) != len(second):
        return False
    # A changed first letter may have changed the order, so what both share is taken away instead.
    rest, remaining = [], list(second)
    for word in first:
        if word in remaining:
            remaining.remove(word)
        else:
            rest.append(word)
    return len(rest) == 1 and _near(rest[0], remaining[0])


def _near(a: str, b: str) -> bool:
    if min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (
        a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """What tells one person from another. `unit` and `address_key` are empty where nothing is held."""

    name_key: str
    birth_date: datetime.date | None = None
    birth_year: int | None = None
    address_key: str = ""
    unit: str = ""
    moved_in: datetime.date | None = None
    phone: str = ""
    email: str = ""

    def reached_as(self, other: "Trace") -> bool:
        """By the same phone (E.164) or e-mail."""
        return (self.phone != "" and self.phone == other.phone) or (
            self.email != "" and self.email.casefold() == other.email.casefold()
        )

    def at_address_of(self, other: "Trace") -> bool:
        return (
            self.address_key != ""
            and self.address_key == other.address_key
            and units_agree(self.unit, other.unit)
        )


class Likeness(Enum):
    """How sure it is that two traces are one person; higher is surer."""

    OTHER = 0
    RESEMBLES = 1  # Same name and birth year, nothing else: told to staff, never merged by a machine.
    MISSPELT = 2
    SAME = 3
    CERTAIN = 4  # Name and full birth date.


def likeness(one: Trace, other: Trace) -> Likeness:
    """Two different birth dates are never one person, whatever else agrees."""
    both_dates = one.birth_date is not None and other.birth_date is not None
    if both_dates and one.birth_date != other.birth_date:
        return Likeness.OTHER
    years = {one.birth_year, other.birth_year} - {None}
    if len(years) > 1:
        return Likeness.OTHER
    year_known = one.birth_year is not None and other.birth_year is not None
    if one.name_key != other.name_key:
        near = year_known and one.at_address_of(other) and one_edit_apart(one.name_key, other.name_key)
        return Likeness.MISSPELT if near else Likeness.OTHER
    if both_dates:
        return Likeness.CERTAIN
    if one.at_address_of(other) or (one.moved_in is not None and one.moved_in == other.moved_in):
        return Likeness.SAME
    if one.reached_as(other):
        return Likeness.SAME  # Who planned to come, and had no address here yet.
    return Likeness.RESEMBLES if year_known else Likeness.OTHER
