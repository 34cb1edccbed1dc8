from celery import shared_task

from welcome.portal import keeping


@shared_task(name="welcome.portal.tasks.keep_counts", expires=60)
def keep_counts() -> None:
    keeping.keep()


@shared_task(name="welcome.portal.tasks.tidy_counts", expires=12 * 3600)
def tidy_counts() -> None:
    keeping.tidy()
