"""Pictures for tests, drawn when they are asked for."""

import io

from PIL import Image


def png(width: int, height: int, colour: str = "#1f5b5e") -> bytes:
    return _drawn("PNG", width, height, colour)


def jpeg(width: int, height: int, colour: str = "#1f5b5e", *, exif: bytes = b"") -> bytes:
    return _drawn("JPEG", width, height, colour, exif=exif)


def exif_of_a_place() -> bytes:
    """As a telephone writes it: who, and where."""
    made = Image.Exif()
    made[0x010F] = "Telefonen til Torill"
    made.get_ifd(0x8825)[1] = "N"
    return made.tobytes()


def _drawn(kind: str, width: int, height: int, colour: str, **more: bytes) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(drawn, kind, **more)
    return drawn.getvalue()
