from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import INPUT_CLASSES

from municipalities.contacts.models import ContactPoint, OpeningHours, SpecialDay
from municipalities.tenancy.admin import ExportAdmin, ScopedTabularInline, WordedResource
from municipalities.tenancy.roles import Right


class ContactPointResource(WordedResource):
    class Meta:
        model = ContactPoint
        fields = [
            "name", "person", "role", "short_number", "phone", "email", "website",
            "street_address", "postal_code", "postal_place", "latitude", "longitude",
        ]  # fmt: skip


class OpeningHoursInline(ScopedTabularInline):
    model = OpeningHours
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["weekday", "opens", "closes"]
    hide_title = True
    formfield_overrides = {
        models.TimeField: {
            # The browser's own: seconds are of no use, and a phone shows its clock.
            "widget": forms.TimeInput(
                attrs={"type": "time", "class": " ".join(INPUT_CLASSES)}, format="%H:%M"
            )
        }
    }


class SpecialDayInline(ScopedTabularInline):
    model = SpecialDay
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["day", "opens", "closes"]
    hide_title = True
    formfield_overrides = OpeningHoursInline.formfield_overrides


@admin.register(ContactPoint)
class ContactPointAdmin(ExportAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    resource_classes = [ContactPointResource]
    list_display = ["name", "municipality", "person", "number", "email", "uses", "front_desk"]
    list_filter = ["front_desk", "postal_place"]
    search_fields = ["name", "person", "role", "email", "phone", "short_number", "street_address"]
    ordering = ["name", "person"]
    inlines = [OpeningHoursInline, SpecialDayInline]
    readonly_fields = ["used_in"]
    fieldsets = [
        (None, {"fields": ["name", ("person", "role"), "front_desk"]}),
        (_("How to reach it"), {"fields": [("short_number", "phone"), ("email", "website")]}),
        (
            _("Where it is"),
            {
                "fields": ["street_address", ("postal_code", "postal_place"), ("latitude", "longitude")],
                "description": _(
                    "The map point is optional: latitude about 60, longitude about 8 in Hallingdal."
                ),
            },
        ),
        (_("Used in"), {"fields": ["used_in"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ContactPoint]:
        return super().get_queryset(request).select_related("municipality").annotate(uses=Count("topic"))

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:-1]

    @display(description=_("phone"))
    def number(self, contact: ContactPoint) -> str:
        return contact.number_to_call

    @display(description=_("topics"), ordering="uses")
    def uses(self, contact: Any) -> int:
        return contact.uses

    @display(description=_("topics"), empty_value=_("Not used in any topic yet."))
    def used_in(self, contact: ContactPoint) -> SafeString | None:
        # Only those of its own municipality: the database holds no others, and none would be shown.
        topics = contact.topic_set.filter(municipality=contact.municipality_id)
        return (
            format_html_join(
                ", ",
                '<a class="text-primary-600 dark:text-primary-500 underline" href="{}">{}</a>',
                ((reverse("admin:municipalities_topic_change", args=[topic.pk]), topic) for topic in topics),
            )
            or None
        )
