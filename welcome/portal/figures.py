"""The public pages' figures of a month, for those who write them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from municipalities.learning.models import LearningPlace
from municipalities.municipality.models import Municipality
from municipalities.topics.catalogue import Door
from municipalities.topics.models import Topic
from welcome.portal.models import PageDay
from welcome.stories.models import Story

# From so many who say so, and so large a share of those who say anything, a page is called lacking.
LEAST_MISSED, LACKING_SHARE = 2, 0.3


@dataclass(frozen=True)
class PageMonth:
    """`path` without the language. `title` is empty for a page that is not there any more."""

    path: str
    title: str
    home: str  # The language in which staff open it.
    views: int = 0
    found: int = 0
    missed: int = 0
    asked: int = 0

    @property
    def address(self) -> str:
        return f"/{self.home}{self.path}"

    @property
    def missed_share(self) -> float | None:
        said = self.found + self.missed
        return self.missed / said if said else None

    @property
    def missed_percent(self) -> int | None:
        return None if self.missed_share is None else round(100 * self.missed_share)

    @property
    def is_lacking(self) -> bool:
        return self.missed >= LEAST_MISSED and (self.missed_share or 0) >= LACKING_SHARE


@dataclass(frozen=True)
class Month:
    """All pages that are there or were read, those opened most first."""

    first: datetime.date
    pages: list[PageMonth]
    by_language: list[tuple[str, int]]

    @property
    def views(self) -> int:
        return sum(page.views for page in self.pages)

    @property
    def found(self) -> int:
        return sum(page.found for page in self.pages)

    @property
    def missed(self) -> int:
        return sum(page.missed for page in self.pages)

    @property
    def unread(self) -> list[PageMonth]:
        return sorted((page for page in self.pages if not page.views), key=lambda page: page.title.casefold())

    @property
    def lacking(self) -> list[PageMonth]:
        found = (page for page in self.pages if page.is_lacking)
        return sorted(found, key=lambda page: (-page.missed, -(page.missed_share or 0), page.path))


def months_of(place: Municipality, today: datetime.date | None = None) -> list[datetime.date]:
    """The first of each month of which there are figures, and this month; the newest first."""
    this = (today or timezone.localdate()).replace(day=1)
    known = PageDay.objects.of(place).dates("day", "month")
    return sorted({*known, this}, reverse=True)


def of_month(place: Municipality, first: datetime.date) -> Month:
    """Five queries, however many pages there are."""
    sums = {what: Sum(what) for what in ("views", "found", "missed", "asked")}
    rows = PageDay.objects.of(place).of_month(first).order_by()
    titles = _pages_of(place)
    counted: dict[str, Any] = {row["path"]: row for row in rows.values("path").annotate(**sums)}
    nothing = dict.fromkeys(sums, 0)
    pages = [
        PageMonth(
            path,
            titles.get(path, ""),
            place.home_language,
            **{what: counted.get(path, nothing)[what] for what in sums},
        )
        for path in titles.keys() | counted.keys()
    ]
    languages = rows.values_list("language").annotate(n=Sum("views")).order_by("-n", "language")
    return Month(
        first,
        sorted(pages, key=lambda page: (-page.views, page.path)),
        [(code, n) for code, n in languages if n],
    )


def _pages_of(place: Municipality) -> dict[str, str]:
    """Title by path of every page that the municipality has now. What another slice shows to the public belongs
    here too, or it is never told that nobody reads it."""
    language = get_language() or place.home_language

    def path(name: str, *parts: object) -> str:
        address = reverse(f"portal:{name}", args=[place.slug, *parts])
        return "/" + address.removeprefix("/").partition("/")[2]

    pages = {
        path("municipality"): _("Front page"),
        path("topics"): _("All topics"),
        path("search"): _("Search"),
        path("own-page"): _("Your own page"),
        path("privacy"): _("Privacy"),
        path("accessibility"): _("Accessibility"),
        **{path("door", door): str(door.label) for door in Door},
        path("homes"): _("Homes"),
        path("plots"): _("Plots"),
        path("projects"): _("Housing projects"),
        path("jobs"): _("Vacancies"),
        path("together"): _("Home, jobs and school together"),
        path("look"): _("Tell us what you look for"),
        path("meet-order"): _("Order the welcome package"),
        path("meet-meeting"): _("Come to the welcome meeting"),
        path("meet-club"): _("Join the newcomers' club"),
        path("meet-offer"): _("Offer yourself as a host"),
    }
    if LearningPlace.objects.of(place).filter(published=True).exists():
        pages[path("schools")] = _("Kindergartens and schools")
    if Story.objects.of(place).shown().exists():
        pages[path("stories")] = pgettext("heading", "Why people stay")
    for topic in Topic.objects.of(place).filter(published=True).with_states():
        text = topic.text_set.best(language)
        pages[path("topic", topic.slug)] = text.title if text and text.title else str(topic)
    return pages
