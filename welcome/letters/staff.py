"""The letter run's steps in the staff site: a view for each, and one for everything that changes a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.households.models import Household
from welcome.letters import deliveries, figures, proof_pages, proofs, run_lists, runs, since
from welcome.letters.channels import Channel
from welcome.letters.forms import ApproveForm, EnsureForm, FreezeForm, SureForm, WithdrawForm
from welcome.letters.models import LeftOutReason, LetterRun, RunState
from welcome.letters.run_page import (
    HERE,
    find_run,
    is_live,
    note_list,
    on_step,
    show,
    step_url,
    told_of_protected,
)

SECONDS_BEFORE_WORRY = 20  # A worker that runs takes its work within a second or two.


@require_safe
def here(request: HttpRequest, object_id: int) -> HttpResponse:
    run = find_run(request, object_id)
    return redirect(step_url(run, HERE[RunState(run.state)]))


@on_step("cohort")
def cohort(request: HttpRequest, run: LetterRun) -> HttpResponse:
    return _cohort(request, run, FreezeForm())


def _cohort(request: HttpRequest, run: LetterRun, freeze_form: Form, status: int = 200) -> HttpResponse:
    if run.state == RunState.DRAFT:
        arrived = Household.objects.of(run.municipality).arrived_in(run.quarter).count()
        return show(request, run, "cohort", status=status, arrived=arrived, freeze_form=freeze_form)
    q = request.GET.get("q", "").strip()[:100]
    letters = run_lists.page_of_letters(run, q, request.GET.get("page"))
    note_list(run, len(letters.object_list), "letters")
    return show(request, run, "cohort", cohort=_counts(request, run), q=q, letters=letters)


def _counts(request: HttpRequest, run: LetterRun) -> run_lists.Cohort:
    tells_protected = access_of(request).may(Right.WRITE_PEOPLE, run.municipality_id)
    return run_lists.cohort_of(run, tells_protected=tells_protected)


@on_step("cohort")
def left_out(request: HttpRequest, run: LetterRun, reason: str) -> HttpResponse:
    """The households left out for one reason; there is no list of those with a protected address."""
    if reason not in {row.reason for row in _counts(request, run).reasons if row.listed}:
        raise Http404
    households = Paginator(run_lists.households_left_out(run, reason), run_lists.ROWS_A_PAGE)
    page = households.get_page(request.GET.get("page"))
    note_list(run, len(page.object_list), "left_out")
    return show(request, run, "cohort", template="left_out", reason=LeftOutReason(reason), households=page)


@on_step("texts")
def texts(request: HttpRequest, run: LetterRun) -> HttpResponse:
    may_write = access_of(request).may(Right.WRITE_TEXTS, run.municipality_id)
    return show(request, run, "texts", texts=run_lists.texts_of(run), may_write_texts=may_write)


@on_step("approve")
def approve(request: HttpRequest, run: LetterRun) -> HttpResponse:
    return _approve(request, run, ApproveForm(run=run))


def _approve(request: HttpRequest, run: LetterRun, form: Form, status: int = 200) -> HttpResponse:
    needs_another = run.municipality.second_approver and run.frozen_by_id == request.user.pk
    found = figures.outline(run)
    standing, is_frozen = proof_pages.standing_of(run), run.state == RunState.FROZEN
    # The first problem is told, which may be of somebody's letter.
    note_list(run, min(standing.blocking, 1), "warnings")
    return show(
        request, run, "approve", status=status, outline=found, proof=standing.proof,
        missing=standing.missing if is_frozen else None,
        languages=run_lists.named_languages(found.languages), channels=_ways(run), form=form,
        needs_another=needs_another, today=timezone.localdate(), since=since.of(run),
    )  # fmt: skip


def _ways(run: LetterRun) -> list[tuple[str, int]]:
    """By which ways the letters are to go; nothing where all are for our own printer."""
    counted = figures.channels(run)
    return (
        []
        if set(counted) <= {Channel.PRINT}
        else [(str(Channel(way).label), n) for way, n in counted.items()]
    )


@on_step("progress")
def progress(request: HttpRequest, run: LetterRun) -> HttpResponse:
    """The page, or for the script that asks each second only what moves in it."""
    at_work = run.state in {RunState.APPROVED, RunState.RENDERING}
    now = figures.progress(run)
    failed = list(run_lists.letters_of(run).failed()[: run_lists.ROWS_A_PAGE])
    if not is_live(request):  # Or a page left open would write an entry each second.
        note_list(run, len(failed), "failed")
    response = show(
        request,
        run,
        "progress",
        template="_progress" if is_live(request) else "progress",
        progress=now,
        made=max(now.made, now.printed),
        time_left=_time_left(now.seconds_left),
        at_work=at_work,
        nobody_took_it=at_work and _nobody_took_it(run),
        files=run_lists.files_of(run),
        failed=failed,
    )
    if is_live(request) and not at_work:
        response["HX-Refresh"] = "true"  # Headline and steps have moved on too.
    return response


def _time_left(seconds: int | None) -> str:
    if seconds is None or seconds < 60:
        return _("%(n)s s") % {"n": seconds or 0}
    return _("%(n)s min") % {"n": round(seconds / 60)}


def _nobody_took_it(run: LetterRun) -> bool:
    waited = timezone.now() - run.approved_at if run.approved_at else None
    return (
        waited is not None
        and waited.total_seconds() > SECONDS_BEFORE_WORRY
        and not run.files.exclude(attempts=0).exists()
    )


@on_step("report")
def report(request: HttpRequest, run: LetterRun) -> HttpResponse:
    counts, numbers = _counts(request, run), printed(run)
    ways = [(Channel(channel).label, n) for channel, n in run_lists.elsewhere(run).items()]
    made = numbers["printed"] + numbers["failed"] + numbers["being_made"] + sum(n for _way, n in ways)
    return show(
        request, run, "report", cohort=counts, already_out=told_of_protected(request, run), **numbers,
        ways=ways, deliveries=figures.sending(run).rows,
        adds_up=made == counts.letters and counts.letters + counts.left_out == counts.cohort,
    )  # fmt: skip


def printed(run: LetterRun) -> dict[str, Any]:
    files, letters = list(run_lists.files_of(run)), run.letters.of(run.municipality)
    in_files, failed = letters.printed().count(), letters.failed().count()
    return {
        "files": files,
        "pages": sum(file.pages for file in files),
        "printed": in_files,
        "failed": failed,
        "being_made": letters.for_print().count() - in_files - failed,
    }


# --- what changes a run --------------------------------------------------------------------------


@require_POST
def ensure(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.may(Right.RUN_LETTERS):
        raise PermissionDenied
    form = EnsureForm(request.POST, access=access)
    if not form.is_valid():
        messages.error(request, _("Choose a municipality and a quarter from the lists."))
        return redirect("admin:welcome_letterrun_changelist")
    chosen = form.cleaned_data
    try:
        run = runs.ensure(municipality=chosen["municipality"], quarter=chosen["quarter"], by=access.user)
    except runs.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:welcome_letterrun_changelist")
    return redirect("admin:welcome_letterrun_change", run.pk)


@dataclass(frozen=True)
class Act:
    """One thing that may be done to a run: with what right, after which question, and what is said then."""

    do: Callable[..., object]
    right: Right
    form: Callable[..., Form]
    done: str | Promise
    page: Callable[[HttpRequest, LetterRun, Form, int], HttpResponse] | None = None


ACTS = {
    "freeze": Act(
        runs.freeze,
        Right.RUN_LETTERS,
        FreezeForm,
        _("The letters are frozen, and are being proved."),
        _cohort,
    ),
    "thaw": Act(runs.thaw, Right.RUN_LETTERS, Form, _("The run is a draft again.")),
    "prove": Act(proofs.ask, Right.RUN_LETTERS, Form, _("The letters are being proved.")),
    "approve": Act(
        runs.approve, Right.APPROVE_LETTERS, ApproveForm, _("Approved. The letters are being made."), _approve
    ),
    "deliver": Act(runs.deliver, Right.RUN_LETTERS, SureForm, _("The letters are being sent.")),
    "rest_on_paper": Act(
        deliveries.rest_on_paper,
        Right.RUN_LETTERS,
        SureForm,
        _("The letters that waited are printed instead."),
    ),
    "cancel": Act(runs.cancel, Right.RUN_LETTERS, SureForm, _("The run is cancelled.")),
    "reopen": Act(runs.reopen, Right.RUN_LETTERS, Form, _("The run is open again.")),
    "finish": Act(runs.finish, Right.RUN_LETTERS, SureForm, _("The run is done.")),
}


@require_POST
def act(request: HttpRequest, object_id: int, verb: str) -> HttpResponse:
    doing = ACTS[verb]
    run = find_run(request, object_id, doing.right)
    form = doing.form(request.POST, **({"run": run} if verb == "approve" else {}))
    if not form.is_valid() and doing.page is not None:
        return doing.page(request, run, form, 422)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("admin:welcome_letterrun_change", run.pk)
    more = {"dated": form.cleaned_data["dated"]} if verb == "freeze" else {}
    return attempt(
        request, run, str(doing.done), lambda: doing.do(run=run, by=access_of(request).user, **more)
    )


@require_POST
def retry(request: HttpRequest, object_id: int, sequence: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    file = get_object_or_404(run.files.of(run.municipality), sequence=sequence)
    said = _("File %(number)s is tried again.") % {"number": sequence}
    return attempt(request, run, said, lambda: runs.retry(file=file, by=access_of(request).user))


@require_POST
def withdraw(request: HttpRequest, object_id: int, number: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    found = get_object_or_404(run_lists.letters_of(run), number=number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Http404
    reason = LeftOutReason(form.cleaned_data["reason"])
    said = _("Letter %(number)s is taken out.") % {"number": number}
    return attempt(
        request, run, said, lambda: runs.withdraw(letter=found, reason=reason, by=access_of(request).user)
    )


def attempt(request: HttpRequest, run: LetterRun, said: str, do: Callable[[], object]) -> HttpResponse:
    """Say what was done, or why not; either way go to where the run is now."""
    try:
        do()
    except runs.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(said))
        change = [{"changed": {"fields": [str(said)]}}]
        # The action itself has told the log of looks and changes.
        page: Any = admin.site.get_model_admin(LetterRun)
        page.note_history(request, [run], CHANGE, change)
    return redirect("admin:welcome_letterrun_change", run.pk)
