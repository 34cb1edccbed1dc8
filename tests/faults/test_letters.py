"""Letter runs on real workers that are killed, messages that are lost or doubled, a broker that forgets.

After each fault the same must hold: every letter of the cohort stands once in a finished file, and what
is read from the pages is what the rows say.
"""

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from municipalities.municipality.models import Municipality
from tests.factories.municipalities import MunicipalityFactory, MunicipalityTextFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.faults.conftest import until
from tilflytter.celery import app
from welcome.households.quarters import Quarter
from welcome.letters import nudges, output, runs, schedule, verification
from welcome.letters.models import FileState, LetterRun, PrintFile, RunState

LETTERS, LETTERS_A_FILE = 24, 4
SECONDS = 60


@pytest.fixture
def place(broker) -> Municipality:
    place = MunicipalityFactory(number="3328", name="Ål", slug="aal")
    MunicipalityTextFactory(municipality=place)
    for number in range(LETTERS):
        household = HouseholdFactory(municipality=place, house_number=str(number + 1))
        PersonFactory(household=household, given_name="Kari", family_name=f"Nummer{number}")
    return place


@pytest.fixture
def run(place, monkeypatch) -> LetterRun:
    monkeypatch.setattr(runs, "LETTERS_A_FILE", LETTERS_A_FILE)
    run = runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None)
    return runs.freeze(run=run, by=None)


def let_leases_run_out() -> None:
    """As if the time had passed: a killed worker gives no sign of life."""
    PrintFile.objects.filter(state=FileState.CLAIMED).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )


def is_ready(run: LetterRun) -> bool:
    run.refresh_from_db()
    return run.state == RunState.READY


def is_at_work() -> bool:
    return PrintFile.objects.filter(state=FileState.CLAIMED, at_number__isnull=False).exists()


def nothing_lost_nothing_doubled(run: LetterRun, folder) -> None:
    output.write_out(run, folder)
    assert list(verification.faults(run, folder)) == []
    households = list(run.letters.printed().values_list("household", flat=True))
    assert len(households) == len(set(households)) == LETTERS


def test_a_killed_child_loses_and_doubles_nothing(run, start_worker, tmp_path, rounds):
    worker = start_worker(concurrency=2)
    runs.approve(run=run, by=None)
    for _ in range(rounds):
        until(lambda: is_at_work() or is_ready(run), SECONDS, worker.log.read_text)
        time.sleep(random.uniform(0, 0.5))
        worker.kill_child()
        let_leases_run_out()
        schedule.sweep()
    until(lambda: is_ready(run), SECONDS, worker.log.read_text)
    nothing_lost_nothing_doubled(run, tmp_path / "out")


def test_a_machine_that_is_gone_is_taken_over(run, start_worker, tmp_path):
    first = start_worker(concurrency=2)
    runs.approve(run=run, by=None)
    until(is_at_work, SECONDS, first.log.read_text)
    first.kill()
    let_leases_run_out()
    second = start_worker(concurrency=2)
    schedule.sweep()
    until(lambda: is_ready(run), SECONDS, second.log.read_text)
    nothing_lost_nothing_doubled(run, tmp_path / "out")


def test_every_message_three_times_and_shuffled_makes_each_file_once(run, start_worker, tmp_path):
    runs.approve(run=run, by=None)
    ids = list(run.files.values_list("pk", flat=True)) * 2
    random.shuffle(ids)
    nudges.send(nudges.RENDER_FILE, ids)
    worker = start_worker(concurrency=2)
    until(lambda: is_ready(run), SECONDS, worker.log.read_text)
    assert set(run.files.values_list("attempts", flat=True)) == {1}
    nothing_lost_nothing_doubled(run, tmp_path / "out")


def test_a_broker_that_forgets_everything_is_told_again(run, start_worker, broker, tmp_path):
    runs.approve(run=run, by=None)
    broker.flushdb()
    worker = start_worker(concurrency=2)
    app.send_task("welcome.letters.tasks.sweep")  # As the clock does each minute.
    until(is_at_work, SECONDS, worker.log.read_text)
    broker.flushdb()
    until(lambda: not run.files.filter(state=FileState.CLAIMED).exists(), SECONDS, worker.log.read_text)
    app.send_task("welcome.letters.tasks.sweep")
    until(lambda: is_ready(run), SECONDS, worker.log.read_text)
    nothing_lost_nothing_doubled(run, tmp_path / "out")
