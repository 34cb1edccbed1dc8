"""The calendar for other programs: iCalendar to subscribe to, Atom for what is new."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from housing.listings.models import Listing
from municipalities.activities import rendering
from municipalities.activities.models import Activity, ActivityQuerySet
from municipalities.jobs.models import Vacancy
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.models import Topic
from welcome.meetings.models import WelcomeMeeting
from welcome.meetings.rendering import event_of
from welcome.portal.activity_reading import happening, path_of
from welcome.portal.around import municipality_at
from welcome.portal.home_reading import show_home
from welcome.portal.job_reading import ShownJob
from welcome.portal.reading import latest, screen_language, show

MOST = 1000  # Activities in one calendar.
NEWEST = 40
# What has just been is still in the calendars of those who were there.
BEHIND = datetime.timedelta(days=30)


def _rows(here: Municipality) -> ActivityQuerySet:
    return Activity.objects.of(here).published().with_content()


@require_safe
def of_municipality(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    since = timezone.now() - BEHIND
    meetings = WelcomeMeeting.objects.of(here).upcoming(since).select_related("municipality")
    return _calendar(
        request,
        _rows(here).to_come(since),
        _("What's on in %(name)s") % {"name": here.name},
        f"{here.slug}.ics",
        meetings.prefetch_related("texts").order_by("starts_at", "pk")[:MOST],
    )


@require_safe
def of_organisation(request: HttpRequest, slug: str, organisation: str) -> HttpResponse:
    here = municipality_at(slug)
    its = get_object_or_404(Organisation.objects.of(here).published(), slug=organisation)
    rows = _rows(here).filter(organisation=its).to_come(timezone.now() - BEHIND)
    return _calendar(request, rows, f"{its.name}, {here.name}", f"{here.slug}-{its.slug}.ics")


def _calendar(
    request: HttpRequest,
    rows: QuerySet[Activity],
    name: str,
    filename: str,
    meetings: Iterable[WelcomeMeeting] = (),
) -> HttpResponse:
    activities, told = list(rows.order_by("starts_at", "pk")[:MOST]), list(meetings)
    host = urlsplit(settings.SITE_URL).hostname or "tilflytter"
    body = rendering.calendar(
        activities,
        name=name,
        language=screen_language(),
        host=host,
        url_of=lambda activity: settings.SITE_URL + path_of(activity),
        words=_lines,
        more=[_event(meeting, host) for meeting in told],
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{filename}"'
    changed = [each.changed_at for each in activities] + [each.changed_at for each in told]
    return _kept(request, answer, changed)


def _event(meeting: WelcomeMeeting, host: str) -> icalendar.Event:
    return event_of(
        meeting,
        language=screen_language(),
        host=host,
        title=_("Welcome meeting"),
        url=settings.SITE_URL + reverse("portal:meet-meeting", args=[meeting.municipality.slug]),
    )


def _lines(html: str) -> str:
    """Rich text as paragraphs of plain words."""
    text = re.sub(r"</(?:p|h[1-6]|ul|ol|blockquote)>", "\n\n", re.sub(r"<br>|</li>", "\n", html))
    return re.sub(r"\n{3,}", "\n\n", unescape(strip_tags(text))).strip()


def _kept(request: HttpRequest, answer: HttpResponse, changed: list[datetime.datetime]) -> HttpResponse:
    """With its mark and the day of the last change; 304 for who has it already. The mark is that of the bytes: a
    change that no day tells of, as an organisation's new name, is seen too."""
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    last = max(changed, default=None)
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, max-age=900"
    if last is not None:
        answer["Last-Modified"] = http_date(last.timestamp())
    # By its mark alone: of a calendar from which something was taken the last change is no later than before.
    if "If-None-Match" not in request.headers:
        return answer
    return get_conditional_response(request, etag=etag, response=answer) or answer


