"""That the faults below are faults of the portal and not of this set-up: a worker takes a message."""

from tests.faults.conftest import until
from tilflytter.celery import app


def test_a_worker_that_is_killed_leaves_its_message_to_the_next(start_worker, broker):
    first = start_worker(concurrency=1)
    first.kill()
    app.send_task("welcome.letters.tasks.sweep")
    assert broker.llen("celery") == 1
    second = start_worker(concurrency=1)
    until(lambda: "welcome.letters.tasks.sweep" in second.log.read_text(), 30, second.log.read_text)
    until(lambda: broker.llen("celery") == 0, 30)
