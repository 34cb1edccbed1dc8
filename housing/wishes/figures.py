"""For the housing strategy: what there is against what is looked for, how long homes stay on the market, what rents
are, how the municipality's own homes stand, and which plots, units and empty farms could become more.

Each function takes the numbers of the municipalities it is to count in and asks the database once or twice, however
many rows there are. Wishes are personal data: what leaves here are counts.
"""

import datetime
import statistics
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from housing.developments.figures import UnitsOn
from housing.developments.models import Unit, UnitChange
from housing.holdings.figures import Talks, talks
from housing.holdings.models import Holding
from housing.listings.models import Listing, Offer, OwnerKind, Standard
from housing.plots.models import Plot
from housing.shown.models import Availability, HomeKind
from housing.wishes.models import Wish
from municipalities.moderation.models import State

# Where each band begins; it ends below the next, and the last has no end.
BEDROOMS = (0, 2, 3, 4)
PRICES: dict[str, tuple[int, ...]] = {
    Offer.RENT: (0, 6_000, 9_000, 12_000, 16_000),  # Kroner a month.
    Offer.SALE: (0, 1_000_000, 2_000_000, 3_000_000, 5_000_000),
}
OPEN = ""  # Not said: by a wish, that anything will do; by a home, that it is not told.
LIMITED = "limited"
FEWEST = 3  # Fewer rents are no level.
Place = tuple[str, str]  # An offer, and a kind or a band.
Said = tuple[str, str, int | None, int | None]  # Offer, kind, bedrooms and price, of a home or a wish.


@dataclass(frozen=True)
class Row:
    """`value` is a kind of home, or where a band begins (`"9000"`), or OPEN. `offer` is OPEN for wishes to rent or to
    buy. `homes` is None where there can be none: a home is of one offer and one kind."""

    offer: str
    value: str
    homes: int | None
    wishes: int

    @property
    def gap(self) -> int:
        """How many more look than there are homes."""
        return 0 if self.homes is None else self.wishes - self.homes


@dataclass(frozen=True)
class SupplyAndDemand:
    """The same homes and the same wishes three times: each list adds up to `homes` and to `wishes`."""

    homes: int
    wishes: int
    kinds: list[Row]
    bedrooms: list[Row]
    prices: list[Row]


@dataclass(frozen=True)
class Market:
    """Homes of one offer and kind, OPEN for all. Quartiles and age are days, None where there is no home. `ran_out` of
    those that are gone were put away by the clock: whether somebody moved in, nobody has said."""

    offer: str
    kind: str
    gone: int
    first: int | None
    median: int | None
    third: int | None
    ran_out: int
    shown: int
    age: int | None


@dataclass(frozen=True)
class Rent:
    """Kroner a month in the middle of `count` homes, and by square metre of the `measured` of them; None below
    FEWEST. `bedrooms` is where the band begins, or OPEN; of the row for all it is `"all"`."""

    bedrooms: str
    count: int
    rent: int | None
    measured: int
    by_metre: int | None


@dataclass(frozen=True)
class MunicipalHomes:
    """By what the latest check found; `standard` is None where nobody has checked. `cost` is kroner for what that check
    says must be done, `unpriced` in how many homes it says so without a price."""

    standard: int | None
    homes: int
    overdue: int
    cost: int
    unpriced: int


@dataclass(frozen=True)
class Plots:
    """`free` of `all`; `ready` of the free have road, water and power; `shown` of the ready everybody can see."""

    all: int
    free: int
    ready: int
    shown: int


def band(value: int | None, begins: tuple[int, ...]) -> str:
    return OPEN if value is None else str(begins[bisect_right(begins, value) - 1])


