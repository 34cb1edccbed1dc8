import datetime

from celery import shared_task
from django.utils import timezone

from municipalities.municipality import scope
from welcome.households import importing
from welcome.households.imports import ImportBatch, ImportState

FORGOTTEN_AFTER = datetime.timedelta(days=30)
# The sweep comes again each minute; without an end, a night without workers would leave a message a minute.
SECONDS_TO_LIVE = 120


@shared_task
def read_import(batch_id: int) -> None:
    with scope.of_row(ImportBatch, batch_id):
        importing.read(batch_id)


@shared_task
def save_import(batch_id: int) -> None:
    with scope.of_row(ImportBatch, batch_id):
        importing.save(batch_id)


@shared_task
@scope.everywhere()
def sweep_imports() -> None:
    """Picks up what a dead worker or a lost message left, and forgets what nobody came back for."""
    now = timezone.now()
    for batch in ImportBatch.objects.waiting_to_be_read(now - datetime.timedelta(seconds=60)):
        read_import.apply_async((batch.pk,), expires=SECONDS_TO_LIVE)
    for batch in ImportBatch.objects.filter(state=ImportState.SAVING):
        save_import.apply_async((batch.pk,), expires=SECONDS_TO_LIVE)
    done = [ImportState.READ, ImportState.REFUSED]
    for batch in ImportBatch.objects.filter(state__in=done).exclude(file=""):
        importing.forget_file(batch)
    for batch in ImportBatch.objects.filter(state=ImportState.READ, created_at__lt=now - FORGOTTEN_AFTER):
        importing.drop(batch)
