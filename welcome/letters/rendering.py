"""From frozen rows to pages. What stands here is the whole interface of the engine."""

from dataclasses import dataclass

from welcome.letters.models import Letter, PrintFile


@dataclass(frozen=True)
class Placed:
    """Where a letter stands in its file, pages counted from 1; `error` where it could not be made."""

    letter: Letter
    first_page: int | None
    pages: int
    error: str = ""


@dataclass(frozen=True)
class Made:
    content: bytes
    pages: int
    placed: list[Placed]


def render_letter(letter: Letter) -> bytes:
    """One letter by itself as tagged PDF: the same bytes for the same frozen run and letter."""
    raise NotImplementedError


def render_file(file: PrintFile) -> Made:
    raise NotImplementedError
