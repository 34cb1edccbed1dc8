"""The page of a measure: its group, their tasks, what it costs, and its way into the calendar."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import look, record
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.cooperation import figures, into_calendar, measures
from welcome.cooperation.measure_models import Measure, MeasureState
from welcome.cooperation.staff_forms import HandOverForm, MeasureForm, MemberForm, SpendingForm, TaskForm


@never_cache
def measure(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `verb`: save, add, remove, start, done, dropped, task, finish, hand_over, spend, calendar."""
    its, by = _find(request, object_id), access_of(request).user
    verb = request.POST.get("verb", "")
    forms = _forms(request, its, verb)
    if request.method == "POST":
        try:
            if _act(request, verb, its, forms, by):
                return redirect("admin:welcome_measure_change", object_id)
        except ValidationError as error:
            if verb not in forms:
                messages.error(request, " ".join(error.messages))
                return redirect("admin:welcome_measure_change", object_id)
            for sentence in error.messages:
                forms[verb].add_error(None, sentence)
    return _show(request, its, forms)


def _forms(request: HttpRequest, its: Measure, verb: str) -> dict[str, Any]:
    def sent(name: str) -> Any:
        return request.POST if verb == name else None

    return {
        "save": MeasureForm(sent("save"), instance=_find(request, its.pk)),
        "add": MemberForm(sent("add"), measure=its, prefix="member"),
        "task": TaskForm(sent("task"), measure=its, prefix="task"),
        "hand_over": HandOverForm(sent("hand_over"), measure=its, prefix="over"),
        "spend": SpendingForm(sent("spend"), prefix="line", initial={"day": timezone.localdate()}),
    }


def _act(request: HttpRequest, verb: str, its: Measure, forms: dict[str, Any], by: User) -> bool:
    """Whether something was done, and the page is to be read anew. Raises ValidationError where it may not be."""
    if verb in forms:
        return forms[verb].is_valid() and _written(request, verb, its, forms[verb], by)
    if verb == "remove":
        measures.remove_member(member=_row(request, its.members.all(), "member"), by=by)
    elif verb == "start":
        measures.start(measure=its, by=by)
    elif verb in {MeasureState.DONE, MeasureState.DROPPED}:
        measures.end(measure=its, state=MeasureState(verb), by=by)
    elif verb == "finish":
        measures.finish_task(task=_row(request, its.tasks.all(), "task"), by=by)
    elif verb == "calendar":
        into_calendar.draft(measure=its, by=by)
        messages.success(
            request, _("It is a draft in the calendar: fill in when and where, and publish it there.")
        )
    else:
        return False
    return True


def _written(request: HttpRequest, verb: str, its: Measure, form: Any, by: User) -> bool:
    said = form.cleaned_data
    if verb == "save":
        form.save()
        record(action=Action.CHANGED, of=its, fields=form.changed_data)
    elif verb == "add":
        measures.add_member(measure=its, participant=said["participant"], leads=said["leads"], by=by)
    elif verb == "task":
        measures.give_task(
            measure=its, owner=said["owner"], title=said["title"], due_on=said["due_on"], by=by
        )
        messages.success(request, _("The task is given. They get a mail with a link of their own."))
    elif verb == "hand_over":
        task = _row(request, its.tasks.all(), "task")
        measures.hand_over(task=task, owner=said["owner"], due_on=said["due_on"], by=by)
    else:
        measures.spend(
            measure=its, day=said["day"], kroner=said["kroner"], hours=said["hours"], note=said["note"], by=by
        )
    return True


def _show(request: HttpRequest, its: Measure, forms: dict[str, Any]) -> HttpResponse:
    request.current_app = admin.site.name
    members = list(its.members.select_related("participant__organisation"))
    loads = figures.loads([member.participant for member in members], its.municipality)
    look(of=its, note=f"members={len(members)}")
    context = {
        **admin.site.each_context(request),
        "opts": Measure._meta,
        "title": its.title,
        "measure": its,
        "members": [(member, loads[member.participant_id]) for member in members],
        "has_newcomer": any(member.participant.is_newcomer for member in members),
        "tasks": its.tasks.select_related("owner__participant", "measure"),
        "used": figures.used([its])[its.pk],
        "spendings": its.spendings.all(),
        "forms": forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "cooperation/measure.html", context, status=422 if wrong else 200)


def _find(request: HttpRequest, pk: int) -> Measure:
    rows = Measure.objects.visible_to(request.user).filter(pk=pk)
    found = (
        access_of(request).narrow(rows, Right.WRITE_PEOPLE).select_related("municipality", "meeting").first()
    )
    if found is None:
        raise Http404
    return found


def _row(request: HttpRequest, rows: Any, name: str) -> Any:
    number = request.POST.get(name, "")
    row = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if row is None:
        raise Http404
    return row
