"""SQLite's part of the walls. It knows neither roles nor policies: triggers refuse references across
municipalities, and changes of what may only grow."""

from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from municipalities.tenancy.walled import append_only, owned_tables, references, wall_name

Wanted = dict[str, str]  # What makes it, by the name under which the database keeps it.


@cache
def _triggers() -> Wanted:
    wanted: Wanted = {}
    for reference in references():
        elsewhere = (
            f'EXISTS (SELECT 1 FROM "{reference.target}" WHERE id = NEW."{reference.column}"'
            f" AND municipality_id <> NEW.municipality_id)"
        )
        for name, when in (
            ("insert", "INSERT"),
            ("update", f'UPDATE OF "{reference.column}", municipality_id'),
        ):
            wanted[f"{reference.name}_{name}"] = (
                f'BEFORE {when} ON "{reference.table}" WHEN {elsewhere}'
                f" BEGIN SELECT RAISE(ABORT, '{reference.name}: it belongs to another municipality'); END"
            )
    for table in owned_tables():
        wanted[f"{wall_name(table)}_stays"] = (
            f'BEFORE UPDATE OF municipality_id ON "{table}" WHEN NEW.municipality_id <> OLD.municipality_id'
            f" BEGIN SELECT RAISE(ABORT, '{wall_name(table)}: a row stays in its municipality'); END"
        )
    for table in append_only():
        for verb in ("UPDATE", "DELETE"):
            wanted[f"{wall_name(table)}_{verb.lower()}"] = (
                f'BEFORE {verb} ON "{table}"'
                f" BEGIN SELECT RAISE(ABORT, '{wall_name(table)}: rows may only be added'); END"
            )
    return {name: f'CREATE TRIGGER "{name}" {body}' for name, body in wanted.items()}


def _triggers_found(cursor: CursorWrapper) -> Wanted:
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'wall\\_%%' ESCAPE '\\'"
    )
    return dict(cursor.fetchall())


def build(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        found, wanted = _triggers_found(cursor), _triggers()
        for name in [name for name, body in found.items() if wanted.get(name) != body]:
            cursor.execute(f'DROP TRIGGER "{name}"')
            del found[name]
        for name in wanted.keys() - found.keys():
            cursor.execute(wanted[name])


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        missing = _triggers().items() - _triggers_found(cursor).items()
    return [f"The trigger {name} is missing or another." for name, _body in sorted(missing)]


def take_down(connection: BaseDatabaseWrapper) -> None:
    """SQLite rebuilds a whole table to change it, and a trigger that names the table would break that.
    `build` puts them up again when the migrations are done."""
    with connection.cursor() as cursor:
        for name in _triggers_found(cursor):
            cursor.execute(f'DROP TRIGGER "{name}"')


def let_shorten(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    """Until `build`, rows of these may be deleted."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DROP TRIGGER IF EXISTS "{wall_name(table)}_delete"')
