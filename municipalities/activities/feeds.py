"""Reading the organisations' calendars, by the clock and when somebody asks. A `FeedFetch` says what is to be read
and what came of it; the broker's message is only a nudge.

A calendar that breaks, or that has lost most of what it had, changes nothing: staff are told, and decide. What an
organisation is not trusted to publish waits for them.
"""

import datetime
import logging
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.activities import changes
from municipalities.activities.feed_models import CalendarFeed, FeedFetch, Outcome
from municipalities.activities.incoming import Calendar, Event, Unreadable, read
from municipalities.activities.models import Activity, State
from municipalities.activities.nudges import fetch_soon
from municipalities.municipality import scope
from municipalities.national import fetching
from municipalities.tenancy.models import User

SECONDS, SILENCE, LARGEST = 20, 10, 2 * 1024 * 1024
TOLD = 50  # Refused events that are named; the rest are counted.
KEPT = 30  # Readings of one calendar.
# Fewer than so many may go at once without anybody asking why.
FEW = 4
ANEW = datetime.timedelta(days=28)
MOST_ATTEMPTS = 3
logger = logging.getLogger(__name__)


# --- asking --------------------------------------------------------------------------------------


def ask(*, feed: CalendarFeed, by: User | None, as_it_is: bool = False) -> FeedFetch | None:
    """None if it is about to be read already."""
    try:
        with transaction.atomic():
            asked = FeedFetch.objects.create(
                municipality_id=feed.municipality_id, feed=feed, asked_by=by, as_it_is=as_it_is
            )
    except IntegrityError:
        return None
    fetch_soon(asked.pk)
    return asked


def ask_all() -> int:
    """Each night. How many are read."""
    with scope.everywhere():
        feeds = list(CalendarFeed.objects.filter(active=True, organisation__published=True))
    asked = 0
    for feed in feeds:
        with scope.of(feed.municipality_id):
            asked += ask(feed=feed, by=None) is not None
    return asked


def sweep() -> None:
    """Nudges for what nobody works on: the message was lost, or who had it is gone. What has taken three workers
    with it is set aside."""
    with scope.everywhere():
        waiting = list(FeedFetch.objects.claimable(timezone.now()).select_related("feed")[:200])
    for row in waiting:
        if row.attempts < MOST_ATTEMPTS:
            fetch_soon(row.pk)
            continue
        with scope.of(row.municipality_id):
            _finish(row, Outcome.FAILED, why=_("It could not be finished in three attempts."))


# --- reading -------------------------------------------------------------------------------------


@dataclass
class Outcomes:
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def fetch(fetch_id: int) -> None:
    with scope.of_row(FeedFetch, fetch_id):
        now = timezone.now()
        mine = FeedFetch.objects.claimable(now).filter(pk=fetch_id, attempts__lt=MOST_ATTEMPTS)
        if not mine.update(begun_at=now, attempts=F("attempts") + 1):
            return  # Another worker has it.
        row = FeedFetch.objects.select_related("feed__organisation__municipality").get(pk=fetch_id)
        with translation.override(row.feed.organisation.municipality.home_language):
            try:
                _fetch(row)
            except Exception as error:
                logger.exception("Reading %s of a calendar failed", fetch_id)
                _finish(row, Outcome.FAILED, why=_fault(error))


def _fault(error: Exception) -> str:
    return _("Something went wrong here in the portal (%(kind)s).") % {"kind": type(error).__name__}


def _fetch(row: FeedFetch) -> None:
    feed = row.feed
    try:
        answer = _ask_server(feed, anew=row.as_it_is or not _read_lately(feed))
        if answer.status_code == 304:
            _finish(row, Outcome.SAME)
            return
        if answer.status_code != 200:
            raise Unreadable(_("The server answers with %(status)s.") % {"status": answer.status_code})
        calendar = read(answer.content, timezone.now())
    except (fetching.FetchError, Unreadable) as error:
        _finish(row, Outcome.FAILED, why=str(error))
        return
    with transaction.atomic():
        # Whoever changes the calendar's address waits, and its next reading finds this one done.
        rows = CalendarFeed.objects.select_for_update(of=("self",)).select_related("organisation")
        feed = rows.get(pk=row.feed_id)
        if not row.as_it_is and (why := _too_little(feed, calendar)):
            _finish(row, Outcome.HELD, why=why, refused=calendar.refused)
            return
        came = _take(feed, calendar)
        feed.etag = answer.headers.get("ETag", "")[:200]
        feed.modified = answer.headers.get("Last-Modified", "")[:60]
        feed.save(update_fields=["etag", "modified"])
        _finish(row, Outcome.READ, came=came, refused=came.refused)


def _read_lately(feed: CalendarFeed) -> bool:
    """What recurs without an end is reckoned a year ahead: once a month it is reckoned anew, whatever the server
    says of its answer."""
    since = timezone.now() - ANEW
    return FeedFetch.objects.filter(feed=feed, outcome=Outcome.READ, finished_at__gte=since).exists()


