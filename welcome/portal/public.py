"""The public pages. Everything they read is public; a municipality or topic that isn't is not found."""

import mimetypes

from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Fact, Municipality, TextKind
from municipalities.topics.catalogue import Door
from municipalities.topics.models import Topic, TopicText
from welcome.portal import meet, structured
from welcome.portal.activity_reading import coming as coming_of
from welcome.portal.activity_reading import coming_and_newest
from welcome.portal.around import municipality_at, people_of
from welcome.portal.forms import SearchForm
from welcome.portal.front import counted_at, doors_of, news_of, next_meeting
from welcome.portal.home_forms import counts_of
from welcome.portal.homes import newest_homes
from welcome.portal.jobs import newest_jobs
from welcome.portal.learning_reading import outline_of
from welcome.portal.page import Crumb, page
from welcome.portal.reading import (
    Shown,
    first_paragraph,
    own_texts,
    show,
    tiles,
)
from welcome.portal.stories import stories_of

MOST_COMING, MOST_NEWS, MOST_STORIES = 4, 6, 2


def topics_of(municipality: Municipality) -> list[Shown]:
    topics = Topic.objects.of(municipality).published().select_related("municipality")
    texts = TopicText.objects.select_related("changed_by")
    return [show(topic) for topic in topics.prefetch_related(Prefetch("texts", queryset=texts))]


@require_safe
def municipality(request: HttpRequest, slug: str) -> HttpResponse:
    here = counted_at(slug)
    topics = topics_of(here)
    coming, newest = coming_and_newest(here, MOST_COMING)
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
    facts = list(Fact.objects.of(here))
    context = {
        "page": about,
        "municipality": here,
        "form": SearchForm(),
        "welcome": welcome,
        "lede": lede,
        "more": more,
        "tiles": doors_of(here, topics),
        "news": news_of(topics, newest, MOST_NEWS),
        "meeting": next_meeting(here),
        "has_host": TextKind.HOST_CAN in own,
        "coming": coming,
        "stories": stories_of(here, MOST_STORIES),
        "people": people_of(here),
        "facts": facts,
        "structured": structured.of_municipality(about, here, facts),
    }
    return render(request, "portal/municipality.html", context)


@require_safe
def door(request: HttpRequest, slug: str, door: Door) -> HttpResponse:
    here = municipality_at(slug)
    behind = [shown for shown in topics_of(here) if shown.topic.door == door]
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
        "coming": coming_of(here, 5) if door == Door.EXPLORE else [],
        "jobs": newest_jobs(here, 5) if door == Door.WORK else [],
        "homes": newest_homes(here, 4) if door == Door.LIVE else [],
        "counts": counts_of(here) if door == Door.LIVE else {},
        "shelves": outline_of(here) if door == Door.LEARN else [],
        "host_can": texts.get(TextKind.HOST_CAN),
        "host_cannot": texts.get(TextKind.HOST_CANNOT),
        "meeting": next_meeting(here, with_words=True) if door == Door.MEET else None,
        "stories": stories_of(here, MOST_STORIES) if door == Door.MEET else [],
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
    context = {
        "page": about,
        "municipality": here,
        "tiles": tiles(topics_of(here)),
        "people": people_of(here),
    }
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
        "structured": structured.of_topic(about, shown, shown.places),
        "links": [link for link in shown.topic.links.all() if link.language in reads],
        "people": people_of(here),
    }
    return render(request, "portal/topic.html", context)


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
