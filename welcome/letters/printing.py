"""The work on print files: claimed with a lease, written to storage, and only then called done.

A worker may die at any point. What it leaves is a lease that runs out, and perhaps a PDF that no row
names; the next worker begins the file anew. What it may not do is come back later and write: every
write asks for its own token.
"""

import datetime
import hashlib
import logging
import time
import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.tenancy.logs import where
from welcome.letters import rendering, stock, storing, watching
from welcome.letters.models import FileState, Letter, LetterRun, LetterState, PrintFile, RunState
from welcome.letters.proof_models import ProofSample
from welcome.letters.withdrawal import WAITING_AGAIN, withdraw_changed

# Signs of life come each second, and no letter may take longer than 30: who is silent so long is dead.
LEASE = datetime.timedelta(seconds=90)
ATTEMPTS = 3
SECONDS_BETWEEN_SIGNS = 1.0

logger = logging.getLogger(__name__)


class LeaseLost(BaseException):
    """Another has the file now. Not an `Exception`: no library on the way may swallow it."""


def render(file_id: int) -> bool:
    """Make one print file, if it is free. Says whether this call made it."""
    run = LetterRun.objects.filter(files=file_id).first()
    if run is None:
        return False  # Withdrawn or cancelled since the message was sent.
    withdraw_changed(run, PrintFile(pk=file_id))
    file = claim(file_id)
    if file is None:
        return False
    token = file.lease_token
    assert token is not None  # noqa: S101 - the constraint of a claimed file
    try:
        made = rendering.render_file(file, stock=stock.of(file.run), on_letter=_Signs(file, token))
        return _keep(file, token, made)
    except LeaseLost:
        logger.warning("%s: another worker has it; this one steps back.", file)
        return False
    except Exception as error:
        logger.error("%s could not be made: %s", file, where(error))
        # The words of a database's error can be a whole row, and this is shown and kept.
        words = "" if isinstance(error, DatabaseError) else f": {error}"
        # A letter that takes all memory three times does so the fourth time, too.
        _release(file.pk, token, f"{type(error).__name__}{words}", of_letter=isinstance(error, MemoryError))
        return False


def claim(file_id: int) -> PrintFile | None:
    """The file with a new lease, or None where another has it or it isn't to be made."""
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        # The run before its files, as every step of a run locks them: the other way round two would wait
        # for each other, and the database would end one of them.
        runs = LetterRun.objects.select_for_update(of=("self",))
        runs.filter(files=file_id, state=RunState.APPROVED).first()
        _give_up_expired(file_id, now)
        taken = (
            PrintFile.objects.claimable(now)
            .filter(pk=file_id)
            .update(
                state=FileState.CLAIMED,
                lease_token=token,
                lease_expires_at=now + LEASE,
                attempts=F("attempts") + 1,
                at_number=None,
                made=0,
            )
        )
        if not taken:
            return None
        LetterRun.objects.filter(files=file_id, state=RunState.APPROVED).update(
            state=RunState.RENDERING, rendering_at=now
        )
    return PrintFile.objects.select_related("run", "municipality").get(pk=file_id)


def _give_up_expired(file_id: int, now: datetime.datetime) -> None:
    """Where three workers have died on this file: the letter they died on fails and the rest goes on;
    where none is known, the whole file is set aside."""
    file = (
        PrintFile.objects.select_for_update()
        .filter(pk=file_id, state=FileState.CLAIMED, lease_expires_at__lt=now, attempts__gte=ATTEMPTS)
        .first()
    )
    if file is None:
        return
    error = _("%(count)d workers died while they made it.") % {"count": file.attempts}
    PrintFile.objects.filter(pk=file.pk).update(**_without_its_letter(file, error))


def _without_its_letter(file: PrintFile, error: str) -> dict[str, Any]:
    """The columns of a file after its last attempt: the letter that was at work has failed and the rest goes on;
    where none is known, the whole file is set aside."""
    blamed = file.at_number is not None and file.letters.filter(
        number=file.at_number, state=LetterState.WAITING
    ).update(state=LetterState.FAILED, error=error)
    if blamed:
        return WAITING_AGAIN
    return WAITING_AGAIN | {"state": FileState.SET_ASIDE, "attempts": file.attempts, "error": error}


