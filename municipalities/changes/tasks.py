from celery import shared_task

from municipalities.changes.models import forget_old


@shared_task(name="municipalities.changes.tasks.forget_old_changes", expires=3600)
def forget_old_changes() -> None:
    forget_old()
