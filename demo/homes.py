"""Homes, plots and projects, as `homes.toml` tells of them, with pictures that are drawn here."""

import datetime
import io
import math
import tomllib
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from demo.places import FOLDER, Place, places
from housing.developments.models import Development, DevelopmentText, Unit, UnitChange
from housing.listings.models import (
    ConditionCheck,
    Listing,
    ListingPhoto,
    ListingSubmission,
    ListingText,
    OwnerKind,
    PriceChange,
    Standard,
)
from housing.plots.models import Plot, PlotText
from housing.shown.models import Availability
from municipalities.moderation.models import State
from municipalities.municipality.models import Municipality

_REVIEWED = datetime.date(2026, 10, 26)
_PLAIN = (
    "offer", "kind", "price", "deposit", "bedrooms", "area", "step_free", "parking", "energy", "owner_kind",
    "furnished", "includes_power", "includes_internet", "built_year", "land", "animals", "must_live_there",
)  # fmt: skip
_ALTS = {
    "flat": "Huset sett fra gata, med balkonger mot dalen",
    "house": "Huset med hagen foran og åsen bak",
}
WIDTH, HEIGHT = 1200, 800


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "homes.toml").read_text(encoding="utf-8"))


def add_homes(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number."""
    for number, place in enumerate(places()):
        municipality = municipalities[place.number]
        for order, entry in enumerate(_written()["home"]):
            _add_home(municipality, place, entry, number, order)
        for entry in _written()["plot"]:
            _add_plot(municipality, place, entry)
        _add_project(municipality, place, _written()["project"])
        if place.slug == "al":
            _add_waiting(municipality, place)


def _texts(entry: dict[str, Any], place: Place) -> list[dict[str, Any]]:
    found = []
    for language in place.languages:
        words = place.words(language)
        source = {} if language == place.home else {"source_language": place.home, "source_version": 1}
        found.append(
            {
                "language": language,
                "title": entry[language]["title"].format_map(words),
                "body": entry[language]["body"].format_map(words),
                "reviewed_on": _REVIEWED,
                **source,
            }
        )
    return found


def _at(municipality: Municipality, shift: int) -> dict[str, Any]:
    """About the municipality's centre, each a little beside the others."""
    if municipality.latitude is None or municipality.longitude is None:
        return {}
    turn = shift * 2.4
    return {
        "latitude": round(float(municipality.latitude) + 0.006 * math.sin(turn), 5),
        "longitude": round(float(municipality.longitude) + 0.012 * math.cos(turn), 5),
    }


def _add_home(
    municipality: Municipality, place: Place, entry: dict[str, Any], number: int, order: int
) -> None:
    now = timezone.now()
    hidden = entry.get("hidden", False)
    facts = {name: entry[name] for name in _PLAIN if name in entry}
    price = facts.pop("price", None)
    if price is not None:  # Not the same price in the whole county.
        price = round(price * (1 + (number % 7 - 3) * 0.03) / 100) * 100
        facts["price"] = price
    if "deposit" in facts:
        facts["deposit"] = price * 3
    listing = Listing.objects.create(
        municipality=municipality,
        state=State.PUBLISHED,
        published_at=now - datetime.timedelta(days=3 + order * 5),
        expires_on=timezone.localdate() + datetime.timedelta(days=70 - order * 5),
        street_address=entry["street"],
        postal_code=municipality.postal_code,
        postal_place=municipality.postal_place,
        village=place.facts["centre"],
        shows_address=not hidden,
        **_at(municipality, number + order * 3),
        **facts,
    )
    ListingText.objects.bulk_create(
        ListingText(municipality=municipality, listing=listing, **text) for text in _texts(entry, place)
    )
    if price is not None:
        PriceChange.objects.create(municipality=municipality, listing=listing, price=price, since=_REVIEWED)
    if entry.get("picture"):
        ListingPhoto.objects.create(
            municipality=municipality, listing=listing, alt=_ALTS[entry["key"]], width=WIDTH, height=HEIGHT,
            file=ContentFile(_drawn(municipality.accent, number + order), name="hus.jpg"),
        )  # fmt: skip
    if entry["owner_kind"] == OwnerKind.MUNICIPALITY:
        ConditionCheck.objects.create(
            municipality=municipality, listing=listing, checked_on=_REVIEWED, standard=Standard.GOOD,
            next_on=_REVIEWED + datetime.timedelta(days=730),
        )  # fmt: skip


def _add_plot(municipality: Municipality, place: Place, entry: dict[str, Any]) -> None:
    home = {name: words.format_map(place.words(place.home)) for name, words in entry[place.home].items()}
    ready = entry["ready"]
    plot = Plot.objects.create(
        municipality=municipality, name=f"{entry['name']}", field=home["field"], view=home["view"],
        area=entry["area"], price=entry["price"], connection=entry["connection"], has_road=ready,
        has_water=ready, has_power=ready, state=entry["state"], state_on=_REVIEWED, published=True,
        village=place.facts["centre"], **_at(municipality, int(entry["name"])),
    )  # fmt: skip
    PlotText.objects.bulk_create(
        PlotText(municipality=municipality, plot=plot, **text) for text in _texts(entry, place)
    )


def _add_project(municipality: Municipality, place: Place, entry: dict[str, Any]) -> None:
    name = entry[place.home]["name"].format_map(place.words(place.home))
    development = Development.objects.create(
        municipality=municipality, name=name, village=place.facts["centre"], published=True,
        ready_on=datetime.date(2026, 3, 1), **_at(municipality, 9),
    )  # fmt: skip
    DevelopmentText.objects.bulk_create(
        DevelopmentText(municipality=municipality, development=development, **text)
        for text in _texts(entry, place)
    )
    opened = datetime.date(2025, 12, 1)
    units, changes = [], []
    for number in range(entry["units"]):
        state = Availability.FREE if number < entry["free"] else Availability.TAKEN
        unit = Unit(
            municipality=municipality, development=development, name=f"H0{number // 4 + 1}0{number % 4 + 1}",
            bedrooms=2 + number % 2, area=58 + number % 4 * 9, floor=number // 4 + 1,
            price=2_400_000 + number * 90_000, state=state,
        )  # fmt: skip
        units.append(unit)
        changes.append((unit, Availability.FREE, opened))
        if state == Availability.TAKEN:
            changes.append((unit, state, opened + datetime.timedelta(days=25 * number)))
    Unit.objects.bulk_create(units)
    UnitChange.objects.bulk_create(
        UnitChange(municipality=municipality, unit=unit, state=state, since=since)
        for unit, state, since in changes
    )


def _add_waiting(municipality: Municipality, place: Place) -> None:
    """One that its owner has sent in, for staff to decide about."""
    listing = Listing.objects.create(
        municipality=municipality, state=State.WAITING, waiting_since=timezone.now(), offer="rent", kind="flat",
        owner_kind=OwnerKind.PRIVATE, price=8700, bedrooms=1, area=48, street_address="Torpovegen 4",
        postal_code="3579", postal_place="Torpo", village="Torpo", from_owner=True, pets=True,
    )  # fmt: skip
    ListingText.objects.create(
        municipality=municipality, listing=listing, language=place.home, title="Loftshusvære i Torpo",
        body="<p>Eit soverom, romsleg kjøken og hund er heilt greitt. Bussen stoppar ved vegen.</p>",
    )  # fmt: skip
    ListingSubmission.objects.create(
        municipality=municipality, listing=listing, name="Torill Sandbakken", language=place.home,
        email="torill@sandbakken.example", confirmed_at=timezone.now(),
    )  # fmt: skip


def _drawn(accent: str, seed: int) -> bytes:
    """A house below hills, in the municipality's colour: JPEG."""
    red, green, blue = (int(accent[place : place + 2], 16) for place in (1, 3, 5))

    def shade(share: float) -> tuple[int, ...]:
        return tuple(round(255 - (255 - part) * share) for part in (red, green, blue))

    picture = Image.new("RGB", (WIDTH, HEIGHT), shade(0.12))
    pen = ImageDraw.Draw(picture)
    for layer, (height, share) in enumerate(((300, 0.3), (380, 0.5), (480, 0.75))):
        line = [
            (x, height + 70 * math.sin(x / (170 + 40 * layer) + seed + layer) + 24 * math.sin(x / 61 + seed))
            for x in range(0, WIDTH + 20, 20)
        ]
        pen.polygon([*line, (WIDTH, HEIGHT), (0, HEIGHT)], fill=shade(share))
    left, top, wide, tall = 380 + seed * 37 % 200, 430, 380, 220
    pen.polygon([(left - 30, top), (left + wide / 2, top - 150), (left + wide + 30, top)], fill=(52, 58, 62))
    pen.rectangle([left, top, left + wide, top + tall], fill=(246, 242, 234))
    for column in range(3):
        x = left + 40 + column * 115
        pen.rectangle([x, top + 50, x + 70, top + 130], fill=(255, 214, 138), outline=(120, 110, 96), width=5)
    pen.rectangle([0, top + tall, WIDTH, HEIGHT], fill=shade(0.9))
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=82)
    return drawn.getvalue()