def _ask_server(feed: CalendarFeed, *, anew: bool) -> fetching.Answer:
    known = {} if anew else {"If-None-Match": feed.etag, "If-Modified-Since": feed.modified}
    headers = {"Accept": "text/calendar", **{name: value for name, value in known.items() if value}}
    with fetching.session(seconds=SECONDS, silence=SILENCE, largest=LARGEST) as session:
        return session.get(feed.address, headers=headers)


def _finish(
    row: FeedFetch,
    outcome: Outcome,
    *,
    why: str = "",
    came: Outcomes | None = None,
    refused: list[tuple[str, str]] | None = None,
) -> None:
    told = refused or []
    counts: dict[str, Any] = {}
    if came:
        counts = {
            "added": came.added,
            "changed": came.changed,
            "withdrawn": came.withdrawn,
            "unchanged": came.unchanged,
        }
    FeedFetch.objects.filter(pk=row.pk, outcome=Outcome.WAITING).update(
        outcome=outcome,
        finished_at=timezone.now(),
        why=why[:300],
        refused=[list(pair) for pair in told[:TOLD]],
        more_refused=max(0, len(told) - TOLD),
        **counts,
    )
    old = FeedFetch.objects.filter(feed=row.feed_id).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    FeedFetch.objects.filter(pk__in=list(old)).delete()


# --- taking what came ----------------------------------------------------------------------------


def _upcoming(feed: CalendarFeed) -> Any:
    shown = Activity.objects.filter(feed=feed, state__in=[State.PUBLISHED, State.WAITING])
    return shown.to_come()


def _too_little(feed: CalendarFeed, calendar: Calendar) -> str:
    """Why staff must look first; empty if all is well."""
    there = set(_upcoming(feed).values_list("source_uid", flat=True))
    kept = there & {event.uid for event in calendar.events}
    gone = len(there) - len(kept)
    if there and not calendar.events:
        return _("Nothing is left of the %(count)s activities that were in the calendar.") % {
            "count": len(there)
        }
    if gone > FEW and gone * 2 > len(there):
        return _("%(gone)s of %(count)s activities are gone from the calendar.") % {
            "gone": gone,
            "count": len(there),
        }
    return ""


def _take(feed: CalendarFeed, calendar: Calendar) -> Outcomes:
    came = Outcomes(refused=list(calendar.refused))
    known = {row.source_uid: row for row in Activity.objects.filter(feed=feed).select_related("municipality")}
    for event in calendar.events:
        try:
            with transaction.atomic():
                _take_one(feed, event, known.get(event.uid), came)
        except (IntegrityError, ValueError) as error:
            logger.warning("An event of calendar %s was not taken: %s", feed.pk, type(error).__name__)
            came.refused.append((event.title, _("It can't be kept as it is.")))
    there = {event.uid for event in calendar.events}
    for activity in _upcoming(feed).exclude(source_uid__in=there):
        came.withdrawn += changes.move(
            activity,
            {State.PUBLISHED, State.WAITING},
            State.WITHDRAWN,
            None,
            withdrawn_at=timezone.now(),
            gone_from_source=True,
        )
    return came


def _take_one(feed: CalendarFeed, event: Event, known: Activity | None, came: Outcomes) -> None:
    if known is None:
        activity = Activity(municipality_id=feed.municipality_id, feed=feed, source_uid=event.uid)
        activity.theme, activity.organisation = feed.theme, feed.organisation
        _write(activity, event)
        _hand_on(feed, activity, State.DRAFT)
        came.added += 1
        return
    back = known.state == State.WITHDRAWN and known.gone_from_source
    if known.source_state == event.mark and not back:
        came.unchanged += 1
        return
    _write(known, event)
    if back:
        changes.move(known, {State.WITHDRAWN}, State.DRAFT, None, withdrawn_at=None, gone_from_source=False)
        _hand_on(feed, known, State.DRAFT)
    elif known.state == State.PUBLISHED and not feed.organisation.trusted:
        # What nobody here has seen is shown to nobody, be it new or only other words.
        _hand_on(feed, known, State.PUBLISHED)
    came.changed += 1


def _hand_on(feed: CalendarFeed, activity: Activity, start: State) -> None:
    now = timezone.now()
    if feed.organisation.trusted:
        changes.move(activity, {start}, State.PUBLISHED, None, published_at=now)
    else:
        changes.move(activity, {start}, State.WAITING, None, waiting_since=now)


def _write(activity: Activity, event: Event) -> None:
    activity.starts_at, activity.ends_at = timezone.make_aware(event.starts), timezone.make_aware(event.ends)
    activity.ends_at = max(activity.starts_at, activity.ends_at)
    activity.all_day, activity.rule = event.all_day, event.rule
    activity.exceptions, activity.more_times = event.exceptions, event.more_times
    activity.place = event.place
    activity.latitude = Decimal(event.latitude) if event.latitude else None
    activity.longitude = Decimal(event.longitude) if event.longitude else None
    activity.sign_up_url = event.url
    activity.source_state = event.mark
    changes.save(activity=activity)
    home = activity.municipality.home_language
    changes.write_text(activity=activity, language=home, title=event.title, body=event.body)
