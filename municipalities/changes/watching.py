"""Triggers on every table that visitors read, made from the list of models after each `migrate`, as the walls are
(ADR 6): whichever way a row is changed, no code has to remember the pages that show it."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from municipalities.changes.models import PublicChange
from municipalities.municipality.models import Municipality
from municipalities.tenancy.walled import owned_models

EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
_FUNCTION = """
CREATE OR REPLACE FUNCTION tilflytter_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  EXECUTE format('INSERT INTO {table} (place) SELECT DISTINCT %I FROM changed', TG_ARGV[0]);
  RETURN NULL;
END $f$
"""


def watched() -> dict[str, str]:
    """The tables that visitors read, and the column that says of which municipality a row is."""
    owned = [model for model in owned_models() if model.public_rows is not None or model.public_through]
    return {Municipality._meta.db_table: "id"} | {model._meta.db_table: "municipality_id" for model in owned}


def _wanted() -> dict[tuple[str, str], tuple[str, str]]:
    """By table and name of a trigger: its event, and the column."""
    return {
        (table, f"changed_{table}_{event}"[:63]): (event, column)
        for table, column in watched().items()
        for event in EVENTS
    }


def _found(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'changed\\_%%' ESCAPE '\\'"
        if connection.vendor == "sqlite"
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname LIKE 'changed\\_%%' AND t.tgenabled <> 'D'"
    )
    return set(cursor.fetchall())


def build(connection: BaseDatabaseWrapper) -> None:
    """Whatever is missing or not wanted any more."""
    target = PublicChange._meta.db_table
    with connection.cursor() as cursor:
        found, wanted = _found(connection, cursor), _wanted()
        for table, name in found - wanted.keys():
            _drop(connection, cursor, table, name)
        missing = wanted.keys() - found
        if missing and connection.vendor == "postgresql":
            cursor.execute(_FUNCTION.format(table=target))
        for table, name in sorted(missing):
            event, column = wanted[table, name]
            row = EVENTS[event]
            ending = (
                f'BEGIN INSERT INTO "{target}" (place) VALUES ({row}."{column}"); END'  # noqa: S608 - the names of our own tables
                if connection.vendor == "sqlite"
                else f"REFERENCING {row} TABLE AS changed FOR EACH STATEMENT"
                f" EXECUTE FUNCTION tilflytter_changed('{column}')"
            )
            cursor.execute(f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {ending}')


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        missing = _wanted().keys() - _found(connection, cursor)
    return [f"The trigger {name} is missing." for _table, name in sorted(missing)]


def _drop(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str, name: str) -> None:
    cursor.execute(f'DROP TRIGGER "{name}"' + ("" if connection.vendor == "sqlite" else f' ON "{table}"'))


def before_migrations(*, using: str, **kwargs: Any) -> None:
    """SQLite rebuilds a whole table to change it, which a trigger that names it would break."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table, name in _found(connection, cursor):
                _drop(connection, cursor, table, name)


def after_migrations(*, sender: AppConfig, using: str, **kwargs: Any) -> None:
    connection = connections[using]
    # Not before the last app has its tables, and not on the way back to nothing.
    if set(connection.introspection.table_names()) >= {*watched(), PublicChange._meta.db_table}:
        build(connection)
