"""An organisation's calendar as its server sent it, understood or refused event by event (RFC 5545).

Nothing here touches the database. What comes from outside is bounded in number and length, its words are cleaned,
and an event that can't be understood costs none of the others.
"""

import datetime
import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from municipalities.activities import rules
from municipalities.activities.models import LONGEST_EVENT
from municipalities.texts.models import RichTextField

OSLO = ZoneInfo("Europe/Oslo")
MOST_EVENTS = 500
MOST_COMPONENTS = 5000  # What is older than today costs time too.
AHEAD = datetime.timedelta(days=550)
TITLE, PLACE, BODY, UID = 120, 120, 6000, 300


class Unreadable(Exception):
    """No calendar at all; the words say what it is instead."""


class Refused(Exception):
    """One event; the words say why."""


@dataclass(frozen=True)
class Event:
    """`starts` and `ends` are on the wall in Norway, without a zone."""

    uid: str
    title: str
    body: str
    starts: datetime.datetime
    ends: datetime.datetime
    all_day: bool
    rule: str = ""
    exceptions: list[str] = field(default_factory=list)
    more_times: list[str] = field(default_factory=list)
    place: str = ""
    latitude: str = ""
    longitude: str = ""
    url: str = ""

    @property
    def mark(self) -> str:
        """Another when anything of it has changed."""
        return hashlib.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()


@dataclass
class Calendar:
    events: list[Event] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # What it is called, and why.


def read(content: bytes, now: datetime.datetime) -> Calendar:
    """The events that are not over. Raises Unreadable."""
    found = Calendar()
    seen: set[str] = set()
    for component, siblings in _components(content):
        name = _line(component.get("SUMMARY"), TITLE) or _("(without a title)")
        try:
            event = _event(component, siblings, now)
            if event is None:
                continue
            if event.uid in seen:
                raise Refused(_("There is another event of this name (UID) in the calendar."))
            if len(found.events) >= MOST_EVENTS:
                raise Refused(_("At most %(most)s events are taken.") % {"most": MOST_EVENTS})
            seen.add(event.uid)
            found.events.append(event)
        except Refused as refusal:
            found.refused.append((name, str(refusal)))
        except Exception as error:  # Whatever else a stranger's calendar makes a library do.
            found.refused.append(
                (name, _("It can't be understood (%(kind)s).") % {"kind": type(error).__name__})
            )
    return found


