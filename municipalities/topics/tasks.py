from celery import shared_task
from django.utils import timezone

from municipalities.topics import delivery


@shared_task
def remind_owners() -> None:
    delivery.remind_owners(timezone.localdate())
