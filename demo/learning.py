"""Kindergartens and schools: the municipality's own schools by name, with places and zones that are made up."""

import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils import timezone

from demo.places import FOLDER, Place, places
from municipalities.contacts.models import ContactPoint
from municipalities.learning.models import Capacity, Kind, LearningPlace, LearningPlaceText
from municipalities.municipality.models import Municipality

_REVIEWED = datetime.date(2026, 10, 12)
_COUNTED = datetime.date(2026, 11, 2)
_MAIN_INTAKE = datetime.date(2027, 3, 1)


@dataclass(frozen=True)
class _Spot:
    """`row` is which of the kind's texts it has."""

    kind: Kind
    name: str
    row: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


@cache
def _written() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((FOLDER / "learning.toml").read_text(encoding="utf-8"))


def add_learning(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number; their contact points are there already."""
    rows: list[LearningPlace] = []
    texts: list[LearningPlaceText] = []
    for place in places():
        municipality = municipalities[place.number]
        known = {contact.name: contact for contact in ContactPoint.objects.of(municipality)}
        for order, spot in enumerate(_spots(place)):
            contact = known.get(spot.name)
            if contact is None:
                contact = _contact(municipality, place, spot, 13 + len(known) % 80)
                known[spot.name] = contact
            made = LearningPlace(
                municipality=municipality, contact=contact, kind=spot.kind, order=order * 10, **spot.facts
            )
            rows.append(made)
            texts += _texts(made, place, spot)
    LearningPlace.objects.bulk_create(rows)
    LearningPlaceText.objects.bulk_create(texts)


def _spots(place: Place) -> Iterator[_Spot]:
    names = [*place.facts["schools"]]
    site = f"https://{place.slug}.kommune.example"
    gardens = dict.fromkeys([_first(place.facts["centre"]), *(_first(name) for name in names[1:3])])
    free = _shared(place.facts["kindergarten_places"], len(gardens))
    for number, (name, its) in enumerate(zip(gardens, free, strict=True)):
        capacity = Capacity.FREE if its > 3 else Capacity.FEW if its else Capacity.WAITING
        facts = {
            "lowest": 1,
            "highest": 5,
            "capacity": capacity,
            "free_places": its,
            "capacity_on": _COUNTED,
            "apply_url": f"{site}/barnehage",
            "apply_until": _MAIN_INTAKE,
        }
        yield _Spot(Kind.KINDERGARTEN, f"{name} barnehage", number, facts)
    divided = any("ungdom" in name for name in names)
    zones = _zones(place, names)
    for number, name in enumerate(names):
        grades = (8, 10) if "ungdom" in name else (1, 7 if divided else 10)
        facts = {"lowest": grades[0], "highest": grades[1], "apply_url": f"{site}/skole", "zone": zones[name]}
        yield _Spot(Kind.SCHOOL, name, number, facts)
    for name in [name for name in names if "ungdom" not in name][:2]:
        facts = {
            "lowest": 1,
            "highest": 4,
            "capacity": Capacity.FREE,
            "capacity_on": _COUNTED,
            "apply_url": f"{site}/sfo",
        }
        yield _Spot(Kind.AFTER_SCHOOL, f"SFO ved {name}", 0, facts)
    yield _Spot(
        Kind.UPPER, place.facts["upper"], 0, {"apply_url": "https://www.vigo.no", "apply_until": _MAIN_INTAKE}
    )


def _first(name: str) -> str:
    """`Torpo` of `Torpo skule`, `Ål`, `Flå` of `Flå sentrum`."""
    return name.partition(" ")[0]


def _shared(number: int, among: int) -> list[int]:
    """As whole places, the first with most; the last with none, so that a waiting list is seen."""
    if among == 1:
        return [number]
    rest = number // (2 * max(among - 2, 1)) if among > 2 else 0
    return [number - rest * (among - 2), *[rest] * (among - 2), 0]


def _zones(place: Place, names: list[str]) -> dict[str, str]:
    """A street or a post place with a school's name is in its zone; all others are in that of the first."""
    lines: dict[str, list[str]] = {name: [] for name in names}
    entries = [(code, where) for code, where in place.facts["areas"]]
    for text, its_name in [*entries, *((street, street) for street in place.facts["streets"])]:
        owner = next((name for name in names if its_name.startswith(_first(name))), names[0])
        lines[owner].append(text)
    older = [name for name in names if "ungdom" in name]
    everything = [text for texts in lines.values() for text in texts]
    return {name: "\n".join(dict.fromkeys(everything if name in older else lines[name])) for name in names}


def _contact(municipality: Municipality, place: Place, spot: _Spot, line: int) -> ContactPoint:
    where = next(
        ((code, name) for code, name in place.facts["areas"] if name == _first(spot.name)),
        tuple(place.facts["areas"][0]),
    )
    return ContactPoint.objects.create(
        municipality=municipality,
        name=spot.name,
        phone=f"{place.numbers}{line:02}",
        website="https://www.vigo.no" if spot.kind == Kind.UPPER else "",
        postal_code="" if spot.kind == Kind.UPPER else where[0],
        postal_place="" if spot.kind == Kind.UPPER else where[1],
    )


def _texts(made: LearningPlace, place: Place, spot: _Spot) -> Iterator[LearningPlaceText]:
    for language in place.languages:
        words = _written()[spot.kind][language]
        source = {} if language == place.home else {"source_language": place.home, "source_version": 1}
        yield LearningPlaceText(
            municipality=made.municipality,
            place=made,
            language=language,
            brief=words[spot.row % len(words)].format_map(place.words(language)),
            reviewed_on=_REVIEWED,
            changed_at=datetime.datetime.combine(
                _REVIEWED, datetime.time(12), tzinfo=timezone.get_default_timezone()
            ),
            **source,
        )
