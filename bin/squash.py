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
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.db.models import Field

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from municipalities.tenancy.tables import CreateModels  # noqa: E402

APPS = ["municipalities", "housing", "welcome"]  # Each refers to those before it only.
HEAD = '''"""All before it in one. A database that has some of them goes on with those."""

'''


def main() -> None:
    for app in APPS:
        for former in (ROOT / app / "migrations").glob("0001_squashed_*.py"):
            _depend_on(former.stem.removeprefix("0001_squashed_"), former.stem)
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


def _depend_on(last: str, former: str) -> None:
    """Django lets a new migration depend on the one for all before it; on the last of those it means the same, and
    stays true when there is another for all."""
    for app in APPS:
        for later in (ROOT / app / "migrations").glob("0*.py"):
            text = later.read_text()
            if former in text and "_squashed_" not in later.stem:
                later.write_text(text.replace(former, last))


def _tables(app: str, state: ProjectState) -> tuple[list[CreateModel], list[Operation]]:
    """Those referred to before those that refer to them. What closes a circle comes last, with the constraints of its
    table, and so does what goes through a table of ours."""
    waiting = {name: model for (of, name), model in state.models.items() if of == app}
    made: list[CreateModel] = []
    late: list[Operation] = []
    while waiting:
        missing = {name: _refers_to(app, model) & set(waiting) for name, model in waiting.items()}
        # The one that lacks least: in a circle somebody has to be made before what it refers to.
        name = min(waiting, key=lambda each: (len(missing[each]), each))
        model = waiting.pop(name)
        put_off = {
            field: its
            for field, its in model.fields.items()
            if (its.many_to_many and getattr(its.remote_field, "through", None))
            or _target(app, its) in missing[name]
        }
        late += [AddField(model_name=name, name=field, field=its) for field, its in put_off.items()]
        options = {key: value for key, value in model.options.items() if value not in ([], set())}
        if missing[name]:
            late += [AddIndex(model_name=name, index=index) for index in options.pop("indexes", [])]
            late += [
                AddConstraint(model_name=name, constraint=each) for each in options.pop("constraints", [])
            ]
        fields = [(field, its) for field, its in model.fields.items() if field not in put_off]
        made.append(CreateModel(model.name, fields, options, model.bases, model.managers))
    return made, late


def _target(app: str, field: Field) -> str:
    """The name of the app's model that a foreign key refers to; "" of another app's, and of other fields."""
    target = str(field.remote_field.model).lower() if field.remote_field else ""
    return target.removeprefix(f"{app}.") if target.startswith(f"{app}.") and not field.many_to_many else ""


def _refers_to(app: str, model: ModelState) -> set[str]:
    """The names of the app's other models in its foreign keys and bases."""
    bases = [str(base).lower() for base in model.bases if isinstance(base, str)]
    names = {base.removeprefix(f"{app}.") for base in bases if base.startswith(f"{app}.")}
    return (names | {_target(app, field) for field in model.fields.values()}) - {model.name_lower, ""}


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
