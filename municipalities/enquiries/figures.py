"""What waits, for the staff's first page."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.utils import timezone

from municipalities.enquiries.models import AnswerMail, AnswerMailQuerySet, EnquiryQuerySet


@dataclass(frozen=True)
class Waiting:
    """`since` is when the oldest began to wait; `late` of them are over their day."""

    count: int
    late: int
    since: datetime.date | None


def waiting(enquiries: EnquiryQuerySet) -> Waiting:
    today = timezone.localdate()
    found = (
        enquiries.waiting()
        .order_by()
        .aggregate(
            count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)), since=Min("waiting_since")
        )
    )
    since = found["since"] and timezone.localdate(found["since"])
    return Waiting(found["count"], found["late"], since)


def undelivered(enquiries: EnquiryQuerySet) -> Waiting:
    """Enquiries with an answer that a person must look after."""
    mails: AnswerMailQuerySet = AnswerMail.objects.for_people()
    found = mails.filter(message__enquiry__in=enquiries.order_by()).aggregate(
        count=Count("message__enquiry", distinct=True), since=Min("created_at")
    )
    since = found["since"] and timezone.localdate(found["since"])
    return Waiting(found["count"], 0, since)
