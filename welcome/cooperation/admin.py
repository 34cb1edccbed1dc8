from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from welcome.cooperation import figures, forgetting, measure_pages, meeting_pages, minutes
from welcome.cooperation.measure_models import Measure, MeasureState, Task
from welcome.cooperation.models import Answer, CooperationMeeting, MeetingState, Participant
from welcome.cooperation.settings_models import CooperationSettings
from welcome.cooperation.staff_forms import NewMeetingForm


class OfTheCooperation(ScopedAdmin):
    """Newcomers are among them, and some of these may be protected: who may not write of people reads nothing."""

    read = write = Right.WRITE_PEOPLE


def _number(object_id: str) -> int:
    if not object_id.isdecimal() or len(object_id) > 18:
        raise Http404
    return int(object_id)


@admin.register(CooperationMeeting)
class CooperationMeetingAdmin(OfTheCooperation):
    form = NewMeetingForm
    list_display = ["day", "municipality", "place", "state_label", "coming", "chosen", "next_on"]
    list_filter = ["state"]
    search_fields = ["place"]
    list_select_related = ["municipality"]
    actions = None
    fieldsets = [(None, {"fields": [("day", "begins"), "place", "about", "votes_each"]})]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CooperationMeeting]:
        comes = Q(attendances__answer__in=[Answer.COMES, Answer.SENDS])
        return (
            super()
            .get_queryset(request)
            .annotate(
                _coming=Count("attendances", filter=comes, distinct=True),
                _chosen=Count("measures", distinct=True),
            )
        )

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/wall/",
                staff_only(meeting_pages.wall),
                name="welcome_cooperationmeeting_wall",
            ),
            path(
                "<int:object_id>/minutes.pdf",
                staff_only(minutes.as_pdf),
                name="welcome_cooperationmeeting_minutes",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return meeting_pages.meeting(request, _number(object_id))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever is invited has a link to it.
        untold = obj is None or not (obj.attendances.exists() or obj.measures.exists())
        return super().has_delete_permission(request, obj) and untold

    def response_add(
        self, request: HttpRequest, obj: CooperationMeeting, post_url_continue: str | None = None
    ) -> Any:
        # A meeting without anybody invited is none: straight on to its page.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    @display(
        description=_("state"),
        label={"planned": "info", "gathering": "warning", "voting": "warning", "closed": "success"},
    )
    def state_label(self, meeting: CooperationMeeting) -> tuple[str, str]:
        return meeting.state, str(MeetingState(meeting.state).label)

    @display(description=_("coming"))
    def coming(self, meeting: Any) -> int:
        return int(meeting._coming)

    @display(description=_("measures"))
    def chosen(self, meeting: Any) -> int:
        return int(meeting._chosen)


class TasksFilter(admin.SimpleListFilter):
    title = _("tasks")
    parameter_name = "tasks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("Overdue")), ("help", _("Help is wanted"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "late":
            return queryset.filter(pk__in=Task.objects.overdue().values("measure"))
        if self.value() == "help":
            return queryset.filter(pk__in=Task.objects.needing_help().values("measure"))
        return queryset


@admin.register(Measure)
class MeasureAdmin(OfTheCooperation):
    list_display = [
        "title",
        "municipality",
        "meeting",
        "state_label",
        "tasks_label",
        "kroner_label",
        "hours_label",
    ]
    list_filter = ["state", TasksFilter]
    search_fields = ["title", "what"]
    list_select_related = ["municipality", "meeting"]
    actions = None

    # Chosen in a meeting, and history once it has ended.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return measure_pages.measure(request, _number(object_id))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            rows = list(shown["cl"].result_list)
            found = figures.used(rows)
            for row in rows:
                row.used = found[row.pk]
            shown["cl"].result_list = rows
        return response

    @display(
        description=_("state"),
        label={"planned": "info", "running": "warning", "done": "success", "dropped": "danger"},
    )
    def state_label(self, measure: Measure) -> tuple[str, str]:
        return measure.state, str(MeasureState(measure.state).label)

    @display(description=_("tasks"))
    def tasks_label(self, measure: Any) -> str:
        words = [_("%(done)s of %(all)s done") % {"done": measure.used.done, "all": measure.used.tasks}]
        if measure.used.late:
            words.append(_("%(n)s overdue") % {"n": measure.used.late})
        if measure.used.help_wanted:
            words.append(_("%(n)s need help") % {"n": measure.used.help_wanted})
        return ", ".join(map(str, words))

    @display(description=_("kroner used"))
    def kroner_label(self, measure: Any) -> str:
        return _of(measure.used.kroner, measure.kroner)

    @display(description=_("hours used"))
    def hours_label(self, measure: Any) -> str:
        return _of(measure.used.hours, measure.hours)


def _of(used: Any, planned: Any) -> str:
    return str(used) if planned is None else _("%(used)s of %(planned)s") % {"used": used, "planned": planned}


class ParticipantForm(ScopedForm):
    class Meta:
        model = Participant
        fields = (
            "municipality", "name", "organisation", "works_as", "side", "email", "phone", "language", "is_newcomer",
            "stands_behind_since",
        )  # fmt: skip


@admin.register(Participant)
class ParticipantAdmin(OfTheCooperation):
    shows_people = True
    form = ParticipantForm
    list_display = [
        "name",
        "municipality",
        "organisation",
        "side",
        "is_newcomer",
        "stands_behind_since",
        "carries",
    ]
    list_filter = ["side", "is_newcomer"]
    search_fields = ["name", "works_as", "email"]
    list_select_related = ["municipality", "organisation"]
    fieldsets = [
        (None, {"fields": ["name", ("organisation", "works_as"), ("email", "phone"), "language"]}),
        (_("The reception of newcomers"), {"fields": ["side", "stands_behind_since", "is_newcomer"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            rows = list(shown["cl"].result_list)
            for place in {row.municipality for row in rows}:
                here = [row for row in rows if row.municipality == place]
                found = figures.loads(here, place)
                for row in here:
                    row.load = found[row.pk]
            shown["cl"].result_list = rows
        return response

    def _is_free(self, obj: Participant | None) -> bool:
        return obj is None or Participant.objects.filter(pk=obj.pk).free().exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_free(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_free(obj)

    def delete_model(self, request: HttpRequest, obj: Participant) -> None:
        forgetting.forget(participant=obj, by=None)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Participant]) -> None:
        for person in Participant.objects.filter(pk__in=queryset.values("pk")).free():
            forgetting.forget(participant=person, by=None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Their places in groups go with them by `forget`, which asks who else is a newcomer there first.
        return [str(person) for person in objs], {}, set(), []

    @display(description=_("carries"), label={"fine": "info", "much": "danger"})
    def carries(self, person: Any) -> tuple[str, str]:
        load: figures.Load = person.load
        if load.is_too_much:
            return "much", str(_("%(n)s roles and tasks: too many") % {"n": load.roles})
        return "fine", str(load.roles)


@admin.register(CooperationSettings)
class CooperationSettingsAdmin(ScopedAdmin):
    read, write = Right.WRITE_PEOPLE, Right.MANAGE
    list_display = ["municipality", "most_roles"]
    list_select_related = ["municipality"]
    actions = None
    fieldsets = [(None, {"fields": ["most_roles"]})]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*self.list_display]
