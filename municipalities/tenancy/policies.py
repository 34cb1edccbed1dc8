"""PostgreSQL's part of the walls: policies, the application's rights, references within a municipality."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.sql.query import Query

from municipalities.municipality.models import Municipality, MunicipalityOwned
from municipalities.municipality.scope import SETTING
from municipalities.tenancy.walled import append_only, owned_models, owned_tables, references, wall_name

# What the policies and triggers ask, by its declaration. `tilflytter.scope` is what `guard.carry` writes: "*",
# or ids divided by commas; a p in front for the public.
FUNCTIONS = {
    "tilflytter_everywhere() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE": (
        f"SELECT right(current_setting('{SETTING}', true), 1) = '*'"
    ),
    "tilflytter_public() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE": (
        f"SELECT left(current_setting('{SETTING}', true), 1) = 'p'"
    ),
    "tilflytter_scope() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE": (
        f"SELECT string_to_array(trim(both 'p*' from coalesce(current_setting('{SETTING}', true), '')), ',')::bigint[]"
    ),
    # As its owner, past the policies of the table itself, which would ask it again without end.
    "tilflytter_published() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp": (
        f"SELECT coalesce(array_agg(id), '{{}}') FROM \"{Municipality._meta.db_table}\" WHERE published"
    ),
    "tilflytter_stays() RETURNS trigger LANGUAGE plpgsql": (
        "BEGIN RAISE EXCEPTION 'a row stays in its municipality'"
        " USING ERRCODE = 'integrity_constraint_violation'; END"
    ),
}


def policies(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """The end of each `CREATE POLICY`, by table and name."""
    place = Municipality._meta.db_table
    wanted = {
        (place, "wall_scope"): _within("id"),
        (place, "wall_public"): "FOR SELECT USING ((SELECT tilflytter_public()) AND published)",
    }
    for model in owned_models():
        table = model._meta.db_table
        wanted[table, "wall_scope"] = _within("municipality_id")
        if shown := _public_condition(model, connection):
            wanted[table, "wall_public"] = (
                "FOR SELECT USING ((SELECT tilflytter_public())"
                f" AND municipality_id = ANY ((SELECT tilflytter_published())::bigint[]) AND {shown})"
            )
    return wanted


def _within(column: str) -> str:
    mine = f"((SELECT tilflytter_everywhere()) OR {column} = ANY ((SELECT tilflytter_scope())::bigint[]))"
    return f"USING {mine} WITH CHECK {mine}"


def _public_condition(model: type[MunicipalityOwned], connection: BaseDatabaseWrapper) -> str:
    if model.public_through:
        above: Any = model._meta.get_field(model.public_through)
        # The policies of that table answer which of its rows a visitor may read.
        return (
            f"EXISTS (SELECT 1 FROM {_quoted(above.related_model._meta.db_table)} above"
            f" WHERE above.id = {_quoted(model._meta.db_table)}.{_quoted(above.column)})"
        )
    if model.public_rows is None:
        return ""
    if not model.public_rows:
        return "true"
    query = Query(model, alias_cols=False)
    where = query.build_where(model.public_rows)
    sql, params = where.as_sql(query.get_compiler(connection=connection), connection)
    with connection.schema_editor(collect_sql=True) as editor:
        return "(" + sql % tuple(editor.quote_value(value) for value in params) + ")"


def _quoted(name: str) -> str:
    return f'"{name}"'


def build(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        _build(connection, cursor)


def _build(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    role = settings.DATABASE_APP_ROLE
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        raise RuntimeError(
            f"The database has no role {role}, which the application works as. Make it first, as"
            f" docs/operations.md tells, or say in DATABASE_APP_ROLE which it is."
        )
    for head, body in FUNCTIONS.items():
        cursor.execute(f"CREATE OR REPLACE FUNCTION {head} AS $f${body}$f$")
    found = _policies_found(cursor)
    wanted = policies(connection)
    for table, name in found.keys() - wanted.keys():
        cursor.execute(f"DROP POLICY {_quoted(name)} ON {_quoted(table)}")
    for (table, name), end in wanted.items():
        cursor.execute(f"ALTER TABLE {_quoted(table)} ENABLE ROW LEVEL SECURITY")
        if found.get((table, name)) != _mark(end):
            cursor.execute(f"DROP POLICY IF EXISTS {name} ON {_quoted(table)}")
            cursor.execute(f"CREATE POLICY {name} ON {_quoted(table)} {end}")
            cursor.execute(
                f"SELECT md5({_AS_IT_STANDS}) FROM pg_policy p WHERE polname = %s AND polrelid = %s::regclass",
                [name, _quoted(table)],
            )
            sign = f"{_mark(end)} {cursor.fetchone()[0]}"
            cursor.execute(f"COMMENT ON POLICY {name} ON {_quoted(table)} IS '{sign}'")
    _build_references(cursor)
    for table in owned_tables() - _staying(cursor):
        cursor.execute(
            f"CREATE TRIGGER wall_stays BEFORE UPDATE OF municipality_id ON {_quoted(table)} FOR EACH ROW"
            " WHEN (NEW.municipality_id IS DISTINCT FROM OLD.municipality_id) EXECUTE FUNCTION tilflytter_stays()"
        )
    _grant(cursor, role)


def _staying(cursor: CursorWrapper) -> set[str]:
    """The tables whose rows can't be given to another municipality."""
    cursor.execute(
        "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname = 'wall_stays' AND t.tgenabled <> 'D'"
    )
    return {table for (table,) in cursor.fetchall()}


