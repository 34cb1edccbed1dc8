import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from municipalities.contacts.models import OpeningHours
from welcome.portal.opening import now_or_next, week

OSLO = ZoneInfo("Europe/Oslo")


def hours(*openings: tuple[int, str, str]) -> list[OpeningHours]:
    return [
        OpeningHours(
            weekday=weekday,
            opens=datetime.time.fromisoformat(opens),
            closes=datetime.time.fromisoformat(closes),
        )
        for weekday, opens, closes in openings
    ]


WEEKDAYS = hours(
    *[(day, "08:00", "11:30") for day in range(1, 6)], *[(day, "12:00", "15:30") for day in range(1, 6)]
)


def sentence(openings: list[OpeningHours], moment: str) -> str:
    at = datetime.datetime.fromisoformat(moment).replace(tzinfo=OSLO)
    found = now_or_next(openings, at)
    assert found is not None
    with translation.override("en"):
        return found.sentence


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23 07:59", "Closed now, opens today at 08:00"),  # A Monday.
        ("2026-11-23 08:00", "Open now, until 11:30"),
        ("2026-11-23 11:30", "Closed now, opens today at 12:00"),
        ("2026-11-23 15:29", "Open now, until 15:30"),
        ("2026-11-23 15:30", "Closed now, opens tomorrow at 08:00"),
        ("2026-11-27 18:00", "Closed now, opens Monday at 08:00"),
        ("2026-11-29 23:00", "Closed now, opens tomorrow at 08:00"),
    ],
)
def test_a_reader_is_told_whether_it_is_open_and_if_not_when(moment, said):
    assert sentence(WEEKDAYS, moment) == said


def test_a_place_open_one_day_a_week_opens_again_next_week():
    assert (
        sentence(hours((3, "10:00", "12:00")), "2026-11-25 13:00")
        == "Closed now, opens Wednesday 2 December at 10:00"
    )


def test_the_clock_is_norwegian_in_summer_too():
    at = datetime.datetime(2026, 7, 6, 6, 30, tzinfo=datetime.UTC)  # 08:30 in Oslo.
    found = now_or_next(WEEKDAYS, at)
    assert found is not None
    assert found.is_open


def test_without_hours_nothing_is_said():
    assert now_or_next([]) is None
    assert week([]) == []


def test_days_in_a_row_with_the_same_hours_are_one_line():
    openings = hours(
        (1, "08:00", "15:30"), (2, "08:00", "15:30"), (3, "08:00", "18:00"), (5, "08:00", "15:30")
    )
    with translation.override("en"):
        lines = [(days.name, days.times) for days in week(openings)]
    assert lines == [
        ("Monday–Tuesday", ["08:00–15:30"]),
        ("Wednesday", ["08:00–18:00"]),
        ("Friday", ["08:00–15:30"]),
    ]
