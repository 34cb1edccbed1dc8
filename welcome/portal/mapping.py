"""The municipalities as points on a drawing of our own: where their centres lie, roughly. No tiles, no script, and
nobody's map: the points are entered by those who run the portal.

Points that lie so near each other that a finger could not choose are moved apart.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from municipalities.municipality.models import Municipality

WIDTH = 360.0  # Units of the drawing; on a phone, pixels.
SIDE, EDGE = 54.0, 26.0  # Beside the outermost points there is room for a name.
APART = 24.0  # WCAG 2.2, 2.5.8.
LETTER, LINE = 5.9, 13.0  # About what a letter and a line take, in units.
MOST_NAMED = (
    40  # Of more, names would lie on each other: then a point has its name for who points at it only.
)
ROUNDS = 80

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """Written as SVG wants numbers: with a point, whatever the language of the page."""

    municipality: Municipality
    x: str
    y: str
    label_x: str
    label_y: str
    anchor: str  # Of the label; empty where there is no room for one.
    area_x: str
    area_y: str


@dataclass(frozen=True)
class Drawing:
    width: str
    height: str
    spots: list[Spot]


def draw(municipalities: Iterable[Municipality]) -> Drawing | None:
    """From the west to the east; None where fewer than two have a point."""
    known = [m for m in municipalities if m.latitude is not None and m.longitude is not None]
    if len(known) < 2:
        return None
    known.sort(key=lambda m: (m.longitude, m.number))
    points, height = _projected(known)
    taken: list[Box] = [_around(x, y) for x, y in points]
    spots = []
    for place, (x, y) in zip(known, points, strict=True):
        named = _label(place.name, x, y, height, taken) if len(known) <= MOST_NAMED else None
        label_x, label_y, anchor = named or (0.0, 0.0, "")
        spots.append(
            Spot(
                municipality=place,
                x=f"{x:.1f}",
                y=f"{y:.1f}",
                label_x=f"{label_x:.1f}",
                label_y=f"{label_y:.1f}",
                anchor=anchor,
                area_x=f"{x - APART / 2:.1f}",
                area_y=f"{y - APART / 2:.1f}",
            )
        )
    return Drawing(f"{WIDTH:.0f}", f"{height:.0f}", spots)


def _projected(known: list[Municipality]) -> tuple[list[tuple[float, float]], float]:
    latitudes = [float(m.latitude or 0) for m in known]
    squeezed = math.cos(math.radians(sum(latitudes) / len(latitudes)))
    across = [float(m.longitude or 0) * squeezed for m in known]
    wide = max(max(across) - min(across), 0.01)
    scale = (WIDTH - 2 * SIDE) / wide
    points = [
        (SIDE + (x - min(across)) * scale, EDGE + (max(latitudes) - y) * scale)
        for x, y in zip(across, latitudes, strict=True)
    ]
    height = max(EDGE * 2 + (max(latitudes) - min(latitudes)) * scale, 120.0)
    return _moved_apart(points, height), height


def _moved_apart(points: list[tuple[float, float]], height: float) -> list[tuple[float, float]]:
    spots = [list(point) for point in points]
    for _round in range(ROUNDS):
        moved = False
        for one in range(len(spots)):
            for other in range(one + 1, len(spots)):
                (x, y), (u, v) = spots[one], spots[other]
                distance = math.hypot(u - x, v - y)
                if distance >= APART:
                    continue
                # Two in the same place part along the diagonal.
                dx, dy = ((u - x) / distance, (v - y) / distance) if distance > 0.01 else (0.7, 0.7)
                push = (APART + 0.2 - distance) / 2
                spots[one], spots[other] = [x - dx * push, y - dy * push], [u + dx * push, v + dy * push]
                moved = True
        if not moved:
            break
    inside = APART / 2
    return [(min(max(x, inside), WIDTH - inside), min(max(y, inside), height - inside)) for x, y in spots]


def _around(x: float, y: float) -> Box:
    half = APART / 2
    return x - half, y - half, x + half, y + half


def _label(name: str, x: float, y: float, height: float, taken: list[Box]) -> tuple[float, float, str] | None:
    """Right of its point, left, below or above it, wherever nothing is yet."""
    long = len(name) * LETTER
    for anchor, at_x, at_y in (
        ("start", x + 9, y + 4),
        ("end", x - 9, y + 4),
        ("middle", x, y + 20),
        ("middle", x, y - 11),
        ("start", x + 7, y + 15),
        ("start", x + 7, y - 7),
        ("end", x - 7, y + 15),
        ("end", x - 7, y - 7),
    ):
        left = at_x - {"start": 0.0, "end": long, "middle": long / 2}[anchor]
        box = (left, at_y - LINE + 4, left + long, at_y + 4)
        own = _around(x, y)
        free = all(not _meet(box, other) for other in taken if other != own)
        if free and left >= 0 and left + long <= WIDTH and 0 <= box[1] and box[3] <= height:
            taken.append(box)
            return at_x, at_y, anchor
    return None


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
