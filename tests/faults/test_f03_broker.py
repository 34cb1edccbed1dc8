"""F3 to F5: messages that are lost, doubled or never sent. The database knows what is to be done."""

import random
import signal
import time
from collections import Counter

import pytest

from tests.faults.cohorts import (
    Work,
    approve,
    approved,
    frozen,
    is_ready,
    lost_and_doubled,
    municipality,
    nobody_waits,
    numbered,
    on_paper,
    taken,
)  # fmt: skip
from tests.faults.portal import SWEEP, until
from tilflytter.celery import app
from welcome.letters import nudges
from welcome.letters.models import FileState

MINUTES = 600


def done(run) -> int:
    return run.files.filter(state=FileState.DONE).count()


@pytest.mark.fault("F3", "Redis emptied, restarted, and gone for a while, in one run")
def test_a_broker_that_forgets_everything(portal, broker, is_long, count, monkeypatch, tmp_path):
    files, gone = (600, 60) if is_long else (30, 3)
    run = frozen(municipality(2 * files))
    clock = portal.beat(f"{SWEEP} 1")
    worker = portal.worker(FAULT_SLOW="0.3")
    worker.until_ready()
    approve(run, monkeypatch, a_file=2)
    until(lambda: done(run) > 1, 60, portal.tail)
    broker.client.flushall()
    emptied = done(run)
    until(lambda: done(run) > emptied + 4, 120, portal.tail)
    broker.stop()
    broker.start()
    restarted = done(run)
    until(lambda: done(run) > restarted + 4, 120, portal.tail)
    broker.stop()
    time.sleep(gone)
    broker.start()
    back, came_back = done(run), time.monotonic()
    until(lambda: done(run) > back or is_ready(run), 120, portal.tail)
    progress = round(time.monotonic() - came_back, 1)
    until(lambda: is_ready(run), MINUTES, portal.tail)
    outcome = lost_and_doubled(on_paper(run, tmp_path / "out"), numbered(2 * files))
    again = sum(attempts - 1 for attempts in run.files.values_list("attempts", flat=True))
    count(letters=2 * files, seconds_gone=gone, seconds_to_progress=progress, again=again,
          **outcome)  # fmt: skip
    assert back < files, "Redis was away when all was done already"
    assert outcome == {"lost": 0, "doubled": 0}
    assert worker.is_alive
    assert clock.is_alive


def test_an_answer_on_a_closed_connection_is_a_lost_connection(broker):
    """What Celery does not take for one ends the worker."""
    with app.connection_for_write() as connection:
        channel = connection.channel()
        channel.client.close()
        channel._client, channel._pool, channel.connection.client = None, None, None
        with pytest.raises(connection.recoverable_connection_errors):
            channel.qos.ack("gone")


@pytest.mark.fault("F4", "every message three times and shuffled")
def test_every_message_three_times(portal, service, is_long, count, monkeypatch, tmp_path):
    files, letters = (300, 600) if is_long else (12, 24)
    work = Work(monkeypatch, files=files, a_file=2, letters=letters)
    app.control.purge()  # What was asked for until here is done.
    work.begin()
    nudges.send(nudges.RENDER_FILE, list(work.paper.files.values_list("pk", flat=True)) * 2)
    nudges.send(nudges.DELIVER, [work.wire.pk] * 8)
    messages = broker_shuffled()
    portal.worker()
    until(work.is_over, MINUTES, portal.tail)
    until_nothing_waits()
    outcome = work.outcome(service, tmp_path)
    count(messages=messages, letters=work.households, again=work.pieces()[1], **outcome)
    assert messages == 3 * files + 12
    assert work.pieces()[1] == 0
    assert outcome == {"lost": 0, "doubled": 0}


def broker_shuffled() -> int:
    """The messages that wait come in another order. How many they are."""
    with app.connection_for_read() as connection:
        client = connection.default_channel.client
        waiting = client.lrange("celery", 0, -1)
        random.shuffle(waiting)
        client.delete("celery")
        client.rpush("celery", *waiting)
    return len(waiting)


def until_nothing_waits() -> None:
    with app.connection_for_read() as connection:
        client = connection.default_channel.client
        until(lambda: not client.llen("celery") and not client.hlen("unacked"), 60)


@pytest.mark.fault("F5", "killed between commit and publish, approving and sending")
def test_killed_between_commit_and_publish(portal, service, is_long, count, monkeypatch, tmp_path):
    """In the long form the clock is the portal's own, with its own times."""
    own = dict(every="", FAULT_HURRY="0") if is_long else dict(every=f"{SWEEP} 5")
    paper, wire = municipality(6), municipality(6, svarut=True, number="3330")
    run, sent = frozen(paper), approved(wire, monkeypatch, a_file=50)
    clock = portal.beat(**own)
    worker = portal.worker()
    until(lambda: "welcome.letters" in clock.log.read_text(), 60 + MINUTES, portal.tail)
    worker.until_ready()
    portal.issue("before-publish", 2)
    approving = portal.manage("letter_run", paper.number, "2026Q3", "--approve")
    sending = portal.manage("letter_run", wire.number, "2026Q3", "--deliver")
    codes = [approving.wait(60), sending.wait(60)]
    since = time.monotonic()
    until(lambda: is_ready(run) and nobody_waits(sent), 180, portal.tail)
    seconds = round(time.monotonic() - since, 1)
    found = on_paper(run, tmp_path / "out") + taken(service)
    twice = Counter({f"Nummer{n}": 2 for n in range(6)})
    count(
        kills=codes.count(-signal.SIGKILL),
        seconds_to_done=seconds,
        lost=(twice - found).total(),
        doubled=(found - twice).total(),
    )
    assert codes == [-signal.SIGKILL] * 2
    assert found == twice
    assert seconds <= 90
