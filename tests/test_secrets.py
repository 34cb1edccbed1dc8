"""Passwords and keys leave the environment for nowhere: no log, no output, no error."""

import os
import stat
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

FIELD_KEY = Fernet.generate_key().decode()
SECRETS = {
    "SECRET_KEY": "Geheim-signing-" * 5,
    "FIELD_KEYS": FIELD_KEY,
    "DATABASE_URL": "postgres://portal:Geheim-database@127.0.0.1:1/portal",
    "REDIS_URL": "redis://:Geheim-broker@127.0.0.1:1/0",
    "EMAIL_URL": "smtp://portal:Geheim-mail@127.0.0.1:1",
}
ASK = (
    "import django; django.setup(); from django.test import Client;"
    "c = Client(raise_request_exception=False); print(c.get('/readyz').content, c.get('/nb/').status_code)"
)
MAIL = "import django; django.setup(); from django.core.mail import send_mail; send_mail('a', 'b', None, ['c@d.no'])"


@pytest.mark.parametrize(
    "words",
    [
        ["manage.py", "migrate"],
        ["manage.py", "letter_run", "3328", "2026Q3"],
        ["-m", "celery", "-A", "tilflytter", "inspect", "ping", "--timeout", "1"],
        ["-c", ASK],
        ["-c", MAIL],
    ],
    ids=["database", "command", "broker", "request", "mail"],
)
def test_no_failure_tells_a_secret_to_the_log(words, repository, tmp_path):
    """With everything the portal stands on out of reach, and at the most talkative."""
    env = {
        **os.environ,
        **SECRETS,
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "DEBUG",
        "ALLOWED_HOSTS": "testserver",
    }
    env |= {"DJANGO_SETTINGS_MODULE": "tilflytter.settings", "SITE_URL": "", "DATABASE_OWNER_URL": ""}
    done = subprocess.run(
        [sys.executable, *words], cwd=repository, env=env, capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr
    assert said, "It says something, or this test would look at nothing."
    assert "Geheim" not in said
    assert FIELD_KEY not in said


def test_what_the_portal_writes_is_its_users_alone(repository, tmp_path):
    folder = tmp_path / "data"
    env = {**os.environ, **dict.fromkeys(SECRETS, ""), "DATA_DIR": str(folder), "SITE_URL": ""}
    subprocess.run(
        [sys.executable, "-c", "import tilflytter.settings"], cwd=repository, env=env, check=True, umask=0o022
    )
    assert (folder / "secrets/secret_key").exists()
    open_to_others = [
        str(path)
        for path in [folder, *folder.iterdir(), *(folder / "secrets").iterdir()]
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert not open_to_others
