from celery import shared_task

from municipalities.login import delivery


@shared_task
def mail_password_link(user_id: int) -> None:
    delivery.mail_password_link(user_id)
