"""The numbers of a letter run: before it is approved, while it works, and when it is done."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils import timezone

from welcome.letters.channels import Channel
from welcome.letters.delivery_models import DeliveryState, Reason
from welcome.letters.models import FileState, LetterRun, LetterState, PrintFile, RunState


@dataclass(frozen=True)
class Progress:
    state: str
    letters: int  # For print; those that go another way are made when they are sent.
    printed: int  # In a finished file.
    made: int  # Laid out so far, also in files that are not finished yet.
    failed: int
    waiting: int
    files_done: int
    files_total: int
    files_set_aside: int
    rate: float | None  # Letters a second since rendering began, None before the first.
    seconds_left: int | None
    errors: dict[str, int]  # message → how many letters or files


@dataclass(frozen=True)
class Outline:
    cohort: int
    letters: int
    left_out: dict[str, int]  # reason → households
    languages: dict[str, int]  # language → letters


def progress(run: LetterRun) -> Progress:
    """As the database knows it now: a worker that is at work tells once a second how far it is."""
    states = dict(run.letters.for_print().order_by().values_list("state").annotate(Count("pk")))
    printed, failed = states.get(LetterState.PRINTED, 0), states.get(LetterState.FAILED, 0)
    letters = sum(states.values())
    files = list(run.files.annotate(size=Count("letters")))
    at_work = sum(file.made for file in files)
    made = min(printed + at_work, letters)
    rate = _rate(run, files, at_work)
    left = letters - made - failed
    busy = run.state in (RunState.APPROVED, RunState.RENDERING)
    return Progress(
        state=run.state,
        letters=letters,
        printed=printed,
        made=made,
        failed=failed,
        waiting=letters - printed - failed,
        files_done=sum(file.state == FileState.DONE for file in files),
        files_total=len(files),
        files_set_aside=sum(file.state == FileState.SET_ASIDE for file in files),
        rate=rate,
        seconds_left=round(left / rate) if rate and busy else None,
        errors=_errors(run, files),
    )


def _rate(run: LetterRun, files: Iterable[Any], at_work: int) -> float | None:
    """Letters a second since this rendering began; what an earlier one made doesn't count."""
    if run.rendering_at is None:
        return None
    fresh = [file for file in files if file.done_at and file.done_at >= run.rendering_at]
    busy = run.state in (RunState.APPROVED, RunState.RENDERING)
    until = timezone.now() if busy else max((file.done_at for file in fresh), default=run.rendering_at)
    seconds = (until - run.rendering_at).total_seconds()
    made = at_work + sum(file.size for file in fresh)
    return made / seconds if made and seconds > 0 else None


def _errors(run: LetterRun, files: Iterable[PrintFile]) -> dict[str, int]:
    rows = run.letters.failed().order_by().values_list("error").annotate(Count("pk"))
    errors: dict[str, int] = dict(rows)
    for file in files:
        if file.error:
            errors[file.error] = errors.get(file.error, 0) + 1
    return errors


def outline(run: LetterRun) -> Outline:
    """Whom a frozen run goes to."""
    languages = run.letters.order_by("language").values_list("language").annotate(Count("pk"))
    return Outline(
        cohort=run.cohort,
        letters=run.letters.count(),
        left_out=left_out(run),
        languages=dict(languages),
    )


@dataclass(frozen=True)
class Row:
    channel: str
    state: str
    count: int


@dataclass(frozen=True)
class Sending:
    """How far the letters are that don't go to our own printer; the four after `letters` are all of them."""

    letters: int
    out: int
    fallen: int  # On paper instead.
    uncertain: int
    waiting: int
    rows: list[Row]
    # Why some that wait were not taken yet: reason → letters.
    held_up: dict[str, int]
    # When the first of those that wait is tried again, None where one may be now.
    next_try: datetime.datetime | None


def sending(run: LetterRun) -> Sending:
    """As the database knows it now; before the run is delivered all of them wait."""
    letters = run.letters.exclude(channel=Channel.PRINT).count()
    wire = run.deliveries.live().by_wire()
    states = dict(wire.order_by().values_list("state").annotate(Count("pk")))
    out = states.get(DeliveryState.SENT, 0) + states.get(DeliveryState.DELIVERED, 0)
    fallen = run.deliveries.live().on_paper().exclude(letter__channel=Channel.PRINT).count()
    uncertain = states.get(DeliveryState.UNCERTAIN, 0)
    waiting = wire.filter(state=DeliveryState.WAITING)
    held_up = waiting.exclude(reason="").order_by("reason").values_list("reason").annotate(Count("pk"))
    first = waiting.aggregate(first=Min("not_before"))["first"]
    rows = run.deliveries.order_by("channel", "state").values_list("channel", "state").annotate(Count("pk"))
    return Sending(
        letters=letters,
        out=out,
        fallen=fallen,
        uncertain=uncertain,
        waiting=letters - out - fallen - uncertain,
        rows=[
            Row(str(Channel(channel).label), str(DeliveryState(state).label), count)
            for channel, state, count in rows
        ],
        held_up={str(Reason(reason).label): count for reason, count in held_up},
        next_try=first if first is not None and first > timezone.now() else None,
    )


def channels(run: LetterRun) -> dict[str, int]:
    """channel → letters, as frozen."""
    return dict(run.letters.order_by("channel").values_list("channel").annotate(Count("pk")))


def left_out(run: LetterRun) -> dict[str, int]:
    return dict(run.left_out.order_by("reason").values_list("reason").annotate(Count("pk")))


def report(run: LetterRun) -> dict[str, Any]:
    """What `letter_run` prints last: `deliveries` by channel and state. A file's `path` is the name it has where
    it is written out; one that was deleted for an address in it has `"deleted": true`."""
    files = run.files.filter(state=FileState.DONE).select_related("run__municipality").order_by("sequence")
    pages = files.aggregate(pages=Sum("pages"))["pages"]
    return {
        "municipality": run.municipality.number,
        "quarter": str(run.quarter),
        "cohort": run.cohort,
        "letters": run.letters.count(),
        "left_out": left_out(run),
        "pages": pages or 0,
        "files": [
            {
                "path": file_name(file),
                "letters": file.letters.printed().count(),
                "pages": file.pages,
                "sha256": file.sha256,
            }
            | ({"deleted": True} if file.purged_at else {})
            for file in files
        ],
        "deliveries": deliveries(run),
    }


def deliveries(run: LetterRun) -> dict[str, dict[str, int]]:
    """channel → state → how many. A letter that failed one way and went another counts in both; live ones
    (all but failed and taken back) are one for each letter, once the run is being delivered."""
    rows = run.deliveries.order_by("channel", "state").values_list("channel", "state").annotate(Count("pk"))
    counted: dict[str, dict[str, int]] = {}
    for channel, state, count in rows:
        counted.setdefault(channel, {})[state] = count
    return counted


def file_name(file: PrintFile) -> str:
    """`3328-2026Q3-001.pdf`."""
    return f"{file.run.municipality.number}-{file.run.quarter}-{file.sequence:03d}.pdf"
