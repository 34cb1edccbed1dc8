from celery import shared_task
from django.utils import timezone

from welcome.orders import delivery, veiling


@shared_task
def sweep_orders() -> None:
    veiling.veil_all()
    delivery.mail_waiting()


@shared_task
def ask_planners() -> None:
    delivery.ask_planners(timezone.localdate())
