from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.learning.forms import (
    LearningPlaceForm,
    LearningPlaceTextForm,
    LearningPlaceTextFormSet,
)
from municipalities.learning.models import LearningPlace, LearningPlaceText, lines_of
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet


class TextInline(ScopedStackedInline):
    model = LearningPlaceText
    form = LearningPlaceTextForm
    formset = LearningPlaceTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "brief", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: LearningPlaceText) -> str:
        return standing(text, text.place.text_set) if text.place_id else ""


@admin.register(LearningPlace)
class LearningPlaceAdmin(ScopedAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    form = LearningPlaceForm
    list_display = [
        "name",
        "municipality",
        "kind",
        "capacity",
        "free_places",
        "capacity_on",
        "apply_until",
        "lines",
        "states",
        "published",
    ]
    list_filter = ["kind", "capacity", "published"]
    search_fields = ["contact__name", "texts__title"]
    list_select_related = ["municipality", "contact"]
    ordering = ["municipality__name", "kind", "order", "pk"]
    autocomplete_fields = ["contact"]
    inlines = [TextInline]
    fieldsets = [
        (None, {"fields": [("contact", "kind"), ("lowest", "highest"), ("order", "published")]}),
        (_("Is there a place?"), {"fields": [("capacity", "free_places"), "capacity_on"]}),
        (_("How to apply"), {"fields": [("apply_url", "apply_until")]}),
        (_("Which addresses it is for"), {"fields": ["zone"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[LearningPlace]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    @display(description=_("name"), ordering="contact__name")
    def name(self, place: LearningPlace) -> str:
        return place.contact.name

    @display(description=_("lines of its zone"), empty_value="–")
    def lines(self, place: LearningPlace) -> int | None:
        return len(lines_of(place.zone)) or None

    @display(description=_("texts"))
    def states(self, place: LearningPlace) -> str:
        return labels(place.text_set, place.municipality.languages)
