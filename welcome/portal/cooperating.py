"""What those who receive newcomers do without an account: say whether they come, write ideas, vote, and say how it
goes with their task. Looking changes nothing: mail filters look too. Nobody is shown anybody else's name."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from municipalities.audit.recording import look
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.cooperation import actions, choosing, measures
from welcome.cooperation.forms import AnswerForm, HelpForm, IdeaForm, VoteForm
from welcome.cooperation.idea_models import Idea
from welcome.cooperation.links import COOPERATION, IDEAS, TASK
from welcome.cooperation.measure_models import Task
from welcome.cooperation.models import Answer, Attendee, CooperationMeeting, MeetingState
from welcome.portal.page import page

DONE = {
    "answer": gettext_lazy(
        "Thank you, we have noted it. You can change it here as long as the meeting is not over."
    ),
    "idea": gettext_lazy("Your idea is in. Write the next one."),
    "vote": gettext_lazy("Your votes are in. You can change them as long as votes are given."),
    "done": gettext_lazy("Thank you! It is noted as done."),
    "help": gettext_lazy("The municipality sees that you need help, and gets in touch."),
}
TEMPLATES = {"cooperation": "invited", "cooperation-ideas": "ideas", "cooperation-task": "task"}


@require_http_methods(["GET", "HEAD", "POST"])
@behind(COOPERATION)
def invited(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: answer, idea or vote."""
    its: Attendee = opened.obj
    go = request.POST.get("go", "")
    forms = _forms_of(its, go, request.POST)
    if go in forms and forms[go].is_valid() and _sent(go, its, forms[go]):
        return _back("cooperation", slot, go)
    if request.method == "POST" and go not in forms:
        return redirect("portal:cooperation", slot)
    look(of=its, note="own")
    return _show(
        request, "cooperation", slot, its, _("Meeting about receiving newcomers"), forms,
        meeting=its.meeting, attendance=its, ideas=_wall(its.meeting),
    )  # fmt: skip


def _forms_of(its: Attendee, go: str, sent: Any) -> dict[str, Any]:
    """Those of the state the meeting is in."""
    meeting = its.meeting
    forms: dict[str, Any] = {}
    if not meeting.is_closed:
        initial = {"answer": its.answer, "sends": its.sends}
        forms["answer"] = AnswerForm(sent if go == "answer" else None, initial=initial)
    if meeting.state == MeetingState.GATHERING:
        forms["idea"] = IdeaForm(sent if go == "idea" else None)
    if meeting.state == MeetingState.VOTING:
        mine = [str(pk) for pk in its.votes.values_list("idea", flat=True)]
        forms["vote"] = VoteForm(sent if go == "vote" else None, meeting=meeting, initial={"ideas": mine})
    return forms


def _sent(go: str, its: Attendee, form: Any) -> bool:
    said = form.cleaned_data
    try:
        if go == "answer":
            actions.answer(attendance=its, answer=Answer(said["answer"]), sends=said["sends"])
        elif go == "idea":
            choosing.add_idea(meeting=its.meeting, **said)
        else:
            choosing.vote(attendance=its, ideas=[int(pk) for pk in said["ideas"]])
    except ValidationError as error:
        for sentence in error.messages:
            form.add_error(None, sentence)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@behind(IDEAS)
def ideas(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """Behind the code on the wall: whoever is in the room."""
    meeting: CooperationMeeting = opened.obj
    form = IdeaForm(
        request.POST if request.method == "POST" else None,
        initial={"table": request.GET.get("table", "")[:40]},
    )
    if form.is_bound and form.is_valid():
        try:
            choosing.add_idea(meeting=meeting, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _back("cooperation-ideas", slot, "idea")
    return _show(
        request, "cooperation-ideas", slot, meeting, _("What would make newcomers stay?"), {"idea": form},
        meeting=meeting, ideas=_wall(meeting),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@behind(TASK)
def task(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: done or help."""
    its: Task = opened.obj
    go = request.POST.get("go", "")
    form = HelpForm(request.POST if go == "help" else None)
    if go == "done":
        measures.finish_task(task=its, by=None)
        return _back("cooperation-task", slot, "done")
    if go == "help" and form.is_valid() and measures.ask_for_help(task=its, word=form.cleaned_data["word"]):
        return _back("cooperation-task", slot, "help")
    if request.method == "POST" and not form.errors:
        return redirect("portal:cooperation-task", slot)
    look(of=its, note="own")
    return _show(request, "cooperation-task", slot, its, _("Your task"), {"help": form}, task=its)


def _wall(meeting: CooperationMeeting) -> Any:
    return Idea.objects.filter(meeting=meeting).order_by("-pk")


def _back(name: str, slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse(f'portal:{name}', args=[slot])}?done={done}")


def _show(
    request: HttpRequest, name: str, slot: str, obj: Any, title: str, forms: dict[str, Any], **more: Any
) -> HttpResponse:
    wrong = any(form.errors for form in forms.values())
    context = {
        "page": page(
            request,
            title=title,
            description=_("Your own page, behind a link that is yours alone."),
            municipality=obj.municipality,
            indexed=False,
        ),
        "municipality": obj.municipality,
        "slot": slot,
        "forms": forms,
        "wrong": wrong,
        "done": "" if wrong else DONE.get(request.GET.get("done", "")),
    }
    template = f"portal/cooperation/{TEMPLATES[name]}.html"
    return render(request, template, context | more, status=422 if wrong else 200)
