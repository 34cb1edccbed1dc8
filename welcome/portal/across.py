"""Homes and vacancies of all municipalities in one list, for whoever has not chosen a place yet."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from housing.listings.models import Listing
from municipalities.jobs.models import Vacancy
from municipalities.municipality.models import Municipality
from welcome.portal import homes, jobs, structured
from welcome.portal.choosing import in_order
from welcome.portal.home_forms import HomesForm
from welcome.portal.home_reading import show_home
from welcome.portal.job_reading import ShownJob
from welcome.portal.jobs import JobsForm
from welcome.portal.page import page


class Somewhere(forms.Form):
    """In one municipality or in all."""

    town = forms.ChoiceField(label=gettext_lazy("Where"), required=False)

    def __init__(self, *args: Any, towns: list[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["town"]
        where.choices = [
            ("", gettext_lazy("All municipalities")),
            *((town.slug, town.name) for town in towns),
        ]

    def in_town(self, rows: Any) -> Any:
        town = getattr(self, "cleaned_data", {}).get("town")
        return rows.filter(municipality__slug=town) if town else rows


class HomesSomewhere(Somewhere, HomesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, villages=[], **kwargs)
        del self.fields["village"]  # Villages are many, and known to those who know the place.


class JobsSomewhere(Somewhere, JobsForm):
    pass


@require_safe
def all_homes(request: HttpRequest) -> HttpResponse:
    form = HomesSomewhere(request.GET, towns=_towns())
    form.is_valid()
    rows = form.in_town(form.narrow(Listing.objects.shown())).with_content()
    part = Paginator(rows, homes.A_PAGE).get_page(request.GET.get("page"))
    about = page(
        request,
        title=_("Homes in all municipalities"),
        description=_("Homes to rent and to buy, wherever in the county."),
        indexed=not form.chosen and not request.GET.keys() & {"page", "sort"},
    )
    return _list(request, about, form, part, [show_home(row) for row in part], "homes")


@require_safe
def all_jobs(request: HttpRequest) -> HttpResponse:
    form = JobsSomewhere(request.GET, towns=_towns())
    form.is_valid()
    rows = form.in_town(form.narrow(Vacancy.objects.shown().with_content().defer("body")))
    part = Paginator(rows, jobs.A_PAGE).get_page(request.GET.get("page"))
    about = page(
        request,
        title=_("Vacancies in all municipalities"),
        description=_("Jobs from employers and from NAV, wherever in the county."),
        indexed=not form.chosen and not request.GET.keys() & {"page", "sort"},
    )
    return _list(request, about, form, part, [ShownJob(row) for row in part], "jobs")


def _towns() -> list[Municipality]:
    return in_order(Municipality.objects.published())


def _list(
    request: HttpRequest, about: Any, form: Any, part: Any, found: list[Any], name: str
) -> HttpResponse:
    context = {
        "page": about,
        "form": form,
        "chosen": form.chosen,
        "found": found,
        "part": part,
        "count": part.paginator.count,
        "own": reverse(f"portal:all-{name}"),
        "across": True,
        "structured": structured.of_list((shown.title, shown.path) for shown in found),
        "query": urlencode(
            [(key, str(value)) for key, value in request.GET.items() if key != "page" and value]
        ),
    }
    return render(request, f"portal/all_{name}.html", context)
