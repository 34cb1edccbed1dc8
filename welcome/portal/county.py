"""The county's pages: choose a municipality, compare some, read one topic of all of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Fact, FactKind, Municipality
from municipalities.topics.catalogue import BY_SLUG, STANDARD
from welcome.portal import comparing, structured
from welcome.portal.choosing import choose, exact, in_order
from welcome.portal.forms import SearchForm
from welcome.portal.mapping import draw
from welcome.portal.page import Crumb, page

MOST_ACROSS = 400  # More than there are municipalities.


@require_safe
def county(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    municipalities = in_order(Municipality.objects.published())
    found = choose(query, municipalities) if query else municipalities
    if only := exact(query, found):
        return redirect("portal:municipality", only.slug)
    population = Fact.objects.filter(municipality__in=found, kind=FactKind.POPULATION)
    facts = {fact.municipality_id: fact for fact in population}
    about = page(
        request,
        title=_("Where would you like to live?"),
        description=_("Homes, work, school and people to ask, municipality by municipality."),
    )
    context = {
        "page": about,
        "form": form,
        "query": query,
        "found": [(municipality, facts.get(municipality.pk)) for municipality in found],
        "listed": found,
        "structured": structured.of_county(about, found),
        "map": draw(found),
        "subjects": [] if query else STANDARD,
    }
    return render(request, "portal/county.html", context)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    known = in_order(Municipality.objects.published())
    places = comparing.chosen(request.GET, known)
    enough = len(places) >= comparing.FEWEST
    about = page(
        request,
        title=_("Compare municipalities"),
        description=_(
            "Two to four municipalities side by side: figures with source and date, and what they have."
        ),
        indexed="m" not in request.GET,
    )
    places = comparing.counted(places) if enough else places
    context = {
        "page": about,
        "known": known,
        "places": places,
        "enough": enough,
        "asked": len(request.GET.getlist("m")) > 1,  # By the form; a link may bring one along.
        "choices": [
            (number, places[number - 1].slug if number <= len(places) else "") for number in range(1, 5)
        ],
        "facts": comparing.facts_of(places) if enough else [],
        "topics": comparing.topics_of(places) if enough else [],
    }
    return render(request, "portal/compare.html", context)


@require_safe
def across(request: HttpRequest, topic: str) -> HttpResponse:
    if topic not in BY_SLUG:
        raise Http404
    subject = str(BY_SLUG[topic].name)
    about = page(
        request,
        title=subject,
        description=_("%(topic)s in each municipality: what there is, and whom to ask.") % {"topic": subject},
        crumbs=[Crumb(_("One topic in all municipalities"), f"{reverse('portal:county')}#subjects")],
    )
    shown = comparing.across(topic, MOST_ACROSS)
    rank = {
        place.pk: number for number, place in enumerate(in_order(each.topic.municipality for each in shown))
    }
    context = {
        "page": about,
        "listed": [each.topic.municipality for each in shown],
        "shown": sorted(shown, key=lambda each: rank[each.topic.municipality_id]),
        "subjects": STANDARD,
        "current": topic,
    }
    return render(request, "portal/across.html", context)
