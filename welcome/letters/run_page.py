"""The frame of the letter run's pages: who may open them, the steps, the headline."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.households.models import Household
from welcome.letters import runs
from welcome.letters.already_out import AlreadyOut, already_out
from welcome.letters.forms import SureForm
from welcome.letters.models import Letter, LetterRun, RunState

STEPS = {
    "cohort": _("Cohort"),
    "texts": _("Texts"),
    "proof": _("Proof"),
    "approve": _("Approval"),
    "progress": _("Progress"),
    "delivery": _("Delivery"),
    "report": _("Report"),
}
ORDER = list(STEPS)
# Where a run of each state is, which is the page that opens.
HERE = {
    RunState.DRAFT: "cohort",
    RunState.FROZEN: "proof",
    RunState.APPROVED: "progress",
    RunState.RENDERING: "progress",
    RunState.READY: "delivery",
    RunState.DELIVERING: "delivery",
    RunState.DONE: "report",
    RunState.CANCELLED: "cohort",
}
# The last page that has something to tell.
REACHED = {**HERE, RunState.FROZEN: "approve", RunState.READY: "report", RunState.DELIVERING: "report"}
ACTIONS = {
    verb: verb
    for verb in ("freeze", "thaw", "cancel", "reopen", "finish", "deliver", "rest_on_paper", "prove")
} | {"approve_now": "approve"}


@dataclass(frozen=True)
class Step:
    name: str
    url: str  # Empty: the run has not come so far.
    mark: str
    is_shown: bool


def find_run(request: HttpRequest, object_id: int, right: Right = Right.READ_PEOPLE) -> LetterRun:
    """The guard of every page here: a foreign run is not found, a missing right is refused."""
    runs = LetterRun.objects.visible_to(request.user)
    run = get_object_or_404(runs.select_related("municipality", "frozen_by", "approved_by"), pk=object_id)
    if not access_of(request).may(right, run.municipality_id):
        raise PermissionDenied
    return run


def note_look(letter: Letter, what: str = "") -> None:
    """In the log a letter is found by its household."""
    note = f"run={letter.run_id} letter={letter.number} {what}".strip()
    if letter.household_id is not None:
        recording.look_at(model=Household, places={letter.household_id: letter.municipality_id}, note=note)


def note_list(run: LetterRun, rows: int, what: str) -> None:
    """A page of this run showed some of its people; nothing is noted of a page that showed none."""
    if rows:
        recording.record(action=Action.SEARCHED, of=run, note=f"{what} rows={rows}")


def told_of_protected(request: HttpRequest, run: LetterRun) -> AlreadyOut | None:
    """For who may know who is protected; noted as a look. Nobody else is told that there is anything."""
    if not access_of(request).may(Right.WRITE_PEOPLE, run.municipality_id):
        return None
    found = already_out(run)
    note_list(run, len(found.letters), "already_out")
    return found


def step_url(run: LetterRun, step: str) -> str:
    """Also of a page within a step."""
    return reverse(f"admin:welcome_letterrun_{step}", args=[run.pk])


def on_step(name: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view of a step gets the run it may see. Where the run has not come so far, or has been taken
    back, the reader is sent to where it is."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_safe
        @wraps(view)
        def guarded(request: HttpRequest, object_id: int, **more: object) -> HttpResponse:
            run = find_run(request, object_id)
            state = RunState(run.state)
            if ORDER.index(name) <= ORDER.index(REACHED[state]):
                return view(request, run, **more)
            if is_live(request):
                return HttpResponse(headers={"HX-Redirect": step_url(run, HERE[state])})
            return redirect(step_url(run, HERE[state]))

        return guarded

    return guard


def is_live(request: HttpRequest) -> bool:
    """Asked by the script that keeps a page's figures moving, which wants only a part of it."""
    return "HX-Request" in request.headers


def show(
    request: HttpRequest, run: LetterRun, step: str, *, template: str = "", status: int = 200, **more: object
) -> HttpResponse:
    """The page of `step`, or another template within it."""
    state, access = RunState(run.state), access_of(request)
    may_run = access.may(Right.RUN_LETTERS, run.municipality_id)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": run,
        "opts": LetterRun._meta,
        "run": run,
        "headline": _headline(run),
        "steps": _steps(run, step),
        "shown_step": _("Step %(number)s of %(total)s: %(name)s")
        % {"number": ORDER.index(step) + 1, "total": len(ORDER), "name": STEPS[step]},
        "urls": {name: step_url(run, name) for name in ORDER}
        | {
            name: reverse("admin:welcome_letterrun_act", args=[run.pk, verb])
            for name, verb in ACTIONS.items()
        },
        "may_run": may_run,
        "may_approve": access.may(Right.APPROVE_LETTERS, run.municipality_id),
        "may_thaw": may_run and state == RunState.FROZEN,
        "may_cancel": may_run and state in runs.CANCELLABLE,
        "may_reopen": may_run and state == RunState.CANCELLED,
        "sure": SureForm(auto_id=f"id_{step}_%s"),
        **more,
    }
    return render(request, f"letters/staff/{template or step}.html", context, status=status)


def _steps(run: LetterRun, shown: str) -> list[Step]:
    state = RunState(run.state)
    at, reached = ORDER.index(HERE[state]), ORDER.index(REACHED[state])
    return [
        Step(
            str(name),
            step_url(run, key) if number <= reached else "",
            "is-past" if number < at else "is-here" if number == at else "is-reached",
            key == shown,
        )
        for number, (key, name) in enumerate(STEPS.items())
    ]


def _headline(run: LetterRun) -> str:
    """The finding, as the page's title."""
    letters = run.letters.of(run.municipality).count()
    all_printed = not run.letters.of(run.municipality).elsewhere().exists()
    words = {
        RunState.DRAFT: _("The letters are not made ready yet"),
        RunState.FROZEN: ngettext(
            "%(n)s letter waits for approval", "%(n)s letters wait for approval", letters
        ),
        RunState.APPROVED: ngettext("%(n)s letter is approved", "%(n)s letters are approved", letters),
        RunState.RENDERING: ngettext("%(n)s letter is being made", "%(n)s letters are being made", letters),
        RunState.READY: ngettext(
            "%(n)s letter is ready to print", "%(n)s letters are ready to print", letters
        )
        if all_printed
        else ngettext("%(n)s letter is ready to be sent", "%(n)s letters are ready to be sent", letters),
        RunState.DELIVERING: ngettext(
            "%(n)s letter is being delivered", "%(n)s letters are being delivered", letters
        ),
        RunState.DONE: ngettext("%(n)s letter has gone to print", "%(n)s letters have gone to print", letters)
        if all_printed
        else ngettext("%(n)s letter is sent", "%(n)s letters are sent", letters),
        RunState.CANCELLED: _("This run is cancelled"),
    }
    text = str(words[RunState(run.state)])
    return text % {"n": letters} if "%(n)s" in text else text
