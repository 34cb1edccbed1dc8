from celery import shared_task

from municipalities.login import delivery


@shared_task
def mail_password_link(sealed_email: str) -> None:
    delivery.answer_request(sealed_email)
