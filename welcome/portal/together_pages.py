"""The page of the total package, and the one-page offer that an employer gives an applicant."""

import logging
import unicodedata
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from housing.listings.models import Listing
from housing.shown.pictures import WIDTHS, rendition
from municipalities.jobs.models import Vacancy
from municipalities.links import codes
from municipalities.municipality.models import Municipality
from municipalities.topics.catalogue import Door
from welcome.letters.labels import print_on_one_page
from welcome.portal import together
from welcome.portal.around import municipality_at, people_of
from welcome.portal.home_reading import ShownHome, show_home
from welcome.portal.homes import door_crumb
from welcome.portal.homes import rows_of as homes_of
from welcome.portal.job_reading import ShownJob
from welcome.portal.learning_reading import ShownPlace
from welcome.portal.page import Crumb, page
from welcome.portal.reading import screen_language
from welcome.portal.together import Gap, Near, Package
from welcome.portal.together_forms import OfferForm, TogetherForm

logger = logging.getLogger(__name__)
A_PAGE = 10
JOBS_WITHOUT_A_HOME = 5
POINTS = ("10.5", "9", "7.5")  # Of the words on the page: smaller where there are many.
MOST_NEAR = together.FARTHEST + together.SPREAD  # As far as a search looks.


class Shown:
    """A package as its reader sees it; `home` and `jobs` by number have all that the page shows of them."""

    def __init__(self, package: Package, home: Listing, jobs: dict[int, Vacancy]) -> None:
        self.package, self.home = package, show_home(home)
        self.jobs = [_near(near, lambda row: ShownJob(jobs[row.pk])) for near in package.jobs]
        self.kindergarten = _near(package.kindergarten, _place)
        self.school = _place(package.school) if package.school else None
        self.gaps = [Gap(gap).label for gap in package.gaps]

    @property
    def offer_query(self) -> str:
        """Of what is there."""
        jobs = [("job", str(near.row.pk)) for near in self.package.jobs if near is not None]
        return urlencode([("home", str(self.package.home.pk)), *jobs])


def _place(row: Any) -> ShownPlace:
    return ShownPlace(row, None)


def _near(near: Near | None, show: Any) -> dict[str, Any] | None:
    return None if near is None else {"shown": show(near.row), "km": near.km, "more": near.more}


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    blank = TogetherForm(request.GET)
    form = blank if blank.is_asked else TogetherForm()
    context: dict[str, Any] = {"form": form, "searched": form.is_bound and form.is_valid()}
    if context["searched"]:
        context |= _answer(request, here, form)
    context |= {
        "page": page(
            request,
            title=_("Home, jobs and school together"),
            description=_("Two jobs, a home and a place in kindergarten near %(name)s, in one search.")
            % {"name": here.name},
            municipality=here,
            crumbs=[door_crumb(here)],
            indexed=not form.is_bound,
        ),
        "municipality": here,
        "door": Door.LIVE,
        "people": people_of(here),
    }
    return render(request, "portal/together/search.html", context)


def _answer(request: HttpRequest, here: Municipality, form: TogetherForm) -> dict[str, Any]:
    found = together.find(here, form.asked(here))
    part = Paginator(found.packages, A_PAGE).get_page(request.GET.get("page"))
    homes = homes_of(here).with_content().in_bulk([package.home.pk for package in part])
    without_home = [] if found.packages else [rows[:JOBS_WITHOUT_A_HOME] for rows in found.jobs]
    near = [near.row.pk for package in part for near in package.jobs if near is not None]
    numbers = {*near, *(row.pk for rows in without_home for row in rows)}
    jobs = Vacancy.objects.select_related("municipality").defer("body").in_bulk(numbers)
    return {
        "found": [Shown(each, homes[each.home.pk], jobs) for each in part if each.home.pk in homes],
        "part": part,
        "count": len(found.packages),
        "whole": found.whole,
        "capped": found.is_capped,
        "tells_of_jobs": form.has_field,
        "query": form.query,
        "wish_query": form.wish_query,
        "asking": urlencode({"package": form.query}),
        "mail": urlencode({"subject": _mail_subject(here), "body": _mail_body(here, form)}).replace(
            "+", "%20"
        ),
        "without_home": [[ShownJob(jobs[row.pk]) for row in rows] for rows in without_home],
        "no_jobs": [] if found.packages else [n for n, rows in enumerate(found.jobs, 1) if not rows],
        "of_two": len(found.jobs) == 2,
        "towns": found.towns[1:],
    }