def _components(content: bytes) -> Iterator[tuple[Any, list[Any]]]:
    """Each event, with those that stand for single times of it."""
    if b"BEGIN:VCALENDAR" not in content[:4096].upper():
        raise Unreadable(_("The answer is no calendar: it does not begin with BEGIN:VCALENDAR."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if text.upper().count("BEGIN:VEVENT") > MOST_COMPONENTS:
        raise Unreadable(_("The calendar holds more than %(most)s events.") % {"most": MOST_COMPONENTS})
    try:
        calendars = icalendar.Calendar.from_ical(text.replace("\0", ""), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except Exception as error:
        raise Unreadable(
            _("The calendar can't be read (%(kind)s).") % {"kind": type(error).__name__}
        ) from error
    moved: dict[str, list[Any]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            moved.setdefault(str(event.get("UID", "")), []).append(event)
    for event in events:
        yield event, [] if "RECURRENCE-ID" in event else moved.get(str(event.get("UID", "")), [])


def _event(component: Any, siblings: list[Any], now: datetime.datetime) -> Event | None:
    """None for what is over, called off, or private."""
    uid = str(component.get("UID", "")).strip()
    if not uid:
        raise Refused(_("It has no name (UID) to know it by the next time."))
    if str(component.get("STATUS", "")).upper() == "CANCELLED":
        return None
    if str(component.get("CLASS", "PUBLIC")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
        return None
    if "RECURRENCE-ID" in component:
        uid = f"{uid}/{_wall(component['RECURRENCE-ID'].dt):%Y%m%dT%H%M}"
    if len(uid) > UID:
        raise Refused(_("Its name (UID) is too long."))
    title = _line(component.get("SUMMARY"), TITLE)
    if not title:
        raise Refused(_("It has no title."))
    if "DTSTART" not in component:
        raise Refused(_("It does not say when it begins."))
    begin = component["DTSTART"].dt
    all_day = not isinstance(begin, datetime.datetime)
    starts, ends = _wall(begin), _end(component, begin)
    if ends < starts:
        raise Refused(_("It ends before it begins."))
    if ends - starts > LONGEST_EVENT:
        raise Refused(_("It lasts longer than four months at a time."))
    today = now.astimezone(OSLO).replace(tzinfo=None)
    times = _times(component, siblings, begin, today)
    last = max([starts, *map(datetime.datetime.fromisoformat, times["more_times"])])
    if times["rule"]:
        last = rules.days(starts, times["rule"])[-1]
    if last + (ends - starts) < today:
        return None
    latitude, longitude = _point(component)
    return Event(
        uid=uid,
        title=title,
        body=_body(component.get("DESCRIPTION")),
        starts=starts,
        ends=ends,
        all_day=all_day,
        place=_line(component.get("LOCATION"), PLACE),
        latitude=latitude,
        longitude=longitude,
        url=_url(component.get("URL")),
        **times,
    )


def _wall(moment: datetime.date) -> datetime.datetime:
    """As the clock in Norway shows it. A time without a zone is taken at its word."""
    if not isinstance(moment, datetime.datetime):
        return datetime.datetime.combine(moment, datetime.time())
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(OSLO).replace(tzinfo=None)


def _end(component: Any, begin: datetime.date) -> datetime.datetime:
    all_day = not isinstance(begin, datetime.datetime)
    if "DTEND" in component:
        end = component["DTEND"].dt
    elif "DURATION" in component:
        end = begin + component["DURATION"].dt
    else:
        return _wall(begin) + datetime.timedelta(hours=23, minutes=59) if all_day else _wall(begin)
    # The end of what lasts all day is the day after its last (3.6.1); here the last day itself.
    return max(_wall(begin), _wall(end) - datetime.timedelta(minutes=1)) if all_day else _wall(end)


# --- recurrence ------------------------------------------------------------------------------------


def _times(
    component: Any, siblings: list[Any], begin: datetime.date, today: datetime.datetime
) -> dict[str, Any]:
    """Rule, exceptions and further times, in the time of Norway."""
    rule = component.get("RRULE")
    if isinstance(rule, list):
        raise Refused(_("It recurs by more than one rule."))
    if "RECURRENCE-ID" in component or (rule is None and "RDATE" not in component):
        return {"rule": "", "exceptions": [], "more_times": []}
    missed = {_wall(moment).date() for moment in _moments(component.get("EXDATE"))}
    # What stands for a single time comes as an event of its own.
    missed |= {_wall(each["RECURRENCE-ID"].dt).date() for each in siblings}
    if rule is not None and not _beats_with_norway(begin):
        return {"rule": "", "exceptions": [], "more_times": _counted(component, siblings, begin, today)}
    written = _ended(rule.to_ical().decode(), begin, today) if rule is not None else ""
    try:
        if written:
            rules.days(_wall(begin), written)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    further = sorted(_wall(moment) for moment in _moments(component.get("RDATE")))
    return {
        "rule": written,
        "exceptions": sorted(day.isoformat() for day in missed),
        "more_times": [f"{moment:%Y-%m-%dT%H:%M}" for moment in further[: rules.MOST_TIMES]],
    }


def _moments(value: Any) -> list[datetime.date]:
    lists = value if isinstance(value, list) else [value] if value is not None else []
    # A period (RDATE;VALUE=PERIOD) begins with its moment.
    return [each.dt[0] if isinstance(each.dt, tuple) else each.dt for one in lists for each in one.dts]


def _beats_with_norway(begin: datetime.date) -> bool:
    """Whether its clock shows what ours does, in winter and in summer: else a weekly hour would wander."""
    if not isinstance(begin, datetime.datetime) or begin.tzinfo is None:
        return True
    moments = [datetime.datetime(begin.year, month, 15, 12, tzinfo=OSLO) for month in (1, 7)]
    return all(moment.replace(tzinfo=begin.tzinfo).utcoffset() == moment.utcoffset() for moment in moments)


def _ended(written: str, begin: datetime.date, today: datetime.datetime) -> str:
    """A rule that ends: those without an end go to the end of next year, and further at the next reading then."""
    parts = dict(part.partition("=")[::2] for part in written.split(";"))
    if "COUNT" in parts and "UNTIL" not in parts:
        return written
    latest = _wall(begin) + rules.LONGEST
    until = min(today.replace(year=today.year + 1, month=12, day=31), latest)
    if given := parts.pop("UNTIL", ""):
        until = min(_until(given), latest)
    parts["UNTIL"] = f"{until:%Y%m%d}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _until(given: str) -> datetime.datetime:
    moment = datetime.datetime.strptime(given[:15], "%Y%m%dT%H%M%S" if "T" in given else "%Y%m%d")  # noqa: DTZ007
    if given.endswith("Z"):
        return moment.replace(tzinfo=datetime.UTC).astimezone(OSLO).replace(tzinfo=None)
    return moment


def _counted(
    component: Any, siblings: list[Any], begin: datetime.date, today: datetime.datetime
) -> list[str]:
    """Each time of what recurs by another country's clock, counted out on ours."""
    own = icalendar.Calendar()
    for each in [component, *siblings]:
        own.add_component(each)
    until = today + AHEAD
    found = recurring_ical_events.of(own).between(_wall(begin), until)
    moved = {str(each["RECURRENCE-ID"].dt) for each in siblings}
    times = {
        _wall(each["DTSTART"].dt)
        for each in found[: 4 * rules.MOST_TIMES]
        if str(each["RECURRENCE-ID"].dt if "RECURRENCE-ID" in each else "") not in moved
    } - {_wall(begin)}
    if len(times) > rules.MOST_TIMES:
        raise Refused(_("It may happen %(most)s times at most.") % {"most": rules.MOST_TIMES})
    return [f"{moment:%Y-%m-%dT%H:%M}" for moment in sorted(times)]


# --- words -----------------------------------------------------------------------------------------


def _line(value: Any, most: int) -> str:
    """One line of plain words, whatever was put into it."""
    text = html.unescape(strip_tags(html.unescape(str(value or ""))))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most].strip()


def _body(value: Any) -> str:
    """Cleaned paragraphs; many calendars send HTML where the standard has plain text."""
    text = str(value or "").strip()[: 4 * BODY]
    if not re.search(r"</?[a-zA-Z][^>]*>", text):
        parts = re.split(r"(?:\r?\n[ \t]*){2,}", html.escape(text[:BODY], quote=False))
        text = "".join(f"<p>{'<br>'.join(part.splitlines())}</p>" for part in parts if part.strip())
    cleaned = RichTextField().get_prep_value(text) or ""
    if len(cleaned) > BODY:
        # Cut in the middle of a mark it would not be whole: as plain words then.
        cleaned = f"<p>{html.escape(_line(cleaned, BODY - 100), quote=False)[: BODY - 10]}</p>"
    return cleaned if strip_tags(cleaned).strip() else ""


def _url(value: Any) -> str:
    address = str(value or "").strip()
    try:
        URLValidator(schemes=["https", "http"])(address)
    except ValidationError:
        return ""
    return address if len(address) <= 500 else ""


def _point(component: Any) -> tuple[str, str]:
    """Empty where it lies outside Norway: `0;0` is what many write for nothing."""
    geo = component.get("GEO")
    if geo is None:
        return "", ""
    latitude, longitude = float(geo.latitude), float(geo.longitude)
    inside = 57 <= latitude <= 81 and 4 <= longitude <= 32
    return (f"{latitude:.5f}", f"{longitude:.5f}") if inside else ("", "")
