"""Real prefork workers on PostgreSQL and Redis, to be killed.  `make test-faults FAULTS=short|long`"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _services_are_real() -> None:
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        pytest.exit("Fault tests need PostgreSQL and Redis: start them by `make test-faults`.", returncode=4)


@pytest.fixture
def rounds() -> int:
    """How often a fault is tried: enough to meet it, or (long) enough to trust the result."""
    return {"short": 3, "long": 30}[os.environ["FAULTS"]]


@pytest.fixture(autouse=True)
def _own_files() -> None:
    """The workers are other processes: they and the test share DATA_DIR as it is."""


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The Redis database that only the fault tests and their workers use; empty before and after."""
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.flushdb()
    yield client
    client.flushdb()


class Worker:
    """One `celery worker` with its prefork children, in a process group of its own."""

    def __init__(self, log: Path, concurrency: int) -> None:
        database = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")[0]
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tilflytter.settings",
            "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}"
            f"?assume_role={settings.DATABASE_APP_ROLE}",
            "REDIS_URL": settings.CELERY_BROKER_URL,
            "DATA_DIR": str(settings.DATA_DIR),
        }
        self.log = log
        words = [
            "celery",
            "-A",
            "tilflytter",
            "worker",
            "--concurrency",
            str(concurrency),
            "--loglevel",
            "INFO",
        ]
        with log.open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(lambda: " ready." in log.read_text(), 60, lambda: log.read_text())

    def children(self) -> list[int]:
        pid = self._process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_child(self) -> None:
        """SIGKILL to one child in the middle of what it does; the parent starts another."""
        os.kill(self.children()[0], signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL to parent and children at once, as when the machine is gone."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@pytest.fixture
def start_worker(
    transactional_db: None, broker: redis.Redis, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    """start_worker(concurrency=2) → Worker; what is still alive at the end is killed."""
    started: list[Worker] = []

    def start(concurrency: int = 2) -> Worker:
        worker = Worker(tmp_path / f"worker-{len(started)}.log", concurrency)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()


def until(holds: Callable[[], bool], seconds: float, tell: Callable[[], str] = str) -> None:
    """Waits for something that other processes bring about; fails with `tell()` when it doesn't come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s\n{tell()}"
        time.sleep(0.1)
