"""What the gifts of a year cost and how they were used, on screen."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.packages import figures as counted
from welcome.packages.models import Gift

FIRST_YEAR = 2020


def chosen_year(request: HttpRequest) -> int:
    """This year where none, or none that can be, is asked for."""
    this, typed = timezone.localdate().year, request.GET.get("year", "")
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else this
    return year if FIRST_YEAR <= year <= this else this


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.may(Right.READ_TEXTS):
        raise PermissionDenied
    places = access.municipalities(Right.READ_TEXTS).filter(pk__in=Gift.objects.values("municipality"))
    place = _chosen(request, list(places.order_by("name")))
    year = chosen_year(request)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": Gift._meta,
        "title": _("Cost and use of gifts, %(year)s") % {"year": year},
        "place": place,
        "places": places.order_by("name"),
        "year": year,
        "years": range(timezone.localdate().year, timezone.localdate().year - 4, -1),
        "found": counted.of_year(place, year) if place else None,
    }
    return render(request, "packages/figures.html", context)


def _chosen(request: HttpRequest, places: list[Municipality]) -> Municipality | None:
    slug = request.GET.get("place", "")
    return next((place for place in places if place.slug == slug), places[0] if places else None)
