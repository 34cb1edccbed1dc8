"""F2: children and parents killed at random moments. Nobody helps: a supervisor starts parents again, a clock
sweeps, leases run out. A third death over one piece of work is a poison letter's (F9), and is not dealt out here."""

import os
import random
import signal
import time

import pytest

from tests.faults.cohorts import (
    approve,
    approved,
    frozen,
    is_ready,
    lost_and_doubled,
    municipality,
    nobody_waits,
    on_paper,
    repeated,
    taken,
)  # fmt: skip
from tests.faults.portal import Process, until
from welcome.letters import runs

DEATHS = 2


def stop_all(workers: list[Process], number: int) -> None:
    for worker in workers:
        try:
            os.killpg(worker.pid, number)
        except ProcessLookupError:
            pass


def kill_one(workers: list[Process], claimed) -> str:
    """Whom it hit, "" for nobody. All stand still while it is looked at how often what is in hand died before."""
    stop_all(workers, signal.SIGSTOP)
    try:
        worker = random.choice(workers)
        children = worker.children()
        how = random.choices(["child", "parent", "machine"], [6, 2, 1])[0]
        if not children or claimed.filter(state="claimed", attempts__gt=DEATHS).exists():
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


def kill_at_random(portal, *, begin, claimed, kills: int, over, seconds: float) -> dict[str, int]:
    """Until so many are killed or all is done: {"child": 130, …}. Children that lose their parent are killed with
    the rest at the end of the test, if they have not gone by themselves."""
    workers = [portal.worker(FAULT_SLOW="0.1") for _ in range(2)]
    portal.sweep_each_second()
    for worker in workers:
        worker.until_ready()
    portal.supervise(*workers)
    begin()
    killed: dict[str, int] = {}
    end = time.monotonic() + seconds
    while sum(killed.values()) < kills and not over() and time.monotonic() < end:
        time.sleep(random.uniform(0.1, 0.7))
        if hit := kill_one(workers, claimed()):
            killed[hit] = killed.get(hit, 0) + 1
    return killed


@pytest.mark.fault("F2", "random kills while letters are sent")
def test_random_kills_while_sending(portal, service, is_long, count, monkeypatch, tmp_path):
    letters, kills, seconds = (5000, 200, 1500) if is_long else (100, 6, 60)
    service.slow_seconds, service.faults = (0.02 if is_long else 0.1), ["slow"] * 10 * letters
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=50)
    killed = kill_at_random(
        portal, begin=lambda: runs.deliver(run=run, by=None), claimed=run.deliveries.all, kills=kills,
        over=lambda: nobody_waits(run), seconds=seconds,
    )  # fmt: skip
    until(lambda: nobody_waits(run), seconds, portal.tail)
    printed = on_paper(run, tmp_path / "out")
    found = taken(service) + printed
    pieces, again = repeated(run.deliveries.by_wire().values_list("attempts", flat=True))
    count(**killed, accepted=sum(taken(service).values()), printed=sum(printed.values()), again=again,
          **lost_and_doubled(found, letters))  # fmt: skip
    assert sum(killed.values()) >= kills * 0.9
    assert lost_and_doubled(found, letters) == {"lost": 0, "doubled": 0}
    assert (pieces, sum(taken(service).values())) == (letters, letters)


@pytest.mark.fault("F2", "random kills while letters are printed")
def test_random_kills_while_printing(portal, is_long, count, monkeypatch, tmp_path):
    letters, a_file, kills, seconds = (5000, 5, 200, 1500) if is_long else (120, 4, 5, 60)
    place = municipality(letters)
    run = frozen(place)
    killed = kill_at_random(
        portal, begin=lambda: approve(run, monkeypatch, a_file=a_file), claimed=run.files.all, kills=kills,
        over=lambda: is_ready(run), seconds=seconds,
    )  # fmt: skip
    until(lambda: is_ready(run), seconds, portal.tail)
    _, again = repeated(run.files.values_list("attempts", flat=True))
    found = on_paper(run, tmp_path / "out")
    count(**killed, printed=sum(found.values()), files=run.files.count(), again=again,
          **lost_and_doubled(found, letters))  # fmt: skip
    assert lost_and_doubled(found, letters) == {"lost": 0, "doubled": 0}
    assert sum(killed.values()) > 0
