from celery import shared_task

from welcome.cooperation import delivery


@shared_task
def mail_cooperation() -> None:
    delivery.mail_waiting()
