"""A worker that gives no sign of life for as long as its lease is ended, whatever holds it up.

Its work is another's by then. An endless loop in foreign code hears no alarm and lets no other thread run: each
worker that took the letter next would be caught in it as well, until none is left for the others. The watch that
Python keeps for crashes needs neither, and says in the log where the worker stood.
"""

import datetime
import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager

_STANDARD_ERROR = 2  # Celery puts something without a file of its own in place of `sys.stderr`.
_silence: list[datetime.timedelta] = []


@contextmanager
def watched(silence: datetime.timedelta) -> Iterator[None]:
    """The process ends when `alive` is not called for so long. Only for processes that somebody starts again."""
    _silence.append(silence)
    alive()
    try:
        yield
    finally:
        _silence.pop()
        faulthandler.cancel_dump_traceback_later()


def alive() -> None:
    """A sign of life; nothing to nobody where no watch is kept."""
    if _silence:
        faulthandler.dump_traceback_later(_silence[-1].total_seconds(), exit=True, file=_STANDARD_ERROR)
