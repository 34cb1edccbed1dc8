"""F7: a worker stands still longer than its lease, another does its work, and then it wakes."""

import os
import signal
import time

import pytest

from tests.faults.cohorts import (
    approved,
    is_ready,
    lost_and_doubled,
    municipality,
    nobody_waits,
    on_paper,
    taken,
)  # fmt: skip
from tests.faults.portal import until
from tests.faults.starting import LEASE
from welcome.letters import runs

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


@pytest.mark.fault("F7", "workers asleep past their lease at four points of a print file")
def test_asleep_while_printing(portal, is_long, count, monkeypatch, tmp_path):
    sleepers = 10 if is_long else 1
    files = sleepers * len(PRINTING) + 2
    run = approved(municipality(3 * files), monkeypatch, a_file=3)
    for point in PRINTING:
        portal.issue(point, sleepers, "stop")
    portal.worker(sleepers * len(PRINTING) + 1, FAULT_DEAF="1")
    portal.sweep_each_second()
    until(lambda: is_ready(run), 120 + 3 * LEASE, portal.tail)
    before = dict(run.files.values_list("pk", "sha256")), dict(run.files.values_list("pk", "file"))
    woken = wake(portal)
    after = dict(run.files.values_list("pk", "sha256")), dict(run.files.values_list("pk", "file"))
    found = on_paper(run, tmp_path / "out")
    count(asleep=woken, letters=3 * files, stale_writes=sum(before[1][pk] != after[1][pk] for pk in after[1]),
          **lost_and_doubled(found, 3 * files))  # fmt: skip
    assert woken == sleepers * len(PRINTING)
    assert before == after
    assert lost_and_doubled(found, 3 * files) == {"lost": 0, "doubled": 0}


@pytest.mark.fault("F7", "workers asleep past their lease at five points of a sending")
def test_asleep_while_sending(portal, service, is_long, count, monkeypatch):
    sleepers = 10 if is_long else 1
    letters = sleepers * len(SENDING) + 10
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=50)
    for point in SENDING:
        portal.issue(point, sleepers, "stop")
    portal.worker(sleepers * len(SENDING) + 1, FAULT_DEAF="1")
    portal.sweep_each_second()
    runs.deliver(run=run, by=None)
    # Each that falls asleep took a message with it, and only the sweep brings another.
    until(lambda: nobody_waits(run), 120 + 3 * LEASE * sleepers, portal.tail)
    sent = dict(run.deliveries.values_list("pk", "external_id"))
    woken = wake(portal)
    stale = sum(sent[pk] != other for pk, other in run.deliveries.values_list("pk", "external_id"))
    count(asleep=woken, letters=letters, stale_writes=stale, **lost_and_doubled(taken(service), letters))
    assert woken == sleepers * len(SENDING)
    assert stale == 0
    assert lost_and_doubled(taken(service), letters) == {"lost": 0, "doubled": 0}
