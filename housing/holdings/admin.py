from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from housing.holdings import actions, staff
from housing.holdings.importing import HoldingImport
from housing.holdings.models import (
    Holding,
    HoldingContact,
    HoldingOwner,
    HoldingReason,
    HoldingTask,
    OwnerNotice,
    Stage,
)
from housing.holdings.staff_forms import HoldingForm, MoveForm
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedAdmin, ScopedTabularInline, WordedResource
from municipalities.tenancy.imports import ImportAdmin
from municipalities.tenancy.roles import Right

# The map's pictures come from Kartverket, once somebody asks for the map.
MAPPED = csp_update({"img-src": "https://cache.kartverket.no"})
COLOURS = {
    Stage.REGISTERED: "info", Stage.OWNER_FOUND: "info", Stage.CONTACTED: "info", Stage.DIALOGUE: "warning",
    Stage.WILLING: "warning", Stage.OFFERED: "warning", Stage.SETTLED: "success", Stage.DECLINED: "danger",
    Stage.UNSUITED: "danger",
}  # fmt: skip


class HoldingResource(WordedResource):
    """Without owners: a file of them is a register of its own."""

    class Meta:
        model = Holding
        fields = [
            "gnr", "bnr", "fnr", "snr", "name", "kind", "street_address", "postal_code", "postal_place", "village",
            "buildings", "condition", "land", "empty_since", "source", "may_be_let", "stage", "stage_on", "outcome",
            "ask_again_on", "registered_on",
        ]  # fmt: skip


class Below(ScopedTabularInline):
    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    hide_title = True
    max_num = 60


class OwnerInline(Below):
    model = HoldingOwner
    fields = ["name", "role", "share", "share_of", "phone", "email", "address", "reached"]


class ContactInline(Below):
    model = HoldingContact
    fields = ["on", "way", "text"]
    max_num = 100


class ReasonInline(Below):
    model = HoldingReason
    fields = ["reason", "words"]


class TaskInline(Below):
    model = HoldingTask
    fields = ["what", "who", "due_on", "done_on"]


class AgainFilter(admin.SimpleListFilter):
    title = gettext_lazy("next step")
    parameter_name = "next"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("again", _("To be asked again")), ("tasks", _("With tasks overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "again":
            return queryset.to_ask_again()
        if self.value() == "tasks":
            return queryset.filter(pk__in=HoldingTask.objects.overdue().values("holding"))
        return queryset


@admin.register(Holding)
class HoldingAdmin(ImportAdmin, ExportAdmin):
    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    shows_people = True
    form = HoldingForm
    resource_classes = [HoldingResource]
    import_resource_class = HoldingImport
    import_template_name = "holdings/import.html"
    change_form_outer_before_template = "holdings/head.html"
    list_before_template = "holdings/list_head.html"
    list_display = [
        "number", "name", "municipality", "village", "kind", "condition", "stage_label", "stage_on", "ask_again_on",
        "responsible",
    ]  # fmt: skip
    list_filter = ["stage", AgainFilter, "outcome", "kind", "condition", "reasons__reason", "source"]
    search_fields = ["name", "gnr", "bnr", "street_address", "village", "owners__name"]
    list_select_related = ["municipality", "responsible"]
    autocomplete_fields = ["listing"]
    inlines = [OwnerInline, ContactInline, ReasonInline, TaskInline]
    fieldsets = [
        (None, {"fields": [("gnr", "bnr", "fnr", "snr"), ("name", "kind"), ("source", "responsible")]}),
        (
            gettext_lazy("What it is"),
            {"fields": ["buildings", ("condition", "land", "empty_since")]},
        ),
        (
            gettext_lazy("Where it lies"),
            {
                "fields": [
                    "street_address",
                    ("postal_code", "postal_place", "village"),
                    ("latitude", "longitude"),
                ]
            },
        ),
        (gettext_lazy("The talks"), {"fields": [("may_be_let", "ask_again_on"), "listing", "notes"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("board/", view(MAPPED(staff.board)), name="housing_holding_board"),
            path("<int:object_id>/move/", view(staff.move), name="housing_holding_move"),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_model(self, request: HttpRequest, obj: Holding, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            by: Any = access_of(request).user
            actions.register(holding=obj, by=by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is HoldingContact:
            for row in formset.forms:
                if not row.instance.pk:
                    row.instance.noted_by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {} if found is None else {
            "holding": found,
            "may_write": self.has_change_permission(request, found),
            "stages": list(found.stages.select_related("noted_by").order_by("-since", "-pk")[:20]),
            "move_form": MoveForm(initial={"stage": found.stage, "since": timezone.localdate()}),
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=gettext_lazy("number"), ordering="gnr")
    def number(self, holding: Holding) -> str:
        return holding.number

    @display(description=gettext_lazy("stage"), label=COLOURS, ordering="stage")
    def stage_label(self, holding: Holding) -> tuple[str, str]:
        words = holding.get_stage_display()
        if holding.outcome:
            words = f"{words}: {holding.get_outcome_display()}"
        return holding.stage, words


class NoticeFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("To be called"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting() if self.value() == "waiting" else queryset


@admin.register(OwnerNotice)
class OwnerNoticeAdmin(ScopedAdmin):
    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    shows_people = True
    list_display = ["where", "municipality", "thought", "name", "sent_at", "settled_at"]
    list_filter = [NoticeFilter, "thought"]
    search_fields = ["name", "where"]
    list_select_related = ["municipality"]
    readonly_fields = [
        "name", "phone", "email", "where", "thought", "text", "sent_at", "settled_at", "settled_by", "holding",
    ]  # fmt: skip
    fields = readonly_fields
    change_form_outer_before_template = "holdings/notice_head.html"

    def get_urls(self) -> list[URLPattern]:
        settle = self.admin_site.admin_view(self.settle)
        return [
            path("<int:object_id>/settle/", settle, name="housing_ownernotice_settle"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def settle(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return staff.settle(request, object_id)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {"show_save": False, "show_save_and_continue": False, "notice": found} if found else {}
        if found is not None:
            more["may_write"] = self.has_change_permission(request, found)
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))
