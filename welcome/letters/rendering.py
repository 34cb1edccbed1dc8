"""From frozen rows to pages. `render_letter` and `render_file` are the whole interface of the engine.

Both are pure functions of what was frozen: the same rows give the same bytes. The enclosure is laid
out once a language and number of pages before it; a personal page is laid out per letter. In a print
file pages are shared by reference, and each letter begins on a front side.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.core.files.storage import default_storage
from django.utils.html import escape
from weasyprint import Document

from municipalities.municipality.landscape import ridges
from welcome.letters import geometry, words
from welcome.letters.layout import LANDSCAPE_HEIGHT, LayoutError, Pictures, lay_out
from welcome.letters.models import Letter, LetterRun, LetterState, PrintFile, RunText

# Fonts are embedded once for so many letters; more would only hold more pages in memory.
LETTERS_A_BATCH = 25
# Greys that a black-and-white printer keeps apart and that words on them can be read on.
RIDGE_GREYS = ("#ececec", "#dcdcdc", "#c8c8c8")
MIME_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Placed:
    """Where a letter stands in its file, pages counted from 1; `error` where it could not be made."""

    letter: Letter
    first_page: int | None
    pages: int
    error: str = ""


@dataclass(frozen=True)
class Made:
    content: bytes
    pages: int
    placed: list[Placed]


def render_letter(letter: Letter) -> bytes:
    """One letter by itself, tagged (PDF/UA-1) with title and language. Raises LayoutError."""
    press = _Press(letter.run)
    personal = press.personal(letter)
    enclosure = press.enclosure(letter.language, before=len(personal.pages))
    pages = [*personal.pages, *(enclosure.pages if enclosure else [])]
    identifier = hashlib.sha256(f"{letter.run_id}/{letter.number}".encode()).digest()[:16]
    content: bytes = personal.copy(pages).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return content


def render_file(file: PrintFile, *, on_letter: Callable[[Letter], None] = lambda letter: None) -> Made:
    """The waiting letters of a print file, in the order of their numbers. A letter that can't be made is
    listed with its error and has no page; the rest goes on. `on_letter` hears of each before it is made."""
    letters = list(file.letters.filter(state=LetterState.WAITING).order_by("number"))
    press = _Press(file.run)
    with pikepdf.new() as pdf:
        placed: list[Placed] = []
        for start in range(0, len(letters), LETTERS_A_BATCH):
            placed += _add_batch(pdf, press, letters[start : start + LETTERS_A_BATCH], on_letter)
        pdf.docinfo["/Title"] = f"{file.run.letterhead['place']} {file.run.quarter} {file.sequence}"
        content = io.BytesIO()
        pdf.save(content, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return Made(content.getvalue(), len(pdf.pages), placed)


def _add_batch(
    pdf: pikepdf.Pdf, press: "_Press", letters: Sequence[Letter], on_letter: Callable[[Letter], None]
) -> list[Placed]:
    laid_out: list[tuple[Letter, Document | None, str]] = []
    for letter in letters:
        on_letter(letter)
        try:
            laid_out.append((letter, press.personal(letter), ""))
        except LayoutError as error:
            laid_out.append((letter, None, str(error)))
    source = _personal_pages([document for _letter, document, _error in laid_out if document])
    next_page = 0
    placed = []
    for letter, document, error in laid_out:
        if document is None or source is None:
            placed.append(Placed(letter, None, 0, error))
            continue
        first = len(pdf.pages) + 1
        count = len(document.pages)
        pdf.pages.extend(source.pages[next_page : next_page + count])
        next_page += count
        if enclosed := press.enclosure_pdf(letter.language, before=count):
            pdf.pages.extend(enclosed.pages)
        pages = len(pdf.pages) + 1 - first
        if pages % 2:
            # Printed on both sides, the next letter would begin on this one's back.
            pdf.add_blank_page(page_size=_PAGE_SIZE)
        placed.append(Placed(letter, first, pages))
    return placed


_PAGE_SIZE = (geometry.PAGE_WIDTH * geometry.MM_TO_PT, geometry.PAGE_HEIGHT * geometry.MM_TO_PT)


def _personal_pages(documents: Sequence[Document]) -> pikepdf.Pdf | None:
    """The personal pages of several letters with their fonts embedded once."""
    if not documents:
        return None
    pages = [page for document in documents for page in document.pages]
    return pikepdf.open(io.BytesIO(documents[0].copy(pages).write_pdf(pdf_identifier=b"letters")))


class _Press:
    """What the letters of one run share, made when first asked for."""

    def __init__(self, run: LetterRun) -> None:
        self._run = run
        self._texts: dict[str, RunText] = {text.language: text for text in run.texts.all()}
        self._pictures = Pictures()
        self._images: dict[str, Any] = {}
        head = run.letterhead
        self._shared: dict[str, Any] = {
            "head": head,
            "arms": self._picture(head["arms"]) or self._pictures.add(_shield(head), MIME_TYPES["svg"]),
            "signature": self._picture(head["signature"]),
            "landscape": self._pictures.add(_landscape(head["number"]), MIME_TYPES["svg"]),
        }
        self._enclosures: dict[tuple[str, int], Document | None] = {}
        self._enclosure_pdfs: dict[tuple[str, int], pikepdf.Pdf | None] = {}

    def personal(self, letter: Letter) -> Document:
        """The letter without its enclosure; nearly always one page."""
        guess = 1
        while True:
            enclosure = self.enclosure(letter.language, before=guess)
            total = guess + (len(enclosure.pages) if enclosure else 0)
            document = self._lay_out(
                "print/letter.html",
                letter.language,
                total,
                letter=letter,
                has_enclosure=enclosure is not None,
            )
            if len(document.pages) == guess:
                return document
            guess = len(document.pages)

    def enclosure(self, language: str, *, before: int) -> Document | None:
        """The practical pages behind `before` personal ones; None where no topic is written."""
        key = (language, before)
        if key not in self._enclosures:
            self._enclosures[key] = None
            if self._texts[language].enclosure:
                pages = 1
                while True:
                    document = self._lay_out(
                        "print/enclosure.html", language, before + pages, first_page=before + 1
                    )
                    if len(document.pages) == pages:
                        break
                    pages = len(document.pages)
                self._enclosures[key] = document
        return self._enclosures[key]

    def enclosure_pdf(self, language: str, *, before: int) -> pikepdf.Pdf | None:
        key = (language, before)
        if key not in self._enclosure_pdfs:
            document = self.enclosure(language, before=before)
            self._enclosure_pdfs[key] = (
                pikepdf.open(io.BytesIO(document.write_pdf(pdf_identifier=b"enclosure")))
                if document
                else None
            )
        return self._enclosure_pdfs[key]

    def _lay_out(self, template: str, language: str, total: int, **more: Any) -> Document:
        text = self._texts[language]
        page_words = text.words["page"].replace("{pages}", str(total))
        before_number, _, behind_number = page_words.partition("{page}")
        context = self._shared | {
            "text": text,
            "words": text.words,
            "language": language,
            "rtl": words.is_right_to_left(language),
            "before_number": before_number,
            "behind_number": behind_number,
        }
        if "letter" in more:
            context["heading"] = text.words["heading"].replace("{names}", more["letter"].salutation)
        return lay_out(template, context | more, self._pictures, self._images)

    def _picture(self, path: str) -> str:
        """Raises LayoutError where the copy that was frozen is gone or is another."""
        if not path:
            return ""
        stem, _, ending = path.rpartition("/")[2].partition(".")
        try:
            with default_storage.open(path) as opened:
                content = opened.read()
        except OSError as error:
            raise LayoutError(f"The picture {path} is missing.") from error
        if not stem.startswith(hashlib.sha256(content).hexdigest()):
            raise LayoutError(f"The picture {path} is not what was frozen.")
        return self._pictures.add(content, MIME_TYPES.get(ending, "image/png"))


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
