"""The walls at work: every statement carries the scope, and nobody works as who could look over them."""

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from municipalities.municipality import scope
from municipalities.tenancy import walls

# A process that stands still in a transaction keeps its locks from all others, and where its machine is gone the
# database may take hours to notice. Longer than any step of ours thinks between two statements.
IDLE_SECONDS = 120
_READS_OR_WRITES_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "EXPLAIN", "(")


def carry(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """One round trip and one transaction with the statement itself, so that nothing is left behind on a
    connection that others use next, and a pool may give each statement to another one."""
    if sql.startswith(_READS_OR_WRITES_ROWS):
        sql = f"SELECT set_config('{scope.SETTING}', '{scope.current().as_setting}', true); {sql}"
    return execute(sql, params, many, context)


def on_connection(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor != "postgresql":
        return
    if carry not in connection.execute_wrappers:
        connection.execute_wrappers.append(carry)
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")


def before_migrations(*, sender: AppConfig, using: str, **kwargs: Any) -> None:
    walls.take_down(connections[using])


def after_migrations(*, sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once, after the last app: until then the application's role has no rights to a new table."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender is last:
        walls.build(connections[using])


def refuse_who_could_look_over() -> None:
    """At the start of every process that works with people's data. Raises ImproperlyConfigured."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            # A member of the owner's role is an owner to the policies; who may become another is as good as it.
            "SELECT current_user, EXISTS (SELECT 1 FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls)"
            " AND pg_has_role(current_user, r.oid, 'MEMBER')), EXISTS (SELECT 1 FROM pg_class c WHERE"
            " pg_has_role(current_user, c.relowner, 'MEMBER') AND c.relnamespace = 'public'::regnamespace"
            " AND c.relkind = 'r')"
        )
        role, mighty, owner = cursor.fetchone()
    if mighty or owner:
        what = "may read every row" if mighty else "owns the tables or is a member of the role that does"
        raise ImproperlyConfigured(
            f"DATABASE_URL connects as {role}, who {what}; it should be {settings.DATABASE_APP_ROLE}, a role"
            " that owns nothing. docs/operations.md tells how the two roles are made."
        )
    if missing := walls.faults(connection):
        raise ImproperlyConfigured(
            "The walls between the municipalities are not whole; run `manage.py migrate` as the owner of the"
            " tables. " + " ".join(missing[:5])
        )
