"""F7: a worker stands still longer than its lease, another does its work, and then it wakes."""

import os
import signal
import time

import pytest

from tests.faults.cohorts import Work
from tests.faults.portal import until
from tests.faults.starting import LEASE

# Before its commit a worker holds the run's lock, until the database takes it away.
PRINTING = ["print.after-claim", "print.mid-render", "print.file-written", "print.before-commit"]
SENDING = [
    "send.after-claim",
    "send.mid-render",
    "send.before-commit",
    "send.before-request",
    "send.accepted",
]


def asleep(portal) -> set[int]:
    return {int(hit.name.rpartition(".")[2]) for hit in portal.hits()}


def wake(portal) -> int:
    """How many slept. Given time to do what they were at."""
    sleepers = asleep(portal)
    for pid in sleepers:
        os.kill(pid, signal.SIGCONT)
    time.sleep(3)
    return len(sleepers)


@pytest.mark.fault(
    "F7", "workers asleep past their lease at four points of a print file and five of a sending"
)
def test_asleep_past_the_lease(portal, service, is_long, count, monkeypatch, tmp_path):
    each, points = (5 if is_long else 1), [*PRINTING, *SENDING]
    for point in points:
        portal.issue(point, each, "stop")
    # Each that falls asleep is one less at work.
    worker = portal.worker(each * len(points) + 1, FAULT_DEAF="1")
    work = Work(
        monkeypatch, files=each * len(PRINTING) + 2, a_file=3, letters=each * len(SENDING) + 10
    )  # fmt: skip
    worker.until_ready()
    portal.sweep_each_second()
    work.begin()
    # Those by SvarUt take a message each with them, and only the sweep brings another when their lease is over.
    until(work.is_over, 120 + 10 * LEASE * each, portal.tail)
    before = written(work)
    woken = wake(portal)
    stale = sum(then != now for then, now in zip(before, written(work), strict=True))
    outcome = work.outcome(service, tmp_path)
    count(asleep=woken, letters=work.households, stale_writes=stale, **outcome)
    assert woken == each * len(points)
    assert stale == 0
    assert outcome == {"lost": 0, "doubled": 0}


def written(work: Work) -> list[object]:
    files = work.paper.files.order_by("pk").values_list("state", "file", "sha256", "pages")
    deliveries = work.wire.deliveries.order_by("pk").values_list("external_id", "attempts", "sha256")
    return [*files, *deliveries]
