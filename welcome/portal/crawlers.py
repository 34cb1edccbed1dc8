"""What search engines ask for, and the way in for a visitor who gives no language."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.utils.translation import override as in_language
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from housing.developments.models import Development
from housing.listings.models import Listing
from housing.plots.models import Plot
from municipalities.activities.models import Activity
from municipalities.jobs.models import Vacancy
from municipalities.learning.models import LearningPlace
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.catalogue import BY_SLUG, Door
from municipalities.topics.models import Topic
from welcome.portal.activity_reading import path_of
from welcome.portal.home_reading import show_home, show_plot, show_project
from welcome.portal.job_reading import ShownJob
from welcome.stories.models import Story

LISTS = ("topics", "activities", "organisations", "homes", "plots", "projects", "jobs", "together")


class _InAllLanguages(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    protocol = "https" if settings.HTTPS else "http"


class PlacesMap(_InAllLanguages):
    """The county's pages and the municipalities' fronts."""

    def items(self) -> list[str]:
        slugs = Municipality.objects.published().values_list("slug", flat=True)
        return ["portal:county", "portal:all-homes", "portal:all-jobs", *slugs]

    def location(self, item: str) -> str:
        return reverse(item) if ":" in item else reverse("portal:municipality", args=[item])


class ListsMap(_InAllLanguages):
    """What a municipality's front leads to: its doors and its lists."""

    def items(self) -> list[str]:
        slugs = Municipality.objects.published().values_list("slug", flat=True)
        return [
            path
            for slug in slugs
            for path in (
                *(f"{slug} door {door}" for door in Door.values),
                *(f"{slug} {name}" for name in LISTS),
            )
        ]

    def location(self, item: str) -> str:
        slug, name, *door = item.split()
        return reverse(f"portal:{name}", args=[slug, *door])


class TopicsMap(_InAllLanguages):
    def items(self) -> list[Topic]:
        topics = Topic.objects.published().select_related("municipality")
        return list(
            topics.annotate(changed=Max("texts__changed_at")).order_by(
                "municipality__number", "order", "slug"
            )
        )

    def location(self, item: Topic) -> str:
        return reverse("portal:topic", args=[item.municipality.slug, item.slug])

    def lastmod(self, item: Topic) -> datetime.datetime | None:
        return item.changed  # type: ignore[attr-defined]  # Annotated in items().


class ActivitiesMap(_InAllLanguages):
    """Those that are to come."""

    def items(self) -> list[Activity]:
        rows = Activity.objects.published().to_come().select_related("municipality").prefetch_related("texts")
        return list(rows.order_by("municipality__number", "pk"))

    def location(self, item: Activity) -> str:
        return path_of(item)

    def lastmod(self, item: Activity) -> datetime.datetime:
        return item.changed_at


class HomesMap(_InAllLanguages):
    def items(self) -> list[Any]:
        today = timezone.localdate()
        rows = Listing.objects.shown(today).select_related("municipality").prefetch_related("texts")
        plots = Plot.objects.shown().select_related("municipality").prefetch_related("texts")
        projects = Development.objects.shown().select_related("municipality").prefetch_related("texts")
        return [
            *map(show_home, rows.order_by("municipality__number", "pk")),
            *map(show_plot, plots.order_by("municipality__number", "pk")),
            *map(show_project, projects.order_by("municipality__number", "pk")),
        ]

    def location(self, item: Any) -> str:
        return str(item.path)

    def lastmod(self, item: Any) -> datetime.datetime:
        changed: datetime.datetime = item.row.changed_at
        return changed


class JobsMap(_InAllLanguages):
    def items(self) -> list[ShownJob]:
        rows = Vacancy.objects.shown().select_related("municipality").defer("body")
        return [ShownJob(row) for row in rows.order_by("municipality__number", "pk")]

    def location(self, item: ShownJob) -> str:
        return item.path

    def lastmod(self, item: ShownJob) -> datetime.datetime:
        return item.row.changed_at


class OrganisationsMap(_InAllLanguages):
    def items(self) -> list[Organisation]:
        rows = Organisation.objects.published().select_related("municipality")
        return list(rows.order_by("municipality__number", "slug"))

    def location(self, item: Organisation) -> str:
        return reverse("portal:organisation", args=[item.municipality.slug, item.slug])


class SubjectsMap(_InAllLanguages):
    """One topic of all municipalities, where more than one has written about it."""

    def items(self) -> list[str]:
        rows = Topic.objects.published().filter(slug__in=BY_SLUG).values("slug")
        return list(
            rows.annotate(n=Count("pk")).filter(n__gt=1).order_by("slug").values_list("slug", flat=True)
        )

    def location(self, item: str) -> str:
        return reverse("portal:across", args=[item])


class SchoolsMap(_InAllLanguages):
    """The pages of kindergartens and schools, of municipalities that have entered some."""

    def items(self) -> list[str]:
        rows = LearningPlace.objects.published().order_by("municipality__number")
        return list(rows.values_list("municipality__slug", flat=True).distinct())

    def location(self, item: str) -> str:
        return reverse("portal:schools", args=[item])


class StoriesMap(_InAllLanguages):
    """The pages of why people stay, of municipalities where somebody tells it."""

    def items(self) -> list[str]:
        rows = Story.objects.shown().order_by("municipality__number")
        return list(rows.values_list("municipality__slug", flat=True).distinct())

    def location(self, item: str) -> str:
        return reverse("portal:stories", args=[item])


SITEMAPS = {
    "places": PlacesMap,
    "lists": ListsMap,
    "topics": TopicsMap,
    "activities": ActivitiesMap,
    "homes": HomesMap,
    "jobs": JobsMap,
    "organisations": OrganisationsMap,
    "subjects": SubjectsMap,
    "schools": SchoolsMap,
    "stories": StoriesMap,
}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /l/",
        "Disallow: /*/my/",
        "Disallow: /*/letter/",
        "Disallow: /*/meeting/",
        "Disallow: /*/submission/",
        "Disallow: /*/own-home/",
        "Disallow: /*/home-message/",
        "Disallow: /*/own-vacancy/",
        "Disallow: /*/own-wish/",
        "Disallow: /*/confirm/",
        "Disallow: /*/search/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def way_in(request: HttpRequest) -> HttpResponse:
    """To the county page in the language the browser asks for. Some still say `no` for bokmål."""
    asked = [code for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    known = [code for code in asked if code.split("-")[0] in {"nb", "nn", "en", "no"}]
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    norwegian = bool(known) and known[0].split("-")[0] == "no" and not chosen
    with in_language("nb" if norwegian else get_language_from_request(request)):
        answer = redirect("portal:county")
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer
