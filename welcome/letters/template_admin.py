"""The list of a letter's versions; a version, and the letter that is being written, have pages of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.roles import Right
from welcome.letters import template_pages
from welcome.letters.template_models import BlockKind, LetterTemplate


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ScopedAdmin):
    read = Right.READ_TEXTS
    write = Right.WRITE_TEXTS
    list_display = ["named", "municipality", "made_at", "made_by", "in_letter"]
    list_display_links = ["named"]
    list_before_template = "letters/template/write_links.html"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTemplate]:
        return super().get_queryset(request).select_related("municipality", "made_by")

    # Versions are made by saving the letter, and stay.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        writable = access_of(request).municipalities(self.write)
        return super().changelist_view(request, {"writable": writable} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        template = self.get_object(request, object_id) if object_id.isdecimal() else None
        if template is None:
            raise Http404
        return template_pages.version(request, template)

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path(
                "of/<int:municipality_id>/",
                staff_only(template_pages.write),
                name="welcome_lettertemplate_write",
            ),
            path(
                "of/<int:municipality_id>/preview/",
                staff_only(template_pages.preview),
                name="welcome_lettertemplate_preview",
            ),
            path(
                "<int:object_id>/again/",
                staff_only(template_pages.again),
                name="welcome_lettertemplate_again",
            ),
            *super().get_urls(),
        ]

    @display(description=_("version"), ordering="version")
    def named(self, template: LetterTemplate) -> str:
        return str(template)

    @display(description=_("in the letter"))
    def in_letter(self, template: LetterTemplate) -> str:
        shown = [str(BlockKind(block["kind"]).label) for block in template.blocks if block["shown"]]
        return ", ".join(shown)
