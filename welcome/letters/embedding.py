"""Fonts as a PDF carries them: only the glyphs that were set, with what each says when it is read or searched.

ISO 32000-1, 9.7 (composite fonts) and 9.10.3 (ToUnicode).
"""

from collections.abc import Iterable, Mapping
from unicodedata import normalize

import uharfbuzz as hb

from welcome.letters.readable import meanings
from welcome.letters.shaping import Line, Typeface
from welcome.letters.sheets import Writer

_DROPPED = [
    int.from_bytes(tag.encode(), "big")
    for tag in (
        "BASE",
        "DSIG",
        "GDEF",
        "GPOS",
        "GSUB",
        "JSTF",
        "STAT",
        "cmap",
        "name",
        "kern",
        "vhea",
        "vmtx",
    )
]
_A_SECTION = 100  # More mappings a section than this, no reader must understand.


class Glyphs:
    """What a file's lines take from its fonts."""

    def __init__(self) -> None:
        self._used: dict[Typeface, dict[int, str]] = {}

    def add(self, line: Line) -> None:
        for face, glyphs in line.glyphs:
            if known := self._used.get(face):
                for glyph, text in glyphs.items():
                    known.setdefault(glyph, text)
            else:
                self._used[face] = dict(glyphs)

    def embed(self, writer: Writer) -> bytes:
        """Entries for a dictionary of fonts, such as `/SABCDEF 12 0 R`."""
        faces = sorted(self._used.items(), key=lambda item: item[0].name)
        return b"".join(
            b"/S%s %d 0 R" % (face.name.encode(), _embed(writer, face, glyphs)) for face, glyphs in faces
        )


def _embed(writer: Writer, face: Typeface, glyphs: Mapping[int, str]) -> int:
    program = _subset(face, glyphs)
    if doubtful := [glyph for glyph, text in glyphs.items() if len(text) != 1]:
        known = meanings(face.called)
        glyphs = {**glyphs, **{glyph: known[glyph] for glyph in doubtful if glyph in known}}
    name = f"/{face.name}+{face.family}".encode()
    kind, extra = (b"3", b"/Subtype/OpenType") if face.is_cff else (b"2", b"/Length1 %d" % len(program))
    file = writer.add_stream(program, extra)
    widest = max(map(face.width, glyphs), default=0)
    descriptor = writer.pack(
        b"<</Type/FontDescriptor/FontName%s/Flags %d/FontBBox[0 %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
        b"/CapHeight %d/StemV 80/FontFile%s %d 0 R>>"
        % (
            name, face.flags, face.descent, widest, face.ascent, face.ascent, face.descent, face.ascent,
            kind, file,
        )
    )  # fmt: skip
    below = writer.pack(
        b"<</Type/Font/Subtype/CIDFontType%s/BaseFont%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>%s/W[%s]/FontDescriptor %d 0 R>>"
        % (
            b"0" if face.is_cff else b"2",
            name,
            b"" if face.is_cff else b"/CIDToGIDMap/Identity",
            b"".join(b"%d[%d]" % (glyph, face.width(glyph)) for glyph in sorted(glyphs)),
            descriptor,
        )
    )
    return writer.pack(
        b"<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, below, writer.add_stream(_to_unicode(glyphs)))
    )


def _subset(face: Typeface, glyphs: Iterable[int]) -> bytes:
    """The font program with these glyphs under the numbers they have in the whole font."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(_DROPPED)
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_HINTING
    program: bytes = wanted.subset(face.face).blob.data
    return program


def _to_unicode(glyphs: Mapping[int, str]) -> bytes:
    rows = [
        b"<%04x> <%s>" % (glyph, normalize("NFC", text).encode("utf-16-be").hex().encode())
        for glyph, text in sorted(glyphs.items())
    ]
    sections = [
        b"%d beginbfchar\n%s\nendbfchar\n" % (len(part), b"\n".join(part))
        for part in (rows[start : start + _A_SECTION] for start in range(0, len(rows), _A_SECTION))
    ]
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        + b"".join(sections)
        + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
