"""Taking a letter back after its run was frozen, printed or not. The cohort still adds up: the letter
becomes somebody left out, and its address leaves the database with its row."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.letters import cohort, links, nudges, packaging, sampling
from welcome.letters.delivery_models import Delivery, DeliveryState, Reason
from welcome.letters.models import (
    FileState,
    LeftOut,
    LeftOutReason,
    Letter,
    LetterRun,
    LetterState,
    PrintFile,
    RunState,
)
from welcome.letters.run_models import RECALLABLE


class Refused(Exception):
    """A step that can't be taken now; the message is translated and for the person who asked."""


def withdraw(*, letter: Letter, reason: LeftOutReason, by: User | None) -> None:
    """Take `letter` out of its run and, if it is printed already, its file back to be made without it.
    Refused once the run is handed over. Doing it twice is doing it once."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=letter.run_id)
        if run.state not in RECALLABLE:
            raise Refused(_("The letters of this run are handed over; none can be taken back."))
        current = Letter.objects.select_for_update().filter(pk=letter.pk).first()
        if current is None:
            return
        if not Letter.objects.filter(pk=letter.pk).recallable().exists():
            raise Refused(_("This letter is sent; it can't be taken back."))
        home = current.household_id
        known = home is not None and LeftOut.objects.filter(run=run, household_id=home).exists()
        LeftOut.objects.create(
            municipality_id=current.municipality_id,
            run=run,
            household_id=home,
            # Merged with one that was left out of this run: the cohort counts both all the same.
            merged=known,
            reason=reason,
        )
        # Not why: that somebody is protected is itself confidential.
        recording.record_each(
            action=Action.WITHDRAWN,
            model=Household,
            ids=[current.household_id],
            municipality_id=current.municipality_id,
            note=f"run={run.pk} letter={current.number}",
            by_id=by.pk if by else None,
        )
        file = current.file
        # Whoever is about to send it finds its lease gone.
        Delivery.objects.live().filter(letter=current).update(
            state=DeliveryState.RECALLED, letter=None, reason=Reason.WITHDRAWN, detail="",
            lease_token=None, lease_expires_at=None, settled_at=timezone.now(),
        )  # fmt: skip
        links.end([current.pk])
        packaging.withdraw(run, current, by=by)
        sampling.take_out(run, current)
        current.delete()
        if file is not None:
            recall(file, run)


def recall(file: PrintFile, run: LetterRun) -> None:
    """Back to be made anew; the caller holds the run's lock. Whoever works on the file now loses its
    lease. The old PDF goes, and a file that no letter is left for goes too."""
    old = file.file.name
    if old:
        transaction.on_commit(lambda: default_storage.delete(old), robust=True)
    file.letters.filter(state=LetterState.PRINTED).update(state=LetterState.WAITING, first_page=None, pages=0)
    if not file.letters.exists():
        file.delete()
    else:
        PrintFile.objects.filter(pk=file.pk).update(**WAITING_AGAIN)
        if run.state == RunState.READY:
            run.state, run.ready_at = RunState.RENDERING, None
            run.rendering_at = timezone.now()
            run.save(update_fields=["state", "ready_at", "rendering_at"])
        nudges.after_commit(nudges.RENDER_FILE, [file.pk])


# The columns of a file that waits as if nobody had ever touched it.
WAITING_AGAIN = {
    "state": FileState.WAITING,
    "attempts": 0,
    "lease_token": None,
    "lease_expires_at": None,
    "at_number": None,
    "made": 0,
    "error": "",
    "file": "",
    "pages": 0,
    "sha256": "",
    "done_at": None,
}


def withdraw_changed(run: LetterRun, file: PrintFile | None = None, letter: Letter | None = None) -> int:
    """Read again who may still be written to, of the whole run, of one file or of one letter, and take back
    the letters of those who may not. How many went."""
    if run.state not in RECALLABLE or run.dated is None:
        return 0
    letters = cohort.doubtful(Letter.objects.filter(run=run).recallable())
    if file is not None:
        letters = letters.filter(file=file)
    if letter is not None:
        letters = letters.filter(pk=letter.pk)
    letters = letters.select_related("household").prefetch_related("household__people")
    stale = cohort.to_withdraw(letters, run.dated)
    for taken, reason in stale:
        withdraw(letter=taken, reason=reason, by=None)
    return len(stale)


def is_closed(run: LetterRun) -> bool:
    """Handed over before one of its households got address protection or was erased: the paper can't be
    taken back, but its files and lists are for nobody until the address is purged from them."""
    letters = Letter.objects.of(run.municipality).filter(run=run, purged_at=None)
    return letters.unmentionable().exists()
