from celery import shared_task
from django.utils import timezone

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.privacy import answers, retention

HOURS = 12 * 3600


@shared_task(name="welcome.privacy.tasks.clean", expires=HOURS)
def clean() -> None:
    """A task for each municipality, so that a large one keeps none of the others waiting."""
    with scope.everywhere():
        ids = list(Municipality.objects.order_by("number").values_list("pk", flat=True))
        retention.clean_sessions(timezone.now())
    for pk in ids:
        clean_municipality.apply_async((pk,), expires=HOURS)


@shared_task(name="welcome.privacy.tasks.clean_municipality")
def clean_municipality(municipality_id: int) -> None:
    with scope.of(municipality_id):
        place = Municipality.objects.filter(pk=municipality_id).first()
        if place is not None:
            retention.clean(place, timezone.localdate())


@shared_task
def mail_answers() -> None:
    answers.mail_waiting()
