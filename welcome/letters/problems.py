"""What stands against printing a frozen run, and what whoever approves it should know."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.texts.languages import LANGUAGES
from welcome.letters import fonts, geometry
from welcome.letters.models import Letter, LetterRun, RunText


@dataclass(frozen=True)
class Problem:
    code: str
    message: str
    blocking: bool = False
    letter: Letter | None = None
    language: str = ""


def measure_address(line: str) -> float:
    """Millimetres a line takes in the window."""
    return fonts.width(line, geometry.ADDRESS_POINTS)


def of_letter(letter: Letter) -> list[Problem]:
    """What keeps this letter from being printed whole."""
    found = []
    if bad := fonts.unprintable("\n".join([*letter.address, letter.salutation])):
        found.append(
            Problem(
                "glyph",
                _("%(letter)s: no font can print %(characters)s.")
                % {"letter": letter, "characters": ", ".join(map(fonts.name_of, bad))},
                blocking=True,
                letter=letter,
                language=letter.language,
            )
        )
    if not geometry.fits(letter.address, measure_address):
        found.append(
            Problem(
                "address_too_long",
                _("%(letter)s: the address does not fit its window: %(lines)d lines of %(width)d mm.")
                % {"letter": letter, "lines": geometry.ADDRESS_LINES, "width": geometry.ADDRESS_WIDTH},
                blocking=True,
                letter=letter,
                language=letter.language,
            )
        )
    return found


def of_run(run: LetterRun) -> list[Problem]:
    """All of a frozen run, what blocks it first."""
    found = [*_texts(run), *_letters(run), *_letterhead(run), *_fallbacks(run)]
    return sorted(found, key=lambda problem: not problem.blocking)


def _letters(run: LetterRun) -> Iterator[Problem]:
    letters = 0
    for letter in run.letters.iterator(chunk_size=1000):
        letters += 1
        yield from of_letter(letter)
    if not letters:
        yield Problem("nobody", _("Nobody gets a letter in this run."))


def _letterhead(run: LetterRun) -> Iterator[Problem]:
    if not run.letterhead.get("arms"):
        yield Problem("no_arms", _("The municipality's arms are missing: a plain shield is printed."))
    if not run.letterhead.get("signature"):
        yield Problem(
            "no_signature", _("The mayor's signature is missing: the name is printed, without a signature.")
        )
    words = " ".join(str(value) for value in run.letterhead.values())
    if bad := fonts.unprintable(words):
        yield _unprintable_text(bad, _("the letterhead"))


def _fallbacks(run: LetterRun) -> Iterator[Problem]:
    wished = run.letters.exclude(wished_language="").values("wished_language", "language")
    for row in wished.annotate(letters=Count("pk")).order_by("wished_language", "language"):
        yield Problem(
            "language_fallback",
            ngettext(
                "%(count)d household asked for %(wished)s, which has no greeting: %(taken)s is used.",
                "%(count)d households asked for %(wished)s, which has no greeting: %(taken)s is used.",
                row["letters"],
            )
            % {
                "count": row["letters"],
                "wished": LANGUAGES[row["wished_language"]].own_name,
                "taken": LANGUAGES[row["language"]].own_name,
            },
            language=row["wished_language"],
        )


def _texts(run: LetterRun) -> Iterator[Problem]:
    for text in run.texts.all():
        name = LANGUAGES[text.language].own_name
        if bad := fonts.unprintable(_all_words(text)):
            yield _unprintable_text(bad, _("the texts in %(language)s") % {"language": name}, text.language)
        if not text.enclosure:
            yield Problem(
                "no_enclosure",
                _("No topic is written for the enclosure in any language."),
                language=text.language,
            )
        other = [topic["title"] for topic in text.enclosure if topic["language"] != text.language]
        if other:
            yield Problem(
                "topic_fallback",
                _("Missing in %(language)s, and printed in another language: %(topics)s.")
                % {"language": name, "topics": ", ".join(other)},
                language=text.language,
            )


def _all_words(text: RunText) -> str:
    parts = [text.greeting["title"], text.greeting["body"], text.introduction.get("body", "")]
    parts += text.words.values()
    for block in text.blocks:
        parts += [block["title"], block["body"]]
    for topic in text.enclosure:
        parts += [topic["title"], topic["body"], *topic["contacts"]]
    return strip_tags("\n".join(parts)).replace("\r", "")


def _unprintable_text(bad: list[str], where: str, language: str = "") -> Problem:
    return Problem(
        "text_glyph",
        _("No font can print %(characters)s in %(where)s.")
        % {"characters": ", ".join(map(fonts.name_of, bad)), "where": where},
        blocking=True,
        language=language,
    )
