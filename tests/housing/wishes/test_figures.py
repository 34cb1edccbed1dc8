"""The figures of the housing strategy, counted by hand."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from housing.developments.figures import UnitsOn, units_on
from housing.developments.models import Development
from housing.holdings.models import Outcome, Stage
from housing.listings.models import Offer, OwnerKind, Standard
from housing.shown.models import Availability, HomeKind
from housing.wishes import figures
from housing.wishes.figures import LIMITED, OPEN, Plots, Rent, Row
from municipalities.moderation.models import State
from tests.factories.housing import (
    ConditionCheckFactory,
    DevelopmentFactory,
    HoldingFactory,
    ListingFactory,
    PlotFactory,
    UnitChangeFactory,
    UnitFactory,
    WishFactory,
)
from tests.factories.municipalities import MunicipalityFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 6, 15)
YEAR = (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def noon(year, month, day):
    return datetime.datetime(year, month, day, 11, tzinfo=datetime.UTC)


def home(place, **more):
    """Shown on TODAY for the last time."""
    return ListingFactory(
        municipality=place, **{"published_at": noon(2026, 6, 1), "expires_on": TODAY} | more
    )


def gone(place, published, went, **more):
    ended = {"state": State.GONE, "expires_on": datetime.date(2027, 1, 1)} | more
    return ListingFactory(municipality=place, published_at=published, gone_at=went, **ended)


def wish(place, **more):
    """Active on TODAY for the last time."""
    return WishFactory(municipality=place, **{"expires_on": TODAY} | more)


def counted(rows):
    """{(offer, value): (homes, wishes)} of the rows in which there is something."""
    return {(row.offer, row.value): (row.homes, row.wishes) for row in rows if row.homes or row.wishes}


# --- what there is against what is looked for --------------------------------------------------------


def test_a_wish_counts_once_where_it_says_what_it_looks_for(al):
    home(al, kind=HomeKind.FLAT, bedrooms=2, price=9500)
    home(al, kind=HomeKind.FLAT, bedrooms=None, price=None, state=State.RESERVED)
    home(al, offer=Offer.SALE, kind=HomeKind.FARM, bedrooms=4, price=2_500_000)
    wish(al, offer=Offer.RENT, kind=HomeKind.FLAT, bedrooms=2, price=9000)
    wish(al, offer=Offer.RENT, kind=HomeKind.FLAT)
    wish(al, offer=Offer.RENT)
    wish(al, kind=HomeKind.FARM, price=3_000_000)
    wish(al)
    found = figures.supply_and_demand([al.pk], TODAY)
    assert (found.homes, found.wishes) == (3, 5)
    assert counted(found.kinds) == {
        ("rent", "flat"): (2, 2), ("rent", OPEN): (None, 1), ("sale", "farm"): (1, 0),
        (OPEN, "farm"): (None, 1), (OPEN, OPEN): (None, 1),
    }  # fmt: skip
    assert counted(found.bedrooms) == {
        ("rent", "2"): (1, 1), ("rent", OPEN): (1, 2), ("sale", "4"): (1, 0), (OPEN, OPEN): (None, 2),
    }  # fmt: skip
    assert counted(found.prices) == {
        ("rent", "9000"): (1, 1), ("rent", OPEN): (1, 2), ("sale", "2000000"): (1, 0),
        (OPEN, LIMITED): (None, 1), (OPEN, OPEN): (None, 1),
    }  # fmt: skip


def test_each_list_adds_up_to_the_same_homes_and_wishes(al):
    for offer, prices in (
        (Offer.RENT, [None, 0, 6000, 200_000]), (Offer.SALE, [None, 0, 999_999, 100_000_000]),
    ):  # fmt: skip
        for kind, bedrooms in zip(HomeKind.values, [None, 0, 1, 2, 3, 20], strict=True):
            for price in prices:
                home(al, offer=offer, kind=kind, bedrooms=bedrooms, price=price)
    for offer in [*Offer.values, OPEN]:
        for kind, bedrooms in zip([*HomeKind.values, OPEN], [None, 0, 1, 2, 3, 4, 20], strict=True):
            for price in [None, 0, 5000, 100_000_000]:
                wish(al, offer=offer, kind=kind, bedrooms=bedrooms, price=price)
    found = figures.supply_and_demand([al.pk], TODAY)
    assert (found.homes, found.wishes) == (48, 84)
    for rows in (found.kinds, found.bedrooms, found.prices):
        assert sum(row.homes or 0 for row in rows) == 48
        assert sum(row.wishes for row in rows) == 84
        assert len({(row.offer, row.value) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("offer", "price", "band"),
    [
        (Offer.RENT, 0, "0"), (Offer.RENT, 5999, "0"), (Offer.RENT, 6000, "6000"), (Offer.RENT, 8999, "6000"),
        (Offer.RENT, 9000, "9000"), (Offer.RENT, 11_999, "9000"), (Offer.RENT, 12_000, "12000"),
        (Offer.RENT, 15_999, "12000"), (Offer.RENT, 16_000, "16000"), (Offer.RENT, 200_000, "16000"),
        (Offer.RENT, None, OPEN), (Offer.SALE, 999_999, "0"), (Offer.SALE, 1_000_000, "1000000"),
        (Offer.SALE, 1_999_999, "1000000"), (Offer.SALE, 2_000_000, "2000000"),
        (Offer.SALE, 2_999_999, "2000000"), (Offer.SALE, 3_000_000, "3000000"),
        (Offer.SALE, 4_999_999, "3000000"), (Offer.SALE, 5_000_000, "5000000"), (Offer.SALE, None, OPEN),
    ],
)  # fmt: skip
def test_where_a_band_of_prices_begins_and_ends(al, offer, price, band):
    home(al, offer=offer, price=price)
    wish(al, offer=offer, price=price)
    assert counted(figures.supply_and_demand([al.pk], TODAY).prices) == {(offer, band): (1, 1)}


@pytest.mark.parametrize(
    ("bedrooms", "band"),
    [(None, OPEN), (0, "0"), (1, "0"), (2, "2"), (3, "3"), (4, "4"), (20, "4")],
)
def test_where_a_band_of_bedrooms_begins_and_ends(al, bedrooms, band):
    home(al, bedrooms=bedrooms)
    wish(al, offer=Offer.RENT, bedrooms=bedrooms)
    assert counted(figures.supply_and_demand([al.pk], TODAY).bedrooms) == {("rent", band): (1, 1)}


def test_only_what_is_shown_and_who_looks_today_and_here(al):
    home(al)
    wish(al, offer=Offer.RENT, kind=HomeKind.FLAT)
    home(al, expires_on=TODAY - A_DAY)
    home(al, state=State.DRAFT)
    home(al, state=State.WAITING)
    gone(al, noon(2026, 5, 1), noon(2026, 5, 9))
    wish(al, expires_on=TODAY - A_DAY)
    wish(al, stopped_at=timezone.now())
    wish(al, wants_home=False)
    other, hidden = MunicipalityFactory(), MunicipalityFactory(published=False)
    for place in (other, hidden):
        home(place)
        wish(place, offer=Offer.RENT, kind=HomeKind.FLAT)
    found = figures.supply_and_demand([al.pk], TODAY)
    assert (found.homes, found.wishes) == (1, 1)
    assert counted(found.kinds) == {("rent", "flat"): (1, 1)}
    assert counted(figures.supply_and_demand([al.pk, other.pk, hidden.pk], TODAY).kinds) == {
        ("rent", "flat"): (2, 3)
    }


def test_the_scarcest_is_what_most_more_look_for_than_there_is():
    rows = [
        Row("rent", "flat", 9, 11), Row("rent", "house", 0, 3), Row("rent", "row", 2, 5),
        Row("rent", OPEN, 0, 40), Row(OPEN, "farm", None, 50), Row("sale", "farm", 4, 0),
    ]  # fmt: skip
    assert figures.scarcest(rows) == rows[2], "of two with the same gap the one that more look for"
    assert figures.scarcest([Row("rent", "flat", 3, 3), Row("sale", "flat", 3, 1)]) is None
    assert figures.scarcest([]) is None


# --- the time on the market ---------------------------------------------------------------------------


def market(place, today=TODAY):
    return {(row.offer, row.kind): row for row in figures.time_on_the_market([place.pk], *YEAR, today)}


def test_how_many_days_homes_were_on_the_market(al):
    for days in (10, 20, 30, 40, 100):
        gone(al, noon(2026, 5, 1) - days * A_DAY, noon(2026, 5, 1))
    gone(al, noon(2026, 1, 1), noon(2026, 1, 8), kind=HomeKind.HOUSE)
    gone(al, noon(2025, 1, 1), noon(2026, 1, 1), offer=Offer.SALE, kind=HomeKind.FARM)
    home(al, published_at=noon(2026, 6, 15))
    home(al, published_at=noon(2026, 6, 5))
    home(al, published_at=noon(2026, 5, 6), offer=Offer.SALE, kind=HomeKind.FARM)
    found = market(al)
    flats = found["rent", "flat"]
    assert (flats.gone, flats.first, flats.median, flats.third) == (5, 20, 30, 40)
    assert (flats.shown, flats.age) == (2, 5)
    houses = found["rent", "house"]
    assert (houses.gone, houses.first, houses.median, houses.third) == (1, 7, 7, 7)
    assert (houses.shown, houses.age) == (0, None)
    rented = found["rent", OPEN]
    assert (rented.gone, rented.median, rented.shown) == (6, 25, 2)
    farms = found["sale", "farm"]
    assert (farms.gone, farms.median, farms.shown, farms.age) == (1, 365, 1, 40)
    assert (found[OPEN, OPEN].gone, found[OPEN, OPEN].median, found[OPEN, OPEN].age) == (7, 30, 10)
    assert (found["sale", "flat"].gone, found["sale", "flat"].first) == (0, None)


def test_the_period_has_its_first_and_its_last_day_by_the_clock_on_the_wall(al):
    """Half past eleven in the evening of 31 December in UTC is New Year's Day here."""
    late = datetime.timedelta(hours=12, minutes=30)
    gone(al, noon(2025, 12, 21), noon(2025, 12, 31))
    gone(al, noon(2025, 12, 2), noon(2025, 12, 31) + late)  # 30 days, the last of them this year's first.
    gone(al, noon(2026, 12, 11), noon(2026, 12, 31))  # 20 days.
    gone(al, noon(2026, 12, 26), noon(2026, 12, 31) + late)
    found = market(al)[OPEN, OPEN]
    assert (found.gone, found.first, found.median, found.third) == (2, 22, 25, 28)


