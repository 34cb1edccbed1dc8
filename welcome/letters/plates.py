"""Laid-out pages as PDF objects that letters are put together from."""

import io
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pikepdf
from weasyprint import Document

from welcome.letters import slots
from welcome.letters.embedding import Glyphs
from welcome.letters.readable import mend
from welcome.letters.sheets import HEAD, Writer
from welcome.letters.slots import CodeSlot, Slot

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
# What is drawn on a page that the layout engine made begins with its own flipped axis, and leaves it behind.
_APART = b"q\n%s\nQ"


@dataclass(frozen=True)
class Piece:
    """An object: its value or dictionary as PDF writes it, and the bytes of its stream, as they are stored."""

    value: bytes
    stream: bytes | None

    def written(self, numbers: Mapping[int, int] | None = None) -> bytes:
        value = self.value
        if numbers is not None:
            value = _REFERENCE.sub(lambda match: b"%d 0 R" % numbers[int(match[1])], value)
        return value if self.stream is None else b"%s stream\n%s\nendstream" % (value, self.stream)


def _pieces(pdf: pikepdf.Pdf) -> dict[int, Piece]:
    pieces = {}
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            dictionary = found.stream_dict.unparse(resolved=True)
            pieces[found.objgen[0]] = Piece(dictionary, found.read_raw_bytes())
        else:
            pieces[found.objgen[0]] = Piece(found.unparse(resolved=True), None)
    return pieces


class Plate:
    """Pages for print files, without tags. What it keeps is drawn with, and holds no words: what looks like
    a reference in it is one. `filled`: the slots of each page, whose samples are cut out."""

    def __init__(self, document: Document, filled: Sequence[Iterable[Slot | CodeSlot]]) -> None:
        with pikepdf.open(io.BytesIO(document.write_pdf(pdf_identifier=b"plate", finisher=mend))) as pdf:
            resources = pdf.pages[0].Resources  # Those of all pages: the layout engine makes one dictionary.
            self._resources, self._fonts = resources.objgen[0], resources.Font.objgen[0]
            self._pieces = _reachable(_pieces(pdf), self._resources)
            self.pages = [
                zlib.compress(_APART % b"".join(slots.cut(page.Contents.read_bytes(), list(on_page))[0]))
                for page, on_page in zip(pdf.pages, filled, strict=True)
            ]

    @property
    def parts(self) -> tuple[int, int, list[tuple[int, bytes, bytes | None]], list[bytes]]:
        """What `of` makes the same plate from, in types that every cache can keep."""
        pieces = [(number, piece.value, piece.stream) for number, piece in self._pieces.items()]
        return self._resources, self._fonts, pieces, self.pages

    @classmethod
    def of(cls, parts: tuple[int, int, list[tuple[int, bytes, bytes | None]], list[bytes]]) -> Self:
        plate = cls.__new__(cls)
        plate._resources, plate._fonts, pieces, plate.pages = parts
        plate._pieces = {number: Piece(value, stream) for number, value, stream in pieces}
        return plate

    def put(self, writer: Writer, fonts: bytes) -> tuple[int, int]:
        """Write what its pages draw with; the number of their resources, and of the same with `fonts` besides."""
        numbers = {number: writer.reserve() for number in self._pieces}
        for number, piece in self._pieces.items():
            write = writer.pack if piece.stream is None else writer.add
            write(piece.written(numbers), numbers[number])
        value = self._pieces[self._resources].written(numbers)
        held = self._pieces[self._fonts].written(numbers).rstrip().removesuffix(b">>")
        more = writer.pack(held + fonts + b">>")
        plain = b"/Font %d 0 R" % numbers[self._fonts]
        with_more = writer.pack(value.replace(plain, b"/Font %d 0 R" % more, 1))
        return numbers[self._resources], with_more


def _reachable(pieces: dict[int, Piece], start: int) -> dict[int, Piece]:
    found: dict[int, Piece] = {}
    waiting = [start]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found[number] = pieces[number]
            waiting += [int(match[1]) for match in _REFERENCE.finditer(pieces[number].value)]
    return dict(sorted(found.items()))


class Tagged:
    """A whole letter with its structure, in which only what stands in the slots is still to be drawn."""

    def __init__(self, document: Document, filled: Sequence[Sequence[Slot | CodeSlot]]) -> None:
        content = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"letter", finisher=mend)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pieces = _pieces(pdf)
            self._root, self._info = pdf.Root.objgen[0], pdf.trailer.Info.objgen[0]
            self._fonts = pdf.pages[0].Resources.Font.objgen[0]
            self._held_fonts = pieces.pop(self._fonts).written().rstrip().removesuffix(b">>")
            # Of each page with slots: the number of its contents, its operators around the slots, and their marks.
            self._around: list[tuple[int, list[bytes], list[int]]] = []
            for place, on_page in enumerate(filled):
                if on_page:
                    contents = pdf.pages[place].Contents
                    del pieces[contents.objgen[0]]
                    self._around.append((contents.objgen[0], *slots.cut(contents.read_bytes(), on_page)))
        self._start, self._offsets = _laid_down(pieces)

    def filled(self, drawn: Mapping[int, bytes], glyphs: Glyphs, identifier: bytes) -> bytes:
        """The letter with `drawn` in its slots, by their marks, and the glyphs that this takes."""
        writer = Writer(self._start, self._offsets)
        for number, around, marks in self._around:
            parts = [around[0]]
            for mark, behind in zip(marks, around[1:], strict=True):
                parts += [drawn[mark], behind]
            writer.add_stream(b"".join(parts), number=number)
        writer.add(self._held_fonts + glyphs.embed(writer) + b">>", self._fonts)
        return writer.finish(root=self._root, info=self._info, identifier=identifier)


def _laid_down(pieces: Mapping[int, Piece]) -> tuple[bytes, list[int]]:
    """The beginning of a file with these objects, and where each of them begins; 0 for those that are missing."""
    parts, length = [HEAD], len(HEAD)
    offsets = [0] * max(pieces)
    for number, piece in pieces.items():
        offsets[number - 1] = length
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, piece.written()))
        length += len(parts[-1])
    return b"".join(parts), offsets
