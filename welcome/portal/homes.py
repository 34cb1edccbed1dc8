"""Homes, plots and projects: the lists with their filters and map, each one's page, some side by side."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from housing.developments.models import Development, DevelopmentPhoto, Unit
from housing.listings.models import Listing, ListingPhoto
from housing.plots.models import Plot, PlotPhoto
from housing.shown.models import Photo
from housing.shown.pictures import WIDTHS, rendition
from municipalities.municipality.models import Municipality
from municipalities.topics.catalogue import Door
from welcome.portal import structured
from welcome.portal.around import municipality_at, people_of
from welcome.portal.home_forms import HomesForm, PlotsForm, counts_of, fields_of, villages_of
from welcome.portal.home_reading import (
    ShownHome,
    ShownUnit,
    points_of,
    show_home,
    show_plot,
    show_project,
    structured_home,
    structured_plot,
    structured_project,
)
from welcome.portal.page import Crumb, page

A_PAGE = 24
ON_THE_MAP = 300
FEWEST, MOST = 2, 4  # Side by side.
PHOTOS: dict[str, tuple[type[Photo], str]] = {
    "homes": (ListingPhoto, "listing"),
    "plots": (PlotPhoto, "plot"),
    "projects": (DevelopmentPhoto, "development"),
}


def door_crumb(here: Municipality) -> Crumb:
    return Crumb(str(Door.LIVE.label), reverse("portal:door", args=[here.slug, Door.LIVE]))


def homes_crumb(here: Municipality) -> Crumb:
    return Crumb(_("Homes"), reverse("portal:homes", args=[here.slug]))


def rows_of(here: Municipality) -> Any:
    """The homes that everybody sees."""
    return Listing.objects.of(here).shown()


def newest_homes(here: Municipality, count: int) -> list[ShownHome]:
    rows = rows_of(here).with_content().order_by("-published_at", "-pk")
    return [show_home(row) for row in rows[:count]]


@require_safe
def homes(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = HomesForm(request.GET, villages=villages_of(here))
    form.is_valid()
    rows = form.narrow(rows_of(here)).with_content()
    return _list(
        request, here, form, rows, show_home, "homes",
        title=_("Homes"), description=_("Homes to rent and to buy in %(name)s.") % {"name": here.name},
    )  # fmt: skip


@require_safe
def plots(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = PlotsForm(request.GET, fields_of=fields_of(here))
    form.is_valid()
    rows = form.narrow(Plot.objects.of(here).shown()).with_content()
    return _list(
        request, here, form, rows, show_plot, "plots",
        title=_("Plots"), description=_("Plots to build on in %(name)s.") % {"name": here.name},
    )  # fmt: skip


@require_safe
def projects(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    rows: Any = Development.objects.of(here).shown().with_counts().with_content()
    rows = rows.order_by("-free_units", "name", "pk")
    return _list(
        request, here, None, rows, show_project, "projects",
        title=_("Housing projects"),
        description=_("New homes that are being built in %(name)s, and how many are free.") % {"name": here.name},
    )  # fmt: skip


def _list(
    request: HttpRequest, here: Municipality, form: Any, rows: QuerySet[Any], show: Any, name: str,
    *, title: str, description: str,
) -> HttpResponse:  # fmt: skip
    pages = Paginator(rows, A_PAGE)
    part = pages.get_page(request.GET.get("page"))
    found = [show(row) for row in part]
    chosen = bool(form and form.chosen)
    about = page(
        request, title=title, description=description, municipality=here, crumbs=[door_crumb(here)],
        indexed=not chosen and "page" not in request.GET and not request.GET.get("sort"),
    )  # fmt: skip
    context = {
        "page": about,
        "municipality": here,
        "door": Door.LIVE,
        "form": form,
        "chosen": chosen,
        "kind": name,
        "found": found,
        "part": part,
        "count": pages.count,
        "counts": counts_of(here),
        "points": points_of((shown.row for shown in found), show, ON_THE_MAP),
        "structured": structured.of_list((shown.title, shown.path) for shown in found),
        "query": urlencode(
            [(key, str(value)) for key, value in request.GET.items() if key != "page" and value]
        ),
        "people": people_of(here),
    }
    return render(request, f"portal/homes/{name}.html", context)


@require_safe
def home(request: HttpRequest, slug: str, home: str) -> HttpResponse:
    here = municipality_at(slug)
    row = _numbered(_with_hours(rows_of(here).with_content()), home)
    shown = show_home(row, chosen=request.GET.get("text", ""))
    return _one(
        request, here, home, shown, "home", structured_home(shown), homes_crumb(here),
        prices=list(row.prices.order_by("since", "pk")),
    )  # fmt: skip


@require_safe
def plot(request: HttpRequest, slug: str, plot: str) -> HttpResponse:
    here = municipality_at(slug)
    row = _numbered(_with_hours(Plot.objects.of(here).shown().with_content()), plot)
    shown = show_plot(row, chosen=request.GET.get("text", ""))
    crumb = Crumb(_("Plots"), reverse("portal:plots", args=[here.slug]))
    return _one(request, here, plot, shown, "plot", structured_plot(shown), crumb)


@require_safe
def project(request: HttpRequest, slug: str, project: str) -> HttpResponse:
    here = municipality_at(slug)
    rows = Development.objects.of(here).shown().with_counts().with_content()
    rows = rows.prefetch_related(Prefetch("units", queryset=Unit.objects.order_by("name", "pk")))
    row = _numbered(_with_hours(rows), project)
    shown = show_project(row, chosen=request.GET.get("text", ""))
    crumb = Crumb(_("Housing projects"), reverse("portal:projects", args=[here.slug]))
    return _one(
        request, here, project, shown, "project", structured_project(shown), crumb,
        units=[ShownUnit(unit) for unit in row.units.all()],
    )  # fmt: skip


def _with_hours(rows: Any) -> Any:
    return rows.prefetch_related("contact__opening_hours", "contact__special_days")


def _numbered(rows: QuerySet[Any], name: str) -> Any:
    number = name.partition("-")[0]
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    return get_object_or_404(rows, pk=int(number))


def _one(
    request: HttpRequest, here: Municipality, asked: str, shown: Any, name: str, data: Any, crumb: Crumb,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    if asked != shown.name:
        return redirect(shown.path, permanent=False)
    about = page(
        request,
        title=shown.title,
        description=(shown.reading.excerpt if shown.reading else "") or ", ".join(shown.facts) or shown.title,
        municipality=here,
        crumbs=[door_crumb(here), crumb],
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.LIVE,
        "shown": shown,
        "structured": data,
        "points": points_of([shown.row], lambda row: shown, 1),
        "people": people_of(here),
        **more,
    }
    return render(request, f"portal/homes/{name}.html", context)


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two to four homes side by side, as the address names them."""
    here = municipality_at(slug)
    asked = [int(pk) for pk in dict.fromkeys(request.GET.getlist("home")) if pk.isdecimal() and len(pk) < 19]
    by_number = {row.pk: row for row in rows_of(here).with_content().filter(pk__in=asked[:MOST])}
    found = [show_home(by_number[pk]) for pk in asked[:MOST] if pk in by_number]
    about = page(
        request,
        title=_("Homes side by side"),
        description=_("Two to four homes in %(name)s side by side.") % {"name": here.name},
        municipality=here,
        crumbs=[door_crumb(here), homes_crumb(here)],
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.LIVE,
        "found": found,
        "enough": len(found) >= FEWEST,
        "gone": len(asked[:MOST]) - len(found),
        "too_many": len(asked) > MOST,
        "people": people_of(here),
    }
    return render(request, "portal/homes/compare.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def picture(request: HttpRequest, slug: str, kind: str, photo: int, width: int) -> HttpResponse:
    """Of what everybody sees."""
    here = municipality_at(slug)
    if width not in WIDTHS:
        raise Http404
    model, owner = PHOTOS[kind]
    shown: dict[str, QuerySet[Any]] = {
        "homes": rows_of(here), "plots": Plot.objects.of(here).shown(),
        "projects": Development.objects.of(here).shown(),
    }  # fmt: skip
    rows: QuerySet[Any] = model._default_manager.filter(**{f"{owner}__in": shown[kind]})
    return answer(get_object_or_404(rows, pk=photo), width)


def answer(photo: Any, width: int) -> HttpResponse:
    try:
        content = rendition(photo, width)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/webp")
