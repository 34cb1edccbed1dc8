"""What the page of the housing strategy is made of: tables whose numbers lead to the lists behind them."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format

from housing.wishes import figures
from municipalities.moderation.models import OUT
from municipalities.municipality.models import Municipality


def number(value: int) -> str:
    return str(number_format(value, force_grouping=True))


@dataclass(frozen=True)
class Cell:
    value: str | int | None
    link: str = ""  # To the list that holds exactly what is counted.

    @property
    def words(self) -> str:
        if self.value is None:
            return "–"
        return number(self.value) if isinstance(self.value, int) else self.value


@dataclass(frozen=True)
class Table:
    """The first `named` cells of a row say what it is of, the others are numbers. `title` says the finding; `nothing`
    is said in the place of a table without rows."""

    name: str
    title: str
    hint: str
    nothing: str
    head: list[str]
    rows: list[list[Cell]]
    foot: list[Cell]
    named: int = 1

    @property
    def lines(self) -> list[list[Cell]]:
        return [*self.rows, self.foot] if self.foot else self.rows


@dataclass(frozen=True)
class Asked:
    """Of which municipalities and which year. `reach` is in how many the user's lists show rows."""

    places: list[Municipality]
    reach: int
    year: int
    today: datetime.date

    @cached_property
    def supply(self) -> figures.SupplyAndDemand:
        return figures.supply_and_demand(self.ids, self.today)

    @property
    def ids(self) -> list[int]:
        return [place.pk for place in self.places]

    def linked(
        self, value: int | None, model: str, places: list[Municipality] | None = None, **by: Any
    ) -> Cell:
        """A number, which leads to the list of `model` by the filters `by`."""
        here = self.places if places is None else places
        if len(here) == 1 < self.reach:
            by["municipality__id__exact"] = here[0].pk
        elif len(here) < self.reach:
            by["municipality__id__in"] = ",".join(str(place.pk) for place in here)
        page = reverse(f"admin:housing_{model}_changelist")
        return Cell(value, f"{page}?{urlencode(by)}" if value else "")

    def homes(self, count: int | None, **by: Any) -> Cell:
        """Of what is shown today: nothing of an unpublished municipality is."""
        by |= {"state__in": ",".join(OUT), "expires_on__gte": self.today.isoformat()}
        return self.linked(count, "listing", [place for place in self.places if place.published], **by)

    def wishes(self, count: int, **by: Any) -> Cell:
        return self.linked(count, "wish", state="active", wants_home__exact=1, **by)
