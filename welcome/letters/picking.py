"""What is to be packed for each letter of a run: its number, language, people and gifts. No names stand here:
the label bears them, and the letter's number joins the two."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from municipalities.texts.languages import LANGUAGES
from welcome.letters.models import Letter, LetterRun
from welcome.letters.run_lists import letters_of

MANY = 1_000_000  # More than the letters of a run.


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
    """How many of each gift in all, most first, whatever languages its letters are in. A gift is called as in the
    letters in the municipality's language, or else as in most; in letters of before its number was kept, its title
    is all that is known of it."""
    counted: Counter[int | str] = Counter()
    called: dict[int | str, Counter[str]] = {}
    home = run.municipality.home_language
    for letter in letters_of(run):
        for line in letter.gifts:
            gift, title, count = line.get("gift") or line["title"], line["title"], int(line.get("count", 1))
            counted[gift] += count
            called.setdefault(gift, Counter())[title] += MANY if letter.language == home else 1
    named = {gift: min(titles, key=lambda title: (-titles[title], title)) for gift, titles in called.items()}
    rows = [Total(named[gift], count) for gift, count in counted.items()]
    return sorted(rows, key=lambda row: (-row.count, row.title))


def _gifts(letter: Letter) -> Iterable[tuple[str, int]]:
    return [(gift["title"], int(gift.get("count", 1))) for gift in letter.gifts]


def _gift(title: str, count: int) -> str:
    # Translators: how many of a gift, as in "2 × Knitted mittens".
    return title if count == 1 else _("%(count)d × %(title)s") % {"count": count, "title": title}
