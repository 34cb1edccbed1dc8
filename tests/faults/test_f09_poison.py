"""F9: a letter that never comes to an end, takes all memory, or crashes whoever makes it."""

import pytest

from tests.faults.cohorts import approved, is_ready, municipality, nobody_waits, on_paper, taken
from tests.faults.portal import until
from tests.faults.starting import LEASE
from welcome.letters import runs

WAYS = ["loop", "memory", "crash"]
ATTEMPTS = 3


@pytest.mark.fault("F9", "poison letters in print files: endless loop, memory, crash")
def test_poison_in_print_files(portal, is_long, count, monkeypatch, tmp_path):
    each, a_file = (5, 10) if is_long else (1, 4)
    poisoned = {a_file * n + 2: WAYS[n % 3] for n in range(3 * each)}
    letters = a_file * 3 * each + 2 * a_file
    run = approved(municipality(letters), monkeypatch, a_file=a_file)
    for number, how in poisoned.items():
        portal.poison(number, how)
    portal.supervise(portal.worker())
    portal.sweep_each_second()
    until(lambda: is_ready(run), 60 + (ATTEMPTS + 1) * 2 * LEASE * each, portal.tail)
    failed = set(run.letters.failed().values_list("number", flat=True))
    found = on_paper_but(run, tmp_path / "out", failed)
    count(poisoned=len(poisoned), set_aside=len(failed), attempts=max(map(portal.tastes, poisoned)),
          lost=letters - len(failed) - len(found), doubled=sum(found.values()) - len(found))  # fmt: skip
    assert failed == set(poisoned)
    # Fewer where a worker ended on its way to the letter, on a machine that is slower than the lease: that counts, too.
    assert all(1 <= portal.tastes(number) <= ATTEMPTS for number in poisoned)
    assert set(run.letters.exclude(number__in=failed).values_list("state", flat=True)) == {"printed"}
    assert set(found.values()) == {1}
    assert len(found) == letters - len(failed)


def on_paper_but(run, folder, failed):
    """The count of verify_run is right, except that those that failed are in no file."""
    return on_paper(
        run, folder, off=[f"{len(failed)} of {run.letters.count()} letters are in no finished file."]
    )


@pytest.mark.fault("F9", "poison letters among those sent: they end on paper's list of failures")
def test_poison_among_those_sent(portal, service, is_long, count, monkeypatch):
    if not is_long:
        pytest.skip("only in the long form: three leases run out for each of two kinds of work")
    each = 4
    poisoned = {5 * n + 2: WAYS[n % 3] for n in range(3 * each)}
    letters = 15 * each + 5
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=10)
    for number, how in poisoned.items():
        portal.poison(number, how)
    portal.supervise(portal.worker())
    portal.sweep_each_second()
    runs.deliver(run=run, by=None)
    # Each poisoned letter takes three leases as a sending and three as paper, one letter after the other.
    until(lambda: nobody_waits(run), 90 + 2 * 3 * 2 * LEASE * len(poisoned), portal.tail)
    failed = set(run.letters.failed().values_list("number", flat=True))
    found = taken(service)
    count(poisoned=len(poisoned), set_aside=len(failed), lost=letters - len(failed) - len(found),
          doubled=sum(found.values()) - len(found))  # fmt: skip
    assert failed == set(poisoned)
    assert set(found.values()) == {1}
    assert len(found) == letters - len(poisoned)
