import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from municipalities.municipality.colour import WHITE, contrast
from welcome.portal import palette

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)

# What carries text, and what it stands on.
PAIRS = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "tint"),
    ("ink", "tint-2"),
    ("quiet", "ground"),
    ("quiet", "surface"),
    ("quiet", "tint"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("accent", "tint"),
    ("on-fill", "fill"),
    ("on-fill", "fill-2"),
    ("on-fill", "fill-3"),
    ("on-deep", "deep"),
]


def schemes(css: str) -> list[dict[str, str]]:
    day, night = css.split("@media(prefers-color-scheme:dark)")
    return [dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", part)) for part in (day, night)]


@given(COLOURS)
def test_all_text_can_be_read_on_any_accent_by_day_and_by_night(accent):
    for scheme in schemes(palette.page_css(accent)):
        for text, ground in PAIRS:
            found = contrast(scheme[text], scheme[ground])
            assert found >= 4.5, f"{text} on {ground} of {accent}: {found:.2f}"
        assert contrast(scheme["outline"], scheme["surface"]) >= 3
        # The heading stands on the sky, from its top to the horizon.
        assert contrast(scheme["ink"], scheme["sky"]) >= 4.5
        assert contrast(scheme["ink"], scheme["horizon"]) >= 4.5


@given(COLOURS)
def test_a_tile_s_shield_can_be_read(accent):
    for scheme in schemes(palette.tile_css("3328", accent)):
        assert contrast(scheme["fill"], scheme["on-fill"]) >= 4.5


def test_an_accent_that_is_dark_enough_stays_what_it_is():
    day, _night = schemes(palette.page_css("#1f5b5e"))
    assert day["fill"] == "#1f5b5e"


@pytest.mark.parametrize("accent", ["#1f5b5e", "#7a1f2b", "#33597a"])
def test_by_night_the_accent_keeps_its_hue(accent):
    _day, night = schemes(palette.page_css(accent))
    strongest = max(range(1, 7, 2), key=lambda at: int(accent[at : at + 2], 16))
    channels = [int(night["accent"][at : at + 2], 16) for at in range(1, 7, 2)]
    assert max(channels) == channels[(strongest - 1) // 2]
    assert night["accent"] != WHITE
