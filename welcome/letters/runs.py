"""The steps of a letter run. Each takes its lock first, so that two people at once can't take it twice."""

import datetime

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.quarters import Quarter
from welcome.letters.models import LeftOutReason, Letter, LetterRun, PrintFile


class Refused(Exception):
    """A step that can't be taken now; the message is translated and for the person who asked."""


def ensure(*, municipality: Municipality, quarter: Quarter, by: User | None) -> LetterRun:
    raise NotImplementedError


def freeze(*, run: LetterRun, by: User | None, dated: datetime.date | None = None) -> LetterRun:
    raise NotImplementedError


def thaw(*, run: LetterRun, by: User | None) -> LetterRun:
    raise NotImplementedError


def approve(*, run: LetterRun, by: User | None) -> LetterRun:
    raise NotImplementedError


def cancel(*, run: LetterRun, by: User | None) -> LetterRun:
    raise NotImplementedError


def reopen(*, run: LetterRun, by: User | None) -> LetterRun:
    raise NotImplementedError


def retry(*, file: PrintFile, by: User | None) -> PrintFile:
    raise NotImplementedError


def finish(*, run: LetterRun, by: User | None) -> LetterRun:
    raise NotImplementedError


def withdraw(*, letter: Letter, reason: LeftOutReason, by: User | None) -> None:
    raise NotImplementedError
