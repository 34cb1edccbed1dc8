"""The log of looks and changes for those who answer for it: to search, take out and check, never to change."""

import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display
from unfold.utils import parse_date_str

from municipalities.audit import noted
from municipalities.audit.models import Action, AuditEntry, Entry, SystemEntry
from municipalities.audit.recording import record
from municipalities.tenancy import chain_pages
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, WordedResource
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right


def name_of(label: str) -> str:
    """The kind of thing in the reader's language; a model that is gone keeps its code's name."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def who(entry: Entry) -> str:
    if entry.user is not None:
        return str(entry.user)
    if entry.user_id is not None:  # The account is deleted, the entry is not.
        return str(_("Colleague %(number)s")) % {"number": entry.user_id}
    return " · ".join(filter(None, [entry.get_actor_display(), entry.actor_name]))


def trail_of(obj: models.Model) -> str:
    """The address of the entries about `obj`."""
    address = reverse("admin:municipalities_auditentry_changelist")
    return f"{address}?model__exact={obj._meta.label}&object_id__exact={obj.pk}"


class DaysFilter(RangeDateFilter):
    """From the first moment of one day to the last of another, as the clock goes here. The theme's own compares
    a moment with a midnight, so that the last day would be missing."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        for end, of_day in (("from", datetime.time.min), ("to", datetime.time.max)):
            day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
            if day is not None:
                moment = timezone.make_aware(datetime.datetime.combine(day, of_day))
                queryset = queryset.filter(
                    **{f"{self.parameter_name}__{'gte' if end == 'from' else 'lte'}": moment}
                )
        return queryset


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


class TrailResource(WordedResource):
    """A row an entry. A file goes further than the screen, so it doesn't tell who got address protection:
    those entries stay out, and of the others the name of that field."""

    who = Field(column_name=_("who"))

    class Meta:
        fields = [
            "id", "at", "who", "action", "model", "object_id", "fields", "note", "ip", "route", "request_id",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_who(self, entry: Entry) -> str:
        return who(entry)

    def dehydrate_action(self, entry: Entry) -> str:
        return str(entry.get_action_display())

    def dehydrate_fields(self, entry: Entry) -> str:
        return ", ".join(name for name in entry.fields if "protect" not in name)

    def dehydrate_model(self, entry: Entry) -> str:
        return name_of(entry.model) if entry.model else ""


class AuditEntryResource(TrailResource):
    class Meta(TrailResource.Meta):
        model = AuditEntry


class SystemEntryResource(TrailResource):
    class Meta(TrailResource.Meta):
        model = SystemEntry


class TrailAdmin(ExportAdmin):
    """What the log of a municipality and that of the installation share."""

    list_display_links = ["when"]
    list_filter = ["action", ("at", DaysFilter), "user", ThingFilter, "actor"]
    search_fields = ["object_id"]  # What is searched, `get_search_results` decides.
    ordering = ["-pk"]
    actions = None
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["at", "person", "action", "thing", "touched"]}),
        (_("From where"), {"fields": ["actor", "actor_name", "ip", "route", "request_id"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = [name for _title, options in self.fieldsets for name in options["fields"]]
        return [*fields, "municipality"] if self._is_owned() else fields

    def export_rows(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        # Nor who was looked at on the page where it is given.
        return rows.exclude(action=Action.PROTECTED).exclude(route__contains="protect")

    def people(self, request: HttpRequest) -> models.QuerySet[User]:
        """Whose names and addresses may be searched for."""
        return access_of(request).members(self.read)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        for word in search_term.split()[:4]:
            found = self.people(request)
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

    @display(description=_("when"), ordering="pk")
    def when(self, entry: Entry) -> Any:
        return entry.at

    @display(description=_("who"))
    def person(self, entry: Entry) -> str:
        return who(entry)

    @display(description=_("what was done"), ordering="action")
    def action_label(self, entry: Entry) -> str:
        return entry.get_action_display()

    @display(description=_("with what"), empty_value="–")
    def thing(self, entry: Entry) -> str:
        return f"{name_of(entry.model)} {entry.object_id}".strip() if entry.model else ""

    @display(description=_("fields and counts"), empty_value="–")
    def touched(self, entry: Entry) -> str:
        fields = [noted.field_in_words(entry.model, name) for name in entry.fields]
        return ", ".join([*fields, *noted.in_words(entry.note)])


@admin.register(AuditEntry)
class AuditEntryAdmin(TrailAdmin):
    read = write = Right.READ_AUDIT
    resource_classes = [AuditEntryResource]
    list_display = ["when", "municipality", "person", "action_label", "thing", "touched", "ip"]
    list_select_related = ["municipality", "user"]
    list_before_template = "tenancy/trail_head.html"
    search_help_text = _("Number of a household or run, or a colleague's name or e-mail")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditEntry]:
        return super().get_queryset(request).select_related("user", "municipality")

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(chain_pages.check_chains)
        return [path("check/", check, name="municipalities_auditentry_check"), *super().get_urls()]


@admin.register(SystemEntry)
class SystemEntryAdmin(TrailAdmin):
    """What belongs to no municipality, for the system administrator: logins that named nobody's account, theirs,
    and what they set up."""

    path = ""
    resource_classes = [SystemEntryResource]
    list_display = ["when", "person", "action_label", "thing", "touched", "ip"]
    list_select_related = ["user"]
    list_before_template = "tenancy/installation_head.html"
    search_help_text = _("Number of what was changed, or somebody's name or e-mail")

    def may(self, request: HttpRequest, right: Right, obj: models.Model | None = None) -> bool:
        return access_of(request).everywhere

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SystemEntry]:
        entries = SystemEntry.objects.select_related("user").order_by(*self.get_ordering(request))
        return entries if access_of(request).everywhere else entries.none()

    def people(self, request: HttpRequest) -> models.QuerySet[User]:
        """Those of the log, whether they still work here or never did."""
        return User.objects.filter(pk__in=SystemEntry.objects.exclude(user=None).values("user"))

    def visible_rows(self, model: type[models.Model], request: HttpRequest) -> models.QuerySet[Any]:
        return self.people(request) if model is User else super().visible_rows(model, request)

    def note_export(self, rows: models.QuerySet[Any], path: str, count: int) -> None:
        record(action=Action.EXPORTED, note=f"systementry rows={count}")

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(chain_pages.check_installation)
        return [path("check/", check, name="municipalities_systementry_check"), *super().get_urls()]
