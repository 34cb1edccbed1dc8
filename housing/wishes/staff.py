"""The staff's page for the housing strategy."""

import csv
import io

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from housing.listings.models import Listing
from housing.wishes.models import Wish
from housing.wishes.strategy import Asked, number
from housing.wishes.strategy_tables import TABLES
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import Access, access_of
from municipalities.tenancy.roles import Right
from municipalities.tenancy.spreadsheets import neutral

EARLIEST = 2000


@never_cache
@require_safe
def strategy(request: HttpRequest) -> HttpResponse:
    """`?municipality=` for one instead of all of theirs, `year=` for the time on the market; `table=NAME&format=csv`
    for one table as a file."""
    access = access_of(request)
    if not access.may(Right.READ_PEOPLE):
        raise PermissionDenied
    offered = list(access.municipalities(Right.READ_PEOPLE).order_by("name"))
    asked = _asked(request, access, offered)
    if request.GET.get("format") == "csv":
        return _as_csv(asked, request.GET.get("table", ""))
    request.current_app = admin.site.name
    first = Listing.objects.filter(municipality__in=asked.ids).aggregate(at=Min("published_at"))["at"]
    since = min(asked.year, timezone.localdate(first).year if first else asked.today.year)
    context = {
        **admin.site.each_context(request),
        "opts": Wish._meta,
        "title": _("Housing: what there is and what is looked for"),
        "head": {"wishes": number(asked.supply.wishes), "homes": number(asked.supply.homes)},
        "asked": asked,
        "offered": offered,
        "only": asked.places[0] if len(asked.places) == 1 else None,
        "years": range(asked.today.year, since - 1, -1),
        "tables": [make(asked) for make in TABLES.values()],
    }
    return render(request, "wishes/strategy.html", context)


def _asked(request: HttpRequest, access: Access, offered: list[Municipality]) -> Asked:
    """Raises Http404 for a municipality of which the user may not read, and for a year that is none."""
    today = timezone.localdate()
    wanted, year = request.GET.get("municipality", ""), request.GET.get("year", "") or str(today.year)
    places = [place for place in offered if wanted in ("", str(place.pk))]
    if wanted and not places:
        raise Http404
    if not (year.isdecimal() and len(year) == 4 and EARLIEST <= int(year) <= today.year):
        raise Http404
    return Asked(places, len(offered) if access.everywhere else len(access.rights), int(year), today)


def _as_csv(asked: Asked, name: str) -> HttpResponse:
    if name not in TABLES:
        raise Http404
    table = TABLES[name](asked)
    out = io.StringIO()
    file = csv.writer(out, delimiter=";")
    file.writerow([neutral(words) for words in table.head])
    file.writerows([neutral(cell.value) for cell in line] for line in table.lines)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    whose = asked.places[0].slug if len(asked.places) == 1 else "tilflytter"
    answer["Content-Disposition"] = f'attachment; filename="{whose}-{name}-{asked.year}.csv"'
    return answer
