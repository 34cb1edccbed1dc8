"""The tables of the housing strategy: the figures in words."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from housing.holdings.models import Stage
from housing.listings.models import Offer, OwnerKind, Standard
from housing.shown.models import Availability, HomeKind
from housing.wishes import figures
from housing.wishes.figures import LIMITED, OPEN, Row
from housing.wishes.strategy import Asked, Cell, Table, number

READY: dict[str, Any] = {"has_road__exact": 1, "has_water__exact": 1, "has_power__exact": 1}


def _kinds(asked: Asked) -> Table:
    def label(row: Row) -> str:
        return str(HomeKind(row.value).label) if row.value else _("Any kind")

    return _against(
        asked, "kinds", asked.supply.kinds, label, label, _("What kind"),
        _("Homes by kind"), _("There are as many of each kind as look for just that"),
        _("A wish counts once, at what it says. What it leaves open counts as either, or as any, not at each."),
        by_kind=True,
    )  # fmt: skip


def _bedrooms(asked: Asked) -> Table:
    def label(row: Row) -> str:
        names = {"0": "0–1", "4": "4+", OPEN: _("Not told, or any number")}
        return names.get(row.value, row.value)

    return _against(
        asked, "bedrooms", asked.supply.bedrooms, label,
        lambda row: _("%(band)s bedrooms") % {"band": label(row)}, _("Bedrooms"),
        _("Homes by size"), _("There are as many of each size as look for just that"),
        _("“At least two” counts at two, though a larger home would do."),
    )  # fmt: skip


def _prices(asked: Asked) -> Table:
    def label(row: Row) -> str:
        if not row.offer:
            return _("With a limit") if row.value == LIMITED else _("No limit")
        if row.value == OPEN:
            return _("Not told, or no limit")
        begins = figures.PRICES[row.offer]
        place = begins.index(int(row.value))
        least, most = number(begins[place]), number(begins[place + 1] - 1) if begins[place + 1 :] else None
        if most is None:
            return _("from %(least)s") % {"least": least}
        return f"{least}–{most}" if place else _("up to %(most)s") % {"most": most}

    return _against(
        asked, "prices", asked.supply.prices, label,
        lambda row: _("%(band)s kroner") % {"band": label(row)}, _("Kroner, a month if it is rent"),
        _("Homes by price"), _("There are as many at each price as look for just that"),
        _("“At most 9,000” counts where 9,000 lies, though a cheaper home would do."),
    )  # fmt: skip


def _against(
    asked: Asked, name: str, rows: list[Row], label: Callable[[Row], str], told: Callable[[Row], str], head: str,
    plain: str, enough: str, hint: str, by_kind: bool = False,
) -> Table:  # fmt: skip
    """`told` is the label in a sentence. The title is `plain` where there is nothing, `enough` where nothing lacks."""
    supply, worst = asked.supply, figures.scarcest(rows)
    title = enough if supply.homes or supply.wishes else plain
    if worst is not None:
        title = _("Most lacking: %(what)s. Looked for by %(wishes)s, shown: %(homes)s.") % {
            "what": f"{_offer(worst.offer)}, {told(worst)}".lower(),
            "wishes": number(worst.wishes),
            "homes": number(worst.homes or 0),
        }

    def line(row: Row) -> list[Cell]:
        by = {"offer__exact": row.offer, "kind__exact": row.value}
        homes = asked.homes(row.homes, **by) if by_kind else Cell(row.homes)
        wishes = asked.wishes(row.wishes, **by) if by_kind else Cell(row.wishes)
        return [Cell(_offer(row.offer)), Cell(label(row)), homes, wishes]

    return Table(
        name, title, hint, _("No home is shown, and nobody looks for one."),
        [_("Rent or sale"), head, _("Shown"), _("Looked for")],
        [line(row) for row in rows if row.homes or row.wishes],
        [Cell(_("In all")), Cell(""), asked.homes(supply.homes), asked.wishes(supply.wishes)],
        named=2,
    )  # fmt: skip


def _market(asked: Asked) -> Table:
    since, until = datetime.date(asked.year, 1, 1), datetime.date(asked.year, 12, 31)
    everything, *rows = figures.time_on_the_market(asked.ids, since, until, asked.today)
    title = _("No home left the lists in %(year)s") % {"year": asked.year}
    if (days := everything.median) is not None:
        title = ngettext(
            "Half of the homes that left the lists in %(year)s did so within %(days)s day",
            "Half of the homes that left the lists in %(year)s did so within %(days)s days",
            days,
        ) % {"year": asked.year, "days": number(days)}

    def line(row: figures.Market, *named: str) -> list[Cell]:
        numbers = [row.gone, row.first, row.median, row.third, row.ran_out, row.shown, row.age]
        return [*map(Cell, named), *map(Cell, numbers)]

    return Table(
        "market", title,
        _(
            "Within how many days of being published a quarter, half and three quarters of the homes had left the "
            "lists. Those that ran out were put away by the clock: whether somebody moved in, nobody has said."
        ),
        _("No home left the lists in that year, and none is shown now."),
        [
            _("Rent or sale"), _("What kind"), _("Gone"), _("25 %, days"), _("50 %, days"), _("75 %, days"),
            _("Ran out"), _("Shown today"), _("50 %, days so far"),
        ],
        [
            line(row, _offer(row.offer), str(HomeKind(row.kind).label) if row.kind else _("All kinds"))
            for row in rows
            if row.gone or row.shown
        ],
        line(everything, _("In all"), ""),
        named=2,
    )  # fmt: skip


def _rents(asked: Asked) -> Table:
    *rows, everything = figures.rental_level(asked.ids, asked.today)
    title = _("Too few homes for rent to tell what they cost")
    if everything.rent is not None:
        title = _("Half of the homes for rent ask for %(rent)s kroner a month or less") % {
            "rent": number(everything.rent)
        }
    names = {"0": "0–1", "4": "4+", OPEN: _("Not told")}

    def line(row: figures.Rent, name: str) -> list[Cell]:
        return [Cell(name), *map(Cell, [row.count, row.rent, row.measured, row.by_metre])]

    return Table(
        "rents", title,
        _("The middle of what homes that are shown today ask for. Fewer than three make no level, and none is told."),
        _("No home for rent is shown that tells what it costs."),
        [
            _("Bedrooms"), _("Homes"), _("Kroner a month"), _("Tell their size"), _("Kroner a month per m²"),
        ],
        [line(row, names.get(row.bedrooms, row.bedrooms)) for row in rows if row.count],
        line(everything, _("In all")),
    )  # fmt: skip


def _municipal(asked: Asked) -> Table:
    found = figures.municipal_homes(asked.ids, asked.today)
    homes, overdue = sum(row.homes for row in found), sum(row.overdue for row in found)
    all_of_them = asked.linked(
        homes, "listing", owner_kind__exact=OwnerKind.MUNICIPALITY, offer__exact=Offer.RENT
    )
    return Table(
        "municipal",
        _("The municipality's own homes to rent: %(homes)s. Checks overdue: %(overdue)s.")
        % {"homes": number(homes), "overdue": number(overdue)},
        _("Also those that are let now. Standard and cost are what the latest check of each has found."),
        _("No home of the municipality's own is entered."),
        [
            _("Standard"), _("Homes"), _("Checks overdue"), _("To be done, kroner"), _("Cost not told"),
        ],
        [
            [
                Cell(_("Not checked") if row.standard is None else str(Standard(row.standard).label)),
                *map(Cell, [row.homes, row.overdue, row.cost, row.unpriced]),
            ]
            for row in found
            if row.homes
        ],
        [
            Cell(_("In all")), all_of_them, Cell(overdue), Cell(sum(row.cost for row in found)),
            Cell(sum(row.unpriced for row in found)),
        ],
    )  # fmt: skip


def _plots(asked: Asked) -> Table:
    plots, units = figures.plots_ready(asked.ids), figures.units_free(asked.ids, asked.today)
    free: dict[str, Any] = {"state__exact": Availability.FREE}
    rows = [
        [Cell(_("Plots")), asked.linked(plots.all, "plot")],
        [Cell(_("Plots that are free")), asked.linked(plots.free, "plot", **free)],
        [
            Cell(_("Free plots with road, water and power")),
            asked.linked(plots.ready, "plot", **free, **READY),
        ],
        [
            Cell(_("Of these, shown to the public")),
            asked.linked(plots.shown, "plot", **free, **READY, published__exact=1),
        ],
        [Cell(_("Units of projects that are free")), Cell(units.free)],
        [Cell(_("Units that are reserved")), Cell(units.reserved)],
        [Cell(_("Units that are sold or let")), Cell(units.taken)],
        [Cell(_("Units that come later")), Cell(units.coming)],
    ]
    is_empty = not (plots.all or units.offered or units.coming)
    title = _(
        "Ready to build on: %(ready)s of %(plots)s free plots. Free in projects: %(units)s of %(offered)s units."
    ) % {
        "ready": number(plots.ready), "plots": number(plots.free), "units": number(units.free),
        "offered": number(units.offered),
    }  # fmt: skip
    return Table(
        "plots",
        _("Plots and projects") if is_empty else title,
        _("A plot is ready with road, water and power. Units count as they stand today."),
        _("No plot and no project is entered."),
        [_("What"), _("How many")],
        [] if is_empty else rows,
        [],
    )


def _empties(asked: Asked) -> Table:
    talks = figures.empties(asked.ids)
    title = _("%(changed)s of %(registered)s have somebody living there again") % {
        "changed": number(talks.changed),
        "registered": number(talks.registered),
    }
    return Table(
        "empties",
        title if talks.registered else _("Empty farms and houses"),
        _("Empty farms and houses by how far the talks with their owners have come."),
        _("None is registered yet. Begin with those everybody knows."),
        [_("Stage"), _("How many")],
        [
            [Cell(str(Stage(stage).label)), asked.linked(count, "holding", stage__exact=stage)]
            for stage, count in talks.stages.items()
            if count
        ],
        [Cell(_("In all")), asked.linked(talks.registered, "holding")],
    )


TABLES: dict[str, Callable[[Asked], Table]] = {
    "kinds": _kinds,
    "bedrooms": _bedrooms,
    "prices": _prices,
    "market": _market,
    "rents": _rents,
    "municipal": _municipal,
    "plots": _plots,
    "empties": _empties,
}


def _offer(offer: str) -> str:
    return str(Offer(offer).label) if offer else _("Either")
