"""From frozen rows to pages. `render_letter` and `render_file` are the whole interface of the engine.

Both are pure functions of what was frozen: the same rows give the same bytes. The enclosure is laid
out once a language and number of pages before it; a personal page is laid out per letter. In a print
file pages are shared by reference, and each letter begins on a front side.
"""

import hashlib
import io
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pikepdf
from weasyprint import Document

from municipalities.tenancy.logs import where
from welcome.letters import geometry
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterState, PrintFile
from welcome.letters.press import Press

# Fonts are embedded once for so many letters; more would only hold more pages in memory.
LETTERS_A_BATCH = 25
# The layout engine is not safe for threads: two letters laid out at once end the web process.
one_at_a_time = threading.Lock()
logger = logging.getLogger(__name__)


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


def render_letter(letter: Letter, *, press: Press | None = None) -> bytes:
    """One letter by itself, tagged (PDF/UA-1) with title and language; `press` is its run's, where the caller
    has one from an earlier letter. Raises LayoutError."""
    identifier = hashlib.sha256(f"{letter.run_id}/{letter.number}".encode()).digest()[:16]
    with one_at_a_time:
        press = press or Press(letter.run)
        personal = press.personal(letter)
        enclosure = press.enclosure(letter.language, before=len(personal.pages))
        pages = [*personal.pages, *(enclosure.pages if enclosure else [])]
        content: bytes = personal.copy(pages).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return content


def render_file(file: PrintFile, *, on_letter: Callable[[Letter], None] = lambda letter: None) -> Made:
    """The waiting letters of a print file, in the order of their numbers. A letter that can't be made is
    listed with its error and has no page; the rest goes on. `on_letter` hears of each before it is made."""
    letters = list(file.letters.filter(state=LetterState.WAITING).order_by("number"))
    press = Press(file.run)
    with pikepdf.new() as pdf:
        placed: list[Placed] = []
        for start in range(0, len(letters), LETTERS_A_BATCH):
            placed += _add_batch(pdf, press, letters[start : start + LETTERS_A_BATCH], on_letter)
        pdf.docinfo["/Title"] = f"{file.run.letterhead['place']} {file.run.quarter} {file.sequence}"
        content = io.BytesIO()
        pdf.save(content, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return Made(content.getvalue(), len(pdf.pages), placed)


def _add_batch(
    pdf: pikepdf.Pdf, press: Press, letters: Sequence[Letter], on_letter: Callable[[Letter], None]
) -> list[Placed]:
    laid_out: list[tuple[Letter, Document | None, str]] = []
    for letter in letters:
        on_letter(letter)
        try:
            laid_out.append((letter, press.personal(letter), ""))
        except LayoutError as error:
            laid_out.append((letter, None, str(error)))
        except (OSError, MemoryError):
            raise  # Of the machine, not of the letter: the file is tried again.
        except Exception as error:
            # A fault that nobody foresaw is still one letter's: the others of its file go on.
            logger.error(
                "Letter %s of %s could not be laid out: %s", letter.number, letter.run_id, where(error)
            )
            laid_out.append((letter, None, f"{type(error).__name__}: {error}"))
    source = _personal_pages([document for _letter, document, _fault in laid_out if document])
    next_page = 0
    placed = []
    for letter, document, fault in laid_out:
        if document is None or source is None:
            placed.append(Placed(letter, None, 0, fault))
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
