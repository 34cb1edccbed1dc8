"""Households and imports in the staff site."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedAdmin, ScopedStackedInline
from municipalities.tenancy.roles import Right
from municipalities.tenancy.trail import trail_of
from welcome.households import holding, household_pages, import_pages, link_pages
from welcome.households.forms import HouseholdForm, PersonForm, PersonFormSet
from welcome.households.imports import ImportBatch, ImportState, Verdict
from welcome.households.lists import (
    CheckedFilter,
    HouseholdResource,
    ImportFilter,
    LanguageFilter,
    ProtectionFilter,
    QuarterFilter,
    VillageFilter,
    matching,
)
from welcome.households.models import ADDRESS_FIELDS, TELLS_WHERE, Household, HouseholdState, Person
from welcome.households.timeline import timeline


class PersonInline(ScopedStackedInline):
    model = Person
    form = PersonForm
    formset = PersonFormSet
    fields = [
        ("given_name", "family_name"),
        ("birth_date", "birth_year"),
        ("phone", "email"),
        ("role", "language"),
        "died_on",
    ]
    verbose_name_plural = _("people")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 2

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1  # A household of nobody would get a letter to nobody.


@admin.register(Household)
class HouseholdAdmin(ExportAdmin):
    form = HouseholdForm
    shows_people = True
    resource_classes = [HouseholdResource]
    inlines = [PersonInline]
    list_display = [
        "names", "municipality", "address", "moved_in", "spoken", "people_count", "state_label", "check_label",
    ]  # fmt: skip
    list_display_links = ["names"]
    list_filter = [
        QuarterFilter, CheckedFilter, "state", VillageFilter, LanguageFilter, "reason", "source", ImportFilter,
        ProtectionFilter,
    ]  # fmt: skip
    list_select_related = ["municipality"]
    list_before_template = "households/undo_check.html"
    search_fields = ["people__name_key"]  # What is searched, `matching` decides.
    search_help_text = _("Name, address, post place, phone or e-mail")
    actions = ["mark_checked", "merge_two", "mark_left"]
    fieldsets = [
        (None, {"fields": [("state", "moved_in"), ("moved_from", "reason"), ("language", "no_letter")]}),
        (_("Moved on"), {"fields": [("left_on", "left_to"), "left_why"]}),
        (
            _("Address"),
            {
                "fields": [
                    "protection",
                    "address_kind",
                    "extra_line",
                    ("street", "house_number"),
                    ("house_letter", "unit"),
                    ("postal_code", "postal_place"),
                    "foreign_address",
                ]
            },
        ),
        (_("Needs and wishes"), {"fields": ["needs", "interests", "contact_wish"]}),
        (_("Consent and doubles"), {"fields": ["consent_until", "others"]}),
    ]
    change_form_outer_before_template = "households/household_head.html"
    change_form_outer_after_template = "households/household_foot.html"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        household = super().get_object(request, object_id, from_field)
        if household is not None and request.method == "POST" and connection.in_atomic_block:
            # The form writes every column: protection that came since it was read would be lost.
            household = Household.objects.visible_to(request.user).select_for_update().get(pk=household.pk)
        return household

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may only be kept is read, by who may write too; the row is locked where the form is sent."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_held)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.is_held)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Household]:
        """Protected households are there only for who may write, as the mark itself is confidential."""
        access = access_of(request)
        rows: Any = super().get_queryset(request)
        if not access.everywhere:
            rows = rows.filter(
                models.Q(protection="") | models.Q(municipality__in=access.with_right(self.write))
            )
        return rows.select_related("municipality").with_people()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return matching(queryset, search_term), False

    def export_rows(self, rows: Any) -> Any:
        return rows.open_to_all().not_held()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self._hidden(obj)
        fieldsets = []
        for title, options in super().get_fieldsets(request, obj):
            rows = [(row,) if isinstance(row, str) else row for row in options["fields"]]
            shown = [tuple(name for name in row if name not in hidden) for row in rows]
            if any(shown):
                fieldsets.append((title, options | {"fields": [row for row in shown if row]}))
        return fieldsets

    def _hidden(self, home: Household | None) -> set[str]:
        """Fields that have nothing to say for this household, or may hold nothing."""
        if home is None:
            return {"left_on", "left_to", "left_why"}
        hidden = {"protection", "others"}
        if home.is_protected:
            hidden |= {"address_kind", *TELLS_WHERE, *ADDRESS_FIELDS}
        if home.state != HouseholdState.LEFT:
            hidden |= {"left_on", "left_to", "left_why"}
        if home.state != HouseholdState.PLANNING:
            hidden.add("consent_until")
        return hidden

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path("merge/", staff_only(household_pages.merge), name="welcome_household_merge"),
            path("left/", staff_only(household_pages.left), name="welcome_household_left"),
            path("undo-check/", staff_only(household_pages.undo_check), name="welcome_household_undo_check"),
            path(
                "<int:object_id>/protect/",
                staff_only(household_pages.protect),
                name="welcome_household_protect",
            ),
            path("<int:object_id>/link/", staff_only(link_pages.own_link), name="welcome_household_link"),
            path("<int:object_id>/check/", staff_only(household_pages.check), name="welcome_household_check"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if (
            found is not None
            and found.is_held
            and request.method == "POST"
            and self.may(request, self.write, found)
        ):
            # Restricted since the form was opened: told, where a bare refusal would leave people guessing.
            self.message_user(request, holding.refusal(), messages.ERROR)
            return redirect("admin:welcome_household_change", found.pk)
        more = {} if found is None else {
            "household": found,
            "timeline": timeline(found),
            "may_write": self.may(request, self.write, found),
            "trail": trail_of(found) if self.may(request, Right.READ_AUDIT, found) else "",
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"undo_checked": len(household_pages.to_undo(request))}
        return super().changelist_view(request, more | (extra_context or {}))

    # --- columns -------------------------------------------------------------------------------

    @display(description=_("names"))
    def names(self, home: Household) -> str:
        people = home.people.all()
        adults = [p.full_name for p in people if p.role == "adult"] or [p.full_name for p in people]
        return ", ".join(adults) or str(home)

    @display(description=_("address"), ordering="address_key", empty_value="–")
    def address(self, home: Household) -> str:
        return str(_("Protected")) if home.is_protected else ", ".join(home.address_lines)

    @display(description=_("language"), ordering="language")
    def spoken(self, home: Household) -> str:
        return home.get_language_display()

    @display(description=_("people"))
    def people_count(self, home: Household) -> int:
        return len(home.people.all())

    @display(
        description=_("state"),
        ordering="state",
        label={
            HouseholdState.PLANNING: "info",
            HouseholdState.LIVING: "success",
            HouseholdState.LEFT: "warning",
            "held": "danger",
        },
    )
    def state_label(self, home: Household) -> tuple[str, str]:
        if home.is_held:
            return "held", f"{home.get_state_display()} · {_('restricted')}"
        return home.state, home.get_state_display()

    @display(description=_("checked"), ordering="checked_at", boolean=True)
    def check_label(self, home: Household) -> bool:
        return home.checked_at is not None

    # --- actions on several --------------------------------------------------------------------

    @admin.action(description=_("Mark as checked"), permissions=["change"])
    def mark_checked(self, request: HttpRequest, rows: Any) -> None:
        household_pages.checked(request, Household.objects.filter(pk__in=rows.values("pk")))

    @admin.action(description=_("Merge two households"), permissions=["change"])
    def merge_two(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        if rows.count() != 2:
            self.message_user(request, _("Choose exactly two households."), messages.ERROR)
            return None
        return self._go("merge", rows)

    @admin.action(description=_("Mark as moved on"), permissions=["change"])
    def mark_left(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        if rows.count() > household_pages.MOST_AT_ONCE:
            self.message_user(request, _("Choose at most 500 households."), messages.ERROR)
            return None
        return self._go("left", rows)

    def _go(self, where: str, rows: Any) -> HttpResponse:
        ids = urlencode([("id", pk) for pk in rows.order_by("pk").values_list("pk", flat=True)])
        return redirect(f"{reverse(f'admin:welcome_household_{where}')}?{ids}")


@admin.register(ImportBatch)
class ImportBatchAdmin(ScopedAdmin):
    read = write = Right.WRITE_PEOPLE  # Rows hold people, protected ones too.
    list_display = ["filename", "municipality", "state_label", "new", "refused", "created_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["municipality", "created_by"]
    actions = None

    # An import is uploaded and decided on; nothing of it is typed or deleted by hand.
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return import_pages.upload(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        return import_pages.page(request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(import_pages.act)
        return [
            re_path(r"^(?P<object_id>\d+)/do/(?P<verb>save|drop)/$", act, name="welcome_importbatch_act"),
            *super().get_urls(),
        ]

    @display(
        description=_("state"),
        ordering="state",
        label={
            ImportState.READING: "info",
            ImportState.READ: "warning",
            ImportState.SAVING: "info",
            ImportState.SAVED: "success",
            ImportState.REFUSED: "danger",
        },
    )
    def state_label(self, batch: ImportBatch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    @display(description=Verdict.NEW.label)
    def new(self, batch: ImportBatch) -> int:
        return batch.counts.get(Verdict.NEW.value, 0)

    @display(description=Verdict.REFUSED.label)
    def refused(self, batch: ImportBatch) -> int:
        return batch.counts.get(Verdict.REFUSED.value, 0)
