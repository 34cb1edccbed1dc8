"""How far the talks have come: "183 of 780 changed hands or were let", by year, and how long each stage takes."""

import datetime
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from housing.holdings.models import ENDED, Holding, Outcome, Reason, Stage, StageChange


@dataclass(frozen=True)
class Talks:
    """Of some holdings: how many are registered and changed, how many stand at each stage, by outcome and reason."""

    registered: int
    changed: int
    stages: dict[str, int]
    outcomes: dict[str, int]
    reasons: dict[str, int]

    @property
    def share(self) -> int:
        """Per cent."""
        return round(100 * self.changed / self.registered) if self.registered else 0


@dataclass(frozen=True)
class Year:
    """`registered` and `changed` in it, and `of_all` that were registered by its end."""

    year: int
    registered: int
    changed: int
    of_all: int


@dataclass(frozen=True)
class Stay:
    """How many days holdings stay at a stage before they go on: the middle one, and of how many."""

    stage: str
    median: int
    count: int


def talks(rows: Iterable[Holding]) -> Talks:
    """Of `rows` with their reasons at hand."""
    rows = list(rows)
    stages = Counter(row.stage for row in rows)
    outcomes = Counter(row.outcome for row in rows if row.outcome)
    reasons = Counter(each.reason for row in rows for each in row.reasons.all())
    return Talks(
        registered=len(rows),
        changed=stages[Stage.SETTLED],
        stages={stage: stages[stage] for stage in Stage.values},
        outcomes={outcome: outcomes[outcome] for outcome in Outcome.values},
        reasons={reason: reasons[reason] for reason in Reason.values if reasons[reason]},
    )


def years(rows: Iterable[Holding]) -> list[Year]:
    """From the first to this one."""
    rows = list(rows)
    if not rows:
        return []
    came = Counter(row.registered_on.year for row in rows)
    went = Counter(row.stage_on.year for row in rows if row.stage == Stage.SETTLED)
    first, last = min(came), timezone.localdate().year
    found, all_of_them = [], 0
    for year in range(first, last + 1):
        all_of_them += came[year]
        found.append(Year(year, came[year], went[year], all_of_them))
    return found


def stays(changes: Iterable[StageChange], today: datetime.date) -> list[Stay]:
    """Of `changes` by holding and day. What is still at a stage is not counted: it has not ended."""
    days: dict[str, list[int]] = {}
    before: StageChange | None = None
    for change in changes:
        if before is not None and before.holding_id == change.holding_id and before.stage not in ENDED:
            days.setdefault(before.stage, []).append((min(change.since, today) - before.since).days)
        before = change
    return [
        Stay(stage, round(statistics.median(days[stage])), len(days[stage]))
        for stage in Stage.values
        if stage in days
    ]
