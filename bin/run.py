#!/usr/bin/env python3
"""`make run`: prepares, starts web, worker and beat, says where to go, and takes all down again.

Honcho starts what the Procfile lists, each in a session of its own; this process watches it, so
that Ctrl-C, a closed terminal or a kill of `make` end every process.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import FrameType
from typing import IO, Optional

from prepare import DATA_DIR, PYTHON, ROOT, VENV, Stop, newer_python, prepare

HOST = os.environ.get("HOST", "").strip() or "127.0.0.1"
PORT = os.environ.get("PORT", "").strip() or "8000"
# A worker needs some five seconds to go, more when it is laying out letters; honcho gives it five.
PATIENT_HONCHO = "import honcho.command, honcho.manager as m; m.KILL_WAIT = 20; honcho.command.main()"
LOGINS = (
    ("service office", "servicekontor@al.example"),
    ("coordinator", "koordinator@al.example"),
    ("administrator", "admin@tilflytter.example"),
)


def die_with_parent() -> None:
    """SIGTERM to this process when its parent is gone, however it went. Linux only; elsewhere no harm."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def check_port() -> None:
    if not (PORT.isdigit() and 0 < int(PORT) < 65536):
        raise Stop(f"PORT is {PORT!r}; it should be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError as error:
            other = int(PORT) + 1 if int(PORT) < 65535 else 8000
            raise Stop(
                f"{HOST}:{PORT} can't be used ({error.strerror}). Choose another: make run PORT={other}"
            ) from error


def hold_data_dir() -> IO[str]:
    """A second `make run` over the same data would start a second beat: this file, held, refuses it."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    lock = open(DATA_DIR / "run.lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Stop(
            f"The portal in {DATA_DIR} runs already. Stop it, or choose another DATA_DIR for this one."
        ) from error
    return lock


def password_is_enough() -> bool:
    """A trial on one's own machine: nobody else can reach it."""
    asked = os.environ.get("SECOND_FACTOR", "").strip()
    return HOST in {"127.0.0.1", "localhost"} and not os.environ.get("SITE_URL") and asked in {"", "0"}


def start() -> "subprocess.Popen[bytes]":
    env = {**os.environ, "HOST": HOST, "PORT": PORT, "PYTHONUNBUFFERED": "1"}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    env.setdefault("SITE_URL", f"http://{HOST}:{PORT}")
    if password_is_enough():
        env["SECOND_FACTOR"] = "0"
    # The .env file is the production set-up's (docker-compose.yml): honcho must not read it.
    honcho = [str(PYTHON), "-c", PATIENT_HONCHO, "start", "--env", os.devnull, "--no-colour"]
    return subprocess.Popen(honcho, cwd=ROOT, env=env, start_new_session=True, preexec_fn=die_with_parent)


def answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{PORT}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def welcome() -> str:
    password = (DATA_DIR / "secrets" / "demo_password").read_text().strip()
    people = "\n".join(f"    {role:<16} {login}" for role, login in LOGINS)
    return (
        f"\n  Tilflytter is ready:  http://{HOST}:{PORT}/\n"
        f"  Staff log in at       http://{HOST}:{PORT}/admin/\n\n{people}\n"
        f"    {'password':<16} {password}\n\n"
        + (
            "  For this trial a password is enough. SECOND_FACTOR=1 make run asks for a second step.\n"
            if password_is_enough()
            else ""
        )
        + "  Begin with Ål's waiting letter run of 2026Q3. Ctrl-C stops everything.\n"
    )


def watch(processes: "subprocess.Popen[bytes]") -> int:
    asked_to_stop: list[int] = []

    def stop(signum: int, frame: Optional[FrameType]) -> None:
        if signum == signal.SIGHUP:  # The terminal is gone: writing to it would fail.
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
        asked_to_stop.append(signum)
        with contextlib.suppress(ProcessLookupError):
            processes.send_signal(signal.SIGTERM)

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    said = False
    while processes.poll() is None:
        if not said and not asked_to_stop and answers():
            said = True
            print(welcome(), flush=True)
        time.sleep(0.2)
    return 0 if asked_to_stop else processes.returncode or 1


def main() -> int:
    newer_python()
    die_with_parent()
    check_port()
    with hold_data_dir():
        prepare("run")
        return watch(start())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stop as problem:
        sys.exit(f"\n{problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next call goes on from here.")
