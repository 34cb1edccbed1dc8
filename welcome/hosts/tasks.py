from celery import shared_task

from welcome.hosts import delivery, mailing, sweeping


@shared_task
def mail_offers() -> None:
    delivery.mail_waiting()


@shared_task
def mail_hosts() -> None:
    mailing.send_waiting()


@shared_task
def sweep_hosts() -> None:
    sweeping.sweep()
