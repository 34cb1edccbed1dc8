"""The portal's processes, started to be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from kombu.exceptions import KombuError

from tilflytter.celery import app

SWEEP = "welcome.letters.tasks.sweep"


def until(holds: Callable[[], Any], seconds: float, tell: Callable[[], str] = str) -> None:
    """Waits for something that other processes bring about; fails with `tell()` when it doesn't come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s\n{tell()}"
        time.sleep(0.05)


class Process:
    """One of the portal's processes with its children, in a process group of its own."""

    def __init__(self, words: list[str], env: dict[str, str], log: Path) -> None:
        self._words, self._env, self.log = words, env, log
        self._from = 0
        self.start()

    def start(self) -> None:
        self._from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.starting", *self._words],
                env=self._env,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        with self.log.open("rb") as log:
            log.seek(self._from)
            return b" ready." in log.read()

    def until_ready(self) -> "Process":
        until(self.is_ready, 60, self.tail)
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def children(self) -> list[int]:
        try:
            return [
                int(child) for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            ]
        except FileNotFoundError:
            return []

    def signal(self, number: int) -> None:
        if self.is_alive:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, None where it is still alive."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """SIGKILL to parent and children at once, as when the machine is gone."""
        for number in (signal.SIGKILL, signal.SIGCONT):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
        self._process.wait()


class Supervisor:
    """As systemd or Docker does: whichever of these processes ends is started again."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes, self.restarts = processes, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for process in self.processes:
                if not process.is_alive:
                    self.restarts += 1
                    process.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


class Portal:
    """Starts workers, clocks and commands on the test's database, broker and files; at the end all are gone."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self.env, self.folder = env, folder
        self.tickets = folder / "tickets"
        self.tickets.mkdir()
        self._started: list[Process] = []
        self._supervisors: list[Supervisor] = []
        self._over = threading.Event()
        self._sweeping = threading.Thread(target=self._sweep, daemon=True)

    def start(self, words: list[str], **env: str) -> Process:
        log = self.folder / f"{words[0]}-{len(self._started)}.log"
        process = Process(words, {**self.env, "FAULT_TICKETS": str(self.tickets), **env}, log)
        self._started.append(process)
        return process

    def worker(self, concurrency: int = 2, **env: str) -> Process:
        words = ["worker", "--concurrency", str(concurrency), "--loglevel", "INFO", "--hostname"]
        return self.start([*words, f"w{len(self._started)}@%h"], **env)

    def sweep_each_second(self) -> None:
        """As the clock does each minute; but a second is no minute, and workers that have not come round to the
        last sweep's messages would drown in those of the next."""
        self._sweeping.start()

    def _sweep(self) -> None:
        client = redis.Redis.from_url(self.env["REDIS_URL"])
        while not self._over.wait(1):
            try:
                if client.llen("celery") < 4:
                    app.send_task(SWEEP, retry=False)
            except (KombuError, redis.RedisError, OSError):
                pass  # Redis is away; the next second comes.

    def beat(self, every: str = "", **env: str) -> Process:
        """A real one; `every` says what it does each so many seconds, "" for the portal's own times."""
        schedule = self.folder / f"beat-{len(self._started)}"
        words = ["beat", "--pidfile=", "--loglevel", "INFO", "--schedule", str(schedule)]
        return self.start(words, FAULT_CLOCK=every, **env)

    def manage(self, *words: str, **env: str) -> Process:
        return self.start(["manage", *words], **env)

    def supervise(self, *processes: Process) -> Supervisor:
        supervisor = Supervisor(list(processes))
        self._supervisors.append(supervisor)
        return supervisor

    def stop(self) -> None:
        self._over.set()
        for supervisor in self._supervisors:
            supervisor.stop()
        for process in self._started:
            process.kill()

    # --- tickets, see starting.py ----------------------------------------------------------------

    def issue(self, point: str, tickets: int = 1, how: str = "kill") -> None:
        """So many processes that reach `point` will be hit there, each on another piece of work."""
        for number in range(tickets):
            half = self.tickets / f"half.{number}"
            half.write_text(how)
            half.rename(self.tickets / f"{point}.{number}")

    def poison(self, letter: int, how: str) -> None:
        (self.tickets / f"poison.{letter}").write_text(how)

    def hits(self, point: str = "*") -> list[Path]:
        return list(self.tickets.glob(f"hit.*.{point}.*"))

    def tastes(self, letter: int) -> int:
        return len(list(self.tickets.glob(f"tasted.{letter}.*")))

    def log(self) -> str:
        return "\n".join(process.log.read_text(errors="replace") for process in self._started)

    def tail(self) -> str:
        return "\n---\n".join(process.tail() for process in self._started)
