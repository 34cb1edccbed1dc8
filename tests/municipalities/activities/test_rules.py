"""When something recurs, to the day, over the change of the clock, and never without an end."""

import datetime
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from municipalities.activities import rules, timing
from municipalities.activities.models import Activity
from municipalities.activities.repeating import Repeats, chosen, rule_for
from welcome.portal.activity_reading import in_words

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

TUESDAY = datetime.datetime(2026, 10, 20, 18)  # noqa: DTZ001 - on the wall


def test_weekly_over_the_change_of_the_clock_is_at_the_same_hour():
    activity = Activity(
        starts_at=timezone.make_aware(TUESDAY),
        ends_at=timezone.make_aware(TUESDAY + datetime.timedelta(hours=2)),
        rule="FREQ=WEEKLY;BYDAY=TU;COUNT=3",
    )
    times = timing.times(activity)
    assert [timezone.localtime(begin).hour for begin, _end in times] == [18, 18, 18]
    assert [begin.astimezone(datetime.UTC).hour for begin, _end in times] == [16, 17, 17]
    assert [end - begin for begin, end in times] == [datetime.timedelta(hours=2)] * 3


def test_a_night_without_its_hour_ends_no_earlier_than_it_begins():
    lost = datetime.datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001
    activity = Activity(
        starts_at=timezone.make_aware(lost - datetime.timedelta(days=1)),
        ends_at=timezone.make_aware(lost - datetime.timedelta(days=1) + datetime.timedelta(minutes=45)),
        rule="FREQ=DAILY;COUNT=3",
    )
    assert all(begin <= end for begin, end in timing.times(activity))


def test_cancelled_days_are_left_out_and_count():
    missed = {datetime.date(2026, 10, 27)}
    found = rules.days(TUESDAY, "FREQ=WEEKLY;COUNT=3", but_not=missed)
    assert [each.day for each in found] == [20, 3]


def test_the_first_time_counts_even_where_the_rule_would_not_have_it():
    found = rules.days(TUESDAY, "FREQ=WEEKLY;BYDAY=WE;COUNT=2")
    assert [each.date().isoformat() for each in found] == ["2026-10-20", "2026-10-21"]


def test_until_is_the_whole_day():
    assert len(rules.days(TUESDAY, "FREQ=WEEKLY;UNTIL=20261027")) == 2


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20261231",
        "COUNT=3",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=999",
        "FREQ=DAILY;UNTIL=20281231",
        "FREQ=WEEKLY;UNTIL=20991231",
        "FREQ=WEEKLY;UNTIL=20269999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=300",
        "FREQ=WEEKLY;FREQ=DAILY;COUNT=1",
        "FREQ=WEEKLY;X-EVIL=1;COUNT=1",
        "FREQ=WEEKLY;BYDAY=99MO;COUNT=1",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=1",
        "",
        ";",
        "<script>",
    ],
)
def test_what_is_no_rule_or_has_no_end_is_refused(rule):
    with pytest.raises(ValidationError):
        rules.days(TUESDAY, rule or " ")


@pytest.mark.parametrize("repeats", [Repeats.WEEKLY, Repeats.FORTNIGHTLY, Repeats.MONTHLY])
@pytest.mark.parametrize("day", [datetime.date(2026, 10, 20), datetime.date(2026, 9, 29)])
def test_what_people_choose_becomes_a_rule_and_is_read_back(repeats, day):
    until = datetime.date(2027, 6, 1)
    rule = rule_for(repeats, day, until)
    starts = datetime.datetime.combine(day, datetime.time(18))
    found = rules.days(starts, rule)
    assert {each.weekday() for each in found} == {1}
    assert found[-1].date() <= until
    assert chosen(rule) == (repeats, until)
    gaps = {(later - sooner).days for sooner, later in pairwise(found)}
    assert gaps == {Repeats.WEEKLY: {7}, Repeats.FORTNIGHTLY: {14}}.get(repeats, gaps & {28, 35})


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215", "Every Tuesday until 15 December 2026"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,TH;COUNT=9", "Every Monday, Wednesday and Thursday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=9", "Every other week, on Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=3;COUNT=9", "Every 3 weeks"),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=9", "Every month"),
        ("FREQ=DAILY;COUNT=2", "Every day"),
    ],
)
def test_a_rule_is_told_in_words(rule, words):
    with translation.override("en"):
        assert in_words(rules.parse(rule)) == words
