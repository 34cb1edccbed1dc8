"""How far it is between places, as the crow flies: roads are longer, and the page says so.

A vacancy has a post code and no point. Where a post code lies is reckoned from the contact points that have it, so it
costs no service and no list of others; where there is none, the municipality's entered centre stands for it.
"""

import math
from collections.abc import Iterable
from typing import Any

from django.db.models import Avg

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality

Point = tuple[float, float]  # Latitude and longitude in degrees.
EARTH = 6371.0  # Its radius in kilometres.


def kilometres(one: Point, other: Point) -> float:
    """Along the great circle."""
    (lat, lon), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def point_of(row: Any) -> Point | None:
    """Of anything with a latitude and a longitude; both or neither, a constraint says so."""
    if row.latitude is None or row.longitude is None:
        return None
    return float(row.latitude), float(row.longitude)


def points_of_codes(municipalities: Iterable[int]) -> dict[str, Point]:
    """The middle of what is known in each post code; in one query."""
    rows = (
        ContactPoint.objects.filter(municipality__in=municipalities, latitude__isnull=False)
        .exclude(postal_code="")
        .order_by()
        .values("postal_code")
        .annotate(lat=Avg("latitude"), lon=Avg("longitude"))
    )
    return {row["postal_code"]: (float(row["lat"]), float(row["lon"])) for row in rows}


def around(here: Municipality, within: float) -> list[Municipality]:
    """`here` first, then those that are published and whose centre is that near, the nearest first."""
    middle = point_of(here)
    others = Municipality.objects.published().exclude(pk=here.pk) if middle else []
    found = []
    for other in others:
        there = point_of(other)
        if middle and there and (far := kilometres(middle, there)) <= within:
            found.append((far, other.pk, other))
    return [here, *(other for _far, _pk, other in sorted(found))]
