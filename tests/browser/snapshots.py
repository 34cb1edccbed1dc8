"""The database between two tests of the browser: a copy of the freshly migrated file is put back, whole, where
Django would empty every table and then make permissions and walls anew. On PostgreSQL Django's own way stays.

What many tests begin with (`county.py`) is built once a process and put back in the same way.
"""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.test import TransactionTestCase

from municipalities.municipality.models import Municipality

_kept: dict[str, sqlite3.Connection] = {}
EMPTY = "empty"


def _file() -> sqlite3.Connection:
    """Past Django's connection, which may stand in a transaction that its test never ended."""
    connections.close_all()
    opened = sqlite3.connect(connection.settings_dict["NAME"], timeout=60)
    opened.execute("PRAGMA synchronous=OFF")
    return opened


def keep(name: str) -> None:
    file, copy = _file(), sqlite3.connect(":memory:")
    file.backup(copy)
    file.close()
    _kept[name] = copy


def put_back(name: str) -> None:
    """Everything is as it was, numbers of new rows too; waits for whoever still writes."""
    file = _file()
    _kept[name].backup(file)
    file.close()
    ContentType.objects.clear_cache()


def loaded(build: Callable[[], object]) -> None:
    """The database as `build` leaves an empty one. Nothing may be in it yet: it would be gone."""
    assert not Municipality.objects.exists(), "what the test has made so far would be lost"
    if connection.vendor != "sqlite":
        build()
    elif build.__name__ in _kept:
        put_back(build.__name__)
    else:
        build()
        keep(build.__name__)


@pytest.fixture(scope="package", autouse=True)
def _put_back_after_each(_tests_are_emptied_by_the_owner, django_db_setup) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    keep(EMPTY)
    empty = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: put_back(EMPTY)
    yield
    TransactionTestCase._fixture_teardown = empty
    for copy in _kept.values():
        copy.close()
    _kept.clear()
