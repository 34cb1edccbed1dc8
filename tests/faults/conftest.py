"""Real prefork workers on PostgreSQL and Redis, to be killed.  `make test-faults FAULTS=short|long`"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.counting import (  # noqa: F401
    count,
    pytest_runtest_logreport,
    pytest_runtest_makereport,
    pytest_unconfigure,
)
from tests.faults.portal import Portal
from tests.faults.servers import OwnPostgreSQL, OwnRedis
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.sending import ask_at
from tilflytter.celery import app


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number, what): the fault F1–F11 that a test brings about.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _services_are_real() -> None:
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        pytest.exit("Fault tests need PostgreSQL and Redis: start them by `make test-faults`.", returncode=4)


@pytest.fixture(scope="session")
def is_long() -> bool:
    """A fault is tried often enough to meet it, or (long) often enough to trust the result."""
    return {"short": False, "long": True}[os.environ["FAULTS"]]


@pytest.fixture(autouse=True)
def _own_files() -> None:
    """The workers are other processes: they and the test share DATA_DIR as it is."""


@pytest.fixture(scope="session", autouse=True)
def own_postgresql() -> Iterator[OwnPostgreSQL | None]:
    """None where the machine has no server to start: then the tests use DATABASE_URL's, and never restart it."""
    if not (OwnPostgreSQL.binaries() / "initdb").exists():
        yield None
        return
    server = OwnPostgreSQL()
    connection.settings_dict.update(server.place)
    yield server
    server.remove()


@pytest.fixture(scope="session")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnRedis]:
    server = OwnRedis(tmp_path_factory.mktemp("redis"))
    app.conf.broker_url = settings.CELERY_BROKER_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def broker(own_redis: OwnRedis) -> OwnRedis:
    """The Redis that only these tests and their workers use, empty."""
    own_redis.client.flushall()
    return own_redis


def database_url() -> str:
    """The test database's, for the role that the portal works as."""
    place = connection.settings_dict
    who = f"{quote(place['USER'])}:{quote(place['PASSWORD'])}@{place['HOST']}:{place['PORT'] or 5432}"
    return f"postgres://{who}/{place['NAME']}?assume_role={settings.DATABASE_APP_ROLE}"


@pytest.fixture
def portal(transactional_db: None, broker: OwnRedis, tmp_path: Path) -> Iterator[Portal]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tilflytter.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        "DATA_DIR": str(settings.DATA_DIR),
    }
    portal = Portal(env, tmp_path)
    yield portal
    portal.stop()


@pytest.fixture
def service(settings, portal: Portal) -> Iterator[double.Double]:
    """SvarUt, which takes a letter as often as it is sent, and counts."""
    with double.serve() as server:
        ask_at(settings, server)
        portal.env |= {
            "FETCH_PRIVATE_HOSTS": server.place,
            "SVARUT_URL": f"{server.url}/api",
            "MASKINPORTEN_URL": server.url,
        }
        yield server
