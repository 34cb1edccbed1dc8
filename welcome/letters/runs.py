"""The steps of a letter run. Each takes its run's lock first and then looks at its state, so that two
people at once can't take a step twice: the second one is refused."""

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.quarters import Quarter
from welcome.letters import nudges, packaging, proofs, sampling, since
from welcome.letters.closing import deliver, finish
from welcome.letters.freezing import freeze, freeze_if_draft, reopen, thaw
from welcome.letters.locking import locked, note
from welcome.letters.models import (
    LETTERS_A_FILE,
    FileState,
    LetterRun,
    LetterState,
    PrintFile,
    RunState,
)
from welcome.letters.withdrawal import Refused, recall, withdraw, withdraw_changed

__all__ = [
    "Refused", "approve", "cancel", "deliver", "ensure", "finish", "freeze", "freeze_if_draft", "reopen", "retry",
    "settle", "thaw", "withdraw",
]  # fmt: skip

CANCELLABLE = [
    RunState.DRAFT, RunState.FROZEN, RunState.APPROVED, RunState.RENDERING, RunState.READY,
]  # fmt: skip


def ensure(*, municipality: Municipality, quarter: Quarter, by: User | None) -> LetterRun:
    """The run of this municipality and quarter, made if there is none; any number of callers at once
    get the same one."""
    find = LetterRun.objects.of(municipality).of_quarter(quarter)
    if run := find.first():
        return run
    try:
        with transaction.atomic():
            run = LetterRun.objects.create(
                municipality=municipality, year=quarter.year, number=quarter.number
            )
            note(Action.ADDED, run, by)
            return run
    except IntegrityError:
        return find.get()  # Another was first, and theirs holds.


def approve(*, run: LetterRun, by: User | None) -> LetterRun:
    """Say that these letters may go, and hand them to the workers. Nothing is approved but what was proved exactly as
    it is frozen. `by` is None on the command line, which is nobody: a municipality where two people approve demands a
    name."""
    withdraw_changed(LetterRun.objects.get(pk=run.pk))
    try:
        with locked(run, [RunState.FROZEN]) as run:
            withdraw_changed(
                run
            )  # Once more: before, so that a refusal undoes nothing; here, so that none slips by.
            if run.municipality.second_approver and (by is None or by.pk == run.frozen_by_id):
                raise Refused(
                    _("In this municipality another person must approve than the one who froze the run.")
                )
            if off := since.meeting_is_off(run):
                raise Refused(off + " " + _("Thaw the run and freeze it again."))
            _approve_what_is_proved(run, by)
            note(Action.APPROVED, run, by)
            packaging.compose(run, by=by)
            nudges.after_commit(nudges.RENDER_FILE, _divide(run))
            settle(run.pk)  # A run without letters has nothing to wait for.
    except proofs.Unproved as refusal:
        proofs.ask_again(run, refusal)
        raise
    run.refresh_from_db()
    return run


def _approve_what_is_proved(run: LetterRun, by: User | None) -> None:
    now = {"state": RunState.APPROVED, "approved_at": timezone.now(), "approved_by": by}
    if not proofs.approvable(run).update(**now):
        raise proofs.standing(run).missing or proofs.Unproved(
            _("The letters are not proved yet."), again=True
        )


def _divide(run: LetterRun) -> list[int]:
    """Print files of at most 500 letters, in the order of the letters' numbers."""
    numbers = list(run.letters.for_print().order_by("number").values_list("number", flat=True))
    files = []
    for sequence, start in enumerate(range(0, len(numbers), LETTERS_A_FILE), start=1):
        chunk = numbers[start : start + LETTERS_A_FILE]
        file = PrintFile.objects.create(municipality=run.municipality, run=run, sequence=sequence)
        run.letters.for_print().filter(number__range=(chunk[0], chunk[-1])).update(file=file)
        files.append(file.pk)
    return files


def settle(run_id: int) -> bool:
    """Ready, if every file is done or set aside. Says whether it became so now."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=run_id)
        if run.state not in (RunState.APPROVED, RunState.RENDERING) or run.files.unfinished().exists():
            return False
        run.state, run.ready_at = RunState.READY, timezone.now()
        run.save(update_fields=["state", "ready_at"])
    return True


def settle_file(file_id: int) -> bool:
    """`settle` for the run of this file."""
    file = PrintFile.objects.filter(pk=file_id).only("run_id").first()
    return file is not None and settle(file.run_id)


def cancel(*, run: LetterRun, by: User | None) -> LetterRun:
    """Stop a run that isn't handed over. Its PDFs go; its people count for the next run."""
    with locked(run, CANCELLABLE) as run:
        for file in run.files.exclude(file=""):
            _delete_after_commit(file.file.name or "")
        run.letters.exclude(state=LetterState.WAITING).update(
            state=LetterState.WAITING, first_page=None, pages=0, error=""
        )
        run.files.all().delete()
        packaging.withdraw_all(run, by=by)
        sampling.drop_of(run)
        run.proofs.all().delete()
        run.state, run.cancelled_at = RunState.CANCELLED, timezone.now()
        run.save(update_fields=["state", "cancelled_at"])
        note(Action.CANCELLED, run, by)
    return run


def _delete_after_commit(path: str) -> None:
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def retry(*, file: PrintFile, by: User | None) -> PrintFile:
    """Try a file again that was set aside, or in which letters failed."""
    run = LetterRun.objects.get(pk=file.run_id)
    retried = [RunState.APPROVED, RunState.RENDERING, RunState.READY, RunState.DELIVERING]
    with locked(run, retried) as run:
        current = PrintFile.objects.select_for_update().get(pk=file.pk)
        failed = current.letters.failed()
        if current.state != FileState.SET_ASIDE and not failed.exists():
            raise Refused(_("Nothing failed in this file."))
        failed.update(state=LetterState.WAITING, error="")
        note(Action.RETRIED, run, by, f"file={current.sequence}")
        recall(current, run)
        current.refresh_from_db()
    return current
