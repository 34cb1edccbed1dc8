from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from housing.developments import actions, figures
from housing.developments.models import Development, DevelopmentPhoto, DevelopmentText, Unit
from housing.shown.models import Availability
from housing.shown.staff import PhotoInline, PicturedAdmin, TextInline, photo_form, text_form
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedTabularInline, WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels


class DevelopmentForm(ScopedForm):
    class Meta:
        model = Development
        fields = "__all__"


class DevelopmentResource(WordedResource):
    class Meta:
        model = Development
        fields = ["id", "name", "developer__name", "village", "ready_on", "website", "published"]


class DevelopmentTextInline(TextInline):
    model = DevelopmentText
    form = text_form(DevelopmentText)
    owner = "development"


class DevelopmentPhotoInline(PhotoInline):
    model = DevelopmentPhoto
    form = photo_form(DevelopmentPhoto)
    owner = "development"


class UnitForm(ScopedForm):
    """A changed state is noted with its day by `actions.move`."""

    class Meta:
        model = Unit
        fields = ["name", "kind", "bedrooms", "area", "floor", "price", "state"]


class UnitInline(ScopedTabularInline):
    model = Unit
    form = UnitForm
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["name", "kind", "bedrooms", "area", "floor", "price", "state"]
    hide_title = True


@admin.register(Development)
class DevelopmentAdmin(PicturedAdmin, ExportAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    form = DevelopmentForm
    resource_classes = [DevelopmentResource]
    photos, owner = DevelopmentPhoto, "development"
    change_form_outer_before_template = "developments/head.html"
    list_display = [
        "name",
        "municipality",
        "developer",
        "units_label",
        "ready_on",
        "texts_label",
        "published",
    ]
    list_filter = ["published"]
    search_fields = ["name", "village", "developer__name"]
    list_select_related = ["municipality", "developer"]
    autocomplete_fields = ["developer", "contact"]
    inlines = [UnitInline, DevelopmentTextInline, DevelopmentPhotoInline]
    fieldsets = [
        (None, {"fields": [("name", "published"), ("developer", "contact"), ("ready_on", "website")]}),
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

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Development]:
        return super().get_queryset(request).with_counts().prefetch_related("texts")  # type: ignore[attr-defined]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = {}
        if formset.model is Unit:
            before = dict(Unit.objects.filter(development=form.instance).values_list("pk", "state"))
        super().save_formset(request, form, formset, change)
        if formset.model is Unit:
            rows = [*formset.new_objects, *(row for row, _names in formset.changed_objects)]
            for unit in rows:
                if before.get(unit.pk) != unit.state:
                    by: Any = access_of(request).user
                    actions.move(unit=unit, state=Availability(unit.state), by=by)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {} if found is None else {
            "development": found, "months": figures.over_time(found, timezone.localdate()),
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("free units"))
    def units_label(self, development: Any) -> str:
        return _("%(free)s of %(all)s") % {"free": development.free_units, "all": development.all_units}

    @display(description=_("texts"))
    def texts_label(self, development: Development) -> str:
        return labels(development.text_set, development.municipality.languages)