def supply_and_demand(municipalities: Iterable[int], today: datetime.date) -> SupplyAndDemand:
    """Homes shown today against active wishes for a home.

    A wish stands once in each list: at its own offer, or at OPEN if it may be either, and there at what it says, or
    at OPEN if it leaves that open; never at each home that would do. "At least two bedrooms" stands at two and "at
    most 9,000" in the band of 9,000, though a larger or cheaper home would do. The limit of a wish to rent or to buy
    is in no band, for a rent and a price can't be told apart: it is LIMITED.
    """
    here = list(municipalities)
    columns = ("offer", "kind", "bedrooms", "price")
    there = Listing.objects.filter(municipality__in=here).shown(today).order_by()
    wanted = Wish.objects.filter(municipality__in=here, wants_home=True).active(today).order_by()
    homes, wishes = list(there.values_list(*columns)), list(wanted.values_list(*columns))
    offers = [*Offer.values, OPEN]
    kinds = [(offer, kind) for offer in offers for kind in [*HomeKind.values, OPEN]]
    bedrooms = [(offer, str(begin)) for offer in offers for begin in [*BEDROOMS, OPEN]]
    prices = [(offer, str(begin)) for offer, begins in PRICES.items() for begin in [*begins, OPEN]]
    return SupplyAndDemand(
        homes=len(homes),
        wishes=len(wishes),
        kinds=_rows(kinds, homes, wishes, by=lambda row: (row[0], row[1]), of_a_kind=True),
        bedrooms=_rows(bedrooms, homes, wishes, by=lambda row: (row[0], band(row[2], BEDROOMS))),
        prices=_rows(
            [*prices, (OPEN, LIMITED), (OPEN, OPEN)], homes, wishes,
            by=lambda row: (row[0], _price_band(row[0], row[3])),
        ),
    )  # fmt: skip


def scarcest(rows: Iterable[Row]) -> Row | None:
    """Of what most more look for than there is; None where there is enough of all."""
    said = (row for row in rows if row.value != OPEN)
    worst = max(said, key=lambda row: (row.gap, row.wishes), default=None)
    return worst if worst is not None and worst.gap > 0 else None


def time_on_the_market(
    municipalities: Iterable[int], since: datetime.date, until: datetime.date, today: datetime.date
) -> list[Market]:
    """Of homes that went from `since` to `until`, both days counted, how many days from when they were published; of
    those shown today, how many so far. First all of them, then each offer, and each offer's kinds.

    Only the last time of each is kept: a home that was published anew, also after its owner's change, counts from
    then. What was taken up as a draft and put away unpublished was on no market: it has lost its end.
    """
    rows = Listing.objects.filter(municipality__in=list(municipalities)).order_by()
    went = rows.filter(
        state=State.GONE, gone_at__date__range=(since, until), published_at__lte=F("gone_at"),
        expires_on__isnull=False,
    )  # fmt: skip
    days, ages = defaultdict[Place, list[int]](list), defaultdict[Place, list[int]](list)
    ran_out: Counter[Place] = Counter()
    columns = ("offer", "kind", "published_at", "gone_at", "expires_on")
    for offer, kind, start, end, last in went.values_list(*columns):
        gone_on = timezone.localdate(end)
        for place in _above(offer, kind):
            days[place].append((gone_on - timezone.localdate(start)).days)
            ran_out[place] += gone_on > last
    for offer, kind, start in rows.shown(today).values_list("offer", "kind", "published_at"):
        for place in _above(offer, kind):
            ages[place].append((today - timezone.localdate(start)).days)
    places = [(OPEN, OPEN), *((offer, kind) for offer in Offer.values for kind in [OPEN, *HomeKind.values])]
    return [
        Market(
            *place, len(days[place]), *_quartiles(days[place]), ran_out[place], len(ages[place]),
            _median(ages[place]),
        )
        for place in places
    ]  # fmt: skip


def rental_level(municipalities: Iterable[int], today: datetime.date) -> list[Rent]:
    """What is asked for homes that are shown for rent today and tell it; all of them last."""
    here = Listing.objects.filter(municipality__in=list(municipalities)).shown(today)
    rents = here.filter(offer=Offer.RENT).order_by()
    columns = rents.values_list("bedrooms", "price", "area")
    told = [(bedrooms, price, area) for bedrooms, price, area in columns if price is not None]
    by_bedrooms = defaultdict(list)
    for bedrooms, price, area in told:
        by_bedrooms[band(bedrooms, BEDROOMS)].append((price, area))
    rows = [_rent(str(begin), by_bedrooms[str(begin)]) for begin in [*BEDROOMS, OPEN]]
    return [*rows, _rent("all", [(price, area) for _bedrooms, price, area in told])]


