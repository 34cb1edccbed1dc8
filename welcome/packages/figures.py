"""What gifts cost and how they are used, by calendar year. Names nobody, and holds when households are erased."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum

from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from welcome.households.models import Household
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import OUT, Package, PackageItem, PackageState, Voucher


@dataclass(frozen=True)
class GiftUse:
    """`told` is how many were put into packages, `given` how many left the counter or were posted, and were not
    returned; of vouchers `redeemed`. `kroner` is what was used of it: of vouchers those redeemed, of what is not
    counted nothing, since nobody knows."""

    gift: Gift
    told: int
    given: int
    redeemed: int
    kroner: int

    @property
    def used(self) -> int:
        return self.redeemed if self.gift.is_by_code else self.given


@dataclass(frozen=True)
class SponsorUse:
    sponsor: Organisation | None  # None: the municipality itself, and givers that are no organisation here.
    gifts: list[GiftUse]

    @property
    def kroner(self) -> int:
        return sum(use.kroner for use in self.gifts)


@dataclass(frozen=True)
class Year:
    year: int
    sponsors: list[SponsorUse]
    packages: int  # Handed out or posted.

    @property
    def kroner(self) -> int:
        return sum(each.kroner for each in self.sponsors)

    @property
    def kroner_a_package(self) -> int:
        return round(self.kroner / self.packages) if self.packages else 0


@dataclass(frozen=True)
class HouseholdUse:
    packages: int
    vouchers: int
    redeemed: int
    kroner: int


def of_year(municipality: Municipality, year: int) -> Year:
    """In six statements, whatever there is."""
    return Year(
        year,
        _by_sponsor(_uses(Gift.objects.of(municipality), year)),
        Package.objects.of(municipality).filter(state__in=OUT, out_at__year=year).count(),
    )


def of_sponsor(sponsor: Organisation, year: int) -> SponsorUse:
    """For the statement to this sponsor."""
    gifts = Gift.objects.of(sponsor.municipality).filter(sponsor=sponsor)
    return SponsorUse(sponsor, _uses(gifts, year))


def of_household(household: Household) -> HouseholdUse:
    """All that one household was given so far."""
    items = PackageItem.objects.filter(package__household=household, package__state__in=OUT)
    stock = (
        items.filter(gift__fulfilment=Fulfilment.STOCK).aggregate(n=Sum(F("count") * F("value")))["n"] or 0
    )
    codes = Voucher.objects.filter(item__package__household=household)
    redeemed = codes.redeemed().aggregate(n=Count("pk"), kroner=Sum("value"))
    return HouseholdUse(
        packages=Package.objects.filter(household=household, state__in=OUT).count(),
        vouchers=codes.issued().count(),
        redeemed=redeemed["n"],
        kroner=stock + (redeemed["kroner"] or 0),
    )


def _uses(gifts: "QuerySet[Gift]", year: int) -> list[GiftUse]:
    """Of those of these gifts that anything was told of, given or redeemed that year."""
    of_these = PackageItem.objects.filter(gift__in=gifts)
    told = of_these.filter(package__composed_at__year=year).exclude(package__state=PackageState.CANCELLED)
    given = of_these.filter(package__state__in=OUT, package__out_at__year=year)
    redeemed = Voucher.objects.redeemed().filter(gift__in=gifts, redeemed_at__year=year)
    counts: defaultdict[int, dict[str, int]] = defaultdict(
        lambda: {"told": 0, "given": 0, "redeemed": 0, "kroner": 0}
    )
    for gift, n in told.values_list("gift").annotate(n=Sum("count")).order_by():
        counts[gift]["told"] = n
    worth = Sum(F("count") * F("value"))
    for gift, fulfilment, n, kroner in (
        given.values_list("gift", "gift__fulfilment").annotate(n=Sum("count"), kroner=worth).order_by()
    ):
        counts[gift] |= {"given": n} | ({"kroner": kroner} if fulfilment == Fulfilment.STOCK else {})
    for gift, n, kroner in (
        redeemed.values_list("gift").annotate(n=Count("pk"), kroner=Sum("value")).order_by()
    ):
        counts[gift]["redeemed"] = n
        counts[gift]["kroner"] += kroner
    found = gifts.filter(pk__in=counts).select_related("municipality", "sponsor").prefetch_related("texts")
    return [GiftUse(gift, **counts[gift.pk]) for gift in found.order_by("order", "pk")]


def _by_sponsor(uses: Iterable[GiftUse]) -> list[SponsorUse]:
    """Sponsors by name, and last what no organisation stands for."""
    rows: dict[Organisation | None, list[GiftUse]] = {}
    for use in uses:
        rows.setdefault(use.gift.sponsor, []).append(use)
    order = sorted(rows, key=lambda sponsor: (sponsor is None, sponsor.name.casefold() if sponsor else ""))
    return [SponsorUse(sponsor, rows[sponsor]) for sponsor in order]
