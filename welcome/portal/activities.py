"""The public calendar: the list with its filters, an activity's page, the organisations and theirs."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.activities.models import Activity, Occurrence, State
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.catalogue import Door
from welcome.portal import structured
from welcome.portal.activity_forms import CalendarForm, places_of
from welcome.portal.activity_reading import (
    Time,
    coming,
    happening,
    show_organisation,
    time_of,
)
from welcome.portal.activity_reading import structured as structured_event
from welcome.portal.around import municipality_at, people_of
from welcome.portal.page import Crumb, page

A_PAGE = 30
NEXT_TIMES = 6
ORGANISATIONS_A_PAGE = 60


def _calendar_crumb(here: Municipality) -> Crumb:
    return Crumb(_("What's on"), reverse("portal:activities", args=[here.slug]))


def _door_crumb(here: Municipality) -> Crumb:
    return Crumb(str(Door.EXPLORE.label), reverse("portal:door", args=[here.slug, Door.EXPLORE]))


def _organisations_crumb(here: Municipality) -> Crumb:
    return Crumb(_("Clubs and organisations"), reverse("portal:organisations", args=[here.slug]))


@require_safe
def activities(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = CalendarForm(request.GET, places=places_of(here))
    form.is_valid()
    rows = Occurrence.objects.of(here).filter(activity__state=State.PUBLISHED, ends_at__gte=timezone.now())
    pages = Paginator(
        form.narrow(rows)
        .select_related("activity__municipality", "activity__organisation", "activity__contact")
        .prefetch_related("activity__texts__changed_by")
        .order_by("starts_at", "pk"),
        A_PAGE,
    )
    shown = pages.get_page(request.GET.get("page"))
    about = page(
        request,
        title=_("What's on"),
        description=_("What happens in %(name)s: clubs, courses, trips and meeting places.")
        % {"name": here.name},
        municipality=here,
        crumbs=[_door_crumb(here)],
        indexed=not form.chosen,
    )
    found = [
        happening(row.activity, time_of(row.starts_at, row.ends_at, row.activity.all_day)) for row in shown
    ]
    titles = {each.path: each.title for each in found}  # What recurs is in the list again and again.
    context = {
        "page": about,
        "municipality": here,
        "door": Door.EXPLORE,
        "form": form,
        "found": found,
        "structured": structured.of_list((title, path) for path, title in titles.items()),
        "part": shown,
        "count": pages.count,
        "query": urlencode(
            [(name, str(value)) for name, value in request.GET.items() if name != "page" and value]
        ),
        "people": people_of(here),
    }
    return render(request, "portal/activities/list.html", context)


@require_safe
def activity(request: HttpRequest, slug: str, activity: str) -> HttpResponse:
    here = municipality_at(slug)
    number = activity.partition("-")[0]
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    rows = Activity.objects.of(here).published().with_content()
    row = get_object_or_404(
        rows.prefetch_related("contact__opening_hours", "contact__special_days"), pk=int(number)
    )
    times = _next_times(row)
    shown = happening(row, times[0] if times else None, chosen=request.GET.get("text", ""))
    if activity != shown.name:
        return redirect(shown.path, permanent=False)
    about = page(
        request,
        title=shown.title,
        description=(shown.reading.excerpt if shown.reading else "") or shown.title,
        municipality=here,
        crumbs=[_door_crumb(here), _calendar_crumb(here)],
        indexed=not row.is_over,
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.EXPLORE,
        "shown": shown,
        "times": times[:NEXT_TIMES],
        "more_times": len(times) > NEXT_TIMES,
        "cancelled": [day for day in row.cancelled_days if day >= timezone.localdate()],
        "structured": structured_event(shown, times[:1]),
        "people": people_of(here),
    }
    return render(request, "portal/activities/activity.html", context)


def _next_times(row: Activity) -> list[Time]:
    coming_times = row.occurrences.filter(ends_at__gte=timezone.now()).order_by("starts_at")[: NEXT_TIMES + 1]
    return [time_of(each.starts_at, each.ends_at, row.all_day) for each in coming_times]


@require_safe
def organisations(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    to_come = Q(activities__state=State.PUBLISHED, activities__last_at__gte=timezone.now())
    rows = (
        Organisation.objects.of(here)
        .published()
        .select_related("municipality")
        .prefetch_related("texts__changed_by")
    )
    pages = Paginator(
        rows.annotate(coming=Count("activities", filter=to_come)).order_by("name", "pk"), ORGANISATIONS_A_PAGE
    )
    part = pages.get_page(request.GET.get("page"))
    about = page(
        request,
        title=_("Clubs and organisations"),
        description=_("Clubs, associations, employers and offices in %(name)s.") % {"name": here.name},
        municipality=here,
        crumbs=[_door_crumb(here)],
        indexed="page" not in request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.EXPLORE,
        "found": [show_organisation(row) for row in part],
        "structured": structured.of_list(
            (row.name, structured.path_of_organisation(row)) for row in part.object_list
        ),
        "part": part,
        "count": pages.count,
        "people": people_of(here),
    }
    return render(request, "portal/activities/organisations.html", context)


@require_safe
def organisation(request: HttpRequest, slug: str, organisation: str) -> HttpResponse:
    here = municipality_at(slug)
    rows = Organisation.objects.of(here).published().with_content()
    row = get_object_or_404(rows, slug=organisation)
    shown = show_organisation(row, chosen=request.GET.get("text", ""))
    about = page(
        request,
        title=shown.title,
        description=(shown.reading.excerpt if shown.reading else "")
        or _("%(organisation)s in %(name)s: what they do, and whom to ask.")
        % {"organisation": row.name, "name": here.name},
        municipality=here,
        crumbs=[_door_crumb(here), _organisations_crumb(here)],
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.EXPLORE,
        "shown": shown,
        "coming": coming(here, 10, row),
        "structured": structured.of_organisation(shown),
        "people": people_of(here),
    }
    return render(request, "portal/activities/organisation.html", context)
