from celery import shared_task

from welcome.privacy import answers


@shared_task
def mail_answers() -> None:
    answers.mail_waiting()
