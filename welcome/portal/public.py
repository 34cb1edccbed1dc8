"""The public pages. Everything they read is public; a municipality or topic that isn't is not found."""

import mimetypes

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Fact, FactKind, Municipality, TextKind
from municipalities.topics.catalogue import Door
from municipalities.topics.models import Topic
from welcome.portal import counting, meet
from welcome.portal.activity_reading import coming, happening, to_come
from welcome.portal.around import first_to_ask, municipality_at, people_of
from welcome.portal.choosing import choose, exact, in_order
from welcome.portal.forms import SearchForm
from welcome.portal.page import Crumb, page
from welcome.portal.reading import (
    Shown,
    first_paragraph,
    latest,
    own_texts,
    screen_language,
    show,
    tiles,
)
from welcome.portal.search import Results, find

MOST_ACTIVITIES = 12


def _topics(municipality: Municipality) -> list[Shown]:
    topics = Topic.objects.of(municipality).published().select_related("municipality")
    return [show(topic) for topic in topics.prefetch_related("texts__changed_by")]


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
    }
    return render(request, "portal/county.html", context)


@require_safe
def municipality(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    topics = _topics(here)
    own = own_texts(here)
    welcome = own.get(TextKind.FRONT)
    lede, more = first_paragraph(welcome.text.body) if welcome else ("", "")
    about = page(
        request,
        title=_("Thinking of moving to %(name)s?") % {"name": here.name},
        description=lede[:155]
        or _("Homes, work, school and people to ask in %(name)s.") % {"name": here.name},
        municipality=here,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": SearchForm(),
        "welcome": welcome,
        "lede": lede,
        "more": more,
        "tiles": tiles(topics),
        "latest": latest(topics, 4),
        "has_host": TextKind.HOST_CAN in own,
        "coming": coming(here, 4),
        "people": people_of(here),
        "facts": Fact.objects.of(here),
    }
    return render(request, "portal/municipality.html", context)


@require_safe
def door(request: HttpRequest, slug: str, door: Door) -> HttpResponse:
    here = municipality_at(slug)
    behind = [shown for shown in _topics(here) if shown.topic.door == door]
    texts = own_texts(here) if door == Door.MEET else {}
    about = page(
        request,
        title=str(door.label),
        description=_("%(door)s in %(name)s: what there is, and whom to ask.")
        % {"door": door.label, "name": here.name},
        municipality=here,
    )
    context = {
        "page": about,
        "municipality": here,
        "door": door,
        "topics": behind,
        "coming": coming(here, 5) if door == Door.EXPLORE else [],
        "host_can": texts.get(TextKind.HOST_CAN),
        "host_cannot": texts.get(TextKind.HOST_CANNOT),
        "people": people_of(here),
        "ways": meet.ways(here) if door == Door.MEET else [],
    }
    return render(request, "portal/door.html", context)


@require_safe
def topics(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    about = page(
        request,
        title=_("All topics"),
        description=_("Everything that %(name)s has written for those who move there.") % {"name": here.name},
        municipality=here,
    )
    context = {"page": about, "municipality": here, "tiles": tiles(_topics(here)), "people": people_of(here)}
    return render(request, "portal/topics.html", context)


@require_safe
def topic(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    here = municipality_at(slug)
    rows = Topic.objects.of(here).published().with_content()
    shown = show(get_object_or_404(rows, slug=topic), chosen=request.GET.get("text", ""))
    behind = Door(shown.topic.door)
    crumb = Crumb(str(behind.label), reverse("portal:door", args=[here.slug, behind]))
    about = page(
        request,
        title=shown.title,
        description=(shown.reading.excerpt if shown.reading else "")
        or _("%(topic)s in %(name)s: whom to ask.") % {"topic": shown.title, "name": here.name},
        municipality=here,
        crumbs=[crumb],
    )
    reads = (shown.reading.wanted if shown.reading else "", "")
    context = {
        "page": about,
        "municipality": here,
        "door": behind,
        "shown": shown,
        "links": [link for link in shown.topic.links.all() if link.language in reads],
        "people": people_of(here),
    }
    return render(request, "portal/topic.html", context)


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    rows = Topic.objects.of(here).published().select_related("municipality")
    rows = rows.prefetch_related("texts", "links", "topiccontact_set__contact")
    shown = [show(topic) for topic in rows]
    contacts = list(ContactPoint.objects.of(here).with_hours())
    events = to_come(here) if query else []
    results = find(query, topics=shown, contacts=contacts, activities=events) if query else Results([], [])
    if query and not results.count:
        counting.miss(request, here.slug, screen_language(), query)
    about = page(
        request,
        title=_("Search"),
        description=_("Search in what %(name)s has written.") % {"name": here.name},
        municipality=here,
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "query": query,
        "results": results,
        "coming": [happening(activity) for activity in results.activities[:MOST_ACTIVITIES]],
        "tiles": tiles(shown),
        "people": first_to_ask(here, contacts),
    }
    return render(request, "portal/search.html", context)


def _information(
    request: HttpRequest, slug: str, *, template: str, title: str, description: str
) -> HttpResponse:
    here = municipality_at(slug) if slug else None
    about = page(request, title=title, description=description, municipality=here)
    return render(request, template, {"page": about, "municipality": here})


@require_safe
def privacy(request: HttpRequest, slug: str = "") -> HttpResponse:
    return _information(
        request,
        slug,
        template="portal/privacy.html",
        title=_("Privacy"),
        description=_("What the portal holds about people, why, for how long, and your rights."),
    )


@require_safe
def accessibility(request: HttpRequest, slug: str = "") -> HttpResponse:
    return _information(
        request,
        slug,
        template="portal/accessibility.html",
        title=_("Accessibility"),
        description=_("How the portal is made for everybody, what is lacking, and whom to tell."),
    )


@require_safe
@cache_control(public=True, max_age=3600)
def arms(request: HttpRequest, slug: str) -> FileResponse:
    """The coat of arms as uploaded. Files have no address of their own: most of them are not public."""
    here = municipality_at(slug)
    name = here.arms.name or ""
    kind = mimetypes.guess_type(name)[0] or ""
    if kind not in {"image/png", "image/jpeg", "image/webp"} or not here.arms.storage.exists(name):
        raise Http404
    return FileResponse(here.arms.open("rb"), content_type=kind)
