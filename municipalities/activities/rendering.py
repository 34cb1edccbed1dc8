"""Activities as a calendar that others subscribe to (RFC 5545), in the language that was asked for.

The same rows give the same bytes: a name (UID) never changes, the stamp is the day of the last change. So whoever
subscribes twice has everything once, and a server in between can tell that nothing is new.
"""

import datetime
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import icalendar
from django.utils import timezone
from django.utils.html import strip_tags

from municipalities.activities.models import Activity
from municipalities.activities.rules import parse

OSLO = ZoneInfo("Europe/Oslo")
PRODUCT = "-//Tilflytter//Calendar//NO"
REFRESH = "PT6H"


def calendar(
    activities: Iterable[Activity],
    *,
    name: str,
    language: str,
    host: str,
    url_of: Callable[[Activity], str],
    words: Callable[[str], str],
    more: Iterable[icalendar.Event] = (),
) -> bytes:
    """`activities` come `with_content()`; `words` turns rich text into plain. One without words is left out. `more` are
    events of another kind, as they are."""
    made = icalendar.Calendar()
    made.add("PRODID", PRODUCT)
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", "PUBLISH")
    made.add("X-WR-CALNAME", name)
    made.add("X-WR-TIMEZONE", "Europe/Oslo")
    made.add("X-PUBLISHED-TTL", REFRESH)
    made.add(
        "REFRESH-INTERVAL", icalendar.vDuration(datetime.timedelta(hours=6)), parameters={"VALUE": "DURATION"}
    )
    for activity in activities:
        text = activity.text_set.best(language)
        if text is None or not text.title:
            continue
        event = _event(activity, host)
        event.add("SUMMARY", text.title, parameters={"LANGUAGE": text.language})
        if strip_tags(text.body).strip():
            event.add("DESCRIPTION", words(text.body), parameters={"LANGUAGE": text.language})
        event.add("URL", url_of(activity))
        made.add_component(event)
    for event in more:
        made.add_component(event)
    made.add_missing_timezones()
    return made.to_ical()


def _event(activity: Activity, host: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", f"{activity.uid}@{host}")
    event.add("DTSTAMP", activity.changed_at.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("LAST-MODIFIED", activity.changed_at.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("CREATED", activity.created_at.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("SEQUENCE", activity.version)
    event.add("STATUS", "CONFIRMED")
    starts, ends = _local(activity.starts_at), _local(activity.ends_at)
    if activity.all_day:
        event.add("DTSTART", starts.date())
        event.add("DTEND", ends.date() + datetime.timedelta(days=1))
        event.add("TRANSP", "TRANSPARENT")
    else:
        event.add("DTSTART", starts)
        event.add("DTEND", ends)
    if activity.rule:
        event.add("RRULE", icalendar.vRecur.from_ical(_rule(activity, starts)))
    for moment in activity.more_times:
        event.add("RDATE", _at(activity, datetime.datetime.fromisoformat(moment)))
    for day in activity.cancelled_days:
        event.add("EXDATE", _at(activity, datetime.datetime.combine(day, starts.time())))
    if place := _place(activity):
        event.add("LOCATION", place)
    if activity.latitude is not None and activity.longitude is not None:
        event.add("GEO", (float(activity.latitude), float(activity.longitude)))
    event.add("CATEGORIES", [activity.get_theme_display()])
    return event


def _rule(activity: Activity, starts: datetime.datetime) -> str:
    """The end of a rule is of the same kind as its beginning: a day, or a moment in universal time (3.3.10)."""
    rule = parse(activity.rule)
    if rule.until is None or activity.all_day:
        return str(rule)
    last = datetime.datetime.combine(rule.until, datetime.time(23, 59, 59), tzinfo=OSLO).astimezone(
        datetime.UTC
    )
    return str(rule).replace(f"UNTIL={rule.until:%Y%m%d}", f"UNTIL={last:%Y%m%dT%H%M%SZ}")


def _at(activity: Activity, moment: datetime.datetime) -> datetime.date:
    return moment.date() if activity.all_day else moment.replace(tzinfo=OSLO)


def _local(moment: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(moment, OSLO)


def _place(activity: Activity) -> str:
    contact = activity.contact
    if contact is None:
        return activity.place
    street = ", ".join(part for part in (contact.street_address, contact.postal_place) if part)
    return ", ".join(part for part in (contact.name, street) if part)
