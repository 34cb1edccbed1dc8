"""How hosting goes in one municipality, in numbers. Protected households are in none."""

import datetime
import statistics
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from municipalities.municipality.models import Municipality
from welcome.hosts.following import HostContact, HostReply
from welcome.hosts.matching import waiting
from welcome.hosts.models import Host, HostAssignment

A_YEAR = datetime.timedelta(days=365)
# Fewer say too much about each of them.
FEWEST = 5


@dataclass(frozen=True)
class Figures:
    waiting: int  # Households without a host.
    proposed: int
    agreed: int
    places: int  # How many households the active hosts take at a time.
    taken: int
    full: int  # Hosts who have as many as they take.
    # Of those agreed within a year; None where fewer than five have got in touch.
    days_to_contact: float | None
    minutes: int  # Noted by hosts within a year.
    # How it was, 1 to 5, of the answers of a year; None where fewer than five have answered.
    score: float | None

    @property
    def hours(self) -> int:
        return (self.minutes + 30) // 60


def figures_of(municipality: Municipality) -> Figures:
    """In a constant number of queries."""
    day, since = timezone.localdate(), timezone.now() - A_YEAR
    rows = HostAssignment.objects.of(municipality).open_to_all()
    loads = _loads(municipality)
    times = rows.filter(agreed_at__gte=since, first_contact_at__isnull=False)
    days = [
        (contact - agreed).total_seconds() / 86400
        for agreed, contact in times.values_list("agreed_at", "first_contact_at")
        if agreed and contact
    ]
    contacts = HostContact.objects.of(municipality).filter(at__gte=since)
    scores = list(HostReply.objects.of(municipality).filter(at__gte=since).values_list("score", flat=True))
    return Figures(
        waiting=waiting(municipality, day).count(),
        proposed=rows.proposed().count(),
        agreed=rows.agreed().count(),
        places=sum(capacity for _load, capacity in loads),
        taken=sum(load for load, _capacity in loads),
        full=sum(load >= capacity for load, capacity in loads),
        days_to_contact=round(statistics.median(days), 1) if len(days) >= FEWEST else None,
        minutes=contacts.aggregate(all=Sum("minutes"))["all"] or 0,
        score=round(statistics.mean(scores), 1) if len(scores) >= FEWEST else None,
    )


def _loads(municipality: Municipality) -> list[tuple[int, int]]:
    rows: Any = Host.objects.of(municipality).active().with_load()
    return list(rows.values_list("load", "capacity"))
