from celery import shared_task

from housing.listings import delivery, nudges


@shared_task(name=nudges.MAIL)
def mail_message(message_id: int) -> None:
    delivery.mail(message_id)


@shared_task
def mail_messages() -> None:
    delivery.mail_all()
