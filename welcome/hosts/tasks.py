from celery import shared_task

from welcome.hosts import delivery


@shared_task
def mail_offers() -> None:
    delivery.mail_waiting()
