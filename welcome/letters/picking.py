"""What is to be packed for each letter of a run: its number, language, people and gifts. No names stand here:
the label bears them, and the letter's number joins the two."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from municipalities.texts.languages import LANGUAGES
from welcome.letters.models import Letter, LetterRun
from welcome.letters.run_lists import letters_of


@dataclass(frozen=True)
class Pick:
    number: int
    code: str
    language: str
    people: int
    gifts: list[str]  # `2 × Knitted mittens`


@dataclass(frozen=True)
class Total:
    title: str
    count: int


def picks(run: LetterRun) -> list[Pick]:
    """A row a letter that may still be shown, in the order of the letters."""
    return [
        Pick(
            letter.number,
            letter.language,
            LANGUAGES[letter.language].own_name,
            letter.people,
            [_gift(title, count) for title, count in _gifts(letter)],
        )
        for letter in letters_of(run).order_by("number")
    ]


def totals(run: LetterRun) -> list[Total]:
    """How many of each gift in all, most first. A gift's title is in its letter's language, so that one gift
    in three languages is three rows."""
    counted: dict[str, int] = {}
    for letter in letters_of(run):
        for title, count in _gifts(letter):
            counted[title] = counted.get(title, 0) + count
    return [
        Total(title, count) for title, count in sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    ]


def _gifts(letter: Letter) -> Iterable[tuple[str, int]]:
    return [(gift["title"], int(gift.get("count", 1))) for gift in letter.gifts]


def _gift(title: str, count: int) -> str:
    # Translators: how many of a gift, as in "2 × Knitted mittens".
    return title if count == 1 else _("%(count)d × %(title)s") % {"count": count, "title": title}
