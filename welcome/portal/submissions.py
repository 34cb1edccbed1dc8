"""The form by which an organisation, or anybody, sends an activity in, and the page behind the link of its sender.
Looking changes nothing; each change is a form that is sent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from municipalities.activities import submitting
from municipalities.activities.forms import CorrectionForm, SubmissionForm
from municipalities.activities.links import SUBMISSION
from municipalities.activities.models import State, Submission
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.municipality import scope
from municipalities.tenancy import limits
from municipalities.topics.catalogue import Door
from welcome.portal.activity_reading import happening, time_of
from welcome.portal.around import municipality_at, people_of
from welcome.portal.page import Crumb, page

# One address, and one client, may have mail sent so many times an hour.
AN_HOUR_BY_ADDRESS, AN_HOUR_BY_CLIENT = 5, 20

DONE = {
    "confirmed": gettext_lazy("Thank you! It is sent in. You get an e-mail when somebody has looked at it."),
    "changed": gettext_lazy("It is changed and sent in. You get an e-mail when somebody has looked at it."),
    "taken": gettext_lazy("It is taken out."),
    "late": gettext_lazy("It has been decided about meanwhile; this is how it stands now."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = SubmissionForm(request.POST if request.method == "POST" else None, municipality=here)
    if form.is_bound and form.is_valid():
        if _too_often(request, form.cleaned_data["email"]):
            form.add_error(
                None, _("Much has been sent from here in the last hour. Wait a while, or call us instead.")
            )
        else:
            with scope.of(here.pk):
                submitting.submit(municipality=here, said=form.said, sender=form.sender)
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Tell us what's on"),
        description=_("Send an activity to the calendar of %(name)s.") % {"name": here.name},
        municipality=here,
        crumbs=[
            Crumb(str(Door.EXPLORE.label), reverse("portal:door", args=[here.slug, Door.EXPLORE])),
            Crumb(_("What's on"), reverse("portal:activities", args=[here.slug])),
        ],
        indexed="sent" not in request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/activities/submit.html", context, status=422 if form.errors else 200)


def _too_often(request: HttpRequest, email: str) -> bool:
    by_client = limits.is_over(request, "activities.client", key="ip", rate=(AN_HOUR_BY_CLIENT, 3600))
    by_address = limits.is_over(
        request, "activities.address", key=lambda _g, _r: email.casefold(), rate=(AN_HOUR_BY_ADDRESS, 3600)
    )
    return by_client or by_address


# --- behind the sender's link ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@behind(SUBMISSION)
def submission(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST is the form with what the sender has changed."""
    row: Submission = opened.obj
    can_change = row.activity.state in {State.DRAFT, State.WAITING}
    form = CorrectionForm(
        request.POST if request.method == "POST" and can_change else None,
        municipality=row.municipality,
        initial=CorrectionForm.as_it_is(row),
    )
    if request.method == "POST" and not can_change:
        return _back(slot, "late")
    if form.is_bound and form.is_valid():
        return _back(slot, "changed" if submitting.correct(submission=row, said=form.said) else "late")
    return _show(request, row, slot, form, can_change)


@require_POST
@behind(SUBMISSION)
def confirm(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "confirmed" if submitting.confirm(submission=opened.obj) else "late")


@require_POST
@behind(SUBMISSION)
def take_back(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "taken" if submitting.take_back(submission=opened.obj) else "late")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:submission', args=[slot])}?done={done}")


def _show(
    request: HttpRequest, row: Submission, slot: str, form: CorrectionForm, can_change: bool
) -> HttpResponse:
    activity = row.activity
    shown = happening(activity, chosen=row.language)
    times = activity.occurrences.order_by("starts_at")[:3]
    about = page(
        request,
        title=_("Your activity"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=row.municipality,
        indexed=False,
    )
    context: dict[str, Any] = {
        "page": about,
        "municipality": row.municipality,
        "slot": slot,
        "submission": row,
        "activity": activity,
        "its": shown,
        "times": [time_of(each.starts_at, each.ends_at, activity.all_day) for each in times],
        "form": form,
        "can_change": can_change,
        "done": DONE.get(request.GET.get("done", "")) if not form.is_bound else None,
    }
    return render(request, "portal/activities/submission.html", context, status=422 if form.errors else 200)
