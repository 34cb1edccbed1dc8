from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline, ScopedTabularInline
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet
from welcome.meetings import attendance, attendance_pages, call_pages, programme, seats, sign_up_pages
from welcome.meetings.figures import counts, numbers
from welcome.meetings.forms import (
    MeetingForm,
    MeetingTextForm,
    MeetingTextFormSet,
    ProgrammeFormSet,
    ProgrammeItemForm,
)
from welcome.meetings.models import MeetingText, WelcomeMeeting
from welcome.meetings.programme import ProgrammeItem


class MeetingTextInline(ScopedStackedInline):
    model = MeetingText
    form = MeetingTextForm
    formset = MeetingTextFormSet
    fields = ["standing", "title", "brief", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: MeetingText) -> str:
        return standing(text, text.meeting.text_set) if text.meeting_id else ""


class ProgrammeInline(ScopedTabularInline):
    model = ProgrammeItem
    form = ProgrammeItemForm
    formset = ProgrammeFormSet
    fields = ["starts_at", "subject", "title", "speaker"]
    hide_title = True


@admin.register(WelcomeMeeting)
class WelcomeMeetingAdmin(ScopedAdmin):
    form = MeetingForm
    list_display = ["starts_at", "municipality", "place", "coming", "waiting", "texts_label", "state_label"]
    list_filter = ["published"]
    search_fields = ["place", "address"]
    list_select_related = ["municipality"]
    inlines = [ProgrammeInline, MeetingTextInline]
    actions = None
    change_form_outer_before_template = "meetings/meeting_head.html"
    fieldsets = [
        (None, {"fields": ["starts_at", "ends_at", ("place", "address")]}),
        (_("Signing up"), {"fields": ["capacity", "deadline", "published"]}),
        (_("For who comes"), {"fields": ["spoken", "interpreted", ("child_care", "food")]}),
    ]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        meeting = super().get_object(request, object_id, from_field)
        if meeting is not None and request.method == "POST" and connection.in_atomic_block:
            # The form writes every column: that it was called off since it was read would be lost.
            meeting = WelcomeMeeting.objects.visible_to(request.user).select_for_update().get(pk=meeting.pk)
        return meeting

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[WelcomeMeeting]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/sign-ups/",
                staff_only(sign_up_pages.listed),
                name="welcome_welcomemeeting_signups",
            ),
            path(
                "<int:object_id>/sign-ups.csv",
                staff_only(sign_up_pages.as_csv),
                name="welcome_welcomemeeting_csv",
            ),
            path(
                "<int:object_id>/door/",
                staff_only(attendance_pages.door),
                name="welcome_welcomemeeting_door",
            ),
            path(
                "<int:object_id>/calls/",
                staff_only(call_pages.listed),
                name="welcome_welcomemeeting_calls",
            ),
            path(
                "<int:object_id>/calls/<int:call>/",
                staff_only(call_pages.one),
                name="welcome_welcomemeeting_call",
            ),
            path(
                "<int:object_id>/numbers.csv",
                staff_only(attendance_pages.numbers_csv),
                name="welcome_welcomemeeting_numbers",
            ),
            path(
                "<int:object_id>/programme/",
                staff_only(self.start_programme),
                name="welcome_welcomemeeting_programme",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def start_programme(self, request: HttpRequest, object_id: int) -> HttpResponse:
        meeting = self.get_queryset(request).filter(pk=object_id).first()
        if meeting is None:
            raise Http404
        if not self.has_change_permission(request, meeting):
            raise PermissionDenied
        try:
            programme.start_from_standard(meeting=meeting, by=access_of(request).user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The standard programme is there. Change what is different here."))
        return redirect("admin:welcome_welcomemeeting_change", object_id)

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever has a letter with its code would find nothing there: it is called off instead.
        untold = obj is None or not (obj.sign_ups.exists() or obj.invitations.exists())
        return super().has_delete_permission(request, obj) and untold

    def save_model(self, request: HttpRequest, obj: WelcomeMeeting, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            seats.fill(meeting=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def response_add(
        self, request: HttpRequest, obj: WelcomeMeeting, post_url_continue: str | None = None
    ) -> Any:
        # A meeting without a word is told of by its place alone: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            rows = list(shown["cl"].result_list)
            found = counts(rows)
            for row in rows:
                row.count = found[row.pk]
            shown["cl"].result_list = rows
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {} if found is None else {
            "meeting": found,
            "count": counts([found])[found.pk],
            "may_write": self.has_change_permission(request, found),
            "numbers": attendance_pages.told(numbers(found)),
            "door_is_open": attendance.is_open(found),
            "no_programme": not found.programme.exists(),
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("coming"))
    def coming(self, meeting: Any) -> str:
        return _("%(taken)s of %(seats)s") % {"taken": meeting.count.taken, "seats": meeting.capacity}

    @display(description=_("waiting"))
    def waiting(self, meeting: Any) -> int:
        return int(meeting.count.waiting)

    @display(description=_("texts"))
    def texts_label(self, meeting: WelcomeMeeting) -> str:
        return labels(meeting.text_set, meeting.municipality.languages)

    @display(description=_("state"), label={"off": "danger", "draft": "warning", "told": "success"})
    def state_label(self, meeting: WelcomeMeeting) -> tuple[str, str]:
        if meeting.is_cancelled:
            return "off", str(_("Called off"))
        return ("told", str(_("Told of"))) if meeting.published else ("draft", str(_("Draft")))
