"""F11: deploy after deploy: workers are told to stop, get the time docker-compose.yml gives, and new ones start."""

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
from tests.faults.portal import until
from welcome.letters import runs

GRACE = 120
MOST = 0.05


def deploy_until(portal, over, *, every: float, begin, seconds: float) -> tuple[int, int]:
    """How many deploys there were, and how many of their workers did not end in time and were killed."""
    worker = portal.worker(FAULT_SLOW="0.3").until_ready()
    begin()
    deploys, going, end = 0, [], time.monotonic() + seconds
    while not over():
        assert time.monotonic() < end, portal.tail()
        next_one = time.monotonic() + every
        until(lambda next_one=next_one: time.monotonic() > next_one or over(), every + 5)
        if over():
            break
        new = portal.worker(FAULT_SLOW="0.3")
        worker.signal(signal.SIGTERM)
        going.append((worker, time.monotonic() + GRACE))
        worker, deploys = new.until_ready(), deploys + 1
    killed = 0
    for old, ends in going:
        if old.wait(max(0.1, ends - time.monotonic())) is None:
            old.kill()
            killed += 1
    return deploys, killed


@pytest.mark.fault("F11", "deploys while letters are printed")
def test_deploys_while_printing(portal, is_long, count, monkeypatch, tmp_path):
    files, every = (600, 8) if is_long else (60, 3)
    run = frozen(municipality(2 * files))
    portal.sweep_each_second()
    deploys, killed = deploy_until(
        portal, lambda: is_ready(run), every=every, seconds=1200,
        begin=lambda: approve(run, monkeypatch, a_file=2),
    )  # fmt: skip
    found = on_paper(run, tmp_path / "out")
    pieces, again = repeated(run.files.values_list("attempts", flat=True))
    count(deploys=deploys, killed=killed, pieces=pieces, again=again, **lost_and_doubled(found, 2 * files))
    assert deploys > 0
    assert again <= MOST * pieces
    assert killed == 0
    assert lost_and_doubled(found, 2 * files) == {"lost": 0, "doubled": 0}


@pytest.mark.fault("F11", "deploys while letters are sent")
def test_deploys_while_sending(portal, service, is_long, count, monkeypatch):
    letters, every = (3000, 8) if is_long else (120, 3)
    service.slow_seconds, service.faults = 0.1, ["slow"] * 10 * letters
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=50)
    portal.sweep_each_second()
    deploys, killed = deploy_until(
        portal, lambda: nobody_waits(run), every=every, seconds=1500,
        begin=lambda: runs.deliver(run=run, by=None),
    )  # fmt: skip
    pieces, again = repeated(run.deliveries.values_list("attempts", flat=True))
    count(
        deploys=deploys,
        killed=killed,
        pieces=pieces,
        again=again,
        **lost_and_doubled(taken(service), letters),
    )
    assert deploys > 0
    assert again <= MOST * pieces
    assert killed == 0
    assert lost_and_doubled(taken(service), letters) == {"lost": 0, "doubled": 0}
