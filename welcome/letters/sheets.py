"""PDF files written object by object: nothing is parsed, and nothing is held but the bytes to come.

ISO 32000-1, 7.5. Small objects are packed into streams (7.5.7) and found by a cross-reference stream (7.5.8):
a page of a letter whose contents others share takes some twenty bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence

A_PACK = 200  # Objects in one stream; a reader unpacks all of it for one.
HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Writer:
    """`start`: a PDF's objects as they stand from its first byte on, and `offsets` where each begins, from object 1;
    what is added comes behind them. An offset of 0 is an object still to be written."""

    def __init__(self, start: bytes = HEAD, offsets: Sequence[int] = ()) -> None:
        self._parts = [start]
        self._length = len(start)
        # For each object from 1: (1, offset, 0), or (2, the stream it is packed in, its place there).
        self._places: list[tuple[int, int, int]] = [(1, offset, 0) for offset in offsets]
        self._packed: list[tuple[int, bytes]] = []

    def reserve(self) -> int:
        """The number of an object that is written later."""
        self._places.append((1, 0, 0))
        return len(self._places)

    def add_stream(self, content: bytes, extra: bytes = b"", number: int = 0) -> int:
        """A stream, compressed here; `extra` goes into its dictionary."""
        return self.add_raw(zlib.compress(content, 6), extra + b"/Filter/FlateDecode", number)

    def add_raw(self, content: bytes, extra: bytes = b"", number: int = 0) -> int:
        """A stream whose bytes are as `extra` says."""
        return self.add(b"<<%s/Length %d>>stream\n%s\nendstream" % (extra, len(content), content), number)

    def add(self, content: bytes, number: int = 0) -> int:
        number = number or self.reserve()
        self._places[number - 1] = (1, self._length, 0)
        written = b"%d 0 obj\n%s\nendobj\n" % (number, content)
        self._parts.append(written)
        self._length += len(written)
        return number

    def pack(self, content: bytes, number: int = 0) -> int:
        """An object without a stream, to be written together with others."""
        number = number or self.reserve()
        self._packed.append((number, content))
        if len(self._packed) >= A_PACK:
            self._flush()
        return number

    def _flush(self) -> None:
        if not self._packed:
            return
        packed, self._packed = self._packed, []
        at, table = 0, []
        for number, content in packed:
            table.append(b"%d %d" % (number, at))
            at += len(content) + 1
        head = b" ".join(table) + b" "
        holder = self.add_stream(
            head + b" ".join(content for _number, content in packed),
            b"/Type/ObjStm/N %d/First %d" % (len(packed), len(head)),
        )
        for place, (number, _content) in enumerate(packed):
            self._places[number - 1] = (2, holder, place)

    def finish(self, *, root: int, info: int, identifier: bytes = b"") -> bytes:
        """The whole file. `identifier`: 16 bytes that tell it from others; made of what it holds if not given."""
        self._flush()
        identifier = identifier or hashlib.sha256(b"".join(self._parts)).digest()[:16]
        here, number = self._length, self.reserve()
        self._places[number - 1] = (1, here, 0)
        rows = [b"\0\0\0\0\0\xff\xff", *(struct.pack(">BIH", *place) for place in self._places)]
        name = identifier.hex().encode()
        self.add_stream(
            b"".join(rows),
            b"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
            % (len(rows), root, info, name, name),
            number,
        )
        self._parts.append(b"startxref\n%d\n%%%%EOF\n" % here)
        return b"".join(self._parts)


def text_string(text: str) -> bytes:
    """A text of the document (7.9.2.2) that needs no escapes."""
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()
