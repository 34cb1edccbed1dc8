from celery import shared_task

from housing.wishes import delivery, finding


@shared_task(expires=60)
def find_and_tell() -> None:
    """Each minute."""
    finding.find()
    delivery.mail_all()
