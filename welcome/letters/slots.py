"""Places on a laid-out page that are filled for each letter: found where they were laid out, cut from the page.

A template marks such a place by `data-slot` and by a colour that nothing else has. Its box tells where
the line stands; the colour tells which operators of the page draw the sample that was laid out there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from weasyprint import Document
from weasyprint.formatting_structure.boxes import BlockContainerBox, ReplacedBox, TextBox

from municipalities.links import codes
from welcome.letters.embedding import Glyphs
from welcome.letters.layout import LayoutError
from welcome.letters.shaping import Line, Shaper, Shapers, Unset, typeface

ADDRESS, HEADING, CODE = "address", "heading", "code"
TOLERANCE = 0.05  # CSS pixels between what is measured and what was laid out: a seventieth of a millimetre.
# `0.003922 … 0.007843 rg`: the mark's red is 1 and its blue 2 of 255, and its green counts.
_MARKED = re.compile(rb"0\.003922 (0(?:\.\d+)?) 0\.007843 rg\nBT\n[^\n]+ Tm\n(?:[^\n]+\n)*?ET")


@dataclass(frozen=True)
class Spot:
    """A piece of text in a template: plain, or the sample of a slot with its mark."""

    text: str
    slot: str = ""
    mark: int = 0

    @property
    def colour(self) -> str:
        return f"#01{self.mark:02x}02"


@dataclass(frozen=True)
class Slot:
    """A line of text. `mark` orders the slots of a letter."""

    name: str
    mark: int
    page: int
    left: float
    right: float
    baseline: float
    from_right: bool
    paint: bytes
    shaper: Shaper
    sample: Line

    def draw(self, text: str, glyphs: Glyphs) -> bytes:
        """Operators for `text` in this place, in the page's own CSS pixels; `glyphs` learns what they take. Raises
        Unset where other fonts would have laid out the page otherwise, LayoutError where the line does not fit."""
        line = self.shaper.line(text)
        if line.metrics != self.sample.metrics:
            raise Unset
        if line.width > self.right - self.left + TOLERANCE:
            if self.name == ADDRESS:
                raise LayoutError("leaves_window", text=text)
            raise LayoutError("too_long", text=text)
        glyphs.add(line)
        x = self.right - line.width if self.from_right else self.left
        return b"%s\nBT\n1 0 0 -1 %.6f %.6f Tm\n%s\nET" % (self.paint, x, self.baseline, line.body)

    def framed(self, drawn: bytes) -> bytes:
        """What `draw` gave, for a page on which nothing else is drawn."""
        return drawn

    def places(self, content: bytes) -> list[tuple[int, int]]:
        """Where the page draws the sample."""
        marked = _MARKED.finditer(content)
        return [match.span() for match in marked if round(float(match[1]) * 255) == self.mark]


@dataclass(frozen=True)
class CodeSlot:
    """A square code, in the place of a sample picture."""

    name: str
    mark: int
    page: int
    frame: bytes
    operator: bytes

    def draw(self, text: str, glyphs: Glyphs) -> bytes:
        """Operators for a code that leads to `text`, in the unit square of the picture."""
        size, content = codes.bits(text)
        side = size + 2 * codes.EDGE
        return (
            b"q\n0 g\n%.6f 0 0 %.6f %.6f %.6f cm\nBI /W %d /H %d /BPC 1 /IM true /F /AHx ID\n%s>\nEI\nQ"
            % (
                size / side,
                size / side,
                codes.EDGE / side,
                codes.EDGE / side,
                size,
                size,
                content.hex().encode(),
            )
        )

    def framed(self, drawn: bytes) -> bytes:
        return b"q\n%s\n%s\nQ" % (self.frame, drawn)

    def places(self, content: bytes) -> list[tuple[int, int]]:
        start = content.find(self.operator)
        return [] if start < 0 else [(start, start + len(self.operator))]


def find(document: Document, shapers: Shapers) -> list[Slot | CodeSlot]:
    """The slots of a laid-out letter, in the order of their marks. Raises Unset."""
    found = [
        _code(number, box) if isinstance(box, ReplacedBox) else _slot(number, box, block, parent, shapers)
        for number, page in enumerate(document.pages)
        for box, block, parent in _leaves(page._page_box, None, None)
        if box.element is not None and box.element.get("data-slot")
    ]
    return sorted(found, key=lambda slot: slot.mark)


def _leaves(box: Any, block: Any, parent: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Each text or picture with the block it stands in, and the nearest box of another element."""
    if isinstance(getattr(box, "_box", box), TextBox | ReplacedBox):
        yield getattr(box, "_box", box), block, parent
        return
    if isinstance(getattr(box, "_box", box), BlockContainerBox):
        block = box
    for child in getattr(box, "children", ()):
        yield from _leaves(child, block, parent if child.element is box.element else box)


def _slot(page: int, box: Any, block: Any, parent: Any, shapers: Shapers) -> Slot:
    left, right = block.content_box_x(), block.content_box_x() + block.width
    box.pango_layout.reactivate(box.style)
    first, _index = box.pango_layout.get_first_line()
    # The sample begins with a letter of the first font.
    face, size = typeface(first.runs[0].data.item.analysis.font)
    box.pango_layout.deactivate()
    shaper = shapers.of(box.style, face, size)
    channels = b" ".join(b"%.6f" % channel for channel in parent.style["color"].to("srgb").coordinates)
    return Slot(
        name=box.element.get("data-slot"),
        mark=int(box.element.get("data-mark")),
        page=page,
        left=left,
        right=right,
        baseline=box.position_y + box.baseline,
        from_right=abs(box.position_x + box.width - right) < TOLERANCE < abs(box.position_x - left),
        paint=channels + b" rg",
        shaper=shaper,
        sample=shaper.line(box.text),
    )


def _code(page: int, box: Any) -> CodeSlot:
    x, y, width, height = box.content_box_x(), box.content_box_y(), box.width, box.height
    return CodeSlot(
        name=CODE,
        mark=int(box.element.get("data-mark")),
        page=page,
        frame=b"1 0 0 1 %.6f %.6f cm\n%.6f 0 0 %.6f 0 %.6f cm" % (x, y, width, -height, height),
        operator=b"/i%s%d Do" % (str(box.replacement.id).encode(), box.style["image_rendering"] == "auto"),
    )


def cut(content: bytes, slots: Sequence[Slot | CodeSlot]) -> tuple[list[bytes], list[int]]:
    """The page's operators around its slots, and the marks of those that stand between them: one fewer, in the
    order in which the page draws. Raises Unset where what was drawn is not what was marked."""
    places = sorted((*place, slot.mark) for slot in slots for place in slot.places(content))
    marks = [mark for _start, _end, mark in places]
    lines = [slot for slot in slots if isinstance(slot, Slot)]
    if sorted(marks) != sorted(slot.mark for slot in slots) or len(_MARKED.findall(content)) != len(lines):
        raise Unset
    pieces, at = [], 0
    for start, end, _mark in places:
        pieces.append(content[at:start])
        at = end
    return [*pieces, content[at:]], marks
