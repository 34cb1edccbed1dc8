"""Why people stay: what residents tell, newest first."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Municipality
from municipalities.texts.models import TextSet
from municipalities.topics.catalogue import Door
from welcome.portal.around import municipality_at, people_of
from welcome.portal.page import Crumb, page
from welcome.portal.reading import Reading, read
from welcome.stories.models import Story, StoryText

MOST_STORIES = 30


@dataclass(frozen=True)
class ShownStory:
    story: Story
    reading: Reading[StoryText]

    @property
    def title(self) -> str:
        return self.reading.text.title

    @property
    def who(self) -> str:
        """`Amina, from Hamar in 2023`, as far as they want it told."""
        its = self.story
        words = {"name": its.shown_name, "place": its.moved_from, "year": its.moved_year}
        if its.moved_from and its.moved_year:
            return _("%(name)s, from %(place)s in %(year)s") % words
        if its.moved_from:
            return _("%(name)s, from %(place)s") % words
        return _("%(name)s, here since %(year)s") % words if its.moved_year else its.shown_name

    @property
    def initial(self) -> str:
        return self.story.shown_name[:1].upper()


def stories_of(here: Municipality, count: int) -> list[ShownStory]:
    """In one query: the texts, with their stories."""
    newest = Story.objects.of(here).shown().order_by("-published_at", "-pk").values("pk")[:count]
    rows = StoryText.objects.of(here).filter(story__in=newest).select_related("story", "changed_by")
    texts: dict[int, list[StoryText]] = {}
    for row in rows.order_by("-story__published_at", "-story__pk", "language"):
        texts.setdefault(row.story_id, []).append(row)
    shown = []
    for its in texts.values():
        if reading := read(its, TextSet(its, home=here.home_language)):
            shown.append(ShownStory(its[0].story, reading))
    return shown


@require_safe
def stories(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    shown = stories_of(here, MOST_STORIES)
    about = page(
        request,
        title=pgettext("heading", "Why people stay"),
        description=_("People who moved to %(name)s tell why they stay.") % {"name": here.name},
        municipality=here,
        crumbs=[Crumb(str(Door.MEET.label), reverse("portal:door", args=[here.slug, Door.MEET]))],
    )
    context = {
        "page": about,
        "municipality": here,
        "door": Door.MEET,
        "stories": shown,
        "people": people_of(here),
    }
    return render(request, "portal/stories/list.html", context)
