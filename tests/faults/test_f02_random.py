"""F2: children and parents killed at random moments. Nobody helps: a supervisor starts parents again, a clock
sweeps, leases run out. A third death over one piece of work is a poison letter's (F9), and is not dealt out here."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.faults.cohorts import Work
from tests.faults.portal import Process, until

DEATHS = 2


def stop_all(workers: list[Process], number: int) -> None:
    for worker in workers:
        try:
            os.killpg(worker.pid, number)
        except ProcessLookupError:
            pass


def kill_one(workers: list[Process], work: Work) -> str:
    """Whom it hit, "" for nobody. All stand still while it is looked at how often what is in hand died before."""
    stop_all(workers, signal.SIGSTOP)
    try:
        worker = random.choice(workers)
        children = worker.children()
        how = random.choices(["child", "parent", "machine"], [6, 2, 1])[0]
        in_hand = [work.paper.files.all(), work.wire.deliveries.all()]
        if not children or any(
            rows.filter(state="claimed", attempts__gt=DEATHS).exists() for rows in in_hand
        ):
            return ""
        if how == "child":
            os.kill(random.choice(children), signal.SIGKILL)
        elif how == "parent":
            os.kill(worker.pid, signal.SIGKILL)
        else:
            os.killpg(worker.pid, signal.SIGKILL)
        return how
    except ProcessLookupError:
        return ""
    finally:
        stop_all(workers, signal.SIGCONT)


@pytest.mark.fault("F2", "random kills while letters are printed and sent")
def test_random_kills(portal, service, is_long, count, monkeypatch, tmp_path):
    files, a_file, letters, kills, seconds = (500, 5, 2500, 200, 1800) if is_long else (16, 4, 50, 6, 120)
    service.slow_seconds, service.faults = (0.05 if is_long else 0.2), ["slow"] * 10 * letters
    workers = [portal.worker(FAULT_SLOW="0.2") for _ in range(2)]
    work = Work(monkeypatch, files=files, a_file=a_file, letters=letters)
    for worker in workers:
        worker.until_ready()
    portal.supervise(*workers)
    portal.sweep_each_second()
    work.begin()
    killed: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while killed.total() < kills and not work.is_over() and time.monotonic() < end:
        time.sleep(random.uniform(0.1, 0.7))
        if hit := kill_one(workers, work):
            killed[hit] += 1
    until(work.is_over, seconds, portal.tail)
    outcome = work.outcome(service, tmp_path)
    again, accepted = work.pieces()[1], sum(service.accepted.values())
    count(**killed, households=work.households, accepted=accepted, again=again, **outcome)
    assert outcome == {"lost": 0, "doubled": 0}
    assert accepted == letters
    assert killed.total() >= (0.9 * kills if is_long else 1)