def test_what_ran_out_is_told_apart_and_what_was_on_no_market_is_not_counted(al):
    last = datetime.date(2026, 5, 1)
    gone(al, noon(2026, 4, 1), noon(2026, 5, 2), expires_on=last)
    gone(al, noon(2026, 4, 1), noon(2026, 5, 1), expires_on=last)
    gone(al, None, noon(2026, 5, 1), expires_on=None)  # Declined.
    gone(al, noon(2025, 4, 1), noon(2026, 5, 1), expires_on=None)  # Taken up as a draft, then put away.
    gone(MunicipalityFactory(), noon(2026, 4, 1), noon(2026, 5, 2))
    home(MunicipalityFactory())
    row = market(al)[OPEN, OPEN]
    assert (row.gone, row.ran_out, row.shown) == (2, 1, 0)


# --- rents, and the municipality's own -----------------------------------------------------------------


def test_the_level_of_rents_by_bedrooms(al):
    for price, area in ((6000, 40), (9000, 45), (12_000, None), (10_000, 0)):
        home(al, bedrooms=1, price=price, area=area)
    for price in (8000, 10_000, 15_001):
        home(al, bedrooms=3, price=price, area=100)
    home(al, bedrooms=2, price=7000)
    home(al, bedrooms=2, price=7500)
    home(al, bedrooms=1, price=None)
    home(al, bedrooms=1, offer=Offer.SALE, price=2_000_000)
    home(al, bedrooms=1, expires_on=TODAY - A_DAY)
    for _each in range(3):
        home(MunicipalityFactory(), bedrooms=2)
    assert figures.rental_level([al.pk], TODAY) == [
        Rent("0", 4, 9500, 2, None), Rent("2", 2, None, 2, None), Rent("3", 3, 10_000, 3, 100),
        Rent("4", 0, None, 0, None), Rent(OPEN, 0, None, 0, None), Rent("all", 9, 9000, 7, 117),
    ]  # fmt: skip


