"""What whoever owns the database can do to the log, and the app can't."""

from django.conf import settings
from django.db import connection


def behind(sql, *values):
    """What the owner of the database can do, whatever the app's own role may."""
    with connection.cursor() as cursor:
        _open(cursor)
        try:
            cursor.execute(sql, values)
        finally:
            _close(cursor)


TRIGGERS: list[tuple[str, str]] = []


def _open(cursor):
    """Whoever owns the database takes the walls down first."""
    if connection.vendor == "postgresql":
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")  # No triggers.
        return
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'municipalities_%'"
    )
    TRIGGERS[:] = cursor.fetchall()
    for name, _sql in TRIGGERS:
        cursor.execute(f'DROP TRIGGER "{name}"')


def _close(cursor):
    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f"SET ROLE {settings.DATABASE_APP_ROLE}")
    for _name, sql in TRIGGERS:
        cursor.execute(sql)
    TRIGGERS.clear()
