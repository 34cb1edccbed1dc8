"""What stands against printing a frozen run, and what whoever approves it should know: what its rows tell. What shows
only on laid-out pages, `proving.py` finds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.html import strip_tags

from welcome.letters import fields, fonts, geometry, problem_words
from welcome.letters.blocks import is_told
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterRun, RunText
from welcome.letters.template_models import BlockKind

PERSONAL_PAGES = 2  # One sheet: more would be another letter.


@dataclass(frozen=True)
class Problem:
    """`details` is what its sentence names, as JSON can hold it."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = False
    letter: Letter | None = None
    language: str = ""

    @property
    def message(self) -> str:
        return problem_words.said(self.code, self.details, str(self.letter or ""))


def of_one(letter: Letter, code: str, **details: Any) -> Problem:
    """What keeps this letter from being printed as it should be."""
    return Problem(code, details, blocking=True, letter=letter, language=letter.language)


def measure_address(line: str) -> float:
    """Millimetres a line takes in the window."""
    return fonts.width(line, geometry.ADDRESS_POINTS)


def of_letter(letter: Letter) -> list[Problem]:
    """What keeps this letter from being printed whole."""
    found = []
    if bad := fonts.unprintable("\n".join([*letter.address, letter.salutation, *_told(letter)])):
        found.append(of_one(letter, "glyph", characters=[*map(fonts.name_of, bad)]))
    if not geometry.fits(letter.address, measure_address):
        lines, width = geometry.ADDRESS_LINES, geometry.ADDRESS_WIDTH
        found.append(of_one(letter, "address_too_long", lines=lines, width=width))
    return found


def of_pages(letter: Letter, tried: int | LayoutError) -> list[Problem]:
    """Of how many pages it takes before its enclosure, or why it can't be laid out."""
    if isinstance(tried, LayoutError):
        return [of_one(letter, tried.code, **tried.details)]
    return [of_one(letter, "too_many_pages", count=tried)] if tried > PERSONAL_PAGES else []


def _told(letter: Letter) -> Iterator[str]:
    yield from (str(known) for known in letter.host.values())
    for gift in letter.gifts:
        yield from (gift["title"], gift.get("giver", ""), gift.get("note", ""))


def of_run(run: LetterRun) -> list[Problem]:
    """Of what its letters share, and of how many they are."""
    found = [*_texts(run), *_letterhead(run), *_fallbacks(run)]
    return found if run.letters.exists() else [Problem("nobody"), *found]


def unknown(letter: Letter, text: RunText) -> Iterator[Problem]:
    """Fields that stand in this letter's text and of which nothing is known for it."""
    told = [block for block in text.blocks if is_told(block["kind"], letter, text)]
    words = " ".join([text.greeting["body"], *(block["title"] + block["body"] for block in told)])
    if missing := fields.without_value(words, letter, text):
        details = {"fields": missing}
        yield Problem("field_without_value", details, letter=letter, language=letter.language)


def _letterhead(run: LetterRun) -> Iterator[Problem]:
    if not run.letterhead.get("arms"):
        yield Problem("no_arms")
    if not run.letterhead.get("signature"):
        yield Problem("no_signature")
    words = " ".join(str(value) for value in run.letterhead.values())
    if bad := fonts.unprintable(words):
        yield _unprintable_text(bad)


def _fallbacks(run: LetterRun) -> Iterator[Problem]:
    wished = run.letters.exclude(wished_language="").values("wished_language", "language")
    for row in wished.annotate(letters=Count("pk")).order_by("wished_language", "language"):
        details = {"count": row["letters"], "wished": row["wished_language"], "taken": row["language"]}
        yield Problem("language_fallback", details, language=row["wished_language"])


def _texts(run: LetterRun) -> Iterator[Problem]:
    for text in run.texts.all():
        language = text.language
        if bad := fonts.unprintable(_all_words(text)):
            yield _unprintable_text(bad, language)
        for block in [{"kind": BlockKind.GREETING, "title": "", "body": text.greeting["body"]}, *text.blocks]:
            if wrong := fields.wrong(f"{block['title']} {block['body']}", block["kind"]):
                details = {"block": str(block["kind"]), "language": language, "words": wrong}
                yield Problem("field", details, blocking=True, language=language)
        if foreign := [block for block in text.blocks if block["language"] != language]:
            blocks = [[block["kind"], block["language"]] for block in foreign]
            yield Problem("block_fallback", {"language": language, "blocks": blocks}, language=language)
        if not text.enclosure:
            yield Problem("no_enclosure", language=language)
        if other := [topic["title"] for topic in text.enclosure if topic["language"] != language]:
            yield Problem("topic_fallback", {"language": language, "topics": other}, language=language)


def _all_words(text: RunText) -> str:
    parts = [text.greeting["title"], text.greeting["body"], text.introduction.get("body", "")]
    parts += text.words.values()
    for block in text.blocks:
        parts += [block["title"], block["body"]]
    for topic in text.enclosure:
        parts += [topic["title"], topic["body"], *topic["contacts"]]
    return strip_tags("\n".join(parts)).replace("\r", "")


def _unprintable_text(bad: list[str], language: str = "") -> Problem:
    details = {"characters": [*map(fonts.name_of, bad)], "language": language}
    return Problem("text_glyph", details, blocking=True, language=language)
