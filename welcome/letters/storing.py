"""Print files in storage: written so that they last, and looked at again before anybody is told that they are there."""

import contextlib
import hashlib
import os
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from welcome.letters.models import PrintFile


def keep(name: str, content: bytes) -> None:
    """`content` under `name`, or OSError and nothing there: half a file would only fill the disk further."""
    try:
        default_storage.save(name, ContentFile(content))
        _make_last(name)
        # What storage gives back is what the printer will get.
        with default_storage.open(name, "rb") as kept:
            if hashlib.file_digest(kept, "sha256").digest() != hashlib.sha256(content).digest():
                raise OSError("Storage gives back another file than was written.")
    except OSError:
        with contextlib.suppress(OSError):
            default_storage.delete(name)
        raise


def _make_last(name: str) -> None:
    """A row that says "done" outlives a power cut; so must its file, and its name in the folder."""
    try:
        path = default_storage.path(name)
    except NotImplementedError:
        return  # Not on this machine's disks: such storage answers when it has the file.
    for place in (path, os.path.dirname(path)):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def first_damaged(files: Iterable[PrintFile]) -> PrintFile | None:
    """The first whose stored content is gone or isn't what was made: hashed before a byte leaves, since half a
    file, or another's letter, can't be called back. A file has some megabytes; a chunk is held."""
    for found in files:
        try:
            with found.file.open("rb") as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != found.sha256:
                    return found
        except OSError:
            return found
    return None
