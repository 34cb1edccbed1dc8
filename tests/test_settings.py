"""The portal refuses nonsense by the setting's name, and keeps all it writes under DATA_DIR."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

# Nothing of whoever runs the tests may decide what these see.
CLEAN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


@pytest.fixture
def load(repository, tmp_path):
    """Loads the settings in a process of its own: load(NAME=value, …)(expression)."""

    def start(expression: str = "None", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", f"import tilflytter.settings as s; print({expression})"],
            cwd=repository,
            env={**CLEAN, "DATA_DIR": str(tmp_path / "data"), **env},
            capture_output=True,
            text=True,
        )

    return start


@pytest.mark.parametrize(
    ("name", "value", "should"),
    [
        ("DATABASE_URL", "mysql://root@db/tilflytter", "postgres://"),
        ("DATABASE_URL", "/var/lib/db.sqlite3", "postgres://"),
        ("DATABASE_URL", "postgres://db:notaport/t", "postgres://host"),
        ("DATABASE_URL", "postgres://root@db", "database's name"),
        ("REDIS_URL", "amqp://mq", "redis://"),
        ("REDIS_URL", "redis://mq:six", "redis://host"),
        ("EMAIL_URL", "mail.example.no:25", "smtp://"),
        ("EMAIL_URL", "smtp://", "smtp://host"),
        ("SITE_URL", "tilflytter.example.no", "https://"),
        ("SITE_URL", "http://", "http://host"),
        ("SITE_URL", "http://example.no/tilflytter", "nothing behind it"),
        ("ALLOWED_HOSTS", "*", "without *"),
        ("ALLOWED_HOSTS", "https://tilflytter.example.no", "without https://"),
        ("DEBUG", "maybe", "1 or 0"),
        ("BEHIND_PROXY", "nginx", "1 or 0"),
        ("RATE_LIMIT_FACTOR", "1001", "from 0 to 1000"),
        ("FETCH_PRIVATE_HOSTS", "http://login.lan", "host names"),
        ("AUDIT_MONTHS", "6", "from 12 to 240"),
        ("WORKER_MEMORY_MB", "256", "from 1024 to"),
        ("SESSION_HOURS", "0", "from 1 to 336"),
        ("SESSION_HOURS", "ten", "from 1 to 336"),
        ("DATABASE_CONN_MAX_AGE", "-1", "from 0 to 3600"),
        ("LOG_LEVEL", "LOUD", "INFO"),
        ("SECOND_FACTOR", "perhaps", "1 or 0"),
        ("SECRET_KEY", "short", "50 random characters"),
    ],
)
def test_nonsense_is_refused_by_name(load, name, value, should):
    more = {"DATABASE_URL": "postgres://u@db/t"} if name == "DATABASE_CONN_MAX_AGE" else {}
    refused = load(**more, **{name: value})
    last = refused.stderr.strip().splitlines()[-1]
    assert refused.returncode != 0
    assert "ImproperlyConfigured" in last
    assert name in last
    assert should in last


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root:Geheim-1@db/t"),
        ("DATABASE_URL", "postgres://root:Geheim-1@db:port/t"),
        ("REDIS_URL", "amqp://:Geheim-1@mq"),
        ("EMAIL_URL", "portal:Geheim-1@mail.example.no"),
    ],
)
def test_a_refusal_shows_no_password(load, name, value):
    refused = load(**{name: value})
    assert refused.returncode != 0
    assert name in refused.stderr
    assert "Geheim-1" not in refused.stderr


def test_the_host_of_the_site_is_answered_to_under_either_kind_of_name(load):
    assert "['[::1]'," in load("s.ALLOWED_HOSTS", SITE_URL="http://[::1]:8000").stdout
    assert "['aal.example.no'," in load("s.ALLOWED_HOSTS", SITE_URL="http://aal.example.no:8000").stdout


def test_a_data_dir_that_cannot_be_written_is_refused_by_name(load, tmp_path):
    (tmp_path / "file").write_text("")
    refused = load(DATA_DIR=str(tmp_path / "file" / "var"))
    assert "DATA_DIR" in refused.stderr.strip().splitlines()[-1]


def test_an_empty_setting_is_an_unset_one(load, repository):
    """A copy of .env.example sets all names, most of them to nothing."""
    names = re.findall(r"^([A-Z_]+)=", (repository / ".env.example").read_text(), re.MULTILINE)
    assert load(**dict.fromkeys(set(names) - {"DATA_DIR"}, "")).returncode == 0


def test_all_that_is_written_lies_under_data_dir(load, tmp_path):
    places = load(
        "*[str(p) for p in (s.DATABASES['default']['NAME'], s.MEDIA_ROOT, s.STATIC_ROOT,"
        " s.CACHES['default']['LOCATION'], s.CELERY_BEAT_SCHEDULE_FILENAME, s.EMAIL_FILE_PATH,"
        " *s.CELERY_BROKER_TRANSPORT_OPTIONS.values())], sep='\\n'"
    ).stdout.split()
    assert len(places) >= 9
    assert all(Path(place).is_relative_to(tmp_path / "data") for place in places)


def test_the_secret_is_made_once_and_only_its_owner_reads_it(load, tmp_path):
    first, second = load("s.SECRET_KEY").stdout, load("s.SECRET_KEY").stdout
    assert first == second
    assert len(first) >= 50
    secret = tmp_path / "data/secrets/secret_key"
    assert secret.stat().st_mode & 0o077 == 0
    other = load("s.SECRET_KEY", DATA_DIR=str(tmp_path / "other")).stdout
    assert other != first


def test_processes_that_start_at_once_agree_on_the_secret(repository, tmp_path):
    words = [sys.executable, "-c", "import tilflytter.settings as s; print(s.SECRET_KEY)"]
    env = {**CLEAN, "DATA_DIR": str(tmp_path)}
    started = [subprocess.Popen(words, cwd=repository, env=env, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate()[0] for process in started}) == 1


def test_https_needs_a_secret_that_was_chosen(load):
    """Two machines that each made their own would log everybody out at every other request."""
    assert "SECRET_KEY" in load(SITE_URL="https://tilflytter.example.no").stderr.splitlines()[-1]


def test_a_portal_on_the_internet_never_shows_its_innards(load):
    keys = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}
    refused = load(SITE_URL="https://tilflytter.example.no", DEBUG="1", **keys)
    assert "DEBUG" in refused.stderr.splitlines()[-1]


def test_https_needs_keys_for_its_fields_that_were_chosen(load):
    refused = load(SITE_URL="https://tilflytter.example.no", SECRET_KEY="x" * 50)
    assert "FIELD_KEYS" in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("keys", ["short", "x" * 44 + ",y"])
def test_keys_that_are_none_are_refused_and_not_shown(load, keys):
    last = load(FIELD_KEYS=keys).stderr.splitlines()[-1]
    assert "FIELD_KEYS" in last
    assert keys not in last


@pytest.mark.parametrize(
    ("site", "accepted"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://10.0.0.5:8000", False),
        ("http://127.0.0.1.example.no", False),
        ("https://localhost", False),
    ],
)
def test_a_password_is_enough_only_on_ones_own_machine(load, site, accepted):
    keys = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}
    loaded = load("s.SECOND_FACTOR", SITE_URL=site, SECOND_FACTOR="0", **keys)
    assert (loaded.stdout.strip() == "False") is accepted
    if not accepted:
        assert "SECOND_FACTOR" in loaded.stderr.splitlines()[-1]
    assert load("s.SECOND_FACTOR", SITE_URL=site, **keys).stdout.strip() == "True"


def test_https_turns_on_what_https_needs(load):
    key = Fernet.generate_key().decode()
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE SECURE_SSL_REDIRECT"
    shown = f"*[getattr(s, name) for name in {names!r}.split()], s.SECURE_HSTS_SECONDS > 0"
    assert (
        load(
            shown, SITE_URL="https://tilflytter.example.no", SECRET_KEY="x" * 50, FIELD_KEYS=key
        ).stdout.split()
        == ["True"] * 5
    )
    assert load(shown, SITE_URL="http://127.0.0.1:8000").stdout.split() == ["False"] * 5


def test_the_forwarded_header_is_believed_only_behind_a_proxy(load):
    assert load("s.SECURE_PROXY_SSL_HEADER").stdout.strip() == "None"
    assert "HTTP_X_FORWARDED_PROTO" in load("s.SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="1").stdout
