"""The queue of packages in the staff site."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.admin import ScopedAdmin
from welcome.packages import package_pages, picking
from welcome.packages.package_models import ENDED, OUT, Package


class StageFilter(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("To be packed")),
            ("packed", _("Packed, not collected")),
            ("uncollected", _("Not collected for three weeks")),
            ("out", _("Handed out or posted")),
            ("ended", _("Came back or cancelled")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "waiting": queryset.to_pack,
            "packed": queryset.packed,
            "uncollected": queryset.uncollected,
            "out": lambda: queryset.filter(state__in=OUT),
            "ended": lambda: queryset.filter(state__in=ENDED),
        }.get(self.value() or "")
        return chosen() if chosen else queryset


@admin.register(Package)
class PackageAdmin(ScopedAdmin):
    shows_people = True
    list_display = ["code", "municipality", "who", "content", "occasion", "composed_at", "state_label"]
    list_display_links = ["code"]
    list_filter = [StageFilter, "occasion"]
    search_fields = ["code", "household__people__given_name", "household__people__family_name"]
    list_before_template = "packages/list_head.html"
    actions = None

    # Composed by the run, moved by its steps; nothing of it is typed or deleted by hand.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.open_to_all().with_items()

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path("counter/", staff_only(package_pages.counter), name="welcome_package_counter"),
            path("pick-list/", staff_only(package_pages.pick_list), name="welcome_package_pick_list"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return package_pages.show(request, int(object_id))

    @display(description=_("who"), empty_value="–")
    def who(self, package: Package) -> str | None:
        return picking.who(package) or None

    @display(description=_("gifts"))
    def content(self, package: Package) -> str:
        lines = map(picking.line, package.items.all())
        return ", ".join(line.title if line.count == 1 else f"{line.count} × {line.title}" for line in lines)

    @display(
        description=_("state"),
        ordering="state",
        label={
            "waiting": "warning",
            "packed": "info",
            "handed_out": "success",
            "posted": "success",
            "returned": "danger",
            "cancelled": "danger",
        },
    )
    def state_label(self, package: Package) -> tuple[str, str]:
        return package.state, package.get_state_display()
