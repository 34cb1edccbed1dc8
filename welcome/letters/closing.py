"""The last two steps of a run: its letters are sent, and it is closed."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.letters import deliveries, nudges, sampling
from welcome.letters.locking import locked, not_now, note
from welcome.letters.models import FileState, LetterRun, RunState
from welcome.letters.storing import first_damaged
from welcome.letters.withdrawal import Refused, withdraw_changed

WORKERS = 4  # So many may send one run's letters at once; the receivers ask for no more.


def deliver(*, run: LetterRun, by: User | None) -> LetterRun:
    """Send the letters that don't go through our own printer; what can't be sent is printed after all."""
    withdraw_changed(LetterRun.objects.get(pk=run.pk))
    with locked(run, [RunState.READY]) as run:
        withdraw_changed(run)
        run.refresh_from_db(fields=["state"])
        if run.state == RunState.READY:
            run.state = RunState.DELIVERING
            run.save(update_fields=["state"])
            deliveries.begin(run)
            note(Action.SENT, run, by)
            nudges.after_commit(nudges.DELIVER, [run.pk] * WORKERS)
    if run.state != RunState.DELIVERING:
        raise not_now(run)
    return run


def finish(*, run: LetterRun, by: User | None) -> LetterRun:
    """The files are handed to the printer and nothing is on its way; from now on nothing of the run changes,
    unless an e-mail comes back."""
    withdraw_changed(LetterRun.objects.get(pk=run.pk))
    with locked(run, [RunState.READY, RunState.DELIVERING]) as run:
        withdraw_changed(run)
        run.refresh_from_db(fields=["state"])
        if run.state in (RunState.READY, RunState.DELIVERING):
            if run.files.filter(state=FileState.SET_ASIDE).exists() or run.letters.failed().exists():
                raise Refused(_("Some letters could not be made: try their files again, or take them out."))
            if not run.files.unfinished().exists():
                _refuse_damaged(run)
                _refuse_while_on_its_way(run)
                deliveries.hand_over(run)
                run.state, run.done_at = RunState.DONE, timezone.now()
                run.save(update_fields=["state", "done_at"])
                sampling.drop_of(run)
                note(Action.FINISHED, run, by)
    if run.state != RunState.DONE:
        # Said only now that what was taken back is committed: its file is to be made anew first.
        raise not_now(run)
    return run


def _refuse_damaged(run: LetterRun) -> None:
    """Nothing is called sent whose file is not what was made."""
    damaged = first_damaged(run.files.kept().select_related("run__municipality"))
    if damaged is not None:
        raise Refused(
            _(
                "%(file)s is gone from storage or is not the file that was made, so the run can't be closed; tell "
                "whoever runs the portal."
            )
            % {"file": damaged}
        )


def _refuse_while_on_its_way(run: LetterRun) -> None:
    if run.state == RunState.READY and run.letters.elsewhere().exists():
        raise Refused(_("Some letters don't go to the printer: send them first."))
    if unsettled := run.deliveries.unsettled().count():
        raise Refused(
            ngettext(
                "%(n)s letter is still on its way by e-mail or SvarUt.",
                "%(n)s letters are still on their way by e-mail or SvarUt.",
                unsettled,
            )
            % {"n": unsettled}
        )
    if deliveries.to_gather(run).exists():
        raise Refused(_("Some letters are to be printed after all; their file is made within a minute."))
