"""The staff's page about the public pages: what is read, what nobody reads, where people miss something."""

import csv
import datetime
import io

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from municipalities.tenancy.spreadsheets import neutral
from welcome.portal import figures
from welcome.portal.models import PageDay


def show(request: HttpRequest) -> HttpResponse:
    place, offered = _place(request)
    context = {
        **admin.site.each_context(request),
        "opts": PageDay._meta,
        "title": _("What is read, and what is missed"),
        "place": place,
        "offered": offered,
    }
    if place is not None:
        months = figures.months_of(place)
        first = _month(request, months)
        month = figures.of_month(place, first)
        context |= {"months": months, "month": month, "earlier": _before(place, first, months)}
    request.current_app = admin.site.name
    return render(request, "portal/staff/figures.html", context)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    place, _offered = _place(request)
    if place is None:
        raise PermissionDenied
    month = figures.of_month(place, _month(request, figures.months_of(place)))
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(
        [
            _("Page"), _("Title"), _("Times opened"), _("Found what they needed"), _("Did not find it"),
            _("Answers wanted"),
        ]
    )  # fmt: skip
    for page in month.pages:
        row = [page.path, page.title, page.views, page.found, page.missed, page.asked]
        table.writerow([neutral(cell) for cell in row])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{place.slug}-{month.first:%Y-%m}.csv"'
    return answer


def _place(request: HttpRequest) -> tuple[Municipality | None, list[Municipality]]:
    """The one asked for by `?municipality=` if the user may read of it, else their first. None where there are
    no municipalities at all."""
    access = access_of(request)
    if not access.may(Right.READ_TEXTS):
        raise PermissionDenied
    offered = list(access.municipalities(Right.READ_TEXTS).order_by("name"))
    wanted = request.GET.get("municipality", "")
    chosen = next((place for place in offered if str(place.pk) == wanted), None)
    return chosen or (offered[0] if offered else None), offered


def _month(request: HttpRequest, months: list[datetime.date]) -> datetime.date:
    wanted = request.GET.get("month", "")
    return next((first for first in months if f"{first:%Y-%m}" == wanted), months[0])


def _before(place: Municipality, first: datetime.date, months: list[datetime.date]) -> figures.Month | None:
    """The month before, to hold this one against."""
    before = (first - datetime.timedelta(days=1)).replace(day=1)
    return figures.of_month(place, before) if before in months else None
