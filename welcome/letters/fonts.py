"""The fonts of the letters: found at start, measured and asked for glyphs before anything is printed."""

import ctypes
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from fontTools.ttLib import TTFont

from welcome.letters.geometry import MM_TO_PT

PACKAGES = "sudo apt-get install -y fontconfig fonts-inter fonts-noto-core libharfbuzz-subset0"
# They join or part letters of Persian and Arabic names and leave no mark themselves.
JOINERS = "\u200c\u200d"
# Layout only; other invisible characters are refused: some turn the direction of all that follows.
LAYOUT = " \u00a0\u202f\n\t"


@dataclass(frozen=True)
class Font:
    family: str
    file: str
    advances: dict[int, float]  # code point → width in ems


def _find(family: str) -> str | None:
    """The file of the upright regular style, or None where fontconfig would take another family instead."""
    if not shutil.which("fc-match"):
        return None
    for name in (family, f"{family} Variable"):
        answer = subprocess.run(  # noqa: S603 - the family is a setting, and no shell is involved
            ["fc-match", "-f", "%{family}\n%{file}", f"{name}:style=Regular"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout.split("\n")
        if len(answer) == 2 and name in answer[0].split(","):
            return answer[1]
    return None


@cache
def load() -> tuple[Font, ...]:
    """The installed families of `settings.LETTER_FONTS`, in their order."""
    fonts = []
    for family in settings.LETTER_FONTS:
        if file := _find(family):
            with TTFont(file, lazy=True, fontNumber=0) as font:
                ems, widths = font["head"].unitsPerEm, font["hmtx"].metrics
                advances = {point: widths[glyph][0] / ems for point, glyph in font.getBestCmap().items()}
            fonts.append(Font(family, file, advances))
    return tuple(fonts)


@cache
def _advance(character: str) -> float | None:
    point = ord(character)
    return next((font.advances[point] for font in load() if point in font.advances), None)


def width(text: str, points: float) -> float:
    """Millimetres that `text` takes set in `points`. Kerning and joined Arabic forms make the set line
    a little narrower than this, so what fits here fits on paper."""
    ems = sum(_advance(character) or 0.0 for character in unicodedata.normalize("NFC", text))
    return ems * points / MM_TO_PT


def unprintable(text: str) -> list[str]:
    """The characters of `text` that no font of the letters has, or that would print nothing and change
    what stands around them; each once, in their order."""
    composed = unicodedata.normalize("NFC", text)
    return [character for character in dict.fromkeys(composed) if not _is_printable(character)]


@cache
def _is_printable(character: str) -> bool:
    if character in JOINERS or character in LAYOUT:
        return True
    return unicodedata.category(character)[0] != "C" and _advance(character) is not None


def name_of(character: str) -> str:
    """`U+1F600 GRINNING FACE`, for a message about a character one may not be able to see."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _subsetter_is_there() -> bool:
    for library in ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "libharfbuzz-subset-0.dll"):
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        return True
    return False


@register
def check_fonts(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    there = {font.family for font in load()}
    found: list[CheckMessage] = [
        Error(
            f"The letters' font {family} is not installed.",
            hint=f"Debian, Ubuntu: {PACKAGES}",
            id="welcome.E001",
        )
        for family in settings.LETTER_FONTS
        if family not in there
    ]
    if not _subsetter_is_there():
        found.append(
            Warning(
                "libharfbuzz-subset is not installed: a letter takes twice as long to make.",
                hint=f"Debian, Ubuntu: {PACKAGES}",
                id="welcome.W001",
            )
        )
    return found
