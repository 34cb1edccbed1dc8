"""A Redis and a PostgreSQL of the fault tests' own, on free ports, to be stopped and started at will."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import redis


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class OwnRedis:
    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            self._folder,
        ]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            try:
                self.client.ping()
                return
            except redis.RedisError:
                assert time.monotonic() < end, "redis-server does not start"
                time.sleep(0.05)

    def stop(self) -> None:
        """Nothing is saved: whatever it held is gone."""
        self._process.kill()
        self._process.wait()


class OwnPostgreSQL:
    """A cluster in a folder. PostgreSQL refuses root: then it runs as the system's user `postgres`."""

    @staticmethod
    def binaries() -> Path:
        """Where this machine keeps its newest server's programs; a folder that isn't there where it has none."""
        there = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        found = shutil.which("initdb")
        return there[-1] if there else Path(found).parent if found else Path("/nowhere")

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(
            prefix="tilflytter-postgresql."
        )  # Others can't enter pytest's folders.
        self.port, self._data = free_port(), Path(self._folder) / "data"
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self._folder, "postgres")
        self._bin = self.binaries()
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        self.start()

    def _run(self, name: str, *words: str | Path) -> None:
        command = [*self._as, self._bin / name, *words]
        done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert not done.returncode, done.stdout

    def _control(self, *words: str | Path) -> None:
        # Its log goes to a file: a server that inherited a pipe would keep its reader waiting.
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-l", self._data / "log", *words)

    def start(self) -> None:
        # Machines don't fail here, only processes: no need to wait for the disk.
        words = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control("-o", words, "start")

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends every session; `immediate` is a crash, and its next start a recovery."""
        self._control("-m", mode, "stop")

    @property
    def place(self) -> dict[str, str]:
        """As Django's settings want it."""
        return {"HOST": "127.0.0.1", "PORT": str(self.port), "USER": "postgres", "PASSWORD": "none"}

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
