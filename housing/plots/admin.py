from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from housing.plots.models import Plot, PlotPhoto, PlotText
from housing.shown.staff import PhotoInline, PicturedAdmin, TextInline, photo_form, text_form
from municipalities.tenancy.admin import ExportAdmin, WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels


class PlotForm(ScopedForm):
    class Meta:
        model = Plot
        fields = "__all__"


class PlotResource(WordedResource):
    class Meta:
        model = Plot
        fields = [
            "id", "field", "name", "area", "price", "connection", "leased", "has_road", "has_water", "has_power",
            "street_address", "village", "state", "state_on", "published",
        ]  # fmt: skip


class PlotTextInline(TextInline):
    model = PlotText
    form = text_form(PlotText)
    owner = "plot"


class PlotPhotoInline(PhotoInline):
    model = PlotPhoto
    form = photo_form(PlotPhoto)
    owner = "plot"


@admin.register(Plot)
class PlotAdmin(PicturedAdmin, ExportAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    form = PlotForm
    resource_classes = [PlotResource]
    photos, owner = PlotPhoto, "plot"
    list_display = [
        "name", "field", "municipality", "area", "price", "ready", "state", "state_on", "texts_label", "published",
    ]  # fmt: skip
    list_filter = ["state", "published", "has_road", "has_water", "has_power"]
    search_fields = ["name", "field", "village", "street_address"]
    list_select_related = ["municipality"]
    autocomplete_fields = ["contact"]
    inlines = [PlotTextInline, PlotPhotoInline]
    fieldsets = [
        (None, {"fields": [("field", "name", "order"), ("state", "state_on"), ("contact", "published")]}),
        (_("Price and size"), {"fields": [("area", "price", "connection"), "leased"]}),
        (_("Is it ready?"), {"fields": [("has_road", "has_water", "has_power"), "view", "plan_url"]}),
        (
            _("Where it lies"),
            {
                "fields": [
                    "street_address", ("postal_code", "postal_place", "village"), ("latitude", "longitude"),
                    "shows_address",
                ]
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Plot]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_model(self, request: HttpRequest, obj: Plot, form: Any, change: bool) -> None:
        if "state" in form.changed_data and "state_on" not in form.changed_data and change:
            obj.state_on = timezone.localdate()
        super().save_model(request, obj, form, change)

    @display(description=_("ready"), boolean=True)
    def ready(self, plot: Plot) -> bool:
        return plot.is_ready

    @display(description=_("texts"))
    def texts_label(self, plot: Plot) -> str:
        return labels(plot.text_set, plot.municipality.languages)
