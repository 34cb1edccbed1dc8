"""The tests work as the application does: on PostgreSQL as a role that owns nothing, behind the walls.

A test's own lines reach every municipality; requests, tasks and commands in it set their scope themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from municipalities.municipality import scope
from municipalities.tenancy import walls

_MAKE_ROLE = (
    "DO $$ BEGIN CREATE ROLE {role} NOLOGIN;"
    " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
)


@contextmanager
def as_owner() -> Iterator[None]:
    """What the application's role may not do; `migrate` and whoever runs the database may."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield
        cursor.execute(f"SET ROLE {settings.DATABASE_APP_ROLE}")


@pytest.fixture(autouse=True)
def _reaches_everything() -> Iterator[None]:
    with scope.everywhere():
        yield


@pytest.fixture(scope="session")
def _application_role(django_test_environment, django_db_blocker) -> None:
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(_MAKE_ROLE.format(role=settings.DATABASE_APP_ROLE))


@pytest.fixture(scope="session")
def django_db_setup(_application_role, django_db_setup, django_db_blocker) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["OPTIONS"]["assume_role"] = settings.DATABASE_APP_ROLE
        yield
        connection.close()
        del connection.settings_dict["OPTIONS"]["assume_role"]


@pytest.fixture(scope="session", autouse=True)
def _tests_are_emptied_by_the_owner() -> Iterator[None]:
    """Emptying tables after a test with transactions is more than the application may do."""
    empty = TransactionTestCase._fixture_teardown

    def empty_as_owner(self: TransactionTestCase) -> None:
        walls.take_down(connection)  # SQLite's: built anew after the tables are emptied.
        with as_owner():
            empty(self)

    TransactionTestCase._fixture_teardown = empty_as_owner
    yield
    TransactionTestCase._fixture_teardown = empty
