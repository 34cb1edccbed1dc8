"""F11: deploy after deploy: workers are told to stop, get the time docker-compose.yml gives, and new ones start."""

import signal
import time

import pytest

from tests.faults.cohorts import Work
from tests.faults.portal import until

GRACE = 120
MOST = 0.05


def deploy_until(portal, over, *, every: float, most: int, begin, seconds: float) -> tuple[int, int]:
    """How many deploys there were, and how many of their workers did not end in time and were killed."""
    worker = portal.worker(FAULT_SLOW="0.3").until_ready()
    begin()
    deploys, going, end = 0, [], time.monotonic() + seconds
    while not over():
        assert time.monotonic() < end, portal.tail()
        next_one = time.monotonic() + every
        until(lambda next_one=next_one: time.monotonic() > next_one or over(), every + 5)
        if over() or deploys == most:
            continue
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


@pytest.mark.fault("F11", "deploys while letters are printed and sent")
def test_deploys(portal, service, is_long, count, monkeypatch, tmp_path):
    files, letters, every, most = (400, 2000, 8, 30) if is_long else (40, 100, 3, 2)
    service.slow_seconds, service.faults = 0.1, ["slow"] * 10 * letters
    work = Work(monkeypatch, files=files, a_file=2, letters=letters)
    portal.sweep_each_second()
    deploys, killed = deploy_until(
        portal, work.is_over, every=every, most=most, seconds=1800, begin=work.begin
    )
    pieces, again = work.pieces()
    outcome = work.outcome(service, tmp_path)
    count(deploys=deploys, killed=killed, pieces=pieces, again=again, **outcome)
    assert deploys > 0
    assert again <= MOST * pieces
    assert killed == 0
    assert outcome == {"lost": 0, "doubled": 0}
