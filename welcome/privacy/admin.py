"""The household's page with what a person may ask for, and the reports of the nightly cleaning."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.roles import Right
from welcome.hosts import assigning
from welcome.households.admin import HouseholdAdmin
from welcome.households.household_pages import writable
from welcome.households.models import Household
from welcome.meetings import sign_up_pages
from welcome.privacy import (
    consent_pages,
    consent_words,
    document_pages,
    erasure_pages,
    hold_pages,
    retention_pages,
)
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.retention import RULES

# Households stand below hosts and letters and know nothing of them; what takes both is added here.
admin.site.unregister(Household)


@admin.register(Household)
class HouseholdWithRightsAdmin(HouseholdAdmin):
    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path("<int:object_id>/host/", staff_only(assigning.of_household), name="welcome_household_host"),
            path(
                "<int:object_id>/meetings/",
                staff_only(sign_up_pages.of_household),
                name="welcome_household_meetings",
            ),
            path("<int:object_id>/erase/", staff_only(erasure_pages.erase), name="welcome_household_erase"),
            path(
                "<int:object_id>/consents/",
                staff_only(consent_pages.listed),
                name="welcome_household_consents",
            ),
            path("<int:object_id>/hold/", staff_only(hold_pages.hold), name="welcome_household_hold"),
            path(
                "<int:object_id>/report.pdf",
                staff_only(document_pages.report_pdf),
                name="welcome_household_report_pdf",
            ),
            path(
                "<int:object_id>/report.json",
                staff_only(document_pages.report_json),
                name="welcome_household_report_json",
            ),
            *super().get_urls(),
        ]

    # Deleting rows alone would leave letters, files and lists behind that name them: erasing takes these too.
    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not (object_id.isdecimal() and len(object_id) < 19):
            raise Http404
        writable(request, [object_id])
        return redirect("admin:welcome_household_erase", object_id)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(RetentionRun)
class RetentionRunAdmin(ScopedAdmin):
    read = write = Right.WRITE_PEOPLE
    list_display = ["day", "municipality", "deleted", "not_deleted", "finished_at"]
    list_before_template = "privacy/to_preview.html"
    actions = None
    fieldsets = [(None, {"fields": ["day", "deleted", "not_deleted", "started_at", "finished_at"]})]
    readonly_fields = ["day", "deleted", "not_deleted", "started_at", "finished_at"]

    # The night writes them; nothing of them is typed or deleted by hand.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "preview/": ("preview", retention_pages.preview),
            "records/": ("records", document_pages.processing),
            "consents/": ("consent_words", consent_words.listed),
            "consents/missing/": ("no_consent", consent_words.missing),
            "consents/write/": ("consent_write", consent_words.write),
        }
        return [
            *(
                path(address, self.admin_site.admin_view(view), name=f"welcome_retentionrun_{name}")
                for address, (name, view) in pages.items()
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"may_manage": access_of(request).may(Right.MANAGE)}
        return super().changelist_view(request, more | (extra_context or {}))

    @display(description=_("deleted"), empty_value="–")
    def deleted(self, run: RetentionRun) -> str | None:
        return _by_rule(run.counts)

    @display(description=_("not deleted"), empty_value="–")
    def not_deleted(self, run: RetentionRun) -> str | None:
        return _by_rule(run.failed)


def _by_rule(counts: dict[str, int]) -> str | None:
    return ", ".join(f"{rule.title}: {counts[rule.code]}" for rule in RULES if rule.code in counts) or None
