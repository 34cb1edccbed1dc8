"""What the workers and the clock do for enquiries."""

from celery import shared_task
from django.utils import timezone

from municipalities.enquiries import deadlines, outbox


@shared_task(name="municipalities.enquiries.tasks.send_answers", expires=300)
def send_answers() -> None:
    outbox.send_due()


@shared_task(name="municipalities.enquiries.tasks.tell_of_overdue", expires=12 * 3600)
def tell_of_overdue() -> None:
    deadlines.look_over(timezone.localdate())
