"""Hosts and whom they have, gifts, welcome meetings and who comes, as `receiving.toml` tells of them."""

import datetime
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import timezone

from demo.people import LAST
from demo.places import FOLDER, Place, places
from municipalities.municipality.models import Municipality
from welcome.hosts.following import HostContact
from welcome.hosts.kinds import ContactKind
from welcome.hosts.models import AssignmentState, Host, HostAssignment
from welcome.households.models import Household
from welcome.meetings import programme
from welcome.meetings.attendance import Attendance
from welcome.meetings.models import MeetingText, SignUp, SignUpState, WelcomeMeeting
from welcome.packages.models import Gift, GiftText

_FROM = datetime.date(2026, 1, 1)
_SINCE = datetime.date(2026, 10, 1)
_CONTACTS = [(ContactKind.MET, 60), (ContactKind.PHONE, 15), (ContactKind.MET, 120)]
_REVIEWED = datetime.date(2026, 9, 21)
_NEEDS = ("", "Nøtteallergi", "", "Vi har barnevogn", "", "")


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "receiving.toml").read_text(encoding="utf-8"))


def add_receiving(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number; their people are there already."""
    for place in places():
        municipality = municipalities[place.number]
        _add_gifts(municipality, place)
        _add_hosts(municipality, place)
        for meeting in _written()["meetings"]:
            if meeting["slug"] == place.slug:
                _add_meeting(municipality, place, meeting)


def _texts(entry: dict[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    for language in place.languages:
        words = place.words(language)
        source = {} if language == place.home else {"source_language": place.home, "source_version": 1}
        yield {
            "language": language,
            "title": entry[language]["title"].format_map(words),
            "brief": entry[language]["brief"].format_map(words),
            "reviewed_on": _REVIEWED,
            "changed_at": _at(_REVIEWED, 12),
            **source,
        }


def _add_gifts(municipality: Municipality, place: Place) -> None:
    for entry in _written()["gift"]:
        if place.slug not in entry.get("only", [place.slug]):
            continue
        rules = {key: entry[key] for key in ("rule", "most", "age_from", "age_to", "order") if key in entry}
        giver = entry["giver"].format_map(place.words(place.home))
        gift = Gift.objects.create(
            municipality=municipality, giver=giver[:1].upper() + giver[1:], valid_from=_FROM, **rules
        )
        GiftText.objects.bulk_create(
            GiftText(municipality=municipality, gift=gift, **text) for text in _texts(entry, place)
        )


def _add_hosts(municipality: Municipality, place: Place) -> None:
    made = []
    for index, entry in enumerate(entry for entry in _written()["hosts"] if entry["slug"] == place.slug):
        made.append(
            Host.objects.create(
                municipality=municipality,
                name=entry["name"],
                phone=f"+473199{place.number[2:]}{60 + index}",
                email=f"vert{index + 1}@{place.slug}.example",
                languages=entry["languages"],
                place=entry["place"],
                interests=entry.get("interests", ""),
                about=entry["about"],
                story=entry.get("story", ""),
                moved_for=entry.get("moved_for", ""),
                children=entry.get("children", []),
                about_language=entry.get("about_language", "nn"),
                capacity=entry["capacity"],
                active=entry.get("active", True),
                named_since=_FROM if entry.get("named", True) else None,
            )
        )
    _assign(municipality, [host for host in made if host.active])


def _assign(municipality: Municipality, hosts: list[Host]) -> None:
    """Each takes one household less than they could, of those who came last: the next one still finds room. One in
    five has not answered yet; of the others the first have been in touch."""
    homes = (
        Household.objects.of(municipality).living().open_to_all().arrived_in(LAST).order_by("moved_in", "pk")
    )
    rooms = [(host, turn) for turn in range(1, 4) for host in hosts if turn < host.capacity]
    made = HostAssignment.objects.bulk_create(
        _given(home, host, turn, answered=number % 5 != 4)
        for number, (home, (host, turn)) in enumerate(zip(homes, rooms, strict=False))
    )
    agreed = [(row, row.first_contact_at) for row in made if row.first_contact_at]
    HostContact.objects.bulk_create(
        HostContact(municipality=municipality, assignment=row, kind=kind, minutes=minutes, at=at)
        for (row, at), (kind, minutes) in zip(agreed, _CONTACTS * len(agreed), strict=False)
    )


def _given(home: Household, host: Host, turn: int, *, answered: bool) -> HostAssignment:
    row = HostAssignment(municipality=host.municipality, household=home, host=host, slot=turn, since=_SINCE)
    if not answered:
        row.answer_by = _SINCE + datetime.timedelta(days=70)
        row.household_said_at = _at(_SINCE, 19)
        return row
    row.state = AssignmentState.AGREED
    row.household_said_at = row.host_said_at = row.agreed_at = _at(_SINCE + datetime.timedelta(days=2), 18)
    row.first_contact_by = _SINCE + datetime.timedelta(days=16)
    row.ends_on = _SINCE + datetime.timedelta(days=368)
    if turn == 1:
        row.first_contact_at = _at(_SINCE + datetime.timedelta(days=4), 17)
    else:
        row.first_contact_by = _SINCE + datetime.timedelta(days=80)
    return row


def _add_meeting(municipality: Municipality, place: Place, entry: dict[str, Any]) -> None:
    meeting = WelcomeMeeting.objects.create(
        municipality=municipality,
        starts_at=_at(entry["day"], 18),
        ends_at=_at(entry["day"], 20),
        deadline=_at(entry["day"] - datetime.timedelta(days=2), 12),
        place=entry["place"],
        address=entry["address"],
        capacity=entry["seats"],
        spoken=["nb", "en"],
        interpreted=["uk"],
        child_care=True,
        food=True,
        published=True,
    )
    programme.start_from_standard(meeting=meeting, by=None)
    MeetingText.objects.bulk_create(
        MeetingText(municipality=municipality, meeting=meeting, **text)
        for text in _texts(_written()["meeting"], place)
    )
    if place.slug == "al":
        _sign_up(meeting)


def _sign_up(meeting: WelcomeMeeting) -> None:
    """Those who came in the quarter before the last; the last one's letters are not sent yet."""
    homes = Household.objects.of(meeting.municipality).living().open_to_all().arrived_in(LAST.previous)
    day = timezone.localdate(meeting.starts_at)
    rows = []
    for number, home in enumerate(homes.with_people().order_by("moved_in", "pk")[:6]):
        people = list(home.people.all())
        ages = [person.age_on(day) or 0 for person in people if not person.is_adult_on(day)]
        adults = len(people) - len(ages)
        rows.append(
            SignUp(
                municipality=meeting.municipality, meeting=meeting, household=home, language=home.language,
                adults=adults, children=ages, seats=adults + len(ages), needs=_NEEDS[number],
                state=SignUpState.COMING, asked_at=_at(day - datetime.timedelta(days=20 - number), 19),
            )
        )  # fmt: skip
    SignUp.objects.bulk_create(rows)
    if meeting.ends_at < timezone.now():
        # All but one, as it is.
        Attendance.objects.bulk_create(
            Attendance(
                municipality=meeting.municipality, meeting=meeting, sign_up=row, adults=row.adults,
                children=len(row.children), noted_at=meeting.starts_at,
            )
            for row in rows[1:]
        )  # fmt: skip


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_default_timezone())
