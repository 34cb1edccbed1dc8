"""Lines of text set in the letters' fonts: shaped as the layout engine shapes them, without laying out a page.

A line of one plain script that its first font holds whole goes to HarfBuzz directly, and is kept. Every other
line (several scripts, right to left, a second font) is set by Pango, which the layout engine uses too.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import uharfbuzz as hb
from weasyprint.pdf.fonts import Font as PangoFont
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.fonts import font_features, get_pango_font_key
from weasyprint.text.line_break import Layout, split_first_line

LINES_KEPT = 20_000  # Streets and places come again and again; a country of names would only take memory.
COMMON = "Zyyy"
# Scripts whose letters stand side by side from left to right, each for itself.
PLAIN = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek"}


class Unset(Exception):
    """This line can't be set by itself: it is laid out with its page."""


class Typeface:
    """A font as Pango found it, whole."""

    def __init__(self, found: PangoFont) -> None:
        self.name: str = found.hash
        self.called: str = found.family
        self.family: str = found.name.decode().lstrip("/").partition("+")[2]
        self.ascent, self.descent, self.flags = found.ascent, found.descent, found.flags
        self.is_cff = found.type == "otf"
        self.face = hb.Face(found.file_content, found.index)
        self.font = hb.Font(self.face)
        self.upem: int = self.face.upem
        self.characters = frozenset(self.face.unicodes)
        self._widths: dict[int, int] = {}

    def width(self, glyph: int) -> int:
        """Thousandths of an em, as the PDF's table of widths tells it."""
        if glyph not in self._widths:
            self._widths[glyph] = round(self.font.get_glyph_h_advance(glyph) * 1000 / self.upem)
        return self._widths[glyph]


@dataclass(frozen=True, slots=True)
class Line:
    """A line set: what stands between `Tm` and `ET` in a page, how wide it is in CSS pixels, and the glyphs
    it takes from each font with the text that each stands for. `metrics`: height and baseline of a line
    in which other fonts than the first have a say; None where they are the first font's."""

    body: bytes
    width: float
    glyphs: tuple[tuple[Typeface, dict[int, str]], ...]
    metrics: tuple[float, float] | None = None


@dataclass
class Shaper:
    """Sets lines in the style of one text box that was laid out."""

    style: Any
    face: Typeface
    size: float
    _features: dict[str, int] = field(init=False)
    _font: Any = field(init=False)
    _lines: dict[str, Line] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        # Pango's units, whole ones: what is rounded there is rounded here.
        self._font = hb.Font(self.face.face)
        self._font.scale = (round(self.size * TO_UNITS),) * 2
        style = self.style
        self._features = font_features(
            style["font_kerning"], style["font_variant_ligatures"], style["font_variant_position"],
            style["font_variant_caps"], style["font_variant_numeric"], style["font_variant_alternates"],
            style["font_variant_east_asian"], style["font_feature_settings"],
        )  # fmt: skip

    @property
    def distinct(self) -> tuple[object, ...]:
        """What else than face and size tells styles apart."""
        style = self.style
        return (
            *style["font_family"], style["font_weight"], style["font_style"], style["direction"], style["lang"],
            style["letter_spacing"], style["word_spacing"], style["white_space"], *self._features.items(),
        )  # fmt: skip

    def forget(self) -> None:
        self._lines.clear()

    def line(self, text: str) -> Line:
        if (line := self._lines.get(text)) is None:
            script = self._plain_script(text)
            line = self._by_harfbuzz(text, script) if script else None
            if line is None:
                line = self._by_pango(text)
            if len(self._lines) >= LINES_KEPT:
                self._lines.clear()
            self._lines[text] = line
        return line

    def broken(self, text: str, width: float) -> list[str]:
        """`text` in the lines in which the layout engine would break it at `width` CSS pixels."""
        lines = []
        rest: str | None = text
        while rest:
            _layout, length, resume, *_sizes = split_first_line(rest, self.style, None, width, 0)
            held = rest.encode()
            lines.append(held[:length].decode().rstrip(" "))
            rest = None if resume is None else held[resume:].decode()
        return lines

    def _plain_script(self, text: str) -> str:
        """The one script of a line that needs no other font and no reordering, or ""."""
        if self.style["letter_spacing"] not in ("normal", 0) or self.style["direction"] != "ltr":
            return ""
        if not self.face.characters.issuperset(map(ord, text)):
            return ""
        scripts = {script for script in map(_script, text) if script != COMMON}
        if len(scripts) > 1:
            return ""
        return scripts.pop() if scripts else COMMON

    def _by_harfbuzz(self, text: str, script: str) -> Line | None:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction, buffer.script = "ltr", script
        buffer.language = self.style["lang"] or "und"
        hb.shape(self._font, buffer, self._features)
        face, size = self.face, self.size
        infos = buffer.glyph_infos
        parts: list[str] = []
        glyphs: dict[int, str] = {}
        last, total = len(infos) - 1, 0
        for place, (info, position) in enumerate(zip(infos, buffer.glyph_positions, strict=True)):
            glyph = info.codepoint
            if position.x_offset or position.y_offset or not glyph:
                return None  # A mark that is placed, or a glyph that is missing: Pango knows how.
            parts.append(f"{glyph:04x}")
            if glyph not in glyphs:
                follows = infos[place + 1].cluster if place < last else len(text)
                glyphs[glyph] = text[info.cluster : follows]
            total += position.x_advance
            # Cut off, not rounded, and reckoned in this order, as the layout engine does: where it is a hundredth of a
            # millimetre off, so is this.
            kern = int(face.width(glyph) - position.x_advance * 1000 * FROM_UNITS / size)
            if kern and place < last:
                parts.append(f">{kern}<")
        body = f"/S{face.name} {_number(size)} Tf[<{''.join(parts)}>]TJ".encode()
        return Line(body, total * FROM_UNITS, ((face, glyphs),))

    def _by_pango(self, text: str) -> Line:
        """As the layout engine draws a line, number by number, so that both ways look the same. Raises Unset."""
        layout = Layout(self.style)
        layout.set_text(text)
        pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
        first, _index = layout.get_first_line()
        encoded = text.encode()
        body: list[str] = []
        used: dict[Typeface, dict[int, str]] = {}
        run = first.runs[0]
        face: Typeface | None = None
        size = self.size
        while run != ffi.NULL:
            item, run = run.data, run.next
            found, size = typeface(item.item.analysis.font)
            if found is not face:
                face = found
                body.append(f"/S{face.name} {_number(size)} Tf")
            body.append(_glyph_string(item, face, size, encoded, used.setdefault(face, {})))
        extents = ffi.new("PangoRectangle *")
        pango.pango_layout_line_get_extents(first, ffi.NULL, extents)
        baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
        metrics = None if set(used) == {self.face} else (extents.height * FROM_UNITS, baseline)
        return Line("\n".join(body).encode(), extents.width * FROM_UNITS, tuple(used.items()), metrics)