@require_safe
def newest(request: HttpRequest, slug: str) -> HttpResponse:
    """Activities in the order in which they were published."""
    here = municipality_at(slug)
    rows = list(_rows(here).to_come().order_by("-published_at", "-pk")[:NEWEST])
    page = settings.SITE_URL + reverse("portal:activities", args=[here.slug])
    feed = Atom1Feed(
        title=_("New in the calendar of %(name)s") % {"name": here.name},
        link=page,
        description="",
        language=screen_language(),
        feed_url=settings.SITE_URL + request.path,
        feed_guid=page,
    )
    for row in rows:
        shown = happening(row)
        feed.add_item(
            title=shown.title,
            link=settings.SITE_URL + shown.path,
            description=shown.reading.text.body if shown.reading else "",
            unique_id=f"urn:uuid:{row.uid}",
            pubdate=row.published_at,
            updateddate=row.changed_at,
            author_name=shown.organisation.name if shown.organisation else here.name,
            categories=[str(row.get_theme_display())],
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return _kept(request, answer, [row.changed_at for row in rows])


@require_safe
def newest_homes(request: HttpRequest, slug: str) -> HttpResponse:
    """Homes in the order in which they were published."""
    here = municipality_at(slug)
    rows = list(Listing.objects.of(here).shown().with_content().order_by("-published_at", "-pk")[:NEWEST])
    page = settings.SITE_URL + reverse("portal:homes", args=[here.slug])
    feed = Atom1Feed(
        title=_("New homes in %(name)s") % {"name": here.name},
        link=page,
        description="",
        language=screen_language(),
        feed_url=settings.SITE_URL + request.path,
        feed_guid=page,
    )
    for row in rows:
        shown = show_home(row)
        address = settings.SITE_URL + reverse("portal:home", args=[here.slug, shown.name])
        feed.add_item(
            title=", ".join(filter(None, [shown.title, shown.price])),
            link=address,
            description=shown.reading.text.body if shown.reading else "",
            unique_id=f"{page}#{row.pk}",
            pubdate=row.published_at,
            updateddate=row.changed_at,
            author_name=here.name,
            categories=[str(row.get_offer_display()), str(row.get_kind_display())],
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return _kept(request, answer, [row.changed_at for row in rows])


@require_safe
def newest_jobs(request: HttpRequest, slug: str) -> HttpResponse:
    """Vacancies in the order in which they were published."""
    here = municipality_at(slug)
    rows = list(Vacancy.objects.of(here).shown().with_content().order_by("-published_at", "-pk")[:NEWEST])
    page = settings.SITE_URL + reverse("portal:jobs", args=[here.slug])
    feed = Atom1Feed(
        title=_("New vacancies in %(name)s") % {"name": here.name},
        link=page,
        description="",
        language=screen_language(),
        feed_url=settings.SITE_URL + request.path,
        feed_guid=page,
    )
    for row in rows:
        feed.add_item(
            title=f"{row.title}, {row.employer_name}",
            link=settings.SITE_URL + ShownJob(row).path,
            description=row.body,
            unique_id=f"{page}#{row.pk}",
            pubdate=row.published_at,
            updateddate=row.changed_at,
            author_name=row.employer_name,
            categories=[str(row.get_field_display())],
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return _kept(request, answer, [row.changed_at for row in rows])


@require_safe
def changed_topics(request: HttpRequest, slug: str) -> HttpResponse:
    """What the municipality tells, as last changed: each topic once, in the reader's language as far as it is there."""
    here = municipality_at(slug)
    rows = Topic.objects.of(here).published().select_related("municipality").prefetch_related("texts")
    page = settings.SITE_URL + reverse("portal:topics", args=[here.slug])
    feed = Atom1Feed(
        title=_("Changed texts of %(name)s") % {"name": here.name},
        link=page,
        description="",
        language=screen_language(),
        feed_url=settings.SITE_URL + request.path,
        feed_guid=page,
    )
    shown = latest((show(row) for row in rows), NEWEST)
    changed = []
    for each in shown:
        assert each.reading is not None  # noqa: S101 - `latest` leaves out what nobody has written
        text = each.reading.text
        changed.append(text.changed_at)
        address = settings.SITE_URL + reverse("portal:topic", args=[here.slug, each.topic.slug])
        feed.add_item(
            title=each.title,
            link=address,
            description=text.body,
            unique_id=address,
            updateddate=text.changed_at,
            author_name=here.name,
            categories=[str(each.topic.get_door_display())],
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return _kept(request, answer, changed)
