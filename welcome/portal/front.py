"""What a municipality's front page is composed of: what is new, the next meeting, what is behind each door."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from housing.listings.models import Listing
from housing.plots.models import Plot
from municipalities.activities.models import Activity
from municipalities.jobs.models import Vacancy
from municipalities.learning.models import LearningPlace
from municipalities.municipality.models import Municipality
from municipalities.texts.models import TextSet
from municipalities.topics.catalogue import Door
from municipalities.topics.models import TopicText
from welcome.meetings.models import MeetingText, WelcomeMeeting
from welcome.portal.activity_reading import Happening, Time, time_of
from welcome.portal.reading import DoorTile, Reading, Shown, latest, read, tiles


@dataclass(frozen=True)
class News:
    """Something that was written or published: `kind` says what, `reading` in which language it is."""

    at: datetime.datetime
    kind: str
    title: str
    path: str
    words: str
    reading: Reading[Any] | None
    is_foreign: bool  # The title is in the reading's language.


def news_of(topics: Iterable[Shown], activities: Iterable[Happening], count: int) -> list[News]:
    """The newest first; topics and activities at most half each, unless there is too little of the other: the day a
    calendar is read for the first time must not hide what the municipality has written."""
    written = latest(topics, count)
    topics_first = [_of_topic(shown, shown.reading) for shown in written if shown.reading]
    activities_first = [_of_activity(shown) for shown in activities][:count]
    half = count // 2
    of_activities = max(half, count - len(topics_first))
    taken = activities_first[:of_activities]
    taken += topics_first[: count - len(taken)]
    return sorted(taken, key=lambda news: news.at, reverse=True)


def _of_topic(shown: Shown, reading: Reading[TopicText]) -> News:
    return News(
        at=reading.text.changed_at,
        kind=str(shown.topic.get_door_display()),
        title=shown.title,
        path=reverse("portal:topic", args=[shown.topic.municipality.slug, shown.topic.slug]),
        words=reading.excerpt,
        reading=reading,
        is_foreign=shown.is_foreign,
    )


def _of_activity(shown: Happening) -> News:
    return News(
        at=shown.activity.published_at or shown.activity.created_at,
        kind=_("What's on"),
        title=shown.title,
        path=shown.path,
        words=shown.reading.excerpt if shown.reading else "",
        reading=shown.reading,
        is_foreign=shown.is_foreign,
    )


# --- the doors -------------------------------------------------------------------------------------


def counted_at(slug: str) -> Municipality:
    """The municipality with what its doors count, in one query."""
    return get_object_or_404(with_counts(Municipality.objects.published()), slug=slug)


def with_counts(rows: Any) -> Any:
    return rows.annotate(
        activities_to_come=_count(Activity.objects.published().to_come()),
        learning_places=_count(LearningPlace.objects.published()),
        jobs=_count(Vacancy.objects.shown()),
        homes=_count(Listing.objects.shown()),
        plots=_count(Plot.objects.shown().free()),
    )


def _count(rows: Any) -> Any:
    of_this = rows.filter(municipality=OuterRef("pk")).order_by().values("municipality")
    return Coalesce(Subquery(of_this.annotate(number=Count("pk")).values("number")), 0)


def doors_of(here: Any, topics: Iterable[Shown]) -> list[DoorTile]:
    """`here` is from `counted_at`."""
    to_come = here.activities_to_come
    places = here.learning_places
    homes = here.homes
    jobs = here.jobs
    plots = here.plots
    live = [
        ngettext("%(count)s home", "%(count)s homes", homes) % {"count": homes} if homes else "",
        ngettext("%(count)s free plot", "%(count)s free plots", plots) % {"count": plots} if plots else "",
    ]
    counts = {
        Door.WORK: ngettext("%(count)s vacancy", "%(count)s vacancies", jobs) % {"count": jobs}
        if jobs
        else "",
        Door.LIVE: ", ".join(filter(None, live)),
        Door.EXPLORE: ngettext("%(count)s activity to come", "%(count)s activities to come", to_come)
        % {"count": to_come}
        if to_come
        else "",
        Door.LEARN: ngettext(
            "%(count)s school or kindergarten", "%(count)s schools and kindergartens", places
        )
        % {"count": places}
        if places
        else "",
    }
    return [replace(tile, count=counts.get(tile.door, "")) for tile in tiles(topics)]


# --- the next meeting ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownMeeting:
    """A welcome meeting as everybody may see it: nothing of who comes."""

    meeting: WelcomeMeeting
    time: Time
    text: Reading[MeetingText] | None
    takes_sign_ups: bool


def next_meeting(here: Municipality, *, with_words: bool = False) -> ShownMeeting | None:
    """The next one that is told of and not called off; its words cost a query more."""
    now = timezone.now()
    meeting = WelcomeMeeting.objects.of(here).upcoming(now).order_by("starts_at", "pk").first()
    if meeting is None:
        return None
    meeting.municipality = here
    return ShownMeeting(
        meeting=meeting,
        time=time_of(meeting.starts_at, meeting.ends_at, False),
        text=_words(meeting) if with_words else None,
        takes_sign_ups=meeting.takes_sign_ups(now),
    )


def _words(meeting: WelcomeMeeting) -> Reading[MeetingText] | None:
    texts = list(meeting.texts.all())
    return read(texts, TextSet(texts, home=meeting.municipality.home_language))
