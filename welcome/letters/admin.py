"""The list of letter runs; a run itself has pages of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.roles import Right
from welcome.households.quarters import Quarter
from welcome.letters import delivery_pages, downloads, packing, previews, proof_pages, report_paper, staff
from welcome.letters import noted as noted  # The words of its notes in the log.
from welcome.letters.forms import EnsureForm, quarter_name
from welcome.letters.models import LeftOut, LeftOutReason, Letter, LetterRun, PrintFile, RunState


def _counted(rows: QuerySet[Any], what: Any) -> Coalesce:
    """One number a run, from another table; a subquery each, as joins would multiply the rows."""
    per_run = rows.filter(run=OuterRef("pk")).order_by().values("run").annotate(n=what).values("n")
    return Coalesce(Subquery(per_run), 0)


class QuarterFilter(admin.SimpleListFilter):
    title = _("quarter")
    parameter_name = "quarter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).order_by("-year", "-number")
        pairs = rows.values_list("year", "number").distinct()
        return [(str(quarter), quarter_name(quarter)) for quarter in (Quarter(*pair) for pair in pairs)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LetterRun]) -> QuerySet[LetterRun]:
        try:
            return queryset.filter(**vars(Quarter.parse(self.value() or "")))
        except ValueError:
            return queryset


@admin.register(LetterRun)
class LetterRunAdmin(ScopedAdmin):
    write = Right.RUN_LETTERS
    list_display = [
        "quarter_named", "municipality", "state_label", "cohort", "letters_count", "left_out_count",
        "pages_count", "approved",
    ]  # fmt: skip
    list_display_links = ["quarter_named"]
    list_filter = ["state", QuarterFilter]
    list_select_related = ["municipality", "approved_by"]
    list_before_template = "letters/staff/make_ready.html"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterRun]:
        return super().get_queryset(request).annotate(
            letters_n=_counted(Letter.objects.visible_to(request.user), Count("pk")),
            left_out_n=_counted(LeftOut.objects.visible_to(request.user), Count("pk")),
            pages_n=_counted(PrintFile.objects.visible_to(request.user), Sum("pages")),
        )  # fmt: skip

    # A run is made by `ensure`, changed step by step and never deleted by hand.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        access = access_of(request)
        form = EnsureForm(access=access) if access.may(Right.RUN_LETTERS) else None
        return super().changelist_view(request, {"ensure_form": form} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The run where it is now: no form, as nothing of a run is typed."""
        if not object_id.isdecimal():
            raise Http404
        return staff.here(request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        return [*_run_urls(self.admin_site.admin_view), *super().get_urls()]

    @display(description=_("quarter"), ordering="year")
    def quarter_named(self, run: LetterRun) -> str:
        return quarter_name(run.quarter)

    @display(
        description=_("state"),
        ordering="state",
        label={
            RunState.DRAFT: "default",
            RunState.FROZEN: "warning",
            RunState.APPROVED: "info",
            RunState.RENDERING: "info",
            RunState.READY: "success",
            RunState.DELIVERING: "info",
            RunState.DONE: "success",
            RunState.CANCELLED: "danger",
        },
    )
    def state_label(self, run: LetterRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description=_("letters"), ordering="letters_n")
    def letters_count(self, run: LetterRun) -> int:
        return run.letters_n  # type: ignore[attr-defined]

    @display(description=_("left out"), ordering="left_out_n")
    def left_out_count(self, run: LetterRun) -> int:
        return run.left_out_n  # type: ignore[attr-defined]

    @display(description=_("pages"), ordering="pages_n")
    def pages_count(self, run: LetterRun) -> int:
        return run.pages_n  # type: ignore[attr-defined]

    @display(description=_("approved"), ordering="approved_at", header=True)
    def approved(self, run: LetterRun) -> tuple[Any, Any]:
        return run.approved_at and f"{run.approved_at:%d.%m.%Y}", run.approved_by


def _run_urls(staff_only: Any) -> list[URLPattern]:
    """A run's pages and files, each with its own address below the run."""
    steps = [
        ("cohort", staff.cohort),
        ("texts", staff.texts),
        ("proof", proof_pages.proof),
        ("approve", staff.approve),
        ("progress", staff.progress),
        ("delivery", delivery_pages.delivery),
        ("report", staff.report),
        ("manifest", downloads.manifest),
        ("archive", downloads.archive),
        ("report_json", downloads.report_json),
        ("report_csv", downloads.report_csv),
        ("report_pdf", report_paper.report_pdf),
        ("pick_list", packing.pick_list),
        ("pick_list_csv", packing.pick_list_csv),
        ("pick_list_pdf", packing.pick_list_pdf),
        ("labels", packing.address_labels),
        ("bounce", delivery_pages.bounce),
    ]
    reasons = "|".join(LeftOutReason.values)
    verbs = "|".join(staff.ACTS)
    return [
        path("ensure/", staff_only(staff.ensure), name="welcome_letterrun_ensure"),
        *(
            path(f"<int:object_id>/{name}/", staff_only(view), name=f"welcome_letterrun_{name}")
            for name, view in steps
        ),
        re_path(
            rf"^(?P<object_id>\d+)/do/(?P<verb>{verbs})/$",
            staff_only(staff.act),
            name="welcome_letterrun_act",
        ),
        re_path(
            rf"^(?P<object_id>\d+)/left-out/(?P<reason>{reasons})/$",
            staff_only(staff.left_out),
            name="welcome_letterrun_left_out",
        ),
        re_path(
            r"^(?P<object_id>\d+)/deliveries/(?P<delivery_id>\d+)/(?P<settled>arrived|on_paper)/$",
            staff_only(delivery_pages.settle),
            name="welcome_letterrun_settle",
        ),
        path(
            "<int:object_id>/letters/<int:number>/",
            staff_only(proof_pages.letter),
            name="welcome_letterrun_letter",
        ),
        path(
            "<int:object_id>/letters/<int:number>/withdraw/",
            staff_only(staff.withdraw),
            name="welcome_letterrun_withdraw",
        ),
        path(
            "<int:object_id>/letters/<int:number>/end-link/",
            staff_only(delivery_pages.end_link),
            name="welcome_letterrun_end_link",
        ),
        path(
            "<int:object_id>/letters/<int:number>.pdf",
            staff_only(previews.letter_pdf, cacheable=True),
            name="welcome_letterrun_letter_pdf",
        ),
        path(
            "<int:object_id>/letters/<int:number>-<int:page>.png",
            staff_only(previews.letter_page, cacheable=True),
            name="welcome_letterrun_letter_page",
        ),
        path(
            "<int:object_id>/files/<int:sequence>.pdf",
            staff_only(downloads.file),
            name="welcome_letterrun_file",
        ),
        path(
            "<int:object_id>/files/<int:sequence>/retry/",
            staff_only(staff.retry),
            name="welcome_letterrun_retry",
        ),
    ]