def _mail_subject(here: Municipality) -> str:
    return _("Home and jobs in %(name)s") % {"name": here.name}


def _mail_body(here: Municipality, form: TogetherForm) -> str:
    return f"{form.in_words()}\n\n{address_of(here, form.query)}"


def address_of(here: Municipality, query: str) -> str:
    return f"{settings.SITE_URL}{reverse('portal:together', args=[here.slug])}?{query}"


# --- the offer -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what the employer may add. POST: the PDF; nothing of it is kept."""
    here = municipality_at(slug)
    home, jobs = _chosen(here, request)
    form = OfferForm(request.POST if request.method == "POST" else None)
    package = together.combined(here, home=home.row, jobs=[job.row for job in jobs])
    shown = Shown(package, home.row, {job.row.pk: job.row for job in jobs})
    if form.is_bound and form.is_valid():
        if content := _pdf(here, shown, form.cleaned_data):
            answer = HttpResponse(content, content_type="application/pdf")
            answer["Content-Disposition"] = f'inline; filename="{here.slug}-{screen_language()}.pdf"'
            answer["Cache-Control"] = "no-store"
            return answer
        form.add_error("greeting", _("This does not fit on one page. Shorten your greeting."))
    back = Crumb(_("Home, jobs and school together"), reverse("portal:together", args=[here.slug]))
    context = {
        "page": page(
            request,
            title=_("An offer on one page"),
            description=_("Job, home and kindergarten on one page, for somebody you would like to have."),
            municipality=here,
            crumbs=[door_crumb(here), back],
            indexed=False,
        ),
        "municipality": here,
        "door": Door.LIVE,
        "shown": shown,
        "form": form,
        "people": people_of(here),
    }
    return render(request, "portal/together/offer.html", context, status=422 if form.errors else 200)


def _chosen(here: Municipality, request: HttpRequest) -> tuple[ShownHome, list[ShownJob]]:
    """The home, and one or two vacancies, as the address names them; 404 where one is no longer shown."""
    home = homes_of(here).with_content().filter(pk=_number(request.GET.get("home", ""))).first()
    numbers = [_number(job) for job in dict.fromkeys(request.GET.getlist("job"))][:2]
    near = [town.pk for town in together.around(here, MOST_NEAR)]
    rows = (
        Vacancy.objects.filter(municipality__in=near, pk__in=numbers).shown().select_related("municipality")
    )
    by_number = {row.pk: row for row in rows}
    if home is None or not numbers or any(number not in by_number for number in numbers):
        raise Http404
    return show_home(home), [ShownJob(by_number[number]) for number in numbers]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _picture_of(home: ShownHome) -> dict[str, bytes]:
    first = home.first_picture
    if first is None:
        return {}
    try:
        return {"picture": rendition(first.photo, WIDTHS[1])}
    except OSError as error:
        logger.warning("The picture %s is not there: %s", first.photo.pk, type(error).__name__)
        return {}


def _pdf(here: Municipality, shown: Shown, said: dict[str, str]) -> bytes | None:
    """None where so many words don't fit on one page."""
    target = settings.SITE_URL + shown.home.path
    context = {
        "language": screen_language(),
        "here": here,
        "shown": shown,
        "said": said,
        "leftwards": _runs_leftwards(said["greeting"]),
        "code": mark_safe(codes.svg(target)),  # noqa: S308 - drawn by us
        "target": target.partition("://")[2],
        "people": people_of(here)[:1],
        "today": timezone.localdate(),
    }
    sizes = [context | {"points": points} for points in POINTS]
    return print_on_one_page("print/offer.html", sizes, **_picture_of(shown.home))


def _runs_leftwards(text: str) -> bool:
    """By its first letter that has a direction."""
    strong = (unicodedata.bidirectional(each) for each in text)
    return next((each for each in strong if each in {"L", "R", "AL"}), "L") != "L"
