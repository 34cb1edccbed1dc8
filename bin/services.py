#!/usr/bin/env python3
"""Runs a command with a PostgreSQL and a Redis that answer:  bin/services.py COMMAND …

DATABASE_URL and REDIS_URL are used as given, and it is an error if they don't answer. Where one is
not given, the server of this machine is used; where none runs and this process may, it is installed
and started. The command's tests make and drop databases of their own (test_…).
"""

import getpass
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import redis
from prepare import Stop, install, lines_to_type, may_install, say

ROLE = getpass.getuser()
DATABASE_URL = f"postgres://{ROLE}:tilflytter@127.0.0.1:5432/tilflytter"
REDIS_URL = "redis://127.0.0.1:6379/0"
POSTGRESQL = ("postgresql", "postgresql-server", "postgresql@16")
REDIS = ("redis-server", "redis", "redis")


def database_fault(url: str) -> str:
    """Why the server of this address can't be used to make test databases, or ""."""
    server = url.partition("?")[0].rpartition("/")[0] + "/postgres"
    try:
        psycopg2.connect(server, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        return str(error).strip()
    return ""


def redis_fault(url: str) -> str:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        return str(error)
    return ""


def wait_for(fault: Callable[[str], str], url: str, seconds: int = 30) -> str:
    until = time.monotonic() + seconds
    while (problem := fault(url)) and time.monotonic() < until:
        time.sleep(0.3)
    return problem


def start_postgresql() -> str:
    """Starts Debian's cluster, gives the one who runs this a role of their own, and returns the address."""
    if not shutil.which("pg_ctlcluster"):
        install([POSTGRESQL[0]])
    clusters = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True).stdout
    if not clusters.strip():
        newest = sorted(Path("/usr/lib/postgresql").iterdir(), key=lambda folder: int(folder.name))[-1]
        subprocess.run(["pg_createcluster", newest.name, "main"], check=True, stdout=subprocess.DEVNULL)
        clusters = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True).stdout
    version, name, port, status = clusters.split()[:4]
    if not status.startswith("online"):
        say(f"starting PostgreSQL {version}")
        subprocess.run(["pg_ctlcluster", version, name, "start"], check=True)
    role = (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}')"
        f' THEN CREATE ROLE "{ROLE}" LOGIN SUPERUSER; END IF; END $$;'
        f" ALTER ROLE \"{ROLE}\" PASSWORD 'tilflytter';"
    )
    as_postgres = ["runuser", "-u", "postgres", "--", "psql", "-q", "-p", port, "-d", "postgres", "-c", role]
    for _ in range(20):  # A cluster that just started refuses for a moment.
        if not subprocess.run(as_postgres, cwd="/", capture_output=True).returncode:
            break
        time.sleep(0.5)
    return DATABASE_URL.replace(":5432/", f":{port}/")


def start_redis() -> str:
    if not shutil.which("redis-server"):
        install([REDIS[0]])
    if redis_fault(REDIS_URL):
        say("starting Redis")
        subprocess.run(
            ["redis-server", "--daemonize", "yes", "--save", "", "--dir", "/tmp"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return REDIS_URL


def ensure(
    name: str,
    usual: str,
    fault: Callable[[str], str],
    start: Callable[[], str],
    packages: tuple[str, str, str],
) -> str:
    """The address under which the service answers."""
    given = os.environ.get(name, "").strip()
    if given:
        if problem := fault(given):
            raise Stop(f"{name} is given, but nothing usable answers there: {problem}")
        return given
    if problem := fault(usual):
        if not may_install():
            raise Stop(
                f"{problem}\nStart it, or give its address as {name}. To install:\n"
                + lines_to_type([packages])
            )
        usual = start()
        if problem := wait_for(fault, usual):
            raise Stop(f"{name}: {problem}")
    return usual


def main() -> None:
    database = ensure("DATABASE_URL", DATABASE_URL, database_fault, start_postgresql, POSTGRESQL)
    broker = ensure("REDIS_URL", REDIS_URL, redis_fault, start_redis, REDIS)
    say(f"PostgreSQL at {database.rpartition('@')[2]}, Redis at {broker.rpartition('@')[2]}")
    env = {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker}
    os.execvpe(sys.argv[1], sys.argv[1:], env)


if __name__ == "__main__":
    try:
        main()
    except (Stop, subprocess.CalledProcessError) as problem:
        sys.exit(f"\n{problem}")
