"""Letters that are sent by workers which are killed, stopped and doubled, to a SvarUt that counts.

After each fault the same must hold: every household's letter was taken once, and none is left.
"""

import os
import random
import signal
import time

import pytest

from municipalities.municipality.models import Municipality
from tests.factories.municipalities import MunicipalityFactory, MunicipalityTextFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.faults.conftest import until
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.sending import ask_at, open_svarut, pass_time, states
from welcome.households.quarters import Quarter
from welcome.letters import nudges, runs, schedule
from welcome.letters.delivery_models import DeliveryState
from welcome.letters.models import LetterRun

LETTERS, SECONDS = 24, 90


@pytest.fixture
def service(settings, monkeypatch):
    with double.serve() as server:
        ask_at(settings, server)
        monkeypatch.setenv("FETCH_PRIVATE_HOSTS", server.place)
        monkeypatch.setenv("SVARUT_URL", f"{server.url}/api")
        monkeypatch.setenv("MASKINPORTEN_URL", server.url)
        yield server


@pytest.fixture
def place(broker) -> Municipality:
    place = MunicipalityFactory(number="3328", name="Ål", slug="aal")
    MunicipalityTextFactory(municipality=place)
    open_svarut(place)
    for number in range(LETTERS):
        household = HouseholdFactory(municipality=place, house_number=str(number + 1))
        PersonFactory(household=household, given_name="Kari", family_name=f"Nummer{number}")
    return place


@pytest.fixture
def run(place, service) -> LetterRun:
    run = runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None)
    runs.freeze(run=run, by=None)
    return runs.approve(run=run, by=None)


def all_sent(run) -> bool:
    return states(run) == {"svarut sent": LETTERS}


def carry_on(run) -> None:
    """As if the minutes had passed: leases end, pauses too, and the clock sweeps."""
    pass_time(run)
    schedule.sweep()


def until_all_sent(run, worker) -> None:
    end = time.monotonic() + SECONDS
    while not all_sent(run) and time.monotonic() < end:
        time.sleep(1)
        if not run.deliveries.filter(state=DeliveryState.CLAIMED).exists():
            schedule.sweep()
    assert all_sent(run), f"{states(run)}\n{worker.log.read_text()}"


def each_once(run, service) -> None:
    assert sorted(service.accepted.values()) == [1] * LETTERS
    taken = set(run.deliveries.values_list("external_id", flat=True))
    assert taken == set(service.shipments)


def test_a_child_killed_after_the_provider_accepted_is_made_sure_of(run, service, start_worker, rounds):
    worker = start_worker(concurrency=1)
    runs.deliver(run=run, by=None)
    for _ in range(rounds):
        service.hung.clear()
        service.faults = ["hang"]
        until(lambda: service.hung.is_set() or all_sent(run), SECONDS, worker.log.read_text)
        worker.kill_child()
        time.sleep(0.3)
        carry_on(run)
    until_all_sent(run, worker)
    each_once(run, service)


def test_children_killed_at_any_moment_lose_and_double_nothing(run, service, start_worker, rounds):
    service.slow_seconds = 0.1
    service.faults = ["slow"] * 1000
    worker = start_worker(concurrency=2)
    runs.deliver(run=run, by=None)
    for _ in range(2 * rounds):
        until(lambda: run.deliveries.filter(state=DeliveryState.CLAIMED).exists() or all_sent(run), SECONDS)
        until(lambda: bool(worker.children()), SECONDS)
        time.sleep(random.uniform(0, 0.3))
        worker.kill_child()
        carry_on(run)
    until_all_sent(run, worker)
    each_once(run, service)


def test_every_message_many_times_and_shuffled_sends_each_letter_once(run, service, start_worker):
    runs.deliver(run=run, by=None)
    nudges.send(nudges.DELIVER, [run.pk] * 12)
    worker = start_worker(concurrency=2)
    until(lambda: all_sent(run), SECONDS, worker.log.read_text)
    each_once(run, service)


def test_a_worker_stopped_past_its_lease_does_nothing_when_it_wakes(run, service, start_worker):
    service.slow_seconds = 0.2
    service.faults = ["slow"] * 1000
    first = start_worker(concurrency=1)
    runs.deliver(run=run, by=None)
    until(lambda: run.deliveries.filter(state=DeliveryState.SENT).count() > 2, SECONDS, first.log.read_text)
    asleep = first.children()[0]
    os.kill(asleep, signal.SIGSTOP)
    try:
        second = start_worker(concurrency=1)
        carry_on(run)
        until_all_sent(run, second)
    finally:
        os.kill(asleep, signal.SIGCONT)
    time.sleep(2)
    assert all_sent(run)
    each_once(run, service)


def test_a_provider_that_fails_in_every_way_gets_each_letter_once(run, service, start_worker):
    service.faults = ["cut", "429", "500 after", "500 before", "409", "nonsense", "slow"]
    random.shuffle(service.faults)
    worker = start_worker(concurrency=2)
    runs.deliver(run=run, by=None)
    end = time.monotonic() + SECONDS
    while not all_sent(run) and time.monotonic() < end:
        time.sleep(1)
        carry_on(run)
    assert all_sent(run), f"{states(run)}\n{worker.log.read_text()}"
    each_once(run, service)
