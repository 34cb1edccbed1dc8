from celery import shared_task

from municipalities.activities import delivery, feeds


@shared_task
def tell(submission_id: int) -> None:
    delivery.tell(submission_id)


@shared_task
def fetch(fetch_id: int) -> None:
    feeds.fetch(fetch_id)


@shared_task
def read_calendars() -> None:
    feeds.ask_all()


@shared_task
def sweep_activities() -> None:
    delivery.tell_all()
    feeds.sweep()
