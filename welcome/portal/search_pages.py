"""The page of the search, and what it suggests while somebody types."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.contacts.models import ContactPoint
from welcome.portal import counting
from welcome.portal.around import first_to_ask, municipality_at
from welcome.portal.beside import beside
from welcome.portal.forms import SearchForm
from welcome.portal.page import page
from welcome.portal.public import topics_of
from welcome.portal.reading import screen_language, tiles
from welcome.portal.search import Results, find

SUGGESTED = 8
SHORTEST = 2


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    results = find(query, here) if query else Results()
    ways = beside(here, query) if query else []
    if query and not results.count and not ways:
        counting.miss(request, here.slug, screen_language(), query)
    about = page(
        request,
        title=_("Search"),
        description=_("Search in what %(name)s has written.") % {"name": here.name},
        municipality=here,
        indexed=False,
    )
    desks = results.desks or ContactPoint.objects.of(here).filter(front_desk=True).with_hours()
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "query": query,
        "results": results,
        "ways": ways,
        "tiles": [] if results.count else tiles(topics_of(here)),
        "people": first_to_ask(here, desks),
    }
    return render(request, "portal/search.html", context)


@require_safe
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    """Titles that fit what is typed so far, the best of each kind in turn. Not counted and not kept: these are no
    questions yet."""
    here = municipality_at(slug)
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"].rstrip() if form.is_valid() else ""
    groups = find(query, here, most=SUGGESTED, partial=True).groups if len(query) >= SHORTEST else []
    answers = [answer for group in groups for answer in group.answers][:SUGGESTED]
    found = [
        {
            "title": answer.title,
            "kind": str(answer.kind.label),
            "path": answer.path,
            "language": answer.language,
            "direction": answer.direction,
        }
        for answer in answers
    ]
    answer = JsonResponse({"suggestions": found})
    answer["Cache-Control"] = "private, max-age=60"
    return answer
