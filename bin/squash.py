#!/usr/bin/env python3
"""Writes each app's migrations anew as one that makes all its tables at once:  bin/squash.py

A first `migrate`, and so each run of the tests, then takes seconds instead of half a minute. Databases that have some
of those that are replaced go on with those, so their files stay. What a replaced one did to rows is not in the new one:
a first `migrate` has none.
"""

import os
import sys
from pathlib import Path

import django
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from municipalities.tenancy.tables import CreateModels  # noqa: E402

APPS = ["municipalities", "housing", "welcome"]  # Each refers to those before it only.
HEAD = '''"""All before it in one. A database that has some of them goes on with those."""

'''


def main() -> None:
    for app in APPS:
        for former in (ROOT / app / "migrations").glob("0001_squashed_*.py"):
            former.unlink()
    loader = MigrationLoader(None, replace_migrations=False)
    state = loader.project_state()
    names = {app: sorted(name for of, name in loader.disk_migrations if of == app) for app in APPS}
    squashed = {app: f"0001_squashed_{names[app][-1]}" for app in APPS}
    for app in APPS:
        tables, late = _tables(app, state)
        below = [(other, squashed[other]) for other in APPS[: APPS.index(app)]]
        made = type(
            "Migration",
            (migrations.Migration,),
            {
                "replaces": [(app, name) for name in names[app]],
                "initial": True,
                "dependencies": [*_outside(loader, app, names[app]), *below],
                "operations": [CreateModels(tables), *late],
            },
        )(squashed[app], app)
        text = MigrationWriter(made, include_header=False).as_string()
        (ROOT / app / "migrations" / f"{squashed[app]}.py").write_text(HEAD + text)
        print(f"{app}/migrations/{squashed[app]}.py: {len(tables)} tables")


def _tables(app: str, state: ProjectState) -> tuple[list[CreateModel], list[AddField]]:
    """Those referred to before those that refer to them; what goes through a table of ours comes last."""
    waiting = {name: model for (of, name), model in state.models.items() if of == app}
    made: list[CreateModel] = []
    late: list[AddField] = []
    while waiting:
        ready = [name for name, model in waiting.items() if not _refers_to(app, model) & set(waiting)]
        if not ready:
            sys.exit(f"{app}: these refer to each other: {', '.join(sorted(waiting))}")
        for name in ready:
            model = waiting.pop(name)
            through = {
                field: its
                for field, its in model.fields.items()
                if its.many_to_many and getattr(its.remote_field, "through", None)
            }
            late += [AddField(model_name=name, name=field, field=its) for field, its in through.items()]
            fields = [(field, its) for field, its in model.fields.items() if field not in through]
            options = {key: value for key, value in model.options.items() if value not in ([], set())}
            made.append(CreateModel(model.name, fields, options, model.bases, model.managers))
    return made, late


def _refers_to(app: str, model: ModelState) -> set[str]:
    """The names of the app's other models in its foreign keys and bases."""
    targets = [field.remote_field.model for field in model.fields.values() if field.remote_field]
    labels = [str(target).lower() for target in (*targets, *model.bases) if isinstance(target, str)]
    return {label.partition(".")[2] for label in labels if label.startswith(f"{app}.")} - {model.name_lower}


def _outside(loader: MigrationLoader, app: str, names: list[str]) -> list[tuple[str, str]]:
    """Of each app that is not ours the newest that one of the replaced depends on."""
    newest: dict[str, str] = {}
    for name in names:
        for of, needed in loader.disk_migrations[app, name].dependencies:
            if of not in (*APPS, "__setting__"):
                newest[of] = max(newest.get(of, ""), needed)
    return sorted(newest.items())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    django.setup()
    main()
