from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.activities import changes, staff
from municipalities.activities.feed_models import CalendarFeed, FeedFetch, Outcome
from municipalities.activities.models import Activity, ActivityText, State, Submission
from municipalities.activities.staff_forms import (
    ActivityForm,
    ActivityTextForm,
    ActivityTextFormSet,
    FeedForm,
)
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet

STATE_COLOURS = {
    State.DRAFT: "info",
    State.WAITING: "warning",
    State.PUBLISHED: "success",
    State.WITHDRAWN: "danger",
}


class TimeFilter(SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("To come")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        now = timezone.now()
        if self.value() == "coming":
            return queryset.filter(last_at__gte=now)
        return queryset.filter(last_at__lt=now) if self.value() == "over" else queryset


class TextInline(ScopedStackedInline):
    model = ActivityText
    form = ActivityTextForm
    formset = ActivityTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "body", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: ActivityText) -> str:
        return standing(text, text.activity.text_set) if text.activity_id else ""


@admin.register(Activity)
class ActivityAdmin(ScopedAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    form = ActivityForm
    list_display = [
        "name",
        "municipality",
        "organisation",
        "starts_at",
        "theme",
        "texts_label",
        "state_label",
    ]
    list_filter = ["state", TimeFilter, "theme", "organisation"]
    search_fields = ["texts__title", "place", "organisation__name"]
    list_select_related = ["municipality", "organisation"]
    autocomplete_fields = ["organisation", "contact"]
    inlines = [TextInline]
    change_form_outer_before_template = "activities/activity_head.html"
    fieldsets = [
        (None, {"fields": ["theme", ("organisation", "arranger"), ("age_from", "age_to"), "price"]}),
        (
            _("When"),
            {
                "fields": ["starts_at", "ends_at", "all_day", ("repeats", "until"), "rule", "exceptions"],
                "description": _("The first time; of what lasts all day only the days count."),
            },
        ),
        (_("Where"), {"fields": ["contact", "place", ("latitude", "longitude")]}),
        (_("Signing up"), {"fields": [("sign_up_url", "sign_up_phone")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Activity]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        activity = super().get_object(request, object_id, from_field)
        if activity is not None and request.method == "POST" and connection.in_atomic_block:
            # The form writes every column: that it was published since it was read would be lost.
            rows = Activity.objects.visible_to(request.user).select_for_update(of=("self",))
            activity = rows.get(pk=activity.pk)
        return activity

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(staff.decide)
        return [
            path("<int:object_id>/decide/", decide, name="municipalities_activity_decide"),
            *super().get_urls(),
        ]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_model(self, request: HttpRequest, obj: Activity, form: Any, change: bool) -> None:
        changes.save(activity=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def response_add(self, request: HttpRequest, obj: Activity, post_url_continue: str | None = None) -> Any:
        # An activity without a word is of no use: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {} if found is None else {
            "activity": found,
            "may_write": self.has_change_permission(request, found),
            "submission": Submission.objects.filter(activity=found).first(),
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("activity"))
    def name(self, activity: Activity) -> str:
        text = activity.text_set.best(get_language() or "nb")
        return text.title if text and text.title else str(activity)

    @display(description=_("texts"))
    def texts_label(self, activity: Activity) -> str:
        return labels(activity.text_set, activity.municipality.languages)

    @display(description=_("state"), label=STATE_COLOURS)
    def state_label(self, activity: Activity) -> tuple[str, str]:
        return activity.state, activity.get_state_display()


class OutcomeFilter(SimpleListFilter):
    title = _("last reading")
    parameter_name = "reading"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("trouble", _("Needs somebody to look"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() != "trouble":
            return queryset
        return queryset.filter(pk__in=FeedFetch.objects.troubled().values("feed"))


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ScopedAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    form = FeedForm
    list_display = ["organisation", "municipality", "address", "active", "last_reading"]
    list_filter = ["active", OutcomeFilter]
    search_fields = ["organisation__name", "address"]
    list_select_related = ["municipality", "organisation"]
    autocomplete_fields = ["organisation"]
    change_form_outer_before_template = "activities/feed_head.html"
    fieldsets = [(None, {"fields": ["organisation", "address", ("theme", "active")]})]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CalendarFeed]:
        newest = FeedFetch.objects.filter(feed=models.OuterRef("pk")).exclude(outcome=Outcome.WAITING)
        last = newest.order_by("-pk").values("outcome")[:1]
        return super().get_queryset(request).annotate(last_outcome=models.Subquery(last))

    def get_urls(self) -> list[URLPattern]:
        read_now = self.admin_site.admin_view(staff.read_now)
        return [
            path("<int:object_id>/read/", read_now, name="municipalities_calendarfeed_read"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: CalendarFeed, form: Any, change: bool) -> None:
        if "address" in form.changed_data:
            obj.etag = obj.modified = ""  # What another server said of its answer says nothing here.
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more: dict[str, Any] = {}
        if found is not None:
            fetches = list(found.fetches.select_related("asked_by")[:10])
            more = {
                "feed": found,
                "may_write": self.has_change_permission(request, found),
                "fetches": fetches,
                "last": next((row for row in fetches if row.outcome != Outcome.WAITING), None),
                "trusted": found.organisation.trusted,
            }
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(
        description=_("last reading"),
        label={"read": "success", "same": "success", "held": "warning", "failed": "danger"},
    )
    def last_reading(self, feed: Any) -> tuple[str, str]:
        outcome = feed.last_outcome or ""
        return outcome, str(Outcome(outcome).label if outcome else _("Not read yet"))