def _build_references(cursor: CursorWrapper) -> None:
    there = _constraints_found(cursor)
    for target in sorted({reference.target for reference in references()}):
        if (name := wall_name(target)) not in there:
            cursor.execute(
                f"ALTER TABLE {_quoted(target)} ADD CONSTRAINT {name} UNIQUE (id, municipality_id)"
            )
    for reference in references():
        if reference.name not in there:
            cursor.execute(
                f"ALTER TABLE {_quoted(reference.table)} ADD CONSTRAINT {reference.name}"
                f" FOREIGN KEY ({_quoted(reference.column)}, municipality_id)"
                f" REFERENCES {_quoted(reference.target)} (id, municipality_id) DEFERRABLE INITIALLY IMMEDIATE"
            )


def _grant(cursor: CursorWrapper, role: str) -> None:
    role = _quoted(role)
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
    for table in append_only():
        cursor.execute(f"REVOKE UPDATE, DELETE ON {_quoted(table)} FROM {role}")


def _mark(end: str) -> str:
    return hashlib.sha256(end.encode()).hexdigest()[:16]


# PostgreSQL writes a policy in its own words, which can't be compared with ours: so its comment keeps what we
# asked for and what became of it, and a policy that was altered since no longer matches.
_AS_IT_STANDS = (
    "p.polcmd::text || coalesce(pg_get_expr(p.polqual, p.polrelid), '')"
    " || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')"
)


def _policies_found(cursor: CursorWrapper) -> dict[tuple[str, str], str]:
    """The mark of what each was made from; empty where it isn't that any more, or is none of ours: of several
    policies one is enough to let a row through."""
    cursor.execute(
        f"SELECT c.relname, p.polname, CASE WHEN split_part(obj_description(p.oid, 'pg_policy'), ' ', 2) ="
        f" md5({_AS_IT_STANDS}) THEN split_part(obj_description(p.oid, 'pg_policy'), ' ', 1) ELSE '' END"
        " FROM pg_policy p"
        " JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity"
    )
    return {(table, name): mark for table, name, mark in cursor.fetchall()}


def _functions_found(cursor: CursorWrapper) -> set[tuple[str, str, bool]]:
    """Name, body, and whether it runs as its owner."""
    cursor.execute(
        "SELECT proname, prosrc, prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pronargs = 0"
    )
    return set(cursor.fetchall())


def _constraints_found(cursor: CursorWrapper) -> set[str]:
    cursor.execute("SELECT conname FROM pg_constraint WHERE conname LIKE 'wall\\_%%'")
    return {name for (name,) in cursor.fetchall()}


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What of the walls is not there, one line each."""
    with connection.cursor() as cursor:
        found, there, functions = (
            _policies_found(cursor),
            _constraints_found(cursor),
            _functions_found(cursor),
        )
        wanted = policies(connection)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
        )
        walled = {table for (table,) in cursor.fetchall()}
        lines = [
            f"The policy {name} of {table} is missing or another."
            for (table, name), end in wanted.items()
            if table not in walled or found.get((table, name)) != _mark(end)
        ]
        lines += [
            f"The policy {name} of {table} is none of ours." for table, name in found.keys() - wanted.keys()
        ]
        lines += [
            f"The function {name} is missing or another."
            for name, head, body in ((head.partition("(")[0], head, body) for head, body in FUNCTIONS.items())
            if (name, body, "SECURITY DEFINER" in head) not in functions
        ]
        lines += [
            f"The foreign key {reference.name} is missing."
            for reference in references()
            if reference.name not in there
        ]
        lines += [
            f"Rows of {table} could be given to another municipality."
            for table in sorted(owned_tables() - _staying(cursor))
        ]
        return lines + list(_wrong_rights(cursor))


def _wrong_rights(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
    if cursor.fetchone() is None:
        yield f"The role {settings.DATABASE_APP_ROLE} is missing."
        return
    cursor.execute(
        "SELECT c.relname, has_table_privilege(%s, c.oid, 'SELECT') AND has_table_privilege(%s, c.oid, 'INSERT'),"
        " has_table_privilege(%s, c.oid, 'UPDATE') OR has_table_privilege(%s, c.oid, 'DELETE')"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'",
        [settings.DATABASE_APP_ROLE] * 4,
    )
    growing = set(append_only())
    for table, may_write, may_change in cursor.fetchall():
        if table in growing and may_change:
            yield f"The application's role may change rows of {table}, which may only grow."
        if not may_write and table != "django_migrations":
            yield f"The application's role can't write to {table}."


def may_shorten(connection: BaseDatabaseWrapper, tables: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_table_privilege(current_user, c.oid, 'DELETE')) FROM pg_class c"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)",
            [tables],
        )
        return bool(cursor.fetchone()[0])
