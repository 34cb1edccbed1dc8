"""Rows in two municipalities: `there`, whose rows bear a mark, and another, whose people must not see it."""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

import factory
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, models, transaction
from factory.django import DjangoModelFactory

import tests.factories
from municipalities.audit.models import SystemEntry
from municipalities.municipality.models import Municipality, MunicipalityText
from municipalities.tenancy.models import User
from municipalities.topics.models import Topic, TopicText
from tests.database import as_owner
from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    TopicFactory,
    TopicTextFactory,
    UserFactory,
)
from tests.welcome.letters.frozen import make_frozen, make_printed
from welcome.households.imports import ImportBatch, ImportState
from welcome.households.models import Household, Person
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText
from welcome.letters.proof_models import Proof, ProofSample

# Whatever holds this word belongs to the other municipality; asking for its half echoes only the half.
HALF = "Hemmeleg"
MARK = f"{HALF}staden"


def _factories():
    for module in pkgutil.iter_modules(tests.factories.__path__):
        for found in vars(importlib.import_module(f"tests.factories.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, DjangoModelFactory) and found._meta.model:
                yield found._meta.model, found


FACTORIES = dict(_factories())


def _is_owned(model):
    try:
        field = model._meta.get_field("municipality")
    except FieldDoesNotExist:
        return False
    return field.is_relation and field.related_model is Municipality


OWNED = [model for model in apps.get_models() if _is_owned(model)]
# Models of the staff site whose rows belong to no municipality: their pages are the system administrator's,
# which `test_routes.py` asks of everybody.
OF_THE_INSTALLATION = [SystemEntry]
ADMINS = [(model, page) for model, page in admin.site._registry.items() if model not in OF_THE_INSTALLATION]


def name(model):
    return model._meta.label


def admin_name(pair):
    return pair[0]._meta.label


def make(model, municipality, rows=None):
    """A row of `model` in `municipality`, below the parent in `rows` (by model) if it has one."""
    rows = {} if rows is None else rows
    if model in rows:
        return rows[model]
    if model is Municipality:
        rows[model] = municipality
    elif model is User:
        rows[model] = MembershipFactory(municipality=municipality).user
    else:
        assert model in FACTORIES, f"{name(model)} has no factory in tests/factories"
        declared = FACTORIES[model]._meta.base_declarations.get("municipality")
        if isinstance(declared, factory.SelfAttribute):
            parent = declared.attribute_name.split(".")[0]
            above = make(model._meta.get_field(parent).related_model, municipality, rows)
            rows[model] = FACTORIES[model](**{parent: above})
        elif _is_owned(model):
            rows[model] = FACTORIES[model](municipality=municipality)
        else:
            rows[model] = FACTORIES[model]()
    return rows[model]


def mark(row):
    """Write the mark in the first field of the row that takes any words."""
    for field in row._meta.concrete_fields:
        words = (
            isinstance(field, models.CharField | models.TextField) and field.editable and not field.choices
        )
        if not words or isinstance(field, models.EmailField | models.URLField | models.SlugField):
            continue
        if (field.max_length or 99) >= len(MARK) + 6:
            try:
                # What may only grow is changed by nobody but the owner.
                with transaction.atomic(), as_owner():
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.name: f"{MARK} {row.pk}"})
            except DatabaseError:
                continue  # A constraint says what this field holds, or the table takes no changes.
            return


@dataclass
class Place:
    """A municipality and a row of every model in it; of a run, one whose letters are printed."""

    municipality: Municipality
    rows: dict[type[models.Model], Any]


def plant(word: str = "", *, letters: int = 2) -> Place:
    """A municipality with everything; `word` is in its name, its people's names and every row."""
    municipality = MunicipalityFactory(**({"name": word} if word else {}))
    rows: dict[type[models.Model], Any] = {Municipality: municipality}
    rows[MunicipalityText] = MunicipalityTextFactory(municipality=municipality)
    rows[Topic] = TopicFactory(municipality=municipality, owner=_owner(municipality))
    rows[TopicText] = TopicTextFactory(topic=rows[Topic], title=f"Legen i {word or 'dalen'}")
    run = make_printed(make_frozen(municipality, letters=letters))
    rows |= {
        LetterRun: run,
        Letter: run.letters.order_by("number").first(),
        PrintFile: run.files.first(),
        LeftOut: run.left_out.first(),
        RunText: run.texts.first(),
        Proof: run.proofs.first(),
        ProofSample: run.proofs.first().samples.first(),
    }
    rows[Household] = rows[Letter].household
    rows[Person] = rows[Household].people.first()
    rows[ImportBatch] = FACTORIES[ImportBatch](
        municipality=municipality, filename=f"{word}.csv", state=ImportState.READ
    )
    marked = [*OWNED, *(model for model, _page in ADMINS), *OF_THE_INSTALLATION]
    for model in marked:
        make(model, municipality, rows)
    if word:
        for row in rows.values():
            if not isinstance(row, Municipality):
                mark(row)
    for row in rows.values():
        row.refresh_from_db()
    return Place(municipality, rows)


def _owner(municipality):
    return MembershipFactory(municipality=municipality, user=UserFactory(name="Kari Eigar")).user
