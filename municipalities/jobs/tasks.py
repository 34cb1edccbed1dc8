from celery import shared_task

from municipalities.jobs import feed

MINUTES = 15


@shared_task(expires=600, time_limit=MINUTES * 60)
def read_nav_feed() -> None:
    feed.read()
