"""What the letters of one run share: texts, pictures, and the enclosure, laid out when first asked for."""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.core.files.storage import default_storage
from django.utils.html import escape
from django.utils.safestring import mark_safe
from PIL import Image
from weasyprint import Document

from municipalities.links import codes
from municipalities.municipality.landscape import ridges
from welcome.letters.blocks import Block, blocks_of
from welcome.letters.directions import isolated
from welcome.letters.layout import LANDSCAPE_HEIGHT, LayoutError, Pictures, lay_out
from welcome.letters.models import Letter, LetterRun, RunText
from welcome.letters.shapes import Shape, code_of, is_long
from welcome.letters.slots import Spot
from welcome.letters.words import begins_right_to_left, is_right_to_left

# Greys that a black-and-white printer keeps apart and that words on them can be read on.
RIDGE_GREYS = ("#ececec", "#dcdcdc", "#c8c8c8")
GUESSES = 5
# Signs on a page of the enclosure, and what a topic's white space and a line of a contact take of them.
A_PAGE, A_TOPIC, A_CONTACT = 3600, 90, 60
SVG = "image/svg+xml"
MIME_TYPES = {"svg": SVG, "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


class Press:
    """Lays out the letters of `run`. Raises LayoutError for what can't be printed as it was frozen."""

    def __init__(
        self,
        run: LetterRun,
        texts: Iterable[RunText] | None = None,
        *,
        enclosing: bool = True,
        known: Callable[[str, int], int | None] = lambda language, before: None,
    ) -> None:
        """`texts` where they are not saved: of a letter that is only tried. Not `enclosing`: where only the personal
        pages matter, and how many pages follow is guessed, not laid out. `known` tells how many pages an enclosure
        has that was laid out before."""
        self._enclosing, self._known = enclosing, known
        self._head: dict[str, Any] = run.letterhead
        self._texts: dict[str, RunText] = {text.language: text for text in texts or run.texts.all()}
        self._pictures = Pictures()
        self._images: dict[str, Any] = {}
        self._shared: dict[str, Any] = {
            "head": self._head,
            "arms": self._picture(self._head["arms"]) or self._pictures.add(_shield(self._head), SVG),
            "signature": self._picture(self._head["signature"]),
            "landscape": self._pictures.add(_landscape(self._head["number"]), SVG),
        }
        self._enclosures: dict[tuple[str, int], Document | None] = {}
        self._lengths: dict[tuple[str, int], int] = {}

    def forget(self) -> None:
        """Let go of the laid-out pages; how many they are stays known."""
        self._enclosures.clear()

    def text(self, language: str) -> RunText:
        return self._texts[language]

    def heading(self, letter: Letter) -> str:
        return str(self._texts[letter.language].words["heading"]).replace("{names}", letter.salutation)

    def blocks(self, letter: Letter) -> tuple[Block, ...]:
        return tuple(blocks_of(letter, self._texts[letter.language]))

    def personal(self, letter: Letter) -> Document:
        """The letter without its enclosure, laid out for this household alone; nearly always one page."""
        heading, blocks = self.heading(letter), self.blocks(letter)
        spots = {
            "address": [Spot(line) for line in letter.address],
            "heading": [Spot(heading)],
            "long_heading": is_long(heading),
        }
        leads_to = code_of(blocks)
        if not leads_to:
            return self._personal(letter.language, blocks, spots)
        code = self._pictures.add(codes.svg(leads_to).encode(), SVG)
        try:
            return self._personal(letter.language, blocks, spots | {"code": code})
        finally:
            # Each is one letter's: a run's thousands would stay in memory.
            self._pictures.forget(code, self._images)

    def sample(self, shape: Shape) -> Document:
        """The same for all letters of a shape, with samples in their slots."""
        spots = shape.spots() | {"code": self._pictures.add(dot(), "image/png")}
        return self._personal(shape.language, shape.blocks, spots)

    def _personal(self, language: str, blocks: Sequence[Block], spots: dict[str, Any]) -> Document:
        heading = self._texts[language].words["heading"].replace("{names}", "")

        def of_pages(pages: int, *, tight: bool = False) -> Document:
            behind = self.enclosed(language, before=pages)
            return self._lay_out(
                "print/letter.html",
                language,
                total=pages + behind,
                tight=tight,
                has_enclosure=behind > 0,
                heading_rtl=begins_right_to_left(heading),
                blocks=blocks,
                **spots,
            )

        loose = of_pages(1)
        if len(loose.pages) == 1:
            return loose
        # Set closer, a letter that tells of host, meeting and gifts stays on one page, its signature with it.
        tight = of_pages(1, tight=True)
        return tight if len(tight.pages) == 1 else settled(of_pages, guess=len(loose.pages))

    def enclosed(self, language: str, *, before: int) -> int:
        """How many practical pages there are behind `before` personal ones."""
        key = (language, before)
        if key not in self._lengths and not self._enclosing:
            self._lengths[key] = _about(self._texts[language]) if self._texts[language].enclosure else 0
        if key not in self._lengths and (known := self._known(language, before)) is not None:
            self._lengths[key] = known
        if key not in self._lengths:
            enclosure = self.enclosure(language, before=before)
            self._lengths[key] = len(enclosure.pages) if enclosure else 0
        return self._lengths[key]

    def enclosure(self, language: str, *, before: int) -> Document | None:
        """The practical pages behind `before` personal ones; None where no topic is written."""
        key = (language, before)
        if key not in self._enclosures:
            written = bool(self._texts[language].enclosure)
            self._enclosures[key] = self._lay_out_enclosure(language, before) if written else None
        return self._enclosures[key]

    def laid_out(self) -> list[tuple[str, int]]:
        """The enclosures of which the pages are there, by language and how many pages stand before them."""
        return [key for key, document in self._enclosures.items() if document]

    def _lay_out_enclosure(self, language: str, before: int) -> Document:
        text = self._texts[language]
        introduction = text.introduction.get("body", "")
        rtl = is_right_to_left(text.introduction.get("language", language))
        return settled(
            lambda pages: self._lay_out(
                "print/enclosure.html",
                language,
                total=before + pages,
                first_page=before + 1,
                topics=[_topic(topic) for topic in text.enclosure],
                introduction=isolated(introduction) if rtl else mark_safe(introduction),  # noqa: S308 - sanitised
                introduction_rtl=rtl,
            ),
            guess=self._guess(language),
        )

    def _guess(self, language: str) -> int:
        """As many pages as behind another number of personal ones, or in proportion to another language's."""
        for (known, _before), length in self._lengths.items():
            if known == language:
                return length
        if self._enclosing:
            for (known, _before), length in self._lengths.items():
                if length:
                    return max(1, round(length * _signs(self._texts[language]) / _signs(self._texts[known])))
        return _about(self._texts[language])

    def _lay_out(self, template: str, language: str, *, total: int, **more: Any) -> Document:
        text = self._texts[language]
        before_number, _, behind_number = (
            text.words["page"].replace("{pages}", str(total)).partition("{page}")
        )
        head = self._head
        words_rtl = is_right_to_left(text.words.get("language", "en"))
        name = text.words["municipality"]
        sender = [
            f"\u2068{name}\u2069" if words_rtl else name,  # Isolated: what follows is written the other way.
            f"{head['address']}, {head['post']}",
            head["phone"],
            head["site"],
        ]
        context = self._shared | {
            "text": text,
            "words": text.words,
            "language": language,
            "rtl": is_right_to_left(language),
            "words_rtl": words_rtl,
            "sender": css_string(" · ".join(part for part in sender if part)),
            "before_number": css_string(before_number),
            "behind_number": css_string(behind_number),
        }
        return lay_out(template, context | more, self._pictures, self._images)

    def _picture(self, path: str) -> str:
        """The address of a frozen picture; "" where none was frozen."""
        if not path:
            return ""
        stem, _, ending = path.rpartition("/")[2].partition(".")
        try:
            with default_storage.open(path) as opened:
                content = opened.read()
        except OSError as error:
            raise LayoutError("picture_gone", path=path) from error
        if not stem.startswith(hashlib.sha256(content).hexdigest()):
            raise LayoutError("picture_changed", path=path)
        return self._pictures.add(content, MIME_TYPES.get(ending, "image/png"))


@cache
def dot() -> bytes:
    """A picture of one pixel, which stands where each letter has a code of its own."""
    out = io.BytesIO()
    Image.new("L", (1, 1)).save(out, "PNG")
    return out.getvalue()


def settled(lay_out: Callable[[int], Document], guess: int = 1) -> Document:
    """What `lay_out` makes of a guessed number of pages, laid out anew until it has as many as were
    guessed: each page says "1 of 6"."""
    pages = guess
    for _ in range(GUESSES):
        document = lay_out(pages)
        if len(document.pages) == pages:
            return document
        pages = len(document.pages)
    raise LayoutError("unsettled")


def _about(text: RunText) -> int:
    """How many pages the enclosure will have, or nearly: a good guess saves laying out all of it a second time."""
    return max(1, round(_signs(text) / A_PAGE))


def _signs(text: RunText) -> int:
    return sum(
        A_TOPIC + len(topic["title"]) + len(topic["body"]) + A_CONTACT * len(topic["contacts"])
        for topic in text.enclosure
    )


def css_string(text: str) -> str:
    """`text` as a quoted CSS string that can't end early, whatever is in it."""
    return '"' + "".join(c if c.isalnum() or c in " .,·" else f"\\{ord(c):x} " for c in text) + '"'


def _topic(topic: dict[str, Any]) -> dict[str, Any]:
    """For the page: contacts in their parts, since a number or a span of days isn't broken over two lines."""
    rtl = is_right_to_left(topic["language"])
    return topic | {
        "rtl": rtl,
        "body": isolated(escape(topic["body"])) if rtl else topic["body"],
        "contacts": [
            [(part, begins_right_to_left(part)) for part in contact.split(" · ")]
            for contact in topic["contacts"]
        ],
    }


def _shield(head: dict[str, Any]) -> bytes:
    """A plain shield with the initial: no imitation of arms that nobody has uploaded."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="72" viewBox="0 0 60 72">'
        f'<path fill="{head["accent"]}" d="M0 0h60v40c0 17-15 26-30 32C15 66 0 57 0 40z"/>'
        '<text x="30" y="46" fill="#fff" font-family="Inter" font-weight="600" font-size="34"'
        f' text-anchor="middle">{escape(head["place"][:1])}</text></svg>'
    ).encode()


def _landscape(number: str) -> bytes:
    width, height = 2100, int(LANDSCAPE_HEIGHT * 10)
    paths = ridges(number, layers=len(RIDGE_GREYS), width=width, height=height)
    shapes = "".join(f'<path fill="{grey}" d="{d}"/>' for grey, d in zip(RIDGE_GREYS, paths, strict=True))
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{shapes}</svg>'.encode()
