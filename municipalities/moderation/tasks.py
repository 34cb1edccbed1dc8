from celery import shared_task

from municipalities.moderation import delivery, nudges


@shared_task(name=nudges.TELL)
def tell_sender(label: str, pk: int) -> None:
    delivery.tell(label, pk)


@shared_task
def tell_senders() -> None:
    delivery.tell_all()


@shared_task
def look_after_what_is_shown() -> None:
    delivery.look_after()
