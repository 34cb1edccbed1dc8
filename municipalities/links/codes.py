"""QR codes: squares that a phone reads from the width of a thumb. ISO/IEC 18004, error correction M: a seventh of
one may be dirty or folded."""

import re
from math import isqrt

import zxingcpp

EDGE = 4  # White modules around a code that belong to it: without them, cameras don't find it.


def rows(text: str) -> list[bytes]:
    """The code's modules from the top, a byte each: 0 is dark, 255 light. As many rows as columns, no edge."""
    found = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # Its pixels are offered as a buffer, which the library does not say in its types.
    content = memoryview(found.to_image(1, False, False)).tobytes()  # type: ignore[arg-type]
    size = isqrt(len(content))
    return [content[start : start + size] for start in range(0, size * size, size)]


def svg(text: str, *, colour: str = "#000") -> str:
    """The code as a drawing with its white edge, a unit a module."""
    found = rows(text)
    path = "".join(
        f"M{start + EDGE} {row + EDGE}h{length}v1h-{length}z"
        for row, modules in enumerate(found)
        for start, length in _dark(modules)
    )
    side = len(found) + 2 * EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<path fill="{colour}" d="{path}"/></svg>'
    )


def _dark(modules: bytes) -> list[tuple[int, int]]:
    """Where dark stretches of a row begin, and how long they are."""
    return [(match.start(), len(match[0])) for match in re.finditer(rb"\0+", modules)]


def bits(text: str) -> tuple[int, bytes]:
    """How many modules a side has, and all of them as a picture's bits, each row filled up to whole bytes: 0 is
    dark."""
    found = rows(text)
    size, width = len(found), -(-len(found) // 8)
    packed = (int(row.translate(_TO_DIGITS), 2) << (width * 8 - size) for row in found)
    return size, b"".join(row.to_bytes(width, "big") for row in packed)


_TO_DIGITS = bytes([48]) + bytes([49]) * 255
