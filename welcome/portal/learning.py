"""The public page of kindergartens and schools, and the question which of them is for an address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.topics.catalogue import Door
from welcome.portal.around import municipality_at, people_of
from welcome.portal.learning_reading import places_of, shelves, show_place
from welcome.portal.page import Crumb, page
from welcome.portal.zones import ZoneForm, matches


@require_safe
def schools(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    rows = places_of(here)
    shown = {row.pk: show_place(row) for row in rows}
    asked = bool({"postcode", "street"} & request.GET.keys())
    form = ZoneForm(request.GET if asked else None)
    found = matches(rows, **form.cleaned_data) if asked and form.is_valid() else []
    about = page(
        request,
        title=_("Kindergartens and schools"),
        description=_("Where there are places in %(name)s, how to apply, and which school is yours.")
        % {"name": here.name},
        municipality=here,
        crumbs=[Crumb(str(Door.LEARN.label), reverse("portal:door", args=[here.slug, Door.LEARN]))],
        indexed=not asked,
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.LEARN,
        "shelves": shelves(shown.values()),
        "has_zones": any(row.zone for row in rows),
        "form": form,
        "answered": asked and form.is_valid(),
        "matches": [(match, [shown[row.pk] for row in match.places]) for match in found],
        "structured": [each.structured for each in shown.values()],
        "people": people_of(here),
    }
    answer = render(request, "portal/schools.html", context)
    if asked:  # Where somebody is going to live is kept by no browser and no proxy.
        patch_cache_control(answer, private=True, no_store=True)
    return answer
