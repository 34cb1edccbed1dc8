from celery import shared_task

from welcome.club import delivery


@shared_task
def mail_members() -> None:
    delivery.mail_waiting()
