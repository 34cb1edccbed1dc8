"""F1: SIGKILL at each point. Each hit is on another file or letter; the leases run out by themselves."""

import pytest

from tests.faults.cohorts import Work, approved, lost_and_doubled, municipality, numbered, on_paper
from tests.faults.portal import until
from tests.faults.starting import PRINTING, SENDING
from welcome.letters import verification


@pytest.fixture
def kills(is_long) -> int:
    return 30 if is_long else 2


@pytest.mark.fault("F1", "workers killed at six points of a print file and five of a sending")
def test_killed_at_each_point(portal, service, monkeypatch, kills, count, tmp_path):
    points = [*PRINTING, *SENDING]
    for point in points:
        portal.issue(point, kills)
    worker = portal.worker()
    work = Work(
        monkeypatch, files=kills * len(PRINTING) + 2, a_file=3, letters=kills * len(SENDING) + 5
    )  # fmt: skip
    worker.until_ready()
    portal.sweep_each_second()
    work.begin()
    until(work.is_over, 120 + 15 * kills * len(points), portal.tail)
    hits = {point: len(portal.hits(point)) for point in points}
    outcome = work.outcome(service, tmp_path)
    count(kills=sum(hits.values()), letters=work.households, **outcome)
    assert set(hits.values()) == {kills}, hits
    assert outcome == {"lost": 0, "doubled": 0}
    assert set(work.wire.deliveries.values_list("external_id", flat=True)) == set(service.shipments)


@pytest.mark.fault("F1", "writing out killed before the manifest")
def test_killed_before_the_manifest(portal, monkeypatch, kills, count, tmp_path):
    place = municipality(8)
    run = approved(place, monkeypatch, a_file=4)
    out = tmp_path / "out"
    words = ["letter_run", place.number, "2026Q3", "--here", "--out", str(out)]
    portal.issue("before-manifest", kills)
    for _ in range(kills):
        assert portal.manage(*words).wait(120) == -9, portal.tail()
        assert list(verification.faults(run, out)) != []
    assert portal.manage(*words).wait(120) == 0, portal.tail()
    assert list(verification.faults(run, out)) == []
    outcome = lost_and_doubled(on_paper(run, out), numbered(8))
    count(kills=len(portal.hits("before-manifest")), letters=8, **outcome)
    assert outcome == {"lost": 0, "doubled": 0}
