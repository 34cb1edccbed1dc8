"""What stands against printing a frozen run, and what whoever approves it should know."""

import datetime
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.texts.languages import LANGUAGES
from welcome.letters import fields, fonts, geometry, rendering
from welcome.letters.blocks import blocks_of, is_told
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterRun, RunText
from welcome.letters.press import Press
from welcome.letters.template_models import BlockKind

PERSONAL_PAGES = 2  # One sheet: more would be another letter.
LAID_OUT = 3  # Letters of a language, the longest ones.


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
    if bad := fonts.unprintable("\n".join([*letter.address, letter.salutation, *_told(letter)])):
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


def _told(letter: Letter) -> Iterator[str]:
    yield from (str(known) for known in letter.host.values())
    for gift in letter.gifts:
        yield from (gift["title"], gift.get("giver", ""), gift.get("note", ""))


def of_run(run: LetterRun) -> list[Problem]:
    """All of a frozen run, what blocks it first."""
    found = [*_texts(run), *_letters(run), *_letterhead(run), *_fallbacks(run)]
    # Of a letter that is stopped already, its page says the same once more.
    stopped = {problem.letter for problem in found if problem.blocking and problem.letter}
    found += [problem for problem in _layouts(run) if problem.letter not in stopped]
    return sorted(found, key=lambda problem: not problem.blocking)


def _letters(run: LetterRun) -> Iterator[Problem]:
    letters = 0
    texts = {text.language: text for text in run.texts.all()}
    for letter in run.letters.iterator(chunk_size=1000):
        letters += 1
        yield from of_letter(letter)
        yield from _unknown(letter, texts[letter.language])
    if not letters:
        yield Problem("nobody", _("Nobody gets a letter in this run."))


def _unknown(letter: Letter, text: RunText) -> Iterator[Problem]:
    """Fields that stand in this letter's text and of which nothing is known for it."""
    told = [block for block in text.blocks if is_told(block["kind"], letter, text)]
    words = " ".join([text.greeting["body"], *(block["title"] + block["body"] for block in told)])
    if missing := fields.without_value(words, letter, text):
        yield Problem(
            "field_without_value",
            _("%(letter)s: nothing is known for %(fields)s, so its place in the text stays empty.")
            % {"letter": letter, "fields": ", ".join(f"{{{name}}}" for name in missing)},
            letter=letter,
            language=letter.language,
        )


def _layouts(run: LetterRun) -> list[Problem]:
    return _laid_out(run.pk, run.frozen_at, run.letters.count()) if run.frozen_at else []


@lru_cache(maxsize=8)
def _laid_out(run_id: int, frozen_at: datetime.datetime, letters: int) -> list[Problem]:
    """What shows only when pages are laid out, of the longest letters of each language: those that fit tell
    that shorter ones do. Takes a tenth of a second a letter, and of a frozen run only the
    number of its letters changes."""
    run = LetterRun.objects.get(pk=run_id)
    texts = {text.language: text for text in run.texts.all()}
    try:
        press = Press(run, enclosing=False)
    except LayoutError as error:
        return [Problem("picture_missing", str(error), blocking=True)]
    longest: dict[str, list[tuple[int, int]]] = {}
    for letter in run.letters.iterator(chunk_size=1000):
        blocks = blocks_of(letter, texts[letter.language])
        length = sum(len(block.title) + len(block.html) for block in blocks) + len(letter.salutation)
        heapq.heappush(longest.setdefault(letter.language, []), (length, letter.pk))
        if len(longest[letter.language]) > LAID_OUT:
            heapq.heappop(longest[letter.language])
    chosen = [pk for found in longest.values() for _length, pk in found]
    found: list[Problem] = []
    for letter in run.letters.filter(pk__in=chosen).order_by("number"):
        found += _laid_out_letter(press, letter)
    return found


def _laid_out_letter(press: Press, letter: Letter) -> Iterator[Problem]:
    try:
        with rendering.one_at_a_time:
            pages = len(press.personal(letter).pages)
    except LayoutError as error:
        yield Problem("layout", f"{letter}: {error}", blocking=True, letter=letter, language=letter.language)
        return
    if pages > PERSONAL_PAGES:
        said = ngettext(
            "%(letter)s takes %(count)d page before its enclosure: make a text shorter.",
            "%(letter)s takes %(count)d pages before its enclosure: make a text shorter.",
            pages,
        )
        yield Problem(
            "too_many_pages",
            said % {"letter": letter, "count": pages},
            letter=letter,
            language=letter.language,
        )


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
        for block in [{"kind": BlockKind.GREETING, "title": "", "body": text.greeting["body"]}, *text.blocks]:
            for fault in fields.faults(f"{block['title']} {block['body']}", block["kind"]):
                yield Problem(
                    "field",
                    _("“%(block)s” in %(language)s: %(fault)s")
                    % {"block": BlockKind(block["kind"]).label, "language": name, "fault": fault},
                    blocking=True,
                    language=text.language,
                )
        foreign = [block for block in text.blocks if block["language"] != text.language]
        if foreign:
            yield Problem(
                "block_fallback",
                _("Missing in %(language)s, and printed in another language: %(blocks)s.")
                % {
                    "language": name,
                    "blocks": ", ".join(
                        f"{BlockKind(block['kind']).label} ({LANGUAGES[block['language']].own_name})"
                        for block in foreign
                    ),
                },
                language=text.language,
            )
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
