from celery import shared_task

from municipalities.audit import sealing
from municipalities.municipality import scope


@shared_task(name="municipalities.audit.tasks.seal", expires=60)
def seal() -> None:
    with scope.everywhere():
        sealing.seal_all()
