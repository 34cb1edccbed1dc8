"""What the workers and the clock do for letters. A message names a row; the row says what is to be done."""

from celery import shared_task

from municipalities.municipality import scope
from welcome.letters import (
    by_itself,
    deliveries,
    delivering,
    nudges,
    printing,
    proving,
    runs,
    schedule,
    watching,
)
from welcome.letters.models import LetterRun, PrintFile
from welcome.letters.proof_models import Proof

HOUR = 3600


@shared_task(name=nudges.RENDER_FILE, time_limit=HOUR)
def render_file(print_file_id: int) -> None:
    with watching.watched(printing.LEASE), scope.of_row(PrintFile, print_file_id):
        if printing.render(print_file_id):
            runs.settle_file(print_file_id)


@shared_task(name=nudges.PROVE, time_limit=HOUR)
def prove(proof_id: int) -> None:
    with scope.of_row(Proof, proof_id):
        proving.prove(proof_id)


@shared_task(name=nudges.DELIVER, time_limit=HOUR)
def deliver(run_id: int) -> None:
    """Send what waits, ask how far the rest is, and put on paper what can't be sent."""
    with watching.watched(delivering.LEASE), scope.of_row(LetterRun, run_id):
        run = LetterRun.objects.filter(pk=run_id).first()
        if run is not None:
            delivering.work(run)
            delivering.ask_how_far(run)
            deliveries.gather(run)


@shared_task(name=nudges.FREEZE)
def freeze(run_id: int) -> None:
    """For who doesn't want to wait: a run that is frozen already stays as it is."""
    with scope.of_row(LetterRun, run_id):
        runs.freeze_if_draft(run=LetterRun.objects.get(pk=run_id), by=None)


@shared_task(name="welcome.letters.tasks.sweep", expires=60)
def sweep() -> None:
    schedule.sweep()


@shared_task(name="welcome.letters.tasks.tidy", expires=HOUR)
def tidy() -> None:
    schedule.tidy()


@shared_task(name="welcome.letters.tasks.open_due_runs", expires=HOUR)
def open_due_runs() -> None:
    schedule.open_due_runs()
    by_itself.go()