def test_municipal_homes_stand_as_their_latest_check_found(al):
    checked = {"checked_on": TODAY - 400 * A_DAY}
    poor = home(al, state=State.GONE, gone_at=timezone.now())
    ConditionCheckFactory(listing=poor, standard=Standard.GOOD, cost=999, **checked)
    ConditionCheckFactory(listing=poor, standard=Standard.POOR, cost=250_000, checked_on=TODAY, needs="Tak")
    other = home(al)
    ConditionCheckFactory(listing=other, standard=Standard.POOR, cost=None, next_on=TODAY - A_DAY, **checked)
    good = home(al)
    ConditionCheckFactory(
        listing=good, standard=Standard.GOOD, cost=5000, next_on=TODAY, **checked, needs="Maling"
    )
    ConditionCheckFactory(listing=home(al), standard=Standard.GOOD, cost=None, needs="", **checked)
    again = home(al)
    ConditionCheckFactory(
        listing=again, standard=Standard.NEW, next_on=TODAY - 90 * A_DAY, needs="", **checked
    )
    ConditionCheckFactory(listing=again, standard=Standard.NEW, needs="", checked_on=TODAY - 80 * A_DAY)
    home(al, state=State.DRAFT)
    home(al, offer=Offer.SALE)
    home(al, owner_kind=OwnerKind.PRIVATE)
    ConditionCheckFactory(listing=home(MunicipalityFactory()), standard=Standard.POOR)
    found = figures.municipal_homes([al.pk], TODAY)
    assert [(row.standard, row.homes, row.overdue, row.cost, row.unpriced) for row in found] == [
        (Standard.POOR, 2, 1, 250_000, 1), (Standard.SIMPLE, 0, 0, 0, 0), (Standard.GOOD, 2, 0, 5000, 0),
        (Standard.NEW, 1, 0, 0, 0), (None, 1, 0, 0, 0),
    ]  # fmt: skip


