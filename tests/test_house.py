"""What holds for the whole house, swept once instead of written for every model, setting or address."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

from municipalities.municipality.models import MunicipalityOwned

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

APPS = ("municipalities", "housing", "welcome")
OUR_MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
OWNED = [model for model in OUR_MODELS if issubclass(model, MunicipalityOwned)]


def run(repository, *words, env=None):
    """Output of a command of ours, and whether it was content."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=repository,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tilflytter.settings", **(env or {})},
        capture_output=True,
        text=True,
    )
    return done.returncode == 0, done.stdout + done.stderr


def label(model):
    return model._meta.label


# --- code ----------------------------------------------------------------------------------------


def test_imports_flow_one_way(repository):
    content, said = run(repository, Path(sys.executable).with_name("lint-imports"))
    assert content, said


@pytest.mark.parametrize("app", APPS)
def test_every_slice_has_its_place_in_the_import_contracts(app, repository):
    """A folder that no contract lists would be free of them."""
    contracts = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    listed = {
        name.strip(" ()")
        for contract in contracts
        if contract.get("containers") == [app]
        for layer in contract["layers"]
        for name in re.split("[|:]", layer)
    }
    slices = {
        folder.name
        for folder in (repository / app).iterdir()
        if (folder / "__init__.py").exists() and folder.name not in {"migrations", "management"}
    }
    assert slices <= listed


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_migration_for_many_makes_what_those_do():
    loader = MigrationLoader(None, replace_migrations=False)
    squashed = [key for key in loader.disk_migrations if "_squashed_" in key[1]]
    replaced = [loader.disk_migrations[key].replaces[-1] for key in squashed]
    one, other = (loader.project_state(list(keys)) for keys in (squashed, replaced))
    assert {app for app, _name in squashed} == set(APPS)
    assert MigrationAutodetector(one, other).changes(graph=loader.graph) == {}


def test_every_string_is_translated(repository):
    content, said = run(repository, sys.executable, "bin/translations.py", "check")
    assert content, said


def test_locked_versions_are_in_step(repository):
    content, said = run(repository, sys.executable, "bin/locks.py")
    assert content, said


# --- models --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OUR_MODELS, ids=label)
def test_every_constraint_has_a_name_and_its_sentence(model):
    for constraint in model._meta.constraints:
        assert constraint.name, f"{label(model)} has a constraint without a name"
        assert str(constraint.violation_error_message) != str(
            models.BaseConstraint.default_violation_error_message
        ), f"{constraint.name} does not say what is wrong"


@pytest.mark.parametrize("model", OUR_MODELS, ids=label)
def test_uniqueness_is_a_named_constraint(model):
    """`unique_together` has no sentence of its own."""
    assert not model._meta.unique_together


@pytest.mark.parametrize("model", OWNED, ids=label)
def test_what_a_municipality_owns_is_reached_through_its_scope(model):
    assert callable(model._default_manager.visible_to)
    assert callable(model._default_manager.of)
    assert model._base_manager.__class__ is models.Manager or hasattr(model._base_manager, "visible_to")
    assert not model._meta.get_field("municipality").null


@pytest.mark.parametrize("model", OUR_MODELS, ids=label)
def test_every_model_and_field_has_a_name_for_people(model):
    """A name that Django made from the code's own would stand in English on a Norwegian page."""
    assert {"verbose_name", "verbose_name_plural"} <= set(model._meta.original_attrs)
    ours = [field for field in model._meta.local_fields if field.model is model and not field.auto_created]
    assert not [field.name for field in ours if isinstance(field.verbose_name, str) and field.editable]


# --- settings ------------------------------------------------------------------------------------


def names_read_in(source: str) -> set[str]:
    """Names of environment variables that a settings file asks for."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        asked = ast.unparse(node.func)
        if asked in {"_bool", "_int", "_url", "os.environ.get", "os.getenv", "env"}:
            names.add(node.args[0].value)
    return names


def test_every_setting_is_documented_and_nothing_else_is(repository):
    documented = set(re.findall(r"^([A-Z_]+)=", (repository / ".env.example").read_text(), re.M))
    read = names_read_in((repository / "tilflytter/settings.py").read_text())
    composed = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (repository / "docker-compose.yml").read_text()))
    assert {"DATA_DIR", "DATABASE_URL", "DEBUG"} <= read  # The reader of settings still reads.
    assert documented == read | composed


def test_the_settings_table_of_the_operations_guide_is_complete(repository):
    read = names_read_in((repository / "tilflytter/settings.py").read_text())
    guide = (repository / "docs/operations.md").read_text()
    assert not {name for name in read if f"`{name}`" not in guide}


def test_compose_gives_every_portal_process_only_known_settings(repository):
    services = yaml.safe_load((repository / "docker-compose.yml").read_text())["services"]
    read = names_read_in((repository / "tilflytter/settings.py").read_text())
    for name in ("web", "worker", "beat", "migrate"):
        assert set(services[name]["environment"]) <= read
