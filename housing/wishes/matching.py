"""Which wishes a home or vacancy fits, and which homes fit a wish: both ways by the same rules.

A new home is not held against all wishes. What of a wish is the same or not (to rent or to buy, the kind, the village)
stands in one word, `key`, with nothing where it is open; a home has eight such words, and the index on municipality,
key and price finds what may fit. So a home costs what its matches cost, however many look for something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from housing.listings.models import Listing
from housing.wishes.models import NO_LIMIT, Wish
from municipalities.jobs.models import Vacancy


def key_of(*, offer: str, kind: str, village: str) -> str:
    return f"{offer}|{kind}|{village.strip().casefold()}"[:80]


def keys_of(listing: Listing) -> list[str]:
    """Each word with which somebody may look for it."""
    choices = product({"", listing.offer}, {"", listing.kind}, {"", listing.village})
    return sorted({key_of(offer=offer, kind=kind, village=village) for offer, kind, village in choices})


def prepare(wish: Wish) -> None:
    """What of it is held against homes."""
    wish.key = key_of(offer=wish.offer, kind=wish.kind, village=wish.village)
    wish.most = NO_LIMIT if wish.price is None else wish.price


def wishes_for(listing: Listing) -> QuerySet[Wish]:
    """Of the home's municipality, those that it fits. A home that doesn't tell its price fits every purse; one that
    doesn't tell its size fits nobody who asks for one."""
    rows = Wish.objects.filter(
        municipality=listing.municipality_id, wants_home=True, key__in=keys_of(listing),
        most__gte=listing.price if listing.price is not None else 0,
    ).active()  # fmt: skip
    for name in ("bedrooms", "area"):
        there = getattr(listing, name)
        rows = rows.filter(
            Q(**{name: None}) | (Q(**{f"{name}__lte": there}) if there is not None else Q(pk__in=[]))
        )
    for name in ("pets", "step_free", "animals"):
        if not getattr(listing, name):
            rows = rows.filter(**{name: False})
    return rows


def wishes_for_vacancy(vacancy: Vacancy) -> QuerySet[Wish]:
    rows = Wish.objects.filter(
        municipality=vacancy.municipality_id, fields__municipality=vacancy.municipality_id,
        fields__field=vacancy.field,
    ).active()  # fmt: skip
    return rows.filter(Q(extent="") | Q(extent=vacancy.extent)) if vacancy.extent else rows


def homes_for(wish: Wish) -> QuerySet[Listing]:
    """What is shown now and fits, the newest first."""
    rows = Listing.objects.filter(municipality=wish.municipality_id).shown()
    if not wish.wants_home:
        return rows.none()
    for name in ("offer", "kind"):
        if getattr(wish, name):
            rows = rows.filter(**{name: getattr(wish, name)})
    if wish.village:
        rows = rows.filter(village__iexact=wish.village.strip())
    for name in ("bedrooms", "area"):
        if getattr(wish, name) is not None:
            rows = rows.filter(**{f"{name}__gte": getattr(wish, name)})
    if wish.price is not None:
        rows = rows.filter(Q(price=None) | Q(price__lte=wish.price))
    for name in ("pets", "step_free", "animals"):
        if getattr(wish, name):
            rows = rows.filter(**{name: True})
    return rows.order_by(F("published_at").desc(), "-pk")


def vacancies_for(wish: Wish) -> QuerySet[Vacancy]:
    fields = [each.field for each in wish.fields.all()]
    rows = Vacancy.objects.filter(municipality=wish.municipality_id, field__in=fields).shown()
    if wish.extent:
        rows = rows.filter(Q(extent="") | Q(extent=wish.extent))
    return rows.order_by(F("published_at").desc(), "-pk")


@dataclass(frozen=True)
class Fit:
    """A home held against a wish: what of it answers, and what it does not tell."""

    good: list[str]
    unknown: list[str]


def fit(wish: Wish, listing: Listing) -> Fit:
    """Of a home that fits."""
    return Fit(list(_good(wish, listing)), list(_unknown(wish, listing)))


def _good(wish: Wish, listing: Listing) -> Iterator[str]:
    if wish.offer:
        yield str(listing.get_offer_display())
    if wish.kind:
        yield str(listing.get_kind_display())
    if wish.village:
        yield listing.village
    if wish.bedrooms is not None and listing.bedrooms is not None:
        yield _("%(count)s bedrooms, asked for %(asked)s") % {
            "count": listing.bedrooms,
            "asked": wish.bedrooms,
        }
    if wish.area is not None and listing.area is not None:
        yield _("%(count)s m², asked for %(asked)s") % {"count": listing.area, "asked": wish.area}
    if wish.price is not None and listing.price is not None:
        yield _("%(price)s kroner, at most %(asked)s") % {"price": listing.price, "asked": wish.price}
    if wish.pets:
        yield _("Pets are welcome")
    if wish.step_free:
        yield _("Without steps")
    if wish.animals:
        yield _("Room for animals")


def _unknown(wish: Wish, listing: Listing) -> Iterator[str]:
    if wish.price is not None and listing.price is None:
        yield _("The price is not told")