class _Signs:
    """Signs of life while a file is made: they renew the lease and say which letter is at work. On the
    first attempt one a second; later ones before each letter, so that a death can be blamed."""

    def __init__(self, file: PrintFile, token: uuid.UUID) -> None:
        self._file, self._token = file, token
        self._next = 0.0

    def __call__(self, letter: Letter, made: int = 0) -> None:
        if time.monotonic() < self._next and self._file.attempts <= 1:
            return
        held = PrintFile.objects.filter(pk=self._file.pk).held(self._token)
        if not held.update(lease_expires_at=timezone.now() + LEASE, at_number=letter.number, made=made):
            raise LeaseLost
        watching.alive()
        self._next = time.monotonic() + SECONDS_BETWEEN_SIGNS


def _keep(file: PrintFile, token: uuid.UUID, made: rendering.Made) -> bool:
    """Write the PDF to storage, and then say so, if the lease still holds."""
    # The token in the name: a worker that comes back late can't overwrite what another has made.
    name = f"letters/{file.run_id}/{file.sequence:03d}-{token.hex}.pdf"
    if made.pages:
        storing.keep(name, made.content)
    try:
        if _record(file, token, made, name):
            return True
    except LeaseLost:
        default_storage.delete(name)
        raise
    # After any other fault the PDF stays: a commit whose answer got lost may have named it. `tidy` knows.
    default_storage.delete(name)
    return False


def _record(file: PrintFile, token: uuid.UUID, made: rendering.Made, name: str) -> bool:
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=file.run_id)
        held = PrintFile.objects.filter(pk=file.pk).held(token)
        if not held.exists():
            raise LeaseLost
        if withdraw_changed(run, file):
            return False  # Protection came while the file was made: it waits to be made without them.
        _note(made)
        finished = WAITING_AGAIN | {"attempts": F("attempts")}
        if made.pages:
            finished |= {
                "state": FileState.DONE,
                "file": name,
                "pages": made.pages,
                "sha256": hashlib.sha256(made.content).hexdigest(),
                "done_at": timezone.now(),
            }
        else:
            finished |= {"state": FileState.SET_ASIDE, "error": _("None of its letters could be made.")}
        if not held.update(**finished):
            raise LeaseLost  # It ran out while this was written: the other's file counts, nothing of this one.
    return True


def _note(made: rendering.Made) -> None:
    """Where each letter stands, in one statement for each stretch of letters of the same length: they follow
    each other in the file as their numbers do."""
    stretches: list[list[rendering.Placed]] = []
    for placed in made.placed:
        if placed.first_page is None:
            placed.letter.state, placed.letter.error = LetterState.FAILED, placed.error
            placed.letter.save(update_fields=["state", "error"])
            continue
        before = stretches[-1][-1] if stretches else None
        if before and (before.letter.number + 1, before.pages) == (placed.letter.number, placed.pages):
            stretches[-1].append(placed)
        else:
            stretches.append([placed])
    for stretch in stretches:
        first, last = stretch[0], stretch[-1]
        letters = Letter.objects.filter(
            run=first.letter.run_id, number__range=(first.letter.number, last.letter.number)
        )
        ahead = (F("number") - first.letter.number) * (first.pages + first.pages % 2)
        letters.update(
            state=LetterState.PRINTED, error="", pages=first.pages, first_page=ahead + first.first_page
        )


def _release(file_id: int, token: uuid.UUID, error: str, *, of_letter: bool) -> None:
    """After a fault: back to the others, or after the third time aside, or without the letter at fault."""
    with transaction.atomic():
        file = PrintFile.objects.select_for_update().filter(pk=file_id).held(token).first()
        if file is None:
            return
        columns = WAITING_AGAIN | {"attempts": file.attempts, "error": error}
        if file.attempts >= ATTEMPTS:
            columns = (
                _without_its_letter(file, error) if of_letter else columns | {"state": FileState.SET_ASIDE}
            )
        PrintFile.objects.filter(pk=file.pk).update(**columns)


def tidy(run: LetterRun) -> int:
    """Delete PDFs that no row has named for an hour: a worker died between writing one and saying so.
    How many went."""
    folder = f"letters/{run.pk}"
    try:
        there = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    samples = ProofSample.objects.filter(proof__run=run).values_list("file", flat=True)
    named = {name.rpartition("/")[2] for name in [*run.files.values_list("file", flat=True), *samples]}
    before = timezone.now() - datetime.timedelta(hours=1)
    stray = [f"{folder}/{name}" for name in there if name not in named]
    old = [path for path in stray if default_storage.get_modified_time(path) < before]
    for path in old:
        default_storage.delete(path)
    return len(old)
