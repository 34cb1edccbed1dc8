"""A meeting as others keep it in their calendar (RFC 5545). It tells when and where, and nothing of who comes."""

import datetime

import icalendar
from django.utils import timezone

from municipalities.activities.rendering import OSLO, PRODUCT
from welcome.meetings.models import WelcomeMeeting


def event_of(
    meeting: WelcomeMeeting, *, language: str, host: str, title: str, url: str = ""
) -> icalendar.Event:
    """`title` stands for a meeting that has no words of its own. The same in everybody's calendar: who has signed up
    and subscribes to what happens in the municipality has it once."""
    text = meeting.text_set.best(language)
    changed = meeting.changed_at.astimezone(datetime.UTC).replace(microsecond=0)
    event = icalendar.Event()
    event.add("UID", f"welcome-meeting-{meeting.pk}@{host}")
    event.add("DTSTAMP", changed)
    event.add("LAST-MODIFIED", changed)
    # Seconds since 2020 grow with each change, and fit into what programs keep the number in.
    event.add("SEQUENCE", int(changed.timestamp()) - 1577836800)
    event.add("STATUS", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    event.add("DTSTART", timezone.localtime(meeting.starts_at, OSLO))
    event.add("DTEND", timezone.localtime(meeting.ends_at, OSLO))
    event.add("SUMMARY", text.title if text and text.title else title)
    if text and text.brief:
        event.add("DESCRIPTION", text.brief)
    event.add("LOCATION", ", ".join(filter(None, (meeting.place, meeting.address))))
    if url:
        event.add("URL", url)
    return event


def calendar(meeting: WelcomeMeeting, *, language: str, host: str, title: str) -> bytes:
    made = icalendar.Calendar()
    made.add("PRODID", PRODUCT)
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", "PUBLISH")
    made.add_component(event_of(meeting, language=language, host=host, title=title))
    made.add_missing_timezones()
    return made.to_ical()
