"""From frozen rows to pages. `render_letter` and `render_file` are the whole interface of the engine.

Both are pure functions of what was frozen: the same rows give the same bytes. Letters of one shape are
laid out once, with samples in the places of names and address; each letter is then drawn into these places, and
its pages are dictionaries that point to what is shared. A letter that is alone in its shape is laid out by itself. In
a print file each letter begins on a front side.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from weasyprint import Document

from municipalities.tenancy.logs import where
from welcome.letters import binding
from welcome.letters.binding import Leaves
from welcome.letters.embedding import Glyphs
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterState, PrintFile
from welcome.letters.plates import Plate
from welcome.letters.readable import mend
from welcome.letters.shapes import Fitted, Shape
from welcome.letters.shaping import Unset
from welcome.letters.stock import Stock

# Laid out by themselves, so many share their fonts; more would only hold more pages in memory.
LETTERS_A_BATCH = 25
# A shape that fewer share costs as much as laying them out by themselves, and would be kept for nobody.
WORTH_SHARING = 3
# The layout engine is not safe for threads: two letters laid out at once end the web process.
one_at_a_time = Lock()
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


def render_letter(letter: Letter, *, stock: Stock | None = None) -> bytes:
    """One letter by itself, tagged (PDF/UA-1) with title and language; `stock` is its run's, where the caller has
    one from an earlier letter. Raises LayoutError."""
    identifier = hashlib.sha256(f"{letter.run_id}/{letter.number}".encode()).digest()[:16]
    with one_at_a_time:
        stock = stock or Stock(letter.run)
        try:
            fitted, glyphs = stock.fitted(letter), Glyphs()
            drawn = stock.drawn(fitted, glyphs)
            return stock.tagged(fitted.shape).filled(drawn, glyphs, identifier)
        except Unset:
            whole = stock.whole(stock.press.personal(letter), letter.language)
            content: bytes = whole.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, finisher=mend)
            return content


def render_file(
    file: PrintFile,
    *,
    stock: Stock | None = None,
    on_letter: Callable[[Letter, int], None] = lambda letter, made: None,
) -> Made:
    """The waiting letters of a print file, in the order of their numbers. A letter that can't be made is
    listed with its error and has no page; the rest goes on. `on_letter` hears of each before anything is done with
    it, and how many are made."""
    letters = list(file.letters.filter(state=LetterState.WAITING).order_by("number"))
    with one_at_a_time:
        stock = stock or Stock(file.run)
        found = _Letters(stock, on_letter)
        try:
            found.lay_out(letters)
        finally:
            stock.forget()
        made = [leaves for letter in letters if (leaves := found.leaves.get(letter.number))]
        title = f"{file.run.letterhead['place']} {file.run.quarter} {file.sequence}"
        content = binding.bind(made, found.glyphs, title=title)
    placed, next_page = [], 1
    for letter in letters:
        leaves = found.leaves.get(letter.number)
        if leaves is None:
            placed.append(Placed(letter, None, 0, found.errors[letter.number]))
        else:
            placed.append(Placed(letter, next_page, leaves.pages))
            next_page += leaves.pages + leaves.pages % 2
    return Made(content, next_page - 1, placed)


class _Letters:
    """The letters of one file on their way: each ends in `leaves` or in `errors`, by its number."""

    def __init__(self, stock: Stock, on_letter: Callable[[Letter, int], None]) -> None:
        self.glyphs = Glyphs()
        self.leaves: dict[int, Leaves] = {}
        self.errors: dict[int, str] = {}
        self._stock, self._on_letter = stock, on_letter
        self._alone: list[tuple[Letter, Document]] = []

    def lay_out(self, letters: Sequence[Letter]) -> None:
        fitted: dict[int, Fitted] = {}
        for letter in letters:
            self._on_letter(letter, 0)
            with self._fault_of(letter):
                fitted[letter.number] = self._stock.fitted(letter)
        shared = Counter(found.shape for found in fitted.values())
        for letter in letters:
            if letter.number in self.errors:
                continue
            self._on_letter(letter, len(self.leaves))
            with self._fault_of(letter):
                found = fitted.get(letter.number)
                if not (found and self._is_worth(found, shared) and self._fill(letter, found)):
                    self._lay_out_alone(letter)
        self._gather()

    def _is_worth(self, fitted: Fitted, shared: Counter[Shape]) -> bool:
        return shared[fitted.shape] >= WORTH_SHARING or fitted.shape in self._stock

    def _fill(self, letter: Letter, fitted: Fitted) -> bool:
        """Draw a letter into its shape; says whether that went."""
        stock, shape = self._stock, fitted.shape
        try:
            drawn = stock.drawn(fitted, self.glyphs)
            plate, first = stock.plate(shape)
        except Unset:
            return False
        count = stock.pages_of(shape)
        enclosure = stock.enclosure(letter.language, before=count)
        by_page = {
            place: [slot.framed(drawn[slot.mark]) for slot in stock.slots(shape) if slot.page == place]
            for place in range(count)
        }
        self.leaves[letter.number] = Leaves(plate, first, count, enclosure, by_page)
        return True

    def _lay_out_alone(self, letter: Letter) -> None:
        self._alone.append((letter, self._stock.press.personal(letter)))
        if len(self._alone) >= LETTERS_A_BATCH:
            self._gather()

    def _gather(self) -> None:
        """Those laid out by themselves, written together so that their fonts are in the file once."""
        if not self._alone:
            return
        alone, self._alone = self._alone, []
        pages = [page for _letter, document in alone for page in document.pages]
        plate = Plate(alone[0][1].copy(pages), [()] * len(pages))
        first = 0
        for letter, document in alone:
            count = len(document.pages)
            enclosure = self._stock.enclosure(letter.language, before=count)
            self.leaves[letter.number] = Leaves(plate, first, count, enclosure)
            first += count

    @contextmanager
    def _fault_of(self, letter: Letter) -> Iterator[None]:
        """What goes wrong with one letter is that letter's: the others of its file go on."""
        try:
            yield
        except Unset:
            return  # It is laid out by itself.
        except LayoutError as error:
            self.errors[letter.number] = str(error)
        except (OSError, MemoryError):
            raise  # Of the machine, not of the letter: the file is tried again.
        except Exception as error:
            logger.error(
                "Letter %s of %s could not be laid out: %s", letter.number, letter.run_id, where(error)
            )
            self.errors[letter.number] = f"{type(error).__name__}: {error}"
