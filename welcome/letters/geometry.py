"""Where things stand on the paper, in millimetres from the top left corner of an A4 page.

The window is what the envelopes usual in Norway have in common, as Office Consult lists them
("Brevmaler: plassering av mottakerfelt i vinduskonvolutter", officeconsult.no, read November 2026):
window 15 mm from the left; C5 44–79 mm from the top and 105 wide, EC4 42–82 mm and 100 wide. We
found no public standard: docs/adr/0005 tells what a municipality should check with its supplier.
"""

from collections.abc import Callable
from dataclasses import dataclass

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
MM_TO_PX = 96 / 25.4  # WeasyPrint lays out in CSS pixels.
MM_TO_PT = 72 / 25.4


@dataclass(frozen=True)
class Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: "Rectangle", slack: float = 0.1) -> bool:
        return (
            other.left >= self.left - slack
            and other.top >= self.top - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def touches(self, other: "Rectangle") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


# What shows through the window of a C5 and of a C4 envelope alike.
WINDOW = Rectangle(left=15, top=44, right=115, bottom=79)
# The sheet slides in its envelope: so far from the window's edge the address stays whole, and so far
# around the window nothing else may stand.
PLAY = 3.0
CLEAR = Rectangle(WINDOW.left - PLAY, WINDOW.top - PLAY, WINDOW.right + PLAY, WINDOW.bottom + PLAY)
# Office printers leave about 4 mm of the edge white; the grey landscape may lose that, words may not.
PRINTABLE = Rectangle(5, 5, PAGE_WIDTH - 5, PAGE_HEIGHT - 5)

MARGIN = 24.0  # Left and right of all text.
ADDRESS_POINTS = 10.5
ADDRESS_LEADING = 4.8  # From line to line.
ADDRESS = Rectangle(MARGIN, WINDOW.top + PLAY, WINDOW.right - PLAY, WINDOW.bottom - PLAY)
ADDRESS_WIDTH = ADDRESS.right - ADDRESS.left
ADDRESS_LINES = int((ADDRESS.bottom - ADDRESS.top) / ADDRESS_LEADING)


def wrap(line: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`line` over as many lines as it takes, broken at spaces only. A word that is wider than
    `width` stays whole and too wide; `fits` tells."""
    lines: list[str] = []
    for word in line.split():
        if lines and measure(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def fits(lines: list[str], measure: Callable[[str], float]) -> bool:
    """Whether these lines stand whole in the window; `measure` gives millimetres."""
    return len(lines) <= ADDRESS_LINES and all(measure(line) <= ADDRESS_WIDTH for line in lines)
