from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.organisations.forms import OrganisationTextForm, OrganisationTextFormSet
from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedStackedInline, WordedResource
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet


class OrganisationResource(WordedResource):
    class Meta:
        model = Organisation
        fields = ["name", "kind", "website", "email", "anchored", "published"]


class TextInline(ScopedStackedInline):
    model = OrganisationText
    form = OrganisationTextForm
    formset = OrganisationTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "body", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: OrganisationText) -> str:
        return standing(text, text.organisation.text_set) if text.organisation_id else ""


@admin.register(Organisation)
class OrganisationAdmin(ExportAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    resource_classes = [OrganisationResource]
    list_display = ["name", "municipality", "kind", "states", "anchored", "trusted", "published"]
    list_filter = ["kind", "anchored", "trusted", "published"]
    search_fields = ["name", "email", "website"]
    list_select_related = ["municipality"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["contact"]
    inlines = [TextInline]
    fieldsets = [
        (None, {"fields": [("name", "slug"), ("kind", "published"), ("contact", "website"), "email"]}),
        (_("The reception of newcomers"), {"fields": ["anchored", "trusted"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Organisation]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        # An address that is known by others stays as it is.
        return {} if obj else self.prepopulated_fields

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    @display(description=_("texts"))
    def states(self, organisation: Organisation) -> str:
        return labels(organisation.text_set, organisation.municipality.languages)
