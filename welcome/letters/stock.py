"""What of a run's letters is laid out once and kept while they are made."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from weasyprint import Document

from welcome.letters import enclosures, fingerprint, shapes, slots
from welcome.letters.embedding import Glyphs
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterRun
from welcome.letters.plates import Plate, Tagged
from welcome.letters.press import Press
from welcome.letters.shapes import Fitted, Shape
from welcome.letters.shaping import Shapers, Unset
from welcome.letters.slots import CodeSlot, Slot

# A laid-out page takes some megabytes, what is left of it in a plate some kilobytes.
DOCUMENTS_KEPT = 2
TAGGED_KEPT = 8
RUNS_KEPT = 2


class Stock:
    """Of one run, for as long as it is frozen as it is."""

    def __init__(self, run: LetterRun) -> None:
        self.run = run
        self.press = Press(run, known=self._length)
        self._shapers = Shapers()
        self._slots: dict[Shape, list[Slot | CodeSlot] | LayoutError | Unset] = {}
        self._pages: dict[Shape, int] = {}
        self._documents: OrderedDict[Shape, Document] = OrderedDict()
        self._plates: dict[Shape, tuple[Plate, int]] = {}
        self._enclosures: dict[tuple[str, int], Plate | None] = {}
        self._tagged: OrderedDict[Shape, Tagged] = OrderedDict()

    def __contains__(self, shape: object) -> bool:
        """Whether it is laid out already."""
        return shape in self._slots

    def forget_letters(self) -> None:
        """Let go of names and addresses, and of the pages they were set on."""
        self._shapers.forget()
        self._documents.clear()

    def forget(self) -> None:
        """Let go of letters, and of all that was only needed on the way to the plates."""
        self.forget_letters()
        self.press.forget()

    # --- how a letter goes into a shape ----------------------------------------------------------

    def fitted(self, letter: Letter) -> Fitted:
        """Raises Unset for a letter that is laid out by itself, and LayoutError."""
        heading, blocks = self.press.heading(letter), self.press.blocks(letter)
        lines, code = self._broken(letter.language, heading), shapes.code_of(blocks)
        if len(lines) > shapes.HEADING_LINES:
            raise Unset
        shape = Shape(
            letter.language,
            tuple(map(shapes.sample_of, letter.address)),
            tuple(map(shapes.sample_of, lines)),
            shapes.is_long(heading),
            shapes.without_code(blocks),
        )
        return Fitted(shape, (*letter.address, *lines, *([code] if code else [])))

    def _broken(self, language: str, heading: str) -> list[str]:
        probe = Shape(language, (), (shapes.SAMPLE,), shapes.is_long(heading))
        [slot] = [slot for slot in self.slots(probe) if isinstance(slot, Slot)]
        room = slot.right - slot.left
        if slot.shaper.line(heading).width <= room - slots.TOLERANCE:
            return [heading]
        return slot.shaper.broken(heading, room)

    def slots(self, shape: Shape) -> list[Slot | CodeSlot]:
        """Where the lines of this shape stand. Raises Unset, and LayoutError for a page that can't be printed."""
        if shape not in self._slots:
            try:
                self._slots[shape] = slots.find(self._document(shape), self._shapers)
            except (LayoutError, Unset) as error:
                self._slots[shape] = error
        found = self._slots[shape]
        if isinstance(found, Exception):
            raise found
        return found

    def drawn(self, fitted: Fitted, glyphs: Glyphs) -> dict[int, bytes]:
        """The operators of each slot by its mark. `glyphs` learns what they take. Raises Unset and LayoutError."""
        slots = zip(self.slots(fitted.shape), fitted.lines, strict=True)
        return {slot.mark: slot.draw(text, glyphs) for slot, text in slots}

    def pages_of(self, shape: Shape) -> int:
        """Of a shape that was laid out: how many pages stand before the enclosure."""
        return self._pages[shape]

    def _document(self, shape: Shape) -> Document:
        if shape not in self._documents:
            self._documents[shape] = self.press.sample(shape)
            self._pages[shape] = len(self._documents[shape].pages)
            if len(self._documents) > DOCUMENTS_KEPT:
                self._documents.popitem(last=False)
        self._documents.move_to_end(shape)
        return self._documents[shape]

    # --- what letters are put together from ------------------------------------------------------

    def plate(self, shape: Shape) -> tuple[Plate, int]:
        """The plate this shape is on, and the place of its first page there."""
        if shape not in self._plates:
            self._plates[shape] = (
                Plate(self._document(shape), _by_page(self.slots(shape), self._pages[shape])),
                0,
            )
        return self._plates[shape]

    def enclosure(self, language: str, *, before: int) -> Plate | None:
        """The practical pages behind `before` personal ones, from the cache where any worker has laid them out."""
        key = (language, before)
        if key not in self._enclosures:
            self._enclosures[key] = self._kept(language, before) or self._laid_out(language, before)
        return self._enclosures[key]

    def keep_enclosures(self) -> None:
        """Of all that were laid out, so that no other worker lays them out."""
        for language, before in self.press.laid_out():
            self.enclosure(language, before=before)

    def _kept(self, language: str, before: int) -> Plate | None:
        text = self.press.text(language)
        return enclosures.find(enclosures.name_of(self.run, text, before=before)) if text.enclosure else None

    def _laid_out(self, language: str, before: int) -> Plate | None:
        document = self.press.enclosure(language, before=before)
        if document is None:
            return None
        plate = Plate(document, [()] * len(document.pages))
        enclosures.keep(enclosures.name_of(self.run, self.press.text(language), before=before), plate)
        return plate

    def _length(self, language: str, before: int) -> int | None:
        if (language, before) not in self._enclosures:
            found = self._kept(language, before)
            if found is None:
                return None
            self._enclosures[language, before] = found
        found = self._enclosures[language, before]
        return len(found.pages) if found else 0

    def tagged(self, shape: Shape) -> Tagged:
        if shape not in self._tagged:
            document = self._document(shape)
            filled = _by_page(self.slots(shape), len(document.pages))
            self._tagged[shape] = Tagged(self.whole(document, shape.language), filled)
            if len(self._tagged) > TAGGED_KEPT:
                self._tagged.popitem(last=False)
        self._tagged.move_to_end(shape)
        return self._tagged[shape]

    def whole(self, personal: Document, language: str) -> Document:
        """A letter's own pages and its enclosure as one document."""
        enclosure = self.press.enclosure(language, before=len(personal.pages))
        return personal.copy([*personal.pages, *(enclosure.pages if enclosure else [])])


_latest: OrderedDict[int, Stock] = OrderedDict()


def of(run: LetterRun) -> Stock:
    """The stock of this run in this process, kept while its files are made one after the other. What was frozen is
    its name, so that a run that was frozen anew has another."""
    name = fingerprint.shared(run)
    if name not in _latest:
        _latest[name] = Stock(run)
        if len(_latest) > RUNS_KEPT:
            _latest.popitem(last=False)
    return _latest[name]


def _by_page(found: Iterable[Slot | CodeSlot], pages: int) -> Sequence[Sequence[Slot | CodeSlot]]:
    return [[slot for slot in found if slot.page == page] for page in range(pages)]
