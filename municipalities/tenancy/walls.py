"""What the database itself refuses, made from the list of models after each `migrate`.

PostgreSQL (`policies.py`): row-level security on every table that belongs to a municipality, rights for the
role the application works as, and foreign keys that can't leave the municipality. SQLite (`triggers.py`):
triggers for the latter. `docs/adr/0006-walls-from-the-model-list.md` tells why this is no migration that
lists tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from municipalities.tenancy import policies, triggers


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What of the walls is not there, one line each."""
    return (triggers if connection.vendor == "sqlite" else policies).faults(connection)


def build(connection: BaseDatabaseWrapper) -> None:
    """Whatever is missing or otherwise than wanted. Doing it twice is doing it once."""
    if connection.vendor == "sqlite":
        triggers.build(connection)
    elif policies.faults(connection):
        policies.build(connection)


def take_down(connection: BaseDatabaseWrapper) -> None:
    """Before migrations, where they would be in the way."""
    if connection.vendor == "sqlite":
        triggers.take_down(connection)


class NotTheOwner(Exception):
    """Whoever is connected may only add to these tables."""


@contextmanager
def shortening(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[None]:
    """A transaction in which the owner deletes from tables that may only grow. On SQLite, which knows no
    owner, whoever holds the file is it. Raises NotTheOwner."""
    if connection.vendor != "sqlite" and not policies.may_shorten(connection, tables):
        raise NotTheOwner
    with transaction.atomic(connection.alias):
        if connection.vendor == "sqlite":
            triggers.let_shorten(connection, tables)
        yield
        if connection.vendor == "sqlite":
            triggers.build(connection)
