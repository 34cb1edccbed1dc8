"""New homes and vacancies held against the wishes, by the clock: what has changed since it was done last, with some
minutes before that, as a change may be seen later than it was made. A match is a row, so nothing is told twice."""

import datetime

from django.db import transaction
from django.utils import timezone

from housing.listings.models import Listing
from housing.wishes import matching
from housing.wishes.models import Match, Wish, WishPosition
from municipalities.jobs.models import Vacancy
from municipalities.moderation.models import State
from municipalities.municipality import scope

OVERLAP = datetime.timedelta(minutes=10)
BATCH = 500
MOST_THERE = 200  # Of what is there already when somebody begins to look.


def find(now: datetime.datetime | None = None) -> int:
    """How many matches are new."""
    now = now or timezone.now()
    with scope.everywhere():
        position, _made = WishPosition.objects.get_or_create(pk=1, defaults={"until": now - OVERLAP})
        since = position.until - OVERLAP
        homes = list(
            Listing.objects.filter(state=State.PUBLISHED, changed_at__gte=since).shown().order_by("pk")
        )
        jobs = list(
            Vacancy.objects.filter(state=State.PUBLISHED, changed_at__gte=since).shown().order_by("pk")
        )
    found = 0
    for home in homes:
        with scope.of(home.municipality_id):
            found += hold_home(home)
    for job in jobs:
        with scope.of(job.municipality_id):
            found += hold_vacancy(job)
    with scope.everywhere():
        WishPosition.objects.filter(pk=1, until__lt=now).update(until=now)
    return found


def hold_home(home: Listing) -> int:
    new = matching.wishes_for(home).exclude(matches__listing=home).values_list("pk", flat=True)
    return _keep([Match(municipality_id=home.municipality_id, wish_id=pk, listing=home) for pk in new])


def hold_vacancy(job: Vacancy) -> int:
    new = matching.wishes_for_vacancy(job).exclude(matches__vacancy=job).values_list("pk", flat=True)
    return _keep([Match(municipality_id=job.municipality_id, wish_id=pk, vacancy=job) for pk in new])


def note_what_is_there(wish: Wish) -> None:
    """They see it on their page; no mail tells of it."""
    now, place = timezone.now(), wish.municipality_id
    Match.objects.filter(wish=wish, told_at=None).update(told_at=now)
    homes = matching.homes_for(wish).exclude(matches__wish=wish)[:MOST_THERE]
    jobs = matching.vacancies_for(wish).exclude(matches__wish=wish)[:MOST_THERE]
    _keep(
        [
            *(Match(municipality_id=place, wish=wish, listing=home, told_at=now) for home in homes),
            *(Match(municipality_id=place, wish=wish, vacancy=job, told_at=now) for job in jobs),
        ]
    )


def _keep(rows: list[Match]) -> int:
    with transaction.atomic():
        before = len(rows)
        Match.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return before
