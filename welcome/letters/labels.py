"""Address labels for what goes with a run's letters, on the two sheets that Norwegian shops sell most.

The sheets' measures are those that makers print on the packet; millimetres from the sheet's top left corner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML

from welcome.letters import fonts as letter_fonts
from welcome.letters import layout
from welcome.letters.geometry import PAGE_HEIGHT, PAGE_WIDTH, Rectangle
from welcome.letters.models import Letter
from welcome.letters.rendering import one_at_a_time

LARGEST_POINTS, SMALLEST_POINTS = 10.5, 5.0
LEADING = 1.25
# Printers leave the sheet's edge white, and sheets don't lie quite straight.
PADDING = 5.0
POINTS_TO_MM = 25.4 / 72


@dataclass(frozen=True)
class Sheet:
    columns: int
    rows: int
    width: float
    height: float
    across: float  # From one label's left edge to the next one's.

    @property
    def size(self) -> int:
        return self.columns * self.rows

    def place(self, position: int) -> Rectangle:
        """Of the label at `position`, counted from 0 along the rows."""
        row, column = divmod(position, self.columns)
        whole = self.across * (self.columns - 1) + self.width
        left = (PAGE_WIDTH - whole) / 2 + column * self.across
        top = (PAGE_HEIGHT - self.rows * self.height) / 2 + row * self.height
        return Rectangle(left, top, left + self.width, top + self.height)


SHEETS = {
    "3x8": Sheet(columns=3, rows=8, width=70.0, height=37.0, across=70.0),
    "2x7": Sheet(columns=2, rows=7, width=99.1, height=38.1, across=101.6),
}


@dataclass(frozen=True)
class Label:
    """One address where it stands on its sheet, as the template writes it: CSS lengths."""

    number: int
    lines: Sequence[str]
    left: str
    top: str
    width: str
    points: str


def pdf(letters: Sequence[Letter], sheet: Sheet, *, start: int = 1) -> bytes:
    """A label each in the order given; the first `start` - 1 of the first sheet are used already. An address
    is set smaller where it is long, and never cut."""
    pages: list[list[Label]] = [[]]
    for at, letter in enumerate(letters, start=start - 1):
        if at and at % sheet.size == 0 and pages[-1]:
            pages.append([])
        pages[-1].append(_label(letter, sheet, sheet.place(at % sheet.size)))
    return print_page("print/labels.html", {"pages": pages})


def _label(letter: Letter, sheet: Sheet, place: Rectangle) -> Label:
    lines = letter.address
    points = points_for(lines, sheet)
    high = len(lines) * points * LEADING * POINTS_TO_MM
    return Label(
        letter.number,
        lines,
        left=f"{place.left + PADDING:.2f}mm",
        top=f"{place.top + (sheet.height - high) / 2:.2f}mm",
        width=f"{sheet.width - 2 * PADDING:.2f}mm",
        points=f"{points:.2f}pt",
    )


def points_for(lines: Sequence[str], sheet: Sheet) -> float:
    """The size in which the longest line and all lines fit their label."""
    widest = max((letter_fonts.width(line, LARGEST_POINTS) for line in lines), default=0.0)
    high = len(lines) * LARGEST_POINTS * LEADING * POINTS_TO_MM
    room = min((sheet.width - 2 * PADDING) / (widest or 1), (sheet.height - 2 * PADDING) / (high or 1), 1.0)
    return max(LARGEST_POINTS * room, SMALLEST_POINTS)


def print_page(template: str, context: Mapping[str, object], **shown: bytes) -> bytes:
    """A page for the office: it fetches nothing at all. `shown` are WebP pictures, whose addresses the template finds
    under their names."""
    with one_at_a_time:
        return _written(_laid_out(template, context, shown))


def print_on_one_page(
    template: str, contexts: Sequence[Mapping[str, object]], **shown: bytes
) -> bytes | None:
    """With the first of these contexts that gives one page; None where none does."""
    with one_at_a_time:
        for context in contexts:
            document = _laid_out(template, context, shown)
            if len(document.pages) == 1:
                return _written(document)
    return None


def _laid_out(template: str, context: Mapping[str, object], shown: Mapping[str, bytes]) -> Any:
    pictures = layout.Pictures()
    named = {name: pictures.add(content, "image/webp") for name, content in shown.items()}
    families = ", ".join(f'"{family}"' for family in settings.LETTER_FONTS)
    page = render_to_string(template, {"fonts": families, "leading": LEADING, **context, **named})
    sheet = CSS(string="html { margin: 0 }", font_config=layout.fonts(), url_fetcher=pictures)
    return HTML(string=page, base_url=None, url_fetcher=pictures).render(
        font_config=layout.fonts(), stylesheets=[sheet]
    )


def _written(document: Any) -> bytes:
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return content
