"""The landscape that signs pages and paper: layered ridges, each municipality its own."""

import math
import random

POINTS = 96  # A ridge is a line of so many points: fine enough for an A4 page and a wide screen.
# (swings along the ridge, share of the height): broad fells, then hills on them, then treetops.
SWINGS = ((2.2, 0.130), (5.5, 0.060), (14.0, 0.022), (36.0, 0.008))


def _noise(rng: random.Random, swings: float) -> list[float]:
    """Smooth values from -1 to 1, one a point, that turn about `swings` times."""
    knots = [rng.uniform(-1, 1) for _ in range(math.ceil(swings) + 3)]
    shift = rng.random()
    values = []
    for point in range(POINTS + 1):
        knot, share = divmod(point / POINTS * swings + shift, 1)
        ease = (1 - math.cos(share * math.pi)) / 2
        values.append(knots[int(knot)] * (1 - ease) + knots[int(knot) + 1] * ease)
    return values


def ridges(number: str, *, layers: int, width: int, height: int, step: int = 1) -> list[str]:
    """SVG path data of `layers` closed shapes for a box of `width` × `height`, the farthest first.

    Drawn from the municipality's number alone: the same on every page, screen and machine. Each
    shape reaches the bottom, so nearer ones are painted over those behind. A small picture does with
    every `step`th point, where `step` divides `POINTS`.
    """
    paths = []
    for layer in range(layers):
        rng = random.Random(f"{number}/{layer}")  # noqa: S311 - a drawing, no secret
        depth = (layer + 0.8) / (layers + 0.4)  # Where the ridge stands: 0 at the top, 1 at the bottom.
        calm = 1.1 - 0.7 * depth  # What is near is lower and smoother.
        line = [depth * height] * (POINTS + 1)
        for swings, share in SWINGS:
            for point, value in enumerate(_noise(rng, swings * (1 + 0.25 * layer / layers))):
                line[point] += value * share * calm * height
        points = " ".join(
            f"{point * width / POINTS:.1f},{min(max(y, 0), height):.1f}"
            for point, y in enumerate(line)
            if point % step == 0
        )
        paths.append(f"M0,{height} L{points} L{width},{height}Z")
    return paths
