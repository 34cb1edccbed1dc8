"""F6: however many clocks there are, however late, and whatever the hour is called: one run each quarter."""

import datetime
import threading
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.db import connection
from django.utils import timezone

from municipalities.municipality import scope
from tests.factories.municipalities import MembershipFactory
from tests.faults.cohorts import municipality
from tests.faults.portal import until
from tilflytter.celery import app
from welcome.households.quarters import Quarter
from welcome.letters import schedule
from welcome.letters.models import LetterRun, RunState

OSLO = ZoneInfo("Europe/Oslo")
OPEN = "welcome.letters.tasks.open_due_runs"


def at(*parts: int, fold: int = 0) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=OSLO, fold=fold)


# When the clock fires, and the quarter whose run must be there after it; the letter day is the first.
MOMENTS = [
    (at(2026, 3, 29, 1, 59, 59), Quarter(2025, 4)),
    (at(2026, 3, 29, 3, 0), Quarter(2025, 4)),
    (at(2026, 3, 31, 23, 59, 59), Quarter(2025, 4)),
    (at(2026, 4, 1, 0, 0, 0), Quarter(2026, 1)),  # In UTC it is still March.
    (at(2026, 9, 30, 23, 59, 59), Quarter(2026, 2)),  # Three months without a clock.
    (at(2026, 10, 1, 0, 30), Quarter(2026, 3)),
    (at(2026, 10, 25, 2, 30), Quarter(2026, 3)),
    (at(2026, 10, 25, 2, 30, fold=1), Quarter(2026, 3)),
    (at(2027, 1, 1, 0, 0, 0), Quarter(2026, 4)),
]


def at_once(threads: int, work) -> list[BaseException]:
    barrier, faults = threading.Barrier(threads), []

    def begin() -> None:
        try:
            barrier.wait()
            with scope.within(scope.NOTHING):
                work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    started = [threading.Thread(target=begin) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return faults


@pytest.mark.fault("F6", "clocks at once on DST nights, at the quarter's edge, and after months without")
def test_clocks_at_once_on_every_night(is_long, count, monkeypatch, transactional_db, mailoutbox):
    places = [municipality(2, number=str(3300 + n)) for n in range(20 if is_long else 3)]
    for place in places:
        place.letter_day = 1
        place.save()
        MembershipFactory(municipality=place, role="coordinator")
    clocks, quarters = (8 if is_long else 4), set()
    for moment, quarter in MOMENTS:
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment.astimezone(datetime.UTC))
        assert at_once(clocks, schedule.open_due_runs) == []
        quarters.add(quarter)
        runs = LetterRun.objects.values_list("municipality", "year", "number")
        assert sorted(runs) == sorted((place.pk, q.year, q.number) for place in places for q in quarters)
    wanted = len(places) * len(quarters)
    count(moments=len(MOMENTS), clocks=clocks, runs=LetterRun.objects.count(), mails=len(mailoutbox),
          lost=wanted - LetterRun.objects.count(), doubled=max(0, len(mailoutbox) - wanted))  # fmt: skip
    assert LetterRun.objects.count() == wanted
    assert set(LetterRun.objects.values_list("state", flat=True)) == {RunState.FROZEN}
    assert len(mailoutbox) == wanted


@pytest.mark.fault("F6", "two real clocks over two workers")
def test_two_real_clocks(portal, is_long, count):
    places = [municipality(2, number=str(3300 + n)) for n in range(20 if is_long else 3)]
    for place in places:
        place.letter_day = 1
        place.save()
    clocks = [portal.beat(f"{OPEN} 0.2") for _ in range(2)]
    portal.worker(4)
    frozen = LetterRun.objects.filter(state=RunState.FROZEN)
    until(lambda: frozen.count() == len(places), 60, portal.tail)
    until(lambda: all(clock.log.read_text().count("open_due_runs") > 10 for clock in clocks), 30, portal.tail)
    doubled = LetterRun.objects.count() - len(places)
    fired = sum(clock.log.read_text().count("Sending due task") for clock in clocks)
    count(clocks=2, fired=fired, runs=frozen.count(), lost=len(places) - frozen.count(), doubled=doubled)
    assert doubled == 0


@pytest.mark.fault("F6", "what the clock does each night, on DST nights and after a day without")
def test_nightly_work_is_done_each_night(count):
    nightly = {
        name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()
        if isinstance(entry["schedule"], crontab)
    }  # fmt: skip
    nights, missed, doubled = [(2026, 3, 28), (2026, 10, 24), (2026, 11, 3)], 0, 0
    for night in nights:
        for planned in nightly.values():
            last, fired = at(*night, 12), 0
            for minute in range(24 * 60):
                moment = at(*night, 12).astimezone(datetime.UTC) + datetime.timedelta(minutes=minute)
                if is_due(planned, last, moment):
                    last, fired = moment.astimezone(OSLO), fired + 1
            missed += fired == 0
            doubled += max(0, fired - 1)
            missed += not is_due(planned, at(*night, 12), moment + datetime.timedelta(days=1))
    count(nights=len(nights), tasks=len(nightly), lost=missed, doubled=doubled)
    assert nightly
    assert (missed, doubled) == (0, 0)


def is_due(planned: crontab, last: datetime.datetime, now: datetime.datetime) -> bool:
    """What the clock would say at `now` of work that it did `last`."""
    there = crontab(planned._orig_minute, planned._orig_hour, app=app, nowfun=lambda: now)
    return bool(there.is_due(last).is_due)
