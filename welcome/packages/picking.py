"""What is to be packed: package by package along the road, or gift by gift along the shelves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from welcome.households.walking import STREET, along_the_street
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import Package, PackageItem, PackageQuerySet


@dataclass(frozen=True)
class Line:
    gift: Gift
    title: str  # As it is called here, whatever language the letter is in.
    count: int
    is_voucher: bool
    lacks: int  # Codes that the sponsor has not sent yet.


@dataclass(frozen=True)
class Pick:
    package: Package
    who: str
    where: str
    lines: list[Line]


@dataclass
class Fetch:
    """From one place on the shelves."""

    gift: Gift
    title: str
    there: int
    count: int = 0
    packages: list[tuple[str, int]] = field(default_factory=list)  # Code, how many.


def who(package: Package) -> str:
    """The adults' names; nothing of a household that is gone."""
    if package.household is None:
        return ""
    people = [person for person in package.household.people.all() if person.died_on is None]
    adults = [person.full_name for person in people if person.role == "adult"]
    return ", ".join(adults or [person.full_name for person in people])


def in_order(packages: PackageQuerySet) -> list[int]:
    """Their numbers by post code, street and house."""
    columns = [f"household__{name}" for name in STREET]
    rows = packages.open_to_all().filter(household__isnull=False).values_list(*columns, "pk")
    return [row[-1] for row in sorted(rows, key=along_the_street)]


def picks(ids: Sequence[int]) -> list[Pick]:
    """In the order of their numbers here; a constant number of queries."""
    rows = Package.objects.open_to_all().with_items().in_bulk(ids)
    return [_pick(rows[pk]) for pk in ids if pk in rows]


def _pick(package: Package) -> Pick:
    home = package.household
    where = ", ".join(home.address_lines) if home else ""
    return Pick(package, who(package), where, [line(item) for item in package.items.all()])


def line(item: PackageItem) -> Line:
    codes = len(item.vouchers.all()) if item.gift.is_by_code else item.count
    return Line(
        item.gift, item.gift.title or item.title, item.count, item.gift.is_by_code, max(item.count - codes, 0)
    )


def fetches(found: Iterable[Pick]) -> list[Fetch]:
    """By shelf, then as the gifts are ordered; vouchers lie on none."""
    rows: dict[int, Fetch] = {}
    for pick in found:
        for each in pick.lines:
            if each.is_voucher:
                continue
            row = rows.setdefault(each.gift.pk, Fetch(each.gift, each.title, _there(each.gift)))
            row.count += each.count
            row.packages.append((pick.package.code, each.count))
    return sorted(rows.values(), key=lambda row: (row.gift.shelf.casefold(), row.gift.order, row.gift.pk))


def _there(gift: Gift) -> int:
    """-1 where nobody counts."""
    if gift.fulfilment != Fulfilment.STOCK:
        return -1
    return gift.stock.balance if hasattr(gift, "stock") else 0
