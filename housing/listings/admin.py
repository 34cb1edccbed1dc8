from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from housing.listings import changes
from housing.listings.delivery import page_of, title_of
from housing.listings.models import ConditionCheck, Listing, ListingPhoto, ListingText
from housing.shown.staff import PhotoInline, PicturedAdmin, TextInline, photo_form, text_form
from municipalities.moderation.pages import ModeratedAdmin
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedTabularInline, WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels


class ListingForm(ScopedForm):
    class Meta:
        model = Listing
        fields = "__all__"


class ListingResource(WordedResource):
    """No word of who sent it in."""

    class Meta:
        model = Listing
        fields = [
            "id", "offer", "kind", "owner_kind", "state", "price", "deposit", "bedrooms", "area", "street_address",
            "postal_code", "postal_place", "village", "free_from", "published_at", "expires_on", "gone_at",
        ]  # fmt: skip


class ListingTextInline(TextInline):
    model = ListingText
    form = text_form(ListingText)
    owner = "listing"


class ListingPhotoInline(PhotoInline):
    model = ListingPhoto
    form = photo_form(ListingPhoto)
    owner = "listing"


class CheckInline(ScopedTabularInline):
    """Of municipal homes."""

    model = ConditionCheck
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["checked_on", "standard", "needs", "cost", "next_on"]
    hide_title = True
    max_num = 40


@admin.register(Listing)
class ListingAdmin(PicturedAdmin, ModeratedAdmin):
    form = ListingForm
    resource_classes = [ListingResource]
    photos, owner = ListingPhoto, "listing"
    decide_template = "listings/decide.html"
    list_display = [
        "name", "municipality", "offer", "kind", "price", "bedrooms", "village", "texts_label", "expires_on",
        "state_label",
    ]  # fmt: skip
    list_filter = ["state", "offer", "kind", "owner_kind", "checks__standard"]
    search_fields = ["texts__title", "street_address", "village", "postal_place"]
    list_select_related = ["municipality"]
    autocomplete_fields = ["organisation", "contact"]
    inlines = [ListingTextInline, ListingPhotoInline, CheckInline]
    fieldsets = [
        (None, {"fields": [("offer", "kind"), ("owner_kind", "organisation"), "contact", "expires_on"]}),
        (
            gettext_lazy("Price"),
            {
                "fields": [
                    ("price", "deposit", "shared_costs"), ("includes_power", "includes_internet"),
                    ("free_from", "lease_months"),
                ]
            },
        ),
        (
            gettext_lazy("The home"),
            {
                "fields": [
                    ("bedrooms", "area", "floor"), ("built_year", "energy", "furnished"),
                    ("pets", "step_free", "parking"),
                ]
            },
        ),
        (gettext_lazy("A farm"), {"fields": [("land", "animals", "must_live_there")]}),
        (
            gettext_lazy("Where it lies"),
            {
                "fields": [
                    "street_address", ("postal_code", "postal_place", "village"), ("latitude", "longitude"),
                    "shows_address", "website",
                ]
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Listing]:
        rows = super().get_queryset(request).select_related("submission")
        return rows.prefetch_related("texts", "photos")

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_model(self, request: HttpRequest, obj: Listing, form: Any, change: bool) -> None:
        changes.save(listing=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is ConditionCheck:
            for row in formset.forms:
                if not row.instance.pk:
                    row.instance.checked_by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def row_title(self, row: Listing) -> str:
        return title_of(row, get_language() or "nb")

    def row_page(self, row: Listing) -> str:
        return page_of(row)

    def problem(self, row: Listing) -> str:
        if not any(text.title for text in row.texts.all()):
            return _("It has no title in any language yet; write one first.")
        return ""

    def more(self, row: Listing) -> dict[str, Any]:
        return {
            "texts": [text for text in row.texts.all() if not text.is_empty],
            "photos": list(row.photos.all()),
            "alike": list(Listing.objects.of(row.municipality).alike(row).prefetch_related("texts")[:5]),
            "prices": list(row.prices.order_by("since", "pk")),
            "far": is_far(row),
        }

    @display(description=gettext_lazy("home"))
    def name(self, listing: Listing) -> str:
        text = listing.text_set.best(get_language() or "nb")
        return text.title if text and text.title else str(listing)

    @display(description=gettext_lazy("texts"))
    def texts_label(self, listing: Listing) -> str:
        return labels(listing.text_set, listing.municipality.languages)


FAR = 1.0  # Degrees; no municipality but the largest reaches so far from its centre.


def is_far(listing: Listing) -> bool:
    """Whether its point lies so far from the municipality's centre that it may be a slip."""
    place = listing.municipality
    if (
        listing.latitude is None
        or listing.longitude is None
        or place.latitude is None
        or place.longitude is None
    ):
        return False
    away = max(abs(listing.latitude - place.latitude), abs(listing.longitude - place.longitude) / 2)
    return float(away) > FAR
