"""The portal's own processes as the fault tests start them: `python -m tests.faults.starting worker|beat|manage …`.

The code is the portal's, untouched. What is added from outside: minutes become seconds, and named points at which
a process does something to itself when a *ticket* lies in the folder FAULT_TICKETS. A ticket `POINT.n` holds
`kill` or `stop`; whoever reaches the point with a piece of work (a file, a delivery) that was not hit
before takes it. `poison.<number>` stays: each who begins that letter meets it.
"""

import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

TICKETS = Path(os.environ.get("FAULT_TICKETS", ""))
# So long a worker may be silent here; a layout on a busy machine takes a second or two.
LEASE = 6.0
PRINTING = [
    "print.after-claim", "print.mid-render", "print.mid-merge", "print.file-written", "print.before-commit",
    "print.after-commit",
]  # fmt: skip
SENDING = [
    "send.after-claim", "send.mid-render", "send.before-commit", "send.before-request", "send.accepted",
]  # fmt: skip
ENOUGH_MEMORY = 6 << 30  # Where nothing has stopped it before, as the machine would.

at = ""  # What this process has in hand, such as "file-12".
about_to_commit: list[str] = []


def taken(point: str, piece: str = "") -> str:
    """What the ticket says that this process gets here; "" for none."""
    piece = piece or at
    if any(TICKETS.glob(f"hit.{piece}.*")):
        return ""
    for ticket in TICKETS.glob(f"{point}.*"):
        try:
            how = ticket.read_text()
            ticket.rename(TICKETS / f"hit.{piece}.{point}.{os.getpid()}")
        except FileNotFoundError:
            continue  # Another was faster.
        return how
    return ""


def reached(point: str, piece: str = "") -> None:
    if how := taken(point, piece):
        os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}[how])


def poisoned(letter: Any) -> None:
    try:
        how = (TICKETS / f"poison.{letter.number}").read_text()
    except FileNotFoundError:
        return
    (TICKETS / f"tasted.{letter.number}.{time.monotonic_ns()}").touch()
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "loop":  # In C, with the interpreter's lock held: no alarm and no other thread is heard.
        re.match(r"(a+)+$", "a" * 80 + "b")
    elif how == "memory":
        held, size = [], 1 << 26
        while len(held) * size < ENOUGH_MEMORY:
            held.append(b"x" * size)
        os.kill(os.getpid(), signal.SIGKILL)


def wrap(
    owner: Any, name: str, *, before: Callable = lambda *a: None, after: Callable = lambda *a: None
) -> None:
    """`before` gets the arguments, `after` the result and the arguments."""
    inner = getattr(owner, name)

    def wrapped(*args: Any, **more: Any) -> Any:
        before(*args)
        result = inner(*args, **more)
        after(result, *args)
        return result

    setattr(owner, name, wrapped)


def in_hand(kind: str, point: str) -> Callable[..., None]:
    def claimed(result: Any, *_: Any) -> None:
        global at
        if result is not None:
            at = f"{kind}-{result.pk}"
            reached(point)

    return claimed


def committing(inner: Callable[[Any], None]) -> Callable[[Any], None]:
    def commit(connection: Any) -> None:
        points = list(about_to_commit)
        about_to_commit.clear()
        for point in points[:1]:
            reached(point)
        inner(connection)
        for point in points[1:]:
            reached(point)

    return commit


def lie(name: str, storage: Any, *_: Any) -> None:
    """Storage that keeps half a file, and says that all is well."""
    if taken("lie"):
        with open(storage.path(name), "r+b") as kept:
            kept.truncate(100)


def accepted(send: Callable[..., str]) -> Callable[..., str]:
    def sent(*args: Any) -> str:
        external_id = send(*args)
        reached("send.accepted")
        return external_id

    return sent


def set_points(kind: str) -> None:
    from django.core.files.storage import FileSystemStorage
    from django.db.backends.base.base import BaseDatabaseWrapper

    from welcome.letters import binding, delivering, nudges, output, printing, rendering, stock

    wrap(printing, "claim", after=in_hand("file", "print.after-claim"))
    for name in ("_fill", "_lay_out_alone"):  # Its first letter is drawn, the others are not.
        wrap(rendering._Letters, name, after=lambda *_: reached("print.mid-render"))
    wrap(
        binding._Binding, "_pages_of",
        before=lambda bound, *_: bound._contents and reached("print.mid-merge"),
    )  # fmt: skip
    wrap(printing, "_record", before=lambda *_: reached("print.file-written"))
    # A print file takes hundredths of a second; to be met at work, it must last.
    wrap(
        printing, "claim", after=lambda file, *_: file and time.sleep(float(os.environ.get("FAULT_SLOW", 0)))
    )
    wrap(FileSystemStorage, "_save", after=lie)
    wrap(
        printing,
        "_note",
        after=lambda *_: about_to_commit.extend(["print.before-commit", "print.after-commit"]),
    )

    wrap(delivering, "claim", after=in_hand("delivery", "send.after-claim"))
    wrap(stock.Stock, "tagged", before=lambda *_: reached("send.mid-render"))
    wrap(
        delivering, "_is_link",
        after=lambda *_: about_to_commit.extend(["send.before-commit", "send.before-request"]),
    )  # fmt: skip
    for channel in delivering.SENDERS:
        delivering.SENDERS[channel] = accepted(delivering.SENDERS[channel])
    BaseDatabaseWrapper.commit = committing(BaseDatabaseWrapper.commit)

    wrap(stock.Stock, "fitted", before=lambda _, letter: poisoned(letter))
    if kind == "manage":
        wrap(nudges, "send", before=lambda *_: reached("before-publish", f"nudge-{os.getpid()}"))
    wrap(output, "rows_of", before=lambda file: reached("before-manifest", f"manifest-{os.getpid()}"))


def hurry() -> None:
    """Minutes become seconds: leases, pauses, and the quarter of an hour that SvarUt gives itself."""
    from municipalities.national import svarut
    from municipalities.tenancy import guard
    from welcome.letters import delivering, printing, watching

    printing.LEASE = timedelta(seconds=LEASE)
    delivering.LEASE, delivering.SPARE = timedelta(seconds=LEASE), timedelta(seconds=2)
    delivering.ASK_AGAIN = timedelta(seconds=1)
    delivering.LONGEST_PAUSE = timedelta(seconds=1)
    svarut.SETTLED = timedelta(seconds=3)
    guard.IDLE_SECONDS = int(LEASE)
    if os.environ.get(
        "FAULT_DEAF"
    ):  # To be met asleep, and not dead: its own watch would end it when it wakes.
        watching.alive = lambda: None


def main() -> None:
    kind, *words = sys.argv[1:]
    if longest := os.environ.get("FAULT_LONGEST_FILE"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(longest), resource.RLIM_INFINITY))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    django.setup()
    set_points(kind)
    if os.environ.get("FAULT_HURRY") != "0":
        hurry()
    if kind == "manage":
        from django.core.management import execute_from_command_line

        return execute_from_command_line(["manage.py", *words])
    from tilflytter.celery import app

    if kind == "beat" and (every := os.environ.get("FAULT_CLOCK")):
        # Only what letters want, and as often as is said: "task seconds, task seconds".
        parts = (one.split() for one in every.split(","))
        app.conf.beat_schedule = {task: {"task": task, "schedule": float(seconds)} for task, seconds in parts}
    app.start([kind, *words])


if __name__ == "__main__":
    main()