def municipal_homes(municipalities: Iterable[int], today: datetime.date) -> list[MunicipalHomes]:
    """The municipality's own homes to rent, also those that are let now or not shown yet. From the poorest standard to
    the best, the unchecked last. A check is overdue when the day that the latest one set for the next has passed."""
    rows = Listing.objects.filter(
        municipality__in=list(municipalities), owner_kind=OwnerKind.MUNICIPALITY, offer=Offer.RENT
    )
    columns = ("checks__standard", "checks__next_on", "checks__needs", "checks__cost")
    by_day = rows.order_by("checks__checked_on", "checks__pk").values_list("pk", *columns)
    latest = {pk: check for pk, *check in by_day}  # The last of each stays.
    found = []
    for standard in [*Standard.values, None]:
        checks = [check for check in latest.values() if check[0] == standard]
        found.append(
            MunicipalHomes(
                standard=standard,
                homes=len(checks),
                overdue=sum(next_on is not None and next_on < today for _standard, next_on, *_rest in checks),
                cost=sum(cost or 0 for *_rest, cost in checks),
                unpriced=sum(bool(needs) and cost is None for *_rest, needs, cost in checks),
            )
        )
    return found


def plots_ready(municipalities: Iterable[int]) -> Plots:
    free = Q(state=Availability.FREE)
    ready = free & Q(has_road=True, has_water=True, has_power=True)
    counted = Plot.objects.filter(municipality__in=list(municipalities)).aggregate(
        all=Count("pk"),
        free=Count("pk", filter=free),
        ready=Count("pk", filter=ready),
        shown=Count("pk", filter=ready & Q(published=True)),
    )
    return Plots(**counted)


def units_free(municipalities: Iterable[int], today: datetime.date) -> UnitsOn:
    """Of all projects together, as each project's own page counts them (`developments.figures.units_on`)."""
    last = UnitChange.objects.filter(unit=OuterRef("pk"), since__lte=today).order_by("-since", "-pk")
    units = Unit.objects.filter(municipality__in=list(municipalities))
    known = units.annotate(was=Subquery(last.values("state")[:1])).exclude(was=None).order_by()
    states = Counter(known.values_list("was", flat=True))
    return UnitsOn(today, **(dict.fromkeys(Availability.values, 0) | states))


def empties(municipalities: Iterable[int]) -> Talks:
    """Holdings by stage, and how many have changed: "183 of 780"."""
    return talks(Holding.objects.filter(municipality__in=list(municipalities)).prefetch_related("reasons"))


def _rows(
    places: list[Place],
    homes: list[Said],
    wishes: list[Said],
    by: Callable[[Said], Place],
    of_a_kind: bool = False,
) -> list[Row]:
    there, wanted = Counter(map(by, homes)), Counter(map(by, wishes))
    return [
        Row(
            offer, value,
            None if offer == OPEN or (of_a_kind and value == OPEN) else there[offer, value],
            wanted[offer, value],
        )
        for offer, value in places
    ]  # fmt: skip


def _price_band(offer: str, price: int | None) -> str:
    if offer == OPEN:
        return OPEN if price is None else LIMITED
    return band(price, PRICES[offer])


def _above(offer: str, kind: str) -> list[Place]:
    """The rows in which a home counts."""
    return [(offer, kind), (offer, OPEN), (OPEN, OPEN)]


def _median(values: Sequence[float], fewest: int = 1) -> int | None:
    return round(statistics.median(values)) if len(values) >= fewest else None


def _quartiles(days: list[int]) -> tuple[int | None, int | None, int | None]:
    if len(days) < 2:
        only = days[0] if days else None
        return only, only, only
    first, middle, third = statistics.quantiles(days, n=4, method="inclusive")
    return round(first), round(middle), round(third)


def _rent(bedrooms: str, homes: list[tuple[int, int | None]]) -> Rent:
    rents = [price for price, _area in homes]
    by_metre = [price / area for price, area in homes if area]
    return Rent(bedrooms, len(rents), _median(rents, FEWEST), len(by_metre), _median(by_metre, FEWEST))
