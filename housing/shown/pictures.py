"""Pictures of homes: drawn anew when they come, in three widths when they are asked for."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from housing.shown.models import Photo
from municipalities.municipality.forms import reencode

WIDTHS = (480, 960, 1600)


def take(upload: UploadedFile) -> tuple[UploadedFile, int, int]:
    """The picture drawn anew, its width and its height. Raises ValidationError for what is no picture, too large or a
    bomb."""
    drawn = reencode(upload)
    with Image.open(drawn) as picture:
        width, height = picture.size
    drawn.seek(0)
    return drawn, width, height


def rendition(photo: Photo, width: int) -> bytes:
    """WebP of at most `width` pixels across, kept beside the picture. Raises FileNotFoundError where the picture is
    gone."""
    path = _path(photo.file.name or "", width)
    if default_storage.exists(path):
        with default_storage.open(path, "rb") as kept:
            return kept.read()
    with default_storage.open(photo.file.name or "", "rb") as whole, Image.open(whole) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((width, width * 4))
        drawn = io.BytesIO()
        upright.save(drawn, "WEBP", quality=80, method=4)
    content = drawn.getvalue()
    default_storage.save(path, ContentFile(content))
    return content


def forget(photo: Any) -> None:
    """The row, and after the commit its files, so that one undone has lost nothing."""
    name = photo.file.name or ""
    photo.delete()
    transaction.on_commit(lambda: _delete(name), robust=True)


def _delete(name: str) -> None:
    for path in (name, *(_path(name, width) for width in WIDTHS)):
        if path and default_storage.exists(path):
            default_storage.delete(path)


def _path(name: str, width: int) -> str:
    return f"{name.rpartition('.')[0]}-{width}.webp"
