"""F1: SIGKILL at each point. Each hit is on another file or letter; the leases run out by themselves."""

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
from tests.faults.starting import PRINTING, SENDING
from welcome.letters import runs, verification

SECONDS = 120


@pytest.fixture
def kills(is_long) -> int:
    return 30 if is_long else 2


@pytest.mark.fault("F1", "workers killed at six points of a print file")
def test_killed_while_printing(portal, monkeypatch, kills, count, tmp_path):
    files = kills * len(PRINTING) + 2
    place = municipality(3 * files)
    for point in PRINTING:
        portal.issue(point, kills)
    worker = portal.worker()
    portal.sweep_each_second()
    worker.until_ready()
    run = approved(place, monkeypatch, a_file=3)
    until(lambda: is_ready(run), SECONDS + 3 * files, portal.tail)
    hits = {point.partition(".")[2]: len(portal.hits(point)) for point in PRINTING}
    found = on_paper(run, tmp_path / "out")
    count(kills=sum(hits.values()), letters=3 * files, **lost_and_doubled(found, 3 * files))
    assert set(hits.values()) == {kills}, hits
    assert lost_and_doubled(found, 3 * files) == {"lost": 0, "doubled": 0}


@pytest.mark.fault("F1", "workers killed at five points of a sending")
def test_killed_while_sending(portal, service, kills, count, monkeypatch):
    letters = kills * len(SENDING) + 5
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=2)
    for point in SENDING:
        portal.issue(point, kills)
    worker = portal.worker()
    portal.sweep_each_second()
    worker.until_ready()
    runs.deliver(run=run, by=None)
    until(lambda: nobody_waits(run), SECONDS + 3 * letters, portal.tail)
    hits = {point.partition(".")[2]: len(portal.hits(point)) for point in SENDING}
    count(kills=sum(hits.values()), letters=letters, **lost_and_doubled(taken(service), letters))
    assert set(hits.values()) == {kills}, hits
    assert lost_and_doubled(taken(service), letters) == {"lost": 0, "doubled": 0}
    assert set(run.deliveries.values_list("external_id", flat=True)) == set(service.shipments)


@pytest.mark.fault("F1", "writing out killed before the manifest")
def test_killed_before_the_manifest(portal, monkeypatch, kills, count, tmp_path):
    place = municipality(8)
    run = approved(place, monkeypatch, a_file=4)
    out = tmp_path / "out"
    words = ["letter_run", place.number, "2026Q3", "--here", "--out", str(out)]
    portal.issue("before-manifest", kills)
    for _ in range(kills):
        assert portal.manage(*words).wait(60) == -9, portal.tail()
        assert list(verification.faults(run, out)) != []
    assert portal.manage(*words).wait(60) == 0, portal.tail()
    assert list(verification.faults(run, out)) == []
    found = on_paper(run, out)
    count(kills=len(portal.hits("before-manifest")), letters=8, **lost_and_doubled(found, 8))
    assert lost_and_doubled(found, 8) == {"lost": 0, "doubled": 0}
