"""One letter as a household or an employee reads it on a screen: the tagged PDF that goes out digitally."""

import functools
import hashlib

from welcome.letters import rendering, stock
from welcome.letters.models import Letter


def pdf(letter: Letter) -> bytes:
    """Raises LayoutError."""
    return _made(version(letter), letter.pk)


@functools.lru_cache(maxsize=8)
def _made(version: str, letter_id: int) -> bytes:
    """A look at one letter asks for its PDF once a page: the last few stay in this process's memory."""
    letter = Letter.objects.select_related("run").get(pk=letter_id)
    return rendering.render_letter(letter, stock=stock.of(letter.run))


def forget() -> None:
    """Let go of the letters in this process's memory."""
    _made.cache_clear()


def version(letter: Letter) -> str:
    """A letter is a function of its frozen run and row, so these tell one from another: one that a host was taken
    out of is another letter."""
    return hashlib.sha256(f"{frozen(letter)} {letter.host}".encode()).hexdigest()[:32]


def frozen(letter: Letter) -> str:
    """What of a letter nothing may change but that it is withdrawn or its address deleted. Hosts may be taken out."""
    run = letter.run
    return (
        f"{run.pk} {run.frozen_at} {letter.pk} {letter.number} {letter.language} {letter.address}"
        f" {letter.salutation} {letter.gifts} {letter.code}"
    )
