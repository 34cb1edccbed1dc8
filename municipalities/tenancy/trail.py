"""The log of looks and changes for those who answer for it: to search, take out and check, never to change."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from import_export.fields import Field
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from municipalities.audit import verification
from municipalities.audit.models import Action, AuditEntry
from municipalities.audit.sealing import Chain
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, WordedResource
from municipalities.tenancy.roles import Right

NEWEST = 10_000  # What a page can check in a second; the command checks all.


def name_of(label: str) -> str:
    """The kind of thing in the reader's language; a model that is gone keeps its code's name."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def who(entry: AuditEntry) -> str:
    if entry.user is not None:
        return str(entry.user)
    if entry.user_id is not None:  # The account is deleted, the entry is not.
        return str(_("Colleague %(number)s")) % {"number": entry.user_id}
    return " · ".join(filter(None, [entry.get_actor_display(), entry.actor_name]))


def trail_of(obj: models.Model) -> str:
    """The address of the entries about `obj`."""
    address = reverse("admin:municipalities_auditentry_changelist")
    return f"{address}?model__exact={obj._meta.label}&object_id__exact={obj.pk}"


class ThingFilter(admin.SimpleListFilter):
    title = _("kind of thing")
    parameter_name = "model__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        models_ = model_admin.admin_site._registry
        return sorted(
            ((model._meta.label, str(model._meta.verbose_name)) for model in models_),
            key=lambda pair: pair[1],
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(model=self.value()) if self.value() else queryset


class AuditEntryResource(WordedResource):
    """A row an entry. A file goes further than the screen, so it doesn't tell who got address protection:
    those entries stay out, and of the others the name of that field."""

    who = Field(column_name=_("who"))

    class Meta:
        model = AuditEntry
        fields = [
            "id", "at", "who", "action", "model", "object_id", "fields", "note", "ip", "route", "request_id",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_who(self, entry: AuditEntry) -> str:
        return who(entry)

    def dehydrate_action(self, entry: AuditEntry) -> str:
        return str(entry.get_action_display())

    def dehydrate_fields(self, entry: AuditEntry) -> str:
        return ", ".join(name for name in entry.fields if "protect" not in name)

    def dehydrate_model(self, entry: AuditEntry) -> str:
        return name_of(entry.model) if entry.model else ""


@admin.register(AuditEntry)
class AuditEntryAdmin(ExportAdmin):
    read = write = Right.READ_AUDIT
    resource_classes = [AuditEntryResource]
    list_display = ["when", "municipality", "person", "action_label", "thing", "touched", "ip"]
    list_display_links = ["when"]
    list_filter = ["action", ("at", RangeDateFilter), "user", ThingFilter, "actor"]
    list_select_related = ["municipality", "user"]
    list_before_template = "tenancy/trail_head.html"
    search_fields = ["object_id"]  # What is searched, `get_search_results` decides.
    search_help_text = _("Number of a household or run, or a colleague's name or e-mail")
    ordering = ["-pk"]
    actions = None
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["at", "person", "action", "thing", "touched", "note"]}),
        (_("From where"), {"fields": ["actor", "actor_name", "ip", "route", "request_id"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [*fields, "municipality"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditEntry]:
        return super().get_queryset(request).select_related("user", "municipality")

    def export_rows(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return rows.exclude(action=Action.PROTECTED)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        for word in search_term.split()[:4]:
            found = access_of(request).members(self.read)
            people = found.filter(models.Q(name__icontains=word) | models.Q(email__icontains=word))
            wanted = models.Q(user__in=people.values("pk"))
            queryset = queryset.filter(wanted | models.Q(object_id=word) if len(word) <= 40 else wanted)
        return queryset, False

    # Nothing is written here by hand, and nothing taken away.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(check_chain)
        return [path("check/", check, name="municipalities_auditentry_check"), *super().get_urls()]

    @display(description=_("when"), ordering="pk")
    def when(self, entry: AuditEntry) -> Any:
        return entry.at

    @display(description=_("who"))
    def person(self, entry: AuditEntry) -> str:
        return who(entry)

    @display(description=_("what was done"), ordering="action")
    def action_label(self, entry: AuditEntry) -> str:
        return entry.get_action_display()

    @display(description=_("with what"), empty_value="–")
    def thing(self, entry: AuditEntry) -> str:
        return f"{name_of(entry.model)} {entry.object_id}".strip() if entry.model else ""

    @display(description=_("fields and counts"), empty_value="–")
    def touched(self, entry: AuditEntry) -> str:
        return ", ".join([*entry.fields, *entry.note.split()])


@require_safe
def check_chain(request: HttpRequest) -> HttpResponse:
    """Whether the newest entries are still what was written, a municipality each."""
    access = access_of(request)
    if not access.may(Right.READ_AUDIT):
        raise PermissionDenied
    places: list[Municipality] = list(access.municipalities(Right.READ_AUDIT))
    found = [(place, verification.verify(Chain(place.pk), newest=NEWEST)) for place in places]
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": AuditEntry._meta,
        "title": _("Check of the log"),
        "found": found,
        "newest": NEWEST,
    }
    return render(request, "tenancy/trail_check.html", context)
