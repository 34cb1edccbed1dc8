"""The municipality's own page. It stands on the scoped base, which stands on the municipality's model."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.municipality import pictures
from municipalities.municipality.forms import MunicipalityFields
from municipalities.municipality.models import Fact, Municipality, MunicipalityText, TextKind
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline, ScopedTabularInline
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.tenancy.roles import Right
from municipalities.texts.display import standing
from municipalities.texts.forms import TextForm, TextFormSet
from municipalities.texts.models import TextSet


class MunicipalityForm(MunicipalityFields, ScopedForm):
    pass


class MunicipalityTextForm(TextForm, ScopedForm):
    NEEDS_TITLE = False  # A greeting has none.

    class Meta:
        model = MunicipalityText
        fields = ["title", "body", "source_language"]


class MunicipalityTextFormSet(TextFormSet, ScopedFormSet):
    instance: Municipality
    kind: TextKind

    def offered_languages(self) -> list[str]:
        return self.instance.languages if self.instance.pk else []

    def home_language(self) -> str:
        return self.instance.home_language

    def new_text(self) -> dict[str, Any]:
        return {"kind": self.kind}


class TextInline(ScopedStackedInline):
    model = MunicipalityText
    form = MunicipalityTextForm
    read, write = Right.READ_TEXTS, Right.MANAGE
    fields = ["standing", "title", "body", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.
    tab = True
    kind: TextKind

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[MunicipalityText]:
        return super().get_queryset(request).filter(kind=self.kind).select_related("changed_by")

    @display(description="")
    def standing(self, text: MunicipalityText) -> str:
        if not text.municipality_id:
            return ""
        texts = [row for row in text.municipality.municipalitytext_set.all() if row.kind == self.kind]
        return standing(text, TextSet(texts, home=text.municipality.home_language, review_months=12))


def texts_of_kind(kind: TextKind) -> type[TextInline]:
    formset = type(f"{kind.name}FormSet", (MunicipalityTextFormSet,), {"kind": kind})
    names = {"verbose_name": kind.label, "verbose_name_plural": kind.label}
    return type(f"{kind.name}Inline", (TextInline,), {"kind": kind, "formset": formset, **names})


class FactInline(ScopedTabularInline):
    model = Fact
    read, write = Right.READ_TEXTS, Right.MANAGE
    fields = ["kind", "label", "value", "true_on", "source", "source_url", "order"]
    ordering_field = "order"
    hide_ordering_field = True
    tab = True


@admin.register(Municipality)
class MunicipalityAdmin(ScopedAdmin):
    path = "pk"
    read, write = Right.READ_TEXTS, Right.MANAGE
    form = MunicipalityForm
    list_display = ["name", "number", "language_form", "mayor_name", "can_send", "published"]
    list_filter = ["published", "language_form"]
    search_fields = ["name", "number", "parallel_names"]
    ordering = ["name"]
    inlines = [*map(texts_of_kind, TextKind), FactInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "number"), ("slug", "published"),
                    ("parallel_names", "language_form"), "languages",
                ]
            },
        ),
        (
            _("How to reach us"),
            {
                "fields": [
                    ("office_name", "phone"), ("email", "website"),
                    "street_address", ("postal_code", "postal_place"), ("latitude", "longitude"),
                ],
                "description": _("The address stands as sender on every welcome letter."),
            },
        ),
        (
            _("How we look"),
            {
                "fields": ["arms", "accent", "mayor_name", "mayor_portrait", "mayor_signature"],
                "description": _("Pictures as PNG or JPEG. The colour must carry white text."),
            },
        ),
        (
            _("Letters and follow-up"),
            {"fields": [("letter_day", "second_approver"), "letters_go_after_days", "followup_days", "enquiry_days"]},
        ),
        (
            _("How long we keep what we know"),
            {
                "fields": [
                    "retention_left_months", "retention_planning_months", "retention_letters_months",
                    "retention_enquiries_months", "retention_audit_months",
                ]
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Municipality]:
        return super().get_queryset(request).prefetch_related("municipalitytext_set")

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        # They are part of addresses that others have kept, and of every letter ever sent.
        return fields if access_of(request).everywhere else [*fields, "number", "slug", "published"]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return self.inlines if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access_of(request).everywhere

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return access_of(request).everywhere

    def save_model(self, request: HttpRequest, obj: Municipality, form: Any, change: bool) -> None:
        before = pictures.named_by(obj)
        super().save_model(request, obj, form, change)
        pictures.delete_unused(before)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    @display(description=_("can send letters"), boolean=True)
    def can_send(self, municipality: Municipality) -> bool:
        return municipality.accepts_letters
