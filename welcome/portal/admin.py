"""Figures of the public pages, and what people search for in vain, in the staff site."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.admin import ExportAdmin, ScopedAdmin, WordedResource
from municipalities.tenancy.roles import Right
from welcome.portal import figure_pages
from welcome.portal.models import MissedSearch, PageDay


class Counted(ScopedAdmin):
    """The clock writes these; nothing of them is typed or deleted by hand."""

    read = write = Right.READ_TEXTS
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(PageDay)
class PageDayAdmin(Counted):
    """Its list is a page of its own: nobody learns from single days."""

    fieldsets = [(None, {"fields": ["path", "language", "day", "views", "found", "missed", "asked"]})]
    readonly_fields = ["path", "language", "day", "views", "found", "missed", "asked"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return figure_pages.show(request)

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        csv = path("figures.csv", staff_only(figure_pages.as_csv), name="welcome_pageday_csv")
        return [csv, *super().get_urls()]


class MissedSearchResource(WordedResource):
    class Meta:
        model = MissedSearch
        fields = ("municipality__name", "week", "words", "language", "times", "days", "last_on")
        export_order = fields


class WeeksFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "weeks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("4", _("The last four weeks")), ("13", _("The last quarter"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.of_last_weeks(int(self.value() or 0)) if self.value() in {"4", "13"} else queryset


@admin.register(MissedSearch)
class MissedSearchAdmin(Counted, ExportAdmin):
    list_display = ["words", "municipality", "times", "days", "language", "week_from"]
    list_display_links = None
    list_filter = [WeeksFilter, "language"]
    search_fields = ["words"]
    ordering = ["-week", "-times", "words"]
    resource_classes = [MissedSearchResource]
    fieldsets = [(None, {"fields": ["words", "language", "week", "times", "days", "last_on"]})]
    readonly_fields = ["words", "language", "week", "times", "days", "last_on"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[MissedSearch]:
        """Only those whose words are kept."""
        rows: Any = super().get_queryset(request)
        return rows.told()

    @display(description=_("week from"), ordering="week")
    def week_from(self, row: MissedSearch) -> Any:
        return row.week
