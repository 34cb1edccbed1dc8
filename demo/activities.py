"""Clubs and what they do, as `activities.toml` tells of them."""

import datetime
import tomllib
import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import timezone

from demo.places import FOLDER, Place, places
from municipalities.activities import rules, timing
from municipalities.activities.feed_models import CalendarFeed, FeedFetch, Outcome
from municipalities.activities.models import Activity, ActivityText, Occurrence, State, Submission
from municipalities.activities.repeating import rule_for
from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation, OrganisationText

_REVIEWED = datetime.date(2026, 9, 21)
_UNTIL = datetime.date(2027, 6, 15)
# When nobody meets: Christmas and Easter.
_PAUSES = [
    (datetime.date(2026, 12, 19), datetime.date(2027, 1, 3)),
    (datetime.date(2027, 3, 20), datetime.date(2027, 3, 29)),
]
_NAMES = uuid.UUID("8a4c1a0e-5d0b-4b52-9d0e-0d3f6c1b7a11")


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "activities.toml").read_text(encoding="utf-8"))


def add_activities(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number; their contact points are there already."""
    for place in places():
        municipality = municipalities[place.number]
        contacts = {contact.name: contact for contact in ContactPoint.objects.of(municipality)}
        made = {
            entry["key"]: _organisation(municipality, place, entry, contacts)
            for entry in _written()["organisation"]
        }
        rows = [
            _activity(municipality, place, entry, made[entry["by"]], contacts)
            for entry in _written()["activity"]
        ]
        _save(rows)
        ActivityText.objects.bulk_create(
            ActivityText(municipality=municipality, activity=activity, **text)
            for activity, entry in zip(rows, _written()["activity"], strict=True)
            for text in _texts(entry, place, "title")
        )
        for entry in _written()["waiting"]:
            if entry["slug"] == place.slug:
                _add_waiting(municipality, place, entry)
        if place.slug == "al":
            _add_feed(municipality, made["choir"])


def _words(place: Place, language: str) -> dict[str, str]:
    hall = {"nb": "Gymsalen på {school}", "nn": "Gymsalen på {school}", "en": "The gym at {school}"}[language]
    return place.words(language) | {"gym": hall.format(school=place.facts["schools"][0])}


def _texts(entry: dict[str, Any], place: Place, title: str) -> Iterator[dict[str, Any]]:
    for language in place.languages:
        words = _words(place, language)
        source = {} if language == place.home else {"source_language": place.home, "source_version": 1}
        yield {
            "language": language,
            "title": entry[language][title].format_map(words),
            "body": entry[language]["body"].format_map(words),
            "reviewed_on": _REVIEWED,
            "changed_at": _at(_REVIEWED, datetime.time(12)),
            **source,
        }


def _organisation(
    municipality: Municipality, place: Place, entry: dict[str, Any], contacts: dict[str, ContactPoint]
) -> Organisation:
    words = _words(place, place.home)
    slug = entry["slug"]
    made = Organisation.objects.create(
        municipality=municipality,
        name=entry[place.home]["name"].format_map(words),
        slug=slug,
        kind=entry["kind"],
        contact=contacts.get(entry.get("contact", "").format_map(words)),
        website=f"https://{slug}.{place.slug}.example" if entry["kind"] != "office" else "",
        email=f"{slug}@{place.slug}.example",
        anchored=entry.get("anchored", False),
        trusted=slug == "biblioteket",
    )
    OrganisationText.objects.bulk_create(
        OrganisationText(municipality=municipality, organisation=made, **text)
        for text in _texts(entry, place, "name")
    )
    return made


def _activity(
    municipality: Municipality,
    place: Place,
    entry: dict[str, Any],
    by: Organisation,
    contacts: dict[str, ContactPoint],
) -> Activity:
    words = _words(place, place.home)
    contact = contacts.get(entry.get("contact", "").format_map(words))
    made = _timed(municipality, entry)
    made.uid = str(uuid.uuid5(_NAMES, f"{place.number} {entry['key']}"))
    made.state, made.published_at = State.PUBLISHED, _at(entry.get("published", _REVIEWED), datetime.time(12))
    made.theme, made.organisation, made.contact = entry["theme"], by, contact
    made.place = "" if contact else entry.get("place", "").format_map(words)
    made.price, made.age_from, made.age_to = (entry.get(name) for name in ("price", "age_from", "age_to"))
    return made


def _timed(municipality: Municipality, entry: dict[str, Any]) -> Activity:
    first, made_at = entry["first"], _at(_REVIEWED, datetime.time(12))
    rule = rule_for(entry["repeats"], first, _UNTIL) if "repeats" in entry else ""
    begins, ends = entry.get("begins", datetime.time()), entry.get("ends", datetime.time(23, 59))
    days = [each.date() for each in rules.days(datetime.datetime.combine(first, begins), rule)]
    return Activity(
        municipality=municipality,
        starts_at=_at(first, begins),
        ends_at=_at(first, ends),
        all_day="begins" not in entry,
        rule=rule,
        exceptions=[
            day.isoformat() for day in days if any(start <= day <= end for start, end in _PAUSES) and rule
        ],
        created_at=made_at,
        changed_at=made_at,
        version=1,
    )


def _save(rows: list[Activity]) -> None:
    times = [timing.reckon(activity) for activity in rows]
    Activity.objects.bulk_create(rows)
    Occurrence.objects.bulk_create(
        Occurrence(
            municipality=activity.municipality,
            activity=activity,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
        )
        for activity, its in zip(rows, times, strict=True)
        for time in its
    )


def _add_waiting(municipality: Municipality, place: Place, entry: dict[str, Any]) -> None:
    sent = _at(datetime.date(2026, 11, 21), datetime.time(20, 15))
    made = _timed(municipality, entry)
    made.uid = str(uuid.uuid5(_NAMES, f"{place.number} {entry['title']}"))
    made.state, made.waiting_since, made.theme = State.WAITING, sent, entry["theme"]
    made.place, made.arranger, made.price = entry["place"], entry["arranger"], 0
    _save([made])
    ActivityText.objects.create(
        municipality=municipality,
        activity=made,
        language=entry["language"],
        title=entry["title"],
        body=entry["body"],
        reviewed_on=sent.date(),
        changed_at=sent,
    )
    Submission.objects.create(
        municipality=municipality,
        activity=made,
        name=entry["name"],
        email=entry["email"],
        language=entry["language"],
        sent_at=sent,
        confirmed_at=sent + datetime.timedelta(minutes=4),
    )


def _add_feed(municipality: Municipality, choir: Organisation) -> None:
    """One that is read no more, since nobody answers at an invented address."""
    read = _at(datetime.date(2026, 11, 20), datetime.time(3, 50))
    feed = CalendarFeed.objects.create(
        municipality=municipality,
        organisation=choir,
        address="https://samklang.al.example/kalender.ics",
        theme="music",
        active=False,
    )
    FeedFetch.objects.create(
        municipality=municipality,
        feed=feed,
        asked_at=read,
        begun_at=read,
        finished_at=read,
        outcome=Outcome.READ,
        refused=[["Styremøte", "Den har ikke noe navn (UID) å kjennes igjen på neste gang."]],
    )


def _at(day: datetime.date, clock: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
