"""What of a letter decides how its pages are laid out, and what is only filled in.

Letters of one *shape* share their personal page: they say the same, in as many lines, and differ by the
words in the lines. Whatever stands in running text belongs to the shape.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from welcome.letters import fonts
from welcome.letters.blocks import Block
from welcome.letters.slots import ADDRESS, HEADING, Spot

SAMPLE = "X"
LONG = 60  # Letters of a heading that is set smaller.
HEADING_LINES = 3  # One that takes more is laid out by itself.


@dataclass(frozen=True)
class Shape:
    """The samples of its lines stand for what fonts the lines need: a second font can make a line higher."""

    language: str
    address: tuple[str, ...]
    heading: tuple[str, ...]
    is_long: bool
    blocks: tuple[Block, ...] = ()

    def spots(self) -> dict[str, Any]:
        """What the template of a letter shows in place of names and address."""
        lines = [
            Spot(sample, name, mark)
            for mark, (name, sample) in enumerate(
                [*((ADDRESS, line) for line in self.address), *((HEADING, line) for line in self.heading)],
                start=1,
            )
        ]
        count = len(self.address)
        return {
            "address": lines[:count],
            "heading": lines[count:],
            "long_heading": self.is_long,
            "code_mark": len(lines) + 1,
        }


def code_of(blocks: Iterable[Block]) -> str:
    """What the one code of a letter leads to; "" where it has none."""
    return next((block.code for block in blocks if block.code), "")


def without_code(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same for all letters that have a code: what it leads to is filled in."""
    return tuple(replace(block, code=SAMPLE) if block.code else block for block in blocks)


@dataclass(frozen=True)
class Fitted:
    """A letter as its shape and what stands in the slots, in the order of their marks."""

    shape: Shape
    lines: tuple[str, ...]


def is_long(heading: str) -> bool:
    return len(heading) > LONG


def sample_of(line: str) -> str:
    """A line that needs the same fonts as `line`, and is the same for all such lines."""
    needed = {font for character in line if (font := _font_of(character))}
    return SAMPLE + "".join(_letter_of(font) for font in sorted(needed))


@cache
def _font_of(character: str) -> int:
    """Which of the letters' fonts has it; the first where none does, or where any font will do."""
    point = ord(character)
    found = (number for number, font in enumerate(fonts.load()) if point in font.advances)
    return next(found, 0)


@cache
def _letter_of(number: int) -> str:
    """The first letter that this font has and none before it."""
    before = {point for font in fonts.load()[:number] for point in font.advances}
    own = sorted(point for point in fonts.load()[number].advances if point not in before)
    return next((chr(point) for point in own if chr(point).isalpha()), "")
