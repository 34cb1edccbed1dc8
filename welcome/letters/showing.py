"""One letter as a household or an employee reads it on a screen: the tagged PDF that goes out digitally."""

import functools

from welcome.letters import fingerprint, rendering, sampling, stock
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter
from welcome.letters.proof_models import ProofProblem, ProofSample

GIVEN_UP = ["too_slow", "fatal", "unexpected"]


def pdf(letter: Letter) -> bytes:
    """What the proof keeps, or made now. Raises LayoutError."""
    made_from = version(letter)
    sample = ProofSample.objects.filter(letter=letter, made_from=made_from).order_by("-pk").first()
    if sample is not None and (content := sampling.content_of(sample)) is not None:
        return content
    # A worker has given it up: whoever waits here for it would wait in vain, and others behind them.
    given_up = ProofProblem.objects.filter(letter=letter, code__in=GIVEN_UP).order_by("-pk").first()
    if given_up is not None:
        raise LayoutError(given_up.code, **given_up.details)
    return _made(made_from, letter.pk)


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
    return fingerprint.of_letter(letter)


def frozen(letter: Letter) -> str:
    """What of a letter nothing may change but that it is withdrawn or its address deleted. Hosts may be taken out."""
    run = letter.run
    return (
        f"{run.pk} {run.frozen_at} {letter.pk} {letter.number} {letter.language} {letter.address}"
        f" {letter.salutation} {letter.gifts} {letter.code}"
    )
