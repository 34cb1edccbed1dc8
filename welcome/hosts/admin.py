from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.admin import ScopedAdmin, ScopedTabularInline
from municipalities.tenancy.roles import Right
from welcome.hosts import assigning, suggesting
from welcome.hosts.forms import HostForm
from welcome.hosts.models import Host, HostAway
from welcome.hosts.rules import HostRules


class AwayInline(ScopedTabularInline):
    model = HostAway
    fields = ["first_day", "last_day"]
    hide_title = True


@admin.register(HostRules)
class HostRulesAdmin(ScopedAdmin):
    read, write = Right.MANAGE, Right.MANAGE
    list_display = ["municipality", "answer_days", "first_contact_days", "months", "certificate_needed"]
    fields = [("answer_days", "first_contact_days", "months"), "certificate_needed"]


@admin.register(Host)
class HostAdmin(ScopedAdmin):
    form = HostForm
    list_display = ["name", "municipality", "place", "spoken", "load_label", "active", "named"]
    list_filter = ["active"]
    search_fields = ["name", "place", "phone", "email"]
    inlines = [AwayInline]
    change_form_outer_before_template = "hosts/host_head.html"
    list_before_template = "hosts/list_head.html"
    fieldsets = [
        (None, {"fields": ["name", ("phone", "email"), "place", "languages", "interests"]}),
        (_("What they take on"), {"fields": [("capacity", "active")]}),
        (_("Who they go well with"), {"fields": ["story", ("moved_for", "children")]}),
        (_("What you have seen"), {"fields": ["references", ("trained_on", "certificate_seen_on")]}),
        (_("In letters"), {"fields": ["named_since", "about", "about_language"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Host]:
        rows: Any = super().get_queryset(request)
        return rows.with_load()

    def get_urls(self) -> list[URLPattern]:
        households = self.admin_site.admin_view(assigning.of_host)
        suggestions = self.admin_site.admin_view(suggesting.suggestions)
        return [
            path("suggestions/", suggestions, name="welcome_host_suggestions"),
            path("<int:object_id>/households/", households, name="welcome_host_households"),
            *super().get_urls(),
        ]

    @display(description=_("languages"))
    def spoken(self, host: Host) -> str:
        return host.spoken

    @display(description=_("households now"), ordering="load", label={"full": "warning", "room": "success"})
    def load_label(self, host: Any) -> tuple[str, str]:
        words = _("%(load)s of %(capacity)s") % {"load": host.load, "capacity": host.capacity}
        return ("full" if host.load >= host.capacity else "room"), str(words)

    @display(description=_("named in letters"), ordering="named_since", boolean=True)
    def named(self, host: Host) -> bool:
        return host.named_since is not None
