"""How many homes of a project were free on which day: "34 units, two free after a year" as a figure."""

import datetime
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from housing.developments.models import Development, Unit, UnitChange
from housing.shown.models import Availability

STEPS = 13  # Months, the first and the last counted.


@dataclass(frozen=True)
class UnitsOn:
    """How many of a project's units were in each state on a day; a unit without a change by then is not counted."""

    day: datetime.date
    coming: int
    free: int
    reserved: int
    taken: int

    @property
    def offered(self) -> int:
        return self.free + self.reserved + self.taken


def units_on(development: Development, day: datetime.date) -> UnitsOn:
    last = UnitChange.objects.filter(unit=OuterRef("pk"), since__lte=day).order_by("-since", "-pk")
    states = list(
        Unit.objects.filter(development=development)
        .annotate(was=Subquery(last.values("state")[:1]))
        .exclude(was=None)
        .values_list("was", flat=True)
    )
    counted = {state: states.count(state) for state in Availability.values}
    return UnitsOn(day, **counted)


def over_time(development: Development, today: datetime.date) -> list[UnitsOn]:
    """At the first of each of the last twelve months and today, from the first change on, oldest first. One query."""
    changes = list(
        UnitChange.objects.filter(unit__development=development)
        .order_by("since", "pk")
        .values_list("since", "unit", "state")
    )
    if not changes:
        return []
    days = [day for day in [*_firsts(today), today] if day >= changes[0][0]]
    found, states, place = [], {}, 0
    for day in days:
        while place < len(changes) and changes[place][0] <= day:
            _since, unit, state = changes[place]
            states[unit] = state
            place += 1
        now = list(states.values())
        found.append(UnitsOn(day, **{state: now.count(state) for state in Availability.values}))
    return found


def _firsts(today: datetime.date) -> list[datetime.date]:
    months = [today.year * 12 + today.month - 1 - back for back in range(STEPS - 1)]
    return [datetime.date(month // 12, month % 12 + 1, 1) for month in reversed(months)]
