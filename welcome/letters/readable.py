"""What a letter's PDF says its glyphs mean, put right: for whoever has it read aloud, searches or copies it.

WeasyPrint takes from the first place a glyph stands at which letters it is, all of a cluster's for the cluster's
first glyph and none for its others. In Arabic, where letters join, every later لا would then be nothing at all.
What a glyph means is in its font: the letters that are mapped to it, or whose glyphs are joined into it.
"""

import re
import unicodedata
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont

from welcome.letters import fonts

SINGLE, LIGATURE, EXTENSION = 1, 4, 7  # Kinds of lookups, OpenType GSUB.
_ALL = {"0000": "ffff"}  # What the table says first: of which glyphs it tells.
_ENTRY = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")


def mend(document: Any, pdf: Any) -> None:
    """A finisher of `write_pdf`. Glyphs that stand for one letter are right already."""
    for font in document.fonts.values():
        known = meanings(font.family.decode() if isinstance(font.family, bytes) else font.family)
        doubtful = {
            glyph: known[glyph]
            for glyph, text in font.to_unicode.items()
            if len(text) != 1 and glyph in known
        }
        if doubtful:
            _write(_entries_of(font, pdf), doubtful)


def _entries_of(font: Any, pdf: Any) -> list[Any]:
    """The lines of the font's table of meanings in the PDF; none where it was not found."""
    wanted = {f"{glyph:04x}": text.encode("utf-16-be").hex() for glyph, text in font.to_unicode.items()}
    for found in pdf.objects:
        lines = getattr(found, "stream", None)
        if isinstance(lines, list) and b"begincmap" in lines:
            entries = (_ENTRY.fullmatch(line) for line in lines)
            there = {entry[1].decode(): entry[2].decode() for entry in entries if entry}
            if wanted.items() <= there.items() <= wanted.items() | _ALL.items():
                return lines
    return []


def _write(lines: list[Any], meant: dict[int, str]) -> None:
    for place, line in enumerate(lines):
        if (entry := _ENTRY.fullmatch(line)) and (text := meant.get(int(entry[1], 16))) is not None:
            lines[place] = b"<%s> <%s>" % (entry[1], text.encode("utf-16-be").hex().encode())


@cache
def meanings(family: str) -> dict[int, str]:
    """Glyph → letters, of a family that the letters are set in; nothing for another."""
    file = next((font.file for font in fonts.load() if font.family == family.removesuffix(" Variable")), None)
    if file is None:
        return {}
    with TTFont(file, lazy=True, fontNumber=0) as font:
        meant = {name: chr(point) for point, name in sorted(font.getBestCmap().items(), reverse=True)}
        lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else []
        while _learn(meant, [_plain(table) for lookup in lookups for table in lookup.SubTable]):
            pass  # What is joined may be joined again.
        # The joined forms have signs of their own, which no reader looks for.
        return {font.getGlyphID(name): unicodedata.normalize("NFKC", text) for name, text in meant.items()}


def _plain(table: Any) -> Any:
    return table.ExtSubTable if table.LookupType == EXTENSION else table


def _learn(meant: dict[str, str], tables: list[Any]) -> bool:
    """Add what glyphs mean that are made of known ones; whether there were any."""
    before = len(meant)
    for table in tables:
        if table.LookupType == SINGLE:
            for old, new in table.mapping.items():
                if old in meant:
                    meant.setdefault(new, meant[old])
        elif table.LookupType == LIGATURE:
            for first, ligatures in table.ligatures.items():
                for ligature in ligatures:
                    parts = [first, *ligature.Component]
                    if all(part in meant for part in parts):
                        meant.setdefault(ligature.LigGlyph, "".join(meant[part] for part in parts))
    return len(meant) > before
