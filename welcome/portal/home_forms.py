"""What a reader narrows homes and plots by. It stands in the address, so that it can be shared."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from housing.developments.models import Development
from housing.listings.models import MOST_RENT, Furnished, Listing, Offer
from housing.plots.models import Plot
from housing.shown.models import DEAREST, LARGEST, Availability, HomeKind
from municipalities.municipality.models import Municipality

MOST_VILLAGES = 60
NUMBER = {"inputmode": "numeric"}


class HomeOrder(models.TextChoices):
    NEWEST = "", _("Newest first")
    CHEAPEST = "price", _("Cheapest first")
    LARGEST = "area", _("Largest first")


class Wanted(models.TextChoices):
    ANY = "", _("To rent or to buy")
    RENT = "rent", _("To rent")
    SALE = "sale", _("To buy")


class Narrowing(forms.Form):
    @property
    def chosen(self) -> bool:
        """Whether anything is narrowed; the order narrows nothing."""
        said = getattr(self, "cleaned_data", {})
        return any(value not in (None, "", False) for name, value in said.items() if name != "sort")


class HomesForm(Narrowing):
    offer = forms.ChoiceField(label=_("I want"), choices=Wanted.choices, required=False)
    kind = forms.ChoiceField(
        label=_("What kind"), choices=[("", _("Any kind")), *HomeKind.choices], required=False
    )
    bedrooms = forms.IntegerField(
        label=_("Bedrooms, at least"), min_value=0, max_value=20, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    price = forms.IntegerField(
        label=_("Kroner, at most"), min_value=0, max_value=DEAREST, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    area = forms.IntegerField(
        label=_("Square metres, at least"), min_value=0, max_value=LARGEST, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    village = forms.ChoiceField(label=_("Where"), required=False)
    pets = forms.BooleanField(label=_("Pets are welcome"), required=False)
    furnished = forms.BooleanField(label=_("Furnished"), required=False)
    step_free = forms.BooleanField(label=_("Without steps"), required=False)
    animals = forms.BooleanField(label=_("Room for animals"), required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=HomeOrder.choices, required=False)

    def __init__(self, *args: Any, villages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["village"]
        where.choices = [("", _("Anywhere")), *((name, name) for name in villages)]

    @property
    def narrows_more(self) -> bool:
        """Whether something is chosen, or wrong, that stands behind *More choices*."""
        names = ("area", "village", "sort", "pets", "furnished", "step_free", "animals")
        said = getattr(self, "cleaned_data", {})
        return any(said.get(name) or name in self.errors for name in names)

    def narrow(self, rows: Any) -> Any:
        """By each filter that makes sense; one that does not is told beside its field, and narrows nothing. What says
        nothing of a figure that is asked for is left out."""
        said = getattr(self, "cleaned_data", {})
        exact = {name: said[name] for name in ("offer", "kind", "village") if said.get(name)}
        ticked = {name: True for name in ("pets", "step_free", "animals") if said.get(name)}
        rows = rows.filter(**exact, **ticked)
        if said.get("furnished"):
            rows = rows.filter(furnished__in=[Furnished.YES, Furnished.PARTLY])
        if said.get("bedrooms"):
            rows = rows.filter(bedrooms__gte=said["bedrooms"])
        if said.get("area"):
            rows = rows.filter(area__gte=said["area"])
        if (price := said.get("price")) is not None:
            rows = rows.filter(price__lte=price)
            if price > MOST_RENT and not said.get("offer"):
                # Who names such a sum means to buy.
                rows = rows.filter(Q(offer=Offer.SALE) | Q(price__lte=MOST_RENT))
        return self._in_order(rows, said.get("sort", ""))

    @staticmethod
    def _in_order(rows: models.QuerySet[Listing], sort: str) -> models.QuerySet[Listing]:
        if sort == HomeOrder.CHEAPEST:
            return rows.order_by("offer", F("price").asc(nulls_last=True), "-pk")
        if sort == HomeOrder.LARGEST:
            return rows.order_by(F("area").desc(nulls_last=True), "-pk")
        return rows.order_by("-published_at", "-pk")


class PlotsForm(Narrowing):
    price = forms.IntegerField(
        label=_("Kroner, at most"), min_value=0, max_value=DEAREST, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    area = forms.IntegerField(
        label=_("Square metres, at least"), min_value=0, max_value=100_000, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    field = forms.ChoiceField(label=_("Where"), required=False)
    ready = forms.BooleanField(label=_("Ready to build on"), required=False)
    free = forms.BooleanField(label=_("Free now"), required=False)

    def __init__(self, *args: Any, fields_of: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["field"]
        where.choices = [("", _("Anywhere")), *((name, name) for name in fields_of)]

    def narrow(self, rows: Any) -> Any:
        said = getattr(self, "cleaned_data", {})
        if said.get("field"):
            rows = rows.filter(field=said["field"])
        if said.get("price") is not None:
            rows = rows.filter(price__lte=said["price"])
        if said.get("area"):
            rows = rows.filter(area__gte=said["area"])
        if said.get("ready"):
            rows = rows.filter(has_road=True, has_water=True, has_power=True)
        if said.get("free"):
            rows = rows.filter(state=Availability.FREE)
        # The free ones first, then as the municipality has put them.
        free_first = models.Case(
            models.When(state=Availability.FREE, then=0), default=1, output_field=models.IntegerField()
        )
        return rows.order_by(free_first, "field", "order", "name", "pk")


def villages_of(here: Municipality) -> list[str]:
    rows = Listing.objects.of(here).shown(timezone.localdate()).exclude(village="").order_by()
    return sorted(rows.values_list("village", flat=True).distinct()[: 4 * MOST_VILLAGES])[:MOST_VILLAGES]


def fields_of(here: Municipality) -> list[str]:
    rows = Plot.objects.of(here).shown().exclude(field="").order_by()
    return sorted(rows.values_list("field", flat=True).distinct()[: 4 * MOST_VILLAGES])[:MOST_VILLAGES]


def counts_of(here: Municipality) -> dict[str, int]:
    """What there is of each kind, for the way from one list to the next; in one query."""
    found: Any = (
        Municipality.objects.filter(pk=here.pk)
        .annotate(
            homes=_count(Listing.objects.shown()),
            plots=_count(Plot.objects.shown().free()),
            projects=_count(Development.objects.shown()),
        )
        .values("homes", "plots", "projects")
        .get()
    )
    return {name: number or 0 for name, number in found.items()}


def _count(rows: Any) -> Any:
    of_this = rows.filter(municipality=models.OuterRef("pk")).order_by().values("municipality")
    return models.Subquery(of_this.annotate(number=models.Count("pk")).values("number"))