class Shapers:
    """One shaper for each style, so that what was set once is set for all pages of a run."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Shaper] = {}

    def of(self, style: Any, face: Typeface, size: float) -> Shaper:
        shaper = Shaper(style, face, size)
        return self._known.setdefault((face, size, *shaper.distinct), shaper)

    def forget(self) -> None:
        """Let go of what was set: names and addresses, which nobody needs once their letters are made."""
        for shaper in self._known.values():
            shaper.forget()


_typefaces: dict[int, Typeface] = {}


def typeface(font: Any) -> tuple[Typeface, float]:
    """The font and size behind a Pango font. Raises Unset for one that would have to be made static first,
    or that paints instead of drawing."""
    key, description, size = get_pango_font_key(font)
    if key not in _typefaces:
        found = PangoFont(font, description, size)
        if "fvar" in found.tables or found.bitmap or found.png or found.svg or found.colr:
            raise Unset
        _typefaces[key] = Typeface(found)
    return _typefaces[key], size


def _number(value: float) -> str:
    """As PDF reads numbers: with no exponent (ISO 32000-1, 7.3.3)."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


@cache
def _script(character: str) -> str:
    """The script of a letter that stands plainly beside the next, `COMMON` for what stands in any script, and
    its own name for all that needs more care."""
    category = unicodedata.category(character)
    if category[0] in "NPSZ" and unicodedata.bidirectional(character) not in ("R", "AL", "AN"):
        return COMMON
    kind = unicodedata.name(character, "").partition(" ")[0]
    return PLAIN.get(kind, "") if category[0] == "L" else character


def _glyph_string(item: Any, face: Typeface, size: float, text: bytes, used: dict[int, str]) -> str:
    """The `TJ` and, where marks are raised, `Ts` operators of one run of glyphs."""
    string, clusters = item.glyphs, item.glyphs.log_clusters
    count, start, length = string.num_glyphs, item.item.offset, item.item.length
    backward = item.item.analysis.level % 2
    out: list[str] = []
    parts: list[str] = []

    def show() -> None:
        if parts:
            out.append(f"[{''.join(parts)}]TJ")
            parts.clear()

    for place in range(count):
        info = string.glyphs[place]
        geometry, glyph = info.geometry, info.glyph
        if glyph == pango.PANGO_GLYPH_EMPTY or glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG:
            # Joiners leave no mark. What no font has is refused by name before anything is frozen.
            parts.append(_number(-geometry.width / size))
            continue
        if glyph not in used:
            if backward:
                end = length if place == 0 else clusters[place - 1]
            else:
                end = length if place == count - 1 else clusters[place + 1]
            used[glyph] = text[start + clusters[place] : start + end].decode()
        offset = geometry.x_offset / size
        rise = geometry.y_offset / 1000
        if rise:
            show()
            out.append(f"{_number(-rise)} Ts")
        if offset:
            parts.append(_number(-offset))
        parts.append(f"<{glyph:04x}>")
        if rise:
            show()
            out.append("0 Ts")
        kern = face.width(glyph) + offset - geometry.width * 1000 * FROM_UNITS / size
        if int(kern):
            parts.append(f"{int(kern)}")
    show()
    return "\n".join(out)
