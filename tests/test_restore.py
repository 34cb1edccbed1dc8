"""T4: a backup restored to an empty machine, by the commands of docs/operations.md as they stand there."""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from psycopg2.extensions import quote_ident

NUMBER, QUARTER = "3328", "2026Q3"
EMBEDDED = not settings.DATABASE_URL
NAME = f"tilflytter_restore_{os.getpid()}"

# Stands for Docker: the words after the service's name run on this machine, as its container would.
DOCKER = f"""#!{sys.executable}
import os, subprocess, sys
words = sys.argv[1:]
assert words.pop(0) == "compose", words
verb, env = words.pop(0), dict(os.environ)
if verb == "up":
    assert [word for word in words if not word.startswith("-")] in (["postgres", "redis"], []), words
    if "postgres" not in words:
        env["DATABASE_URL"] = env["OWNER_URL"]
        sys.exit(subprocess.run([sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"], env=env).returncode)
    sys.exit(0)
service = next(word for word in words if not word.startswith("-"))
inside = words[words.index(service) + 1:]
if service == "postgres":
    inside = [env["PGDATABASE"] if word == "tilflytter" else word for word in inside]
    at = inside.index("-U")
    inside[at + 1] = env["PGUSER"]
else:
    os.makedirs(env["DATA_DIR"], exist_ok=True)  # The volume.
    inside = [env["DATA_DIR"] if word == "/data" else word for word in inside]
sys.exit(subprocess.run(inside, env=env).returncode)
"""


def block(repository, mark):
    """The commands below `<!-- mark -->`."""
    text = (repository / "docs/operations.md").read_text()
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```sh\n(.*?)```", text, re.S)
    assert found, f"docs/operations.md has no commands marked {mark!r}"
    return found[1]


@dataclass
class Machine:
    """A folder, its `var/`, and on PostgreSQL a database; whoever works on it stands in the folder."""

    folder: Path
    repository: Path
    database: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.folder.mkdir()
        for name in ("manage.py", "demo"):
            (self.folder / name).symlink_to(self.repository / name)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "docker").write_text(DOCKER)
        (bin_folder / "docker").chmod(0o755)
        self.env = {
            **os.environ,
            **dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY", "FIELD_KEYS"), ""),
            "DJANGO_SETTINGS_MODULE": "tilflytter.settings",
            "DATA_DIR": str(self.folder / "var"),
            "PYTHONPATH": str(self.repository),
            "ALLOWED_HOSTS": "testserver",
            "PATH": f"{bin_folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        if self.database:
            make_database(self.database)
            server = settings.DATABASE_URL.partition("?")[0].rpartition("/")[0]
            parts = urlsplit(server)
            self.env |= {
                "DATABASE_URL": f"{server}/{self.database}?assume_role={settings.DATABASE_APP_ROLE}",
                "OWNER_URL": f"{server}/{self.database}",
                "REDIS_URL": settings.REDIS_URL,
                "PGHOST": parts.hostname,
                "PGPORT": str(parts.port or 5432),
                "PGUSER": parts.username,
                "PGPASSWORD": parts.password or "",
                "PGDATABASE": self.database,
                # What `.env` holds: the same on both machines.
                "SECRET_KEY": "the-same-on-every-machine-" * 3,
                "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            }

    def do(self, script, **env):
        done = subprocess.run(
            ["sh", "-euc", script], cwd=self.folder, env=self.env | env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self):
        """Of each table, how many rows it has and what stands in them."""
        if self.database:
            connection = connect(self.database)
            cursor = connection.cursor()
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        else:
            connection = sqlite3.connect(self.folder / "var/db.sqlite3")
            cursor = connection.cursor()
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        tables, found = [name for (name,) in cursor.fetchall()], {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
        connection.close()
        return found

    def files(self):
        root = self.folder / "var/files"
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file()
        }


def connect(database="postgres"):
    connection = psycopg2.connect(f"{settings.DATABASE_URL.partition('?')[0].rpartition('/')[0]}/{database}")
    connection.autocommit = True
    return connection


def make_database(name):
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quote_ident(name, connection)} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quote_ident(name, connection)}")
        cursor.execute(
            "DO $$ BEGIN CREATE ROLE " + settings.DATABASE_APP_ROLE + " NOLOGIN;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )


@pytest.fixture(scope="module")
def repository() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def machines(tmp_path_factory, repository):
    """The old one, a county with a finished run, and an empty new one."""
    root = tmp_path_factory.mktemp("machines")
    names = ("", "") if EMBEDDED else (f"{NAME}_old", f"{NAME}_new")
    old = Machine(root / "old", repository, names[0])
    owner = {} if EMBEDDED else {"DATABASE_URL": old.env["OWNER_URL"]}
    old.do("python manage.py migrate -v 0", **owner)
    old.do("python manage.py demo --without-people")
    old.do(f"python manage.py import_households demo/arrivals-{NUMBER}-{QUARTER}.csv --municipality {NUMBER}")
    old.do(f"python manage.py letter_run {NUMBER} {QUARTER} --approve --here --out letters")
    yield old, Machine(root / "new", repository, names[1])
    if not EMBEDDED:
        with closing(connect()) as connection, connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DROP DATABASE IF EXISTS {quote_ident(name, connection)} WITH (FORCE)")


@pytest.fixture(scope="module")
def restored(machines, repository):
    old, new = machines
    kind = "embedded" if EMBEDDED else "docker"
    old.do(block(repository, f"backup: {kind}"))
    taken = sorted(path.name for path in old.folder.iterdir() if path.suffix in {".dump", ".tar", ".sqlite3"})
    assert len(taken) == 2
    for name in taken:
        assert (old.folder / name).stat().st_mode & 0o077 == 0, f"{name} can be read by others"
        shutil.copy2(old.folder / name, new.folder / name)
    was = old.rows(), old.files()
    new.do(block(repository, f"restore: {kind}"))
    return was, new


def test_an_empty_machine_becomes_the_old_one(restored, machines, repository):
    """One test, for what it stands on takes half a minute to make."""
    (rows, files), new = restored
    counts = {table: count for table, (count, _) in rows.items()}
    assert counts["welcome_letter"] > 20
    assert {table: count for table, (count, _) in new.rows().items()} == counts
    assert new.rows() == rows
    assert any(name.endswith(".pdf") for name in files)
    assert new.files() == files

    ready = "import django; django.setup(); from django.test import Client; r = Client().get('/readyz')"
    assert new.do(f'python -c "{ready}; print(r.status_code, r.content.decode())"').split() == ["200", "ok"]
    secret = 'python -c "from tilflytter import settings; print(settings.SECRET_KEY)"'
    assert new.do(secret) == machines[0].do(secret)
    assert "all right" in new.do(block(repository, "restored"))
