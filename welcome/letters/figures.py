"""The numbers of a letter run: while it works, before it is approved, and when it is done."""

from dataclasses import dataclass

from welcome.letters.models import Letter, LetterRun


@dataclass(frozen=True)
class Progress:
    state: str
    letters: int
    printed: int  # In a finished file.
    made: int  # Laid out so far, also in files that are not finished yet.
    failed: int
    waiting: int
    files_done: int
    files_total: int
    files_set_aside: int
    rate: float | None  # Letters a second, None before the first.
    seconds_left: int | None
    errors: dict[str, int]  # message → how many letters or files


@dataclass(frozen=True)
class Warning:
    code: str
    message: str
    blocking: bool
    letter: Letter | None = None
    language: str = ""


@dataclass(frozen=True)
class Proof:
    cohort: int
    letters: int
    left_out: dict[str, int]  # reason → households
    languages: dict[str, int]  # language → letters
    warnings: list[Warning]
    samples: list[Letter]

    @property
    def is_blocked(self) -> bool:
        return any(warning.blocking for warning in self.warnings)


def progress(run: LetterRun) -> Progress:
    raise NotImplementedError


def proof(run: LetterRun) -> Proof:
    raise NotImplementedError


def report(run: LetterRun) -> dict[str, object]:
    """What `letter_run` prints last: municipality, quarter, cohort, letters, left_out, pages, files."""
    raise NotImplementedError
