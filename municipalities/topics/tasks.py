from celery import shared_task
from django.utils import timezone

from municipalities.topics import delivery, escalation


@shared_task
def remind_owners() -> None:
    delivery.remind_owners(timezone.localdate())


@shared_task
def tell_of_old_texts() -> None:
    escalation.tell_all(timezone.localdate())
