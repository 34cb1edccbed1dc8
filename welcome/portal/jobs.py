"""Vacancies: the list with its filters, each one's page, the employer's form and the page behind their link."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import models
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from municipalities.jobs import submitting
from municipalities.jobs.catalogue import Engagement, Extent, Field
from municipalities.jobs.forms import OwnVacancyForm, VacancyForm
from municipalities.jobs.links import VACANCY
from municipalities.jobs.models import Vacancy, VacancyQuerySet, VacancySubmission
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.moderation import actions
from municipalities.moderation.models import State
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.topics.catalogue import Door
from welcome.portal import structured
from welcome.portal.around import municipality_at, people_of
from welcome.portal.home_owner import OFTEN, too_often
from welcome.portal.job_reading import ShownJob, structured_job
from welcome.portal.page import Crumb, page
from welcome.portal.words import spellings

A_PAGE = 30
DONE = {
    "confirmed": gettext_lazy("Thank you! It is sent in. You get an e-mail when somebody has looked at it."),
    "changed": gettext_lazy("It is changed and sent in. You get an e-mail when somebody has looked at it."),
    "extend": gettext_lazy("It is shown longer."),
    "take_out": gettext_lazy("It is taken out. Thank you for telling us!"),
    "late": gettext_lazy("It has been decided about meanwhile; this is how it stands now."),
}
VERBS = {"extend": actions.extend, "take_out": actions.take_out}


class JobOrder(models.TextChoices):
    NEWEST = "", gettext_lazy("Newest first")
    SOONEST = "due", gettext_lazy("Soonest deadline first")


class JobsForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Occupation or employer"), max_length=80, required=False)
    field = forms.ChoiceField(
        label=gettext_lazy("Field of work"),
        choices=[("", gettext_lazy("Any field")), *Field.choices],
        required=False,
    )
    extent = forms.ChoiceField(
        label=gettext_lazy("Extent"),
        choices=[("", gettext_lazy("Any extent")), *Extent.choices],
        required=False,
    )
    engagement = forms.ChoiceField(
        label=gettext_lazy("Engagement"),
        choices=[("", gettext_lazy("Any")), *Engagement.choices],
        required=False,
    )
    sort = forms.ChoiceField(label=gettext_lazy("Order"), choices=JobOrder.choices, required=False)

    @property
    def chosen(self) -> bool:
        said = getattr(self, "cleaned_data", {})
        return any(value for name, value in said.items() if name != "sort")

    def narrow(self, rows: VacancyQuerySet) -> VacancyQuerySet:
        said = getattr(self, "cleaned_data", {})
        rows = rows.filter(
            **{name: said[name] for name in ("field", "extent", "engagement") if said.get(name)}
        )
        rows = rows.saying(spellings(said.get("q", "")))
        if said.get("sort") == JobOrder.SOONEST:
            return rows.order_by(F("due_on").asc(nulls_last=True), "-pk")
        return rows.order_by("-published_at", "-pk")


def rows_of(here: Municipality) -> Any:
    return Vacancy.objects.of(here).shown().with_content()


def newest_jobs(here: Municipality, count: int) -> list[ShownJob]:
    return [ShownJob(row) for row in rows_of(here).order_by("-published_at", "-pk")[:count]]


def _door_crumb(here: Municipality) -> Crumb:
    return Crumb(str(Door.WORK.label), reverse("portal:door", args=[here.slug, Door.WORK]))


def _jobs_crumb(here: Municipality) -> Crumb:
    return Crumb(_("Vacancies"), reverse("portal:jobs", args=[here.slug]))


@require_safe
def jobs(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = JobsForm(request.GET)
    form.is_valid()
    pages = Paginator(form.narrow(rows_of(here).defer("body")), A_PAGE)
    part = pages.get_page(request.GET.get("page"))
    found = [ShownJob(row) for row in part]
    about = page(
        request,
        title=_("Vacancies"),
        description=_("Jobs in %(name)s, from employers here and from NAV.") % {"name": here.name},
        municipality=here,
        crumbs=[_door_crumb(here)],
        indexed=not form.chosen and not request.GET.keys() & {"page", "sort"},
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.WORK,
        "form": form,
        "found": found,
        "part": part,
        "count": pages.count,
        "structured": structured.of_list((shown.title, shown.path) for shown in found),
        "query": urlencode(
            [(key, str(value)) for key, value in request.GET.items() if key != "page" and value]
        ),
        "people": people_of(here),
    }
    return render(request, "portal/jobs/list.html", context)


@require_safe
def job(request: HttpRequest, slug: str, job: str) -> HttpResponse:
    here = municipality_at(slug)
    number = job.partition("-")[0]
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    shown = ShownJob(get_object_or_404(rows_of(here), pk=int(number)))
    if job != shown.name:
        return redirect(shown.path, permanent=False)
    about = page(
        request,
        title=shown.title,
        description=", ".join([shown.row.employer_name, *shown.facts]),
        municipality=here,
        crumbs=[_door_crumb(here), _jobs_crumb(here)],
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.WORK,
        "shown": shown,
        "structured": structured_job(shown),
        "people": people_of(here),
    }
    return render(request, "portal/jobs/job.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = VacancyForm(request.POST if request.method == "POST" else None, municipality=here)
    if form.is_bound and form.is_valid():
        if too_often(request, "jobs", form.cleaned_data["email"]):
            form.add_error(None, OFTEN)
        else:
            with scope.of(here.pk):
                submitting.submit(municipality=here, said=form.said, sender=form.sender)
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Send in a vacancy"),
        description=_("Tell those who move to %(name)s that you need somebody.") % {"name": here.name},
        municipality=here,
        crumbs=[_door_crumb(here), _jobs_crumb(here)],
        indexed="sent" not in request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/jobs/offer.html", context, status=422 if form.errors else 200)


# --- behind the employer's link --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@behind(VACANCY)
def own(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST is the form with what the employer has changed."""
    row: VacancySubmission = opened.obj
    can_change = row.vacancy.state != State.GONE
    form = OwnVacancyForm(
        request.POST if request.method == "POST" and can_change else None,
        municipality=row.municipality,
        instance=row.vacancy,
        initial=OwnVacancyForm.words_of(row.vacancy),
    )
    if request.method == "POST" and not can_change:
        return _back(slot, "late")
    if form.is_bound and form.is_valid():
        return _back(slot, "changed" if submitting.correct(submission=row, said=form.said) else "late")
    return _show(request, row, slot, form, can_change)


@require_POST
@behind(VACANCY)
def confirm(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "confirmed" if actions.confirm(sender=opened.obj) else "late")


@require_POST
@behind(VACANCY)
def move(request: HttpRequest, opened: Opened, slot: str, verb: str) -> HttpResponse:
    if verb not in VERBS:
        raise Http404
    return _back(slot, verb if VERBS[verb](row=opened.obj.vacancy, by=None) else "late")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:own-vacancy', args=[slot])}?done={done}")


def _show(
    request: HttpRequest, row: VacancySubmission, slot: str, form: OwnVacancyForm, can_change: bool
) -> HttpResponse:
    # What a bound form has written into the object is not how it stands.
    row.vacancy.refresh_from_db()
    about = page(
        request,
        title=_("Your vacancy"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=row.municipality,
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": row.municipality,
        "slot": slot,
        "submission": row,
        "vacancy": row.vacancy,
        "shown": ShownJob(row.vacancy),
        "form": form,
        "can_change": can_change,
        "done": DONE.get(request.GET.get("done", "")) if not form.is_bound else None,
    }
    return render(request, "portal/jobs/own.html", context, status=422 if form.errors else 200)
