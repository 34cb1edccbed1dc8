"""The letters that a household has been sent, for its own page."""

import datetime
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from welcome.households.models import Household
from welcome.letters.delivery_models import Delivery, DeliveryState
from welcome.letters.models import Letter, LetterQuerySet, RunState


@dataclass(frozen=True)
class Received:
    letter: Letter
    on: datetime.date
    is_shown: bool  # What it says, and not only that it was sent.


def letters_of(household: Household) -> list[Received]:
    """The newest first. One that nobody has approved, or that is not out yet, is not among them."""
    letters: LetterQuerySet = Letter.objects.filter(household=household)
    sent = Delivery.objects.filter(
        letter=OuterRef("pk"), state__in=[DeliveryState.SENT, DeliveryState.DELIVERED]
    )
    rows = letters.select_related("run", "municipality").annotate(
        sent_at=Subquery(sent.order_by("-pk").values("sent_at")[:1])
    )
    out = rows.filter(Q(sent_at__isnull=False) | Q(run__state=RunState.DONE)).order_by("-pk")
    return [
        Received(letter, timezone.localdate(at), _may_be_shown(letter, household))
        for letter in out
        if (at := letter.sent_at or letter.run.done_at)  # type: ignore[attr-defined]
    ]


def _may_be_shown(letter: Letter, household: Household) -> bool:
    """Of a protected household it may still hold the address, until the sweep has been there."""
    return letter.purged_at is None and not household.is_protected
