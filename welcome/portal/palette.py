"""A municipality's accent colour as the colours of its pages, by day and by night.

Whatever carries text is computed here, so that it can be read on every accent a municipality may
choose: WCAG 2.2, 1.4.3 asks for 4.5 between text and what is behind it, 1.4.11 for 3 around fields.
"""

import colorsys
from collections.abc import Mapping
from functools import lru_cache

from municipalities.municipality.colour import WHITE, contrast, mix

BLACK = "#000000"
TEXT = 4.5
OUTLINE = 3.0
RIDGES_BY_DAY = ((WHITE, 0.80), (WHITE, 0.62), (WHITE, 0.43), (WHITE, 0.21), (BLACK, 0.02), (BLACK, 0.32))
NIGHT = "#0b1316"
RIDGES_BY_NIGHT = tuple((NIGHT, share) for share in (0.74, 0.79, 0.84, 0.89, 0.93, 0.97))


def readable(colour: str, *, on: str, least: float, towards: str) -> str:
    """`colour`, moved `towards` black or white only as far as it takes to reach the contrast `least`."""
    for step in range(21):
        shade = mix(colour, towards, step / 20)
        if contrast(shade, on) >= least:
            return shade
    return towards


def luminous(colour: str, *, on: str, least: float) -> str:
    """The hue of `colour` as it glows by night: mixing with white would turn it grey."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    saturation = 0.0 if saturation < 0.05 else min(max(saturation, 0.3), 0.42)
    for percent in range(60, 101):
        channels = colorsys.hls_to_rgb(hue, percent / 100, saturation)
        shade = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
        if contrast(shade, on) >= least:
            return shade
    return WHITE


def _by_day(accent: str) -> dict[str, str]:
    tint = mix(accent, WHITE, 0.91)
    fill = readable(accent, on=WHITE, least=TEXT, towards=BLACK)
    # From the fill: a pale accent, mixed with black, is still too pale to write white on.
    deep = mix(fill, "#0a1416", 0.55)
    return {
        "ground": "#fbfaf7",
        "surface": WHITE,
        "tint": tint,
        "tint-2": mix(accent, WHITE, 0.84),
        "ink": mix(accent, "#0d1517", 0.78),
        "quiet": readable(mix(accent, "#56625f", 0.8), on=tint, least=TEXT + 0.6, towards=BLACK),
        "line": mix(accent, "#e6e4df", 0.93),
        "outline": readable(mix(accent, "#7b8583", 0.7), on="#fbfaf7", least=OUTLINE + 0.4, towards=BLACK),
        "accent": readable(accent, on=tint, least=TEXT + 0.3, towards=BLACK),
        "fill": fill,
        "fill-2": mix(fill, BLACK, 0.16),
        "fill-3": mix(fill, BLACK, 0.3),
        "on-fill": WHITE,
        "deep": deep,
        "on-deep": readable(mix(accent, WHITE, 0.92), on=deep, least=TEXT, towards=WHITE),
    }


def _by_night(accent: str) -> dict[str, str]:
    tint = mix("#1a2529", accent, 0.16)
    light = luminous(accent, on=tint, least=7.5)
    return {
        "ground": mix("#0c1214", accent, 0.04),
        "surface": mix("#131b1e", accent, 0.08),
        "tint": tint,
        "tint-2": mix("#223034", accent, 0.2),
        "ink": mix(WHITE, accent, 0.05),
        "quiet": readable(mix("#9fadad", accent, 0.08), on=tint, least=TEXT + 0.6, towards=WHITE),
        "line": mix("#263236", accent, 0.12),
        "outline": readable(mix("#78888a", accent, 0.1), on=tint, least=OUTLINE + 0.4, towards=WHITE),
        "accent": light,
        "fill": light,
        "fill-2": mix(light, WHITE, 0.22),
        "fill-3": mix(light, WHITE, 0.4),
        "on-fill": mix("#0c1214", accent, 0.04),
        "deep": mix("#070b0c", accent, 0.05),
        "on-deep": mix(WHITE, accent, 0.08),
    }


def _landscape(accent: str, *, night: bool) -> dict[str, str]:
    shades = RIDGES_BY_NIGHT if night else RIDGES_BY_DAY
    ground = luminous(accent, on=NIGHT, least=6) if night else accent
    colours = {f"ridge-{n}": mix(ground, other, share) for n, (other, share) in enumerate(shades, 1)}
    sky = mix(NIGHT, accent, 0.42) if night else mix(accent, "#f2f7f8", 0.84)
    return colours | {"sky": sky, "horizon": mix(NIGHT, accent, 0.08) if night else "#f0ebe3"}


def _design_system(shades: Mapping[str, str]) -> dict[str, str]:
    """The design system's own tokens in the municipality's colours; its theme lies in a layer below."""
    accent = {
        "background-default": "ground",
        "background-tinted": "tint",
        "surface-default": "surface",
        "surface-tinted": "tint",
        "surface-hover": "tint-2",
        "surface-active": "tint-2",
        "border-subtle": "line",
        "border-default": "outline",
        "border-strong": "accent",
        "text-subtle": "accent",
        "text-default": "ink",
        "base-default": "fill",
        "base-hover": "fill-2",
        "base-active": "fill-3",
        "base-contrast-default": "on-fill",
        "base-contrast-subtle": "on-fill",
    }
    neutral = {name: shade for name, shade in accent.items() if not name.startswith("base")}
    neutral |= {"text-subtle": "quiet", "border-strong": "outline"}
    tokens = {f"ds-color-accent-{name}": shades[shade] for name, shade in accent.items()}
    tokens |= {f"ds-color-neutral-{name}": shades[shade] for name, shade in neutral.items()}
    return tokens | {"ds-color-focus-inner": shades["ground"], "ds-color-focus-outer": shades["ink"]}


def _rule(selector: str, tokens: Mapping[str, str]) -> str:
    return selector + "{" + "".join(f"--{name}:{value};" for name, value in tokens.items()) + "}"


def _in_both(selector: str, day: Mapping[str, str], night: Mapping[str, str]) -> str:
    return f"{_rule(selector, day)}@media(prefers-color-scheme:dark){{{_rule(selector, night)}}}"


@lru_cache(maxsize=512)
def page_css(accent: str) -> str:
    """Custom properties for a whole page in the colours of `accent` (`#rrggbb`)."""
    day, night = _by_day(accent), _by_night(accent)
    return _in_both(
        ":root",
        day | _landscape(accent, night=False) | _design_system(day),
        night | _landscape(accent, night=True) | _design_system(night),
    )


@lru_cache(maxsize=512)
def tile_css(number: str, accent: str) -> str:
    """Custom properties for the small landscape of one municipality among others."""
    kept = ("fill", "on-fill")
    day = _landscape(accent, night=False) | {name: _by_day(accent)[name] for name in kept}
    night = _landscape(accent, night=True) | {name: _by_night(accent)[name] for name in kept}
    glow = luminous(accent, on=NIGHT, least=6)  # A small picture in the dark needs more light to be seen.
    night |= {f"ridge-{n}": mix(glow, NIGHT, share) for n, share in ((2, 0.56), (4, 0.68), (5, 0.8))}
    shown = ("sky", "ridge-2", "ridge-4", "ridge-5", *kept)
    return _in_both(f".m{number}", {name: day[name] for name in shown}, {name: night[name] for name in shown})