# --- plots, units, empty farms ---------------------------------------------------------------------------


def test_which_plots_are_ready_to_build_on(al):
    ready = {"municipality": al, "has_road": True, "has_water": True, "has_power": True}
    PlotFactory(**ready)
    PlotFactory(**ready, published=False)
    for lacking in ("has_road", "has_water", "has_power"):
        PlotFactory(**ready | {lacking: False})
    PlotFactory(**ready, state=Availability.TAKEN)
    PlotFactory(**ready, state=Availability.RESERVED)
    PlotFactory(**ready | {"municipality": MunicipalityFactory()})
    assert figures.plots_ready([al.pk]) == Plots(all=7, free=5, ready=2, shown=1)


def test_units_are_counted_as_on_their_projects_own_pages(al):
    for _each in range(2):
        development = DevelopmentFactory(municipality=al)
        for since, state in ((-9, Availability.COMING), (-5, Availability.FREE), (3, Availability.TAKEN)):
            unit = UnitFactory(development=development)
            UnitChangeFactory(unit=unit, state=Availability.RESERVED, since=TODAY - 20 * A_DAY)
            UnitChangeFactory(unit=unit, state=state, since=TODAY + since * A_DAY)
        UnitFactory(development=development)  # Nobody has noted since when it is so.
    UnitChangeFactory(since=TODAY)
    found = figures.units_free([al.pk], TODAY)
    assert found == UnitsOn(TODAY, coming=2, free=2, reserved=2, taken=0)
    pages = [units_on(each, TODAY) for each in Development.objects.of(al)]
    assert (found.free, found.offered) == (sum(page.free for page in pages), sum(p.offered for p in pages))


def test_empty_farms_by_stage_and_how_many_have_changed(al):
    for stage in (Stage.REGISTERED, Stage.DIALOGUE, Stage.DIALOGUE, Stage.DECLINED):
        HoldingFactory(municipality=al, stage=stage)
    HoldingFactory(municipality=al, stage=Stage.SETTLED, outcome=Outcome.LET)
    HoldingFactory(stage=Stage.SETTLED, outcome=Outcome.LET)
    found = figures.empties([al.pk])
    assert (found.registered, found.changed, found.share) == (5, 1, 20)
    assert (found.stages[Stage.DIALOGUE], found.stages[Stage.DECLINED]) == (2, 1)


# --- all of them -------------------------------------------------------------------------------------------


def everything(place):
    here = [place.pk]
    return [
        figures.supply_and_demand(here, TODAY), figures.time_on_the_market(here, *YEAR, TODAY),
        figures.rental_level(here, TODAY), figures.municipal_homes(here, TODAY), figures.plots_ready(here),
        figures.units_free(here, TODAY), figures.empties(here),
    ]  # fmt: skip


def test_of_nothing_there_is_nothing(al):
    home(MunicipalityFactory())
    supply, days, rents, own, plots, units, talks = everything(al)
    assert (supply.homes, supply.wishes) == (0, 0)
    assert not counted([*supply.kinds, *supply.bedrooms, *supply.prices])
    assert {(row.gone, row.first, row.median, row.third, row.shown, row.age) for row in days} == {
        (0, None, None, None, 0, None)
    }
    assert {(row.count, row.rent, row.measured, row.by_metre) for row in rents} == {(0, None, 0, None)}
    assert {row.homes for row in own} == {0}
    assert (plots, units) == (Plots(0, 0, 0, 0), UnitsOn(TODAY, 0, 0, 0, 0))
    assert (talks.registered, talks.changed, talks.share) == (0, 0, 0)


def test_the_questions_to_the_database_are_as_many_however_many_rows_there_are(al):
    def more():
        for price in (8000, 9000, 9500):
            ConditionCheckFactory(listing=home(al, price=price))
        gone(al, noon(2026, 5, 1), noon(2026, 5, 9))
        wish(al)
        PlotFactory(municipality=al)
        UnitChangeFactory(unit=UnitFactory(development=DevelopmentFactory(municipality=al)))
        HoldingFactory(municipality=al)

    more()
    with CaptureQueriesContext(connection) as few:
        everything(al)
    for _each in range(4):
        more()
    with CaptureQueriesContext(connection) as many:
        everything(al)
    assert len(many) == len(few) == 10
