from celery import shared_task

from welcome.stories import delivery


@shared_task
def tell_tellers() -> None:
    delivery.tell_waiting()
