"""What every step of a run does first: take the run's lock, and look at its state after that."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.letters.models import LetterRun, RunState
from welcome.letters.withdrawal import Refused


def note(action: Action, run: LetterRun, by: User | None, note: str = "") -> None:
    recording.record(action=action, of=run, note=note, by_id=by.pk if by else None)


@contextmanager
def locked(run: LetterRun, states: Sequence[RunState]) -> Iterator[LetterRun]:
    """The run as it stands now, under its lock until the block ends; refused in any other state."""
    with transaction.atomic():
        current = (
            LetterRun.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=run.pk)
        )
        if current.state not in states:
            raise not_now(current)
        yield current


def not_now(run: LetterRun) -> Refused:
    return Refused(_("That can't be done now: the run is “%(state)s”.") % {"state": run.get_state_display()})
