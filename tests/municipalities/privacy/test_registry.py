"""Every field of every model is declared: what it tells about people, or that it tells nothing."""

import pytest
from django.apps import apps
from django.db import models

from municipalities.privacy import registry
from municipalities.privacy.registry import Erasure, Kind, Personal, declare, nothing_personal
from welcome.households.models import Household

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

DECLARED = registry.declarations()


def test_every_field_of_every_model_is_declared():
    assert list(registry.faults()) == []


def faults(label):
    return [said for said in registry.faults() if said.startswith(label)]


@pytest.fixture
def declared(monkeypatch):
    """declared(model, entry): the declarations with that of `model` replaced, or taken away."""

    def replace(label, entry):
        rest = [said for said in DECLARED if said.label != label]
        monkeypatch.setattr(registry, "declarations", lambda: (*rest, *([entry] if entry else [])))

    return replace


def test_who_adds_a_field_is_told_what_to_declare(declared):
    [entry] = [said for said in DECLARED if said.label == "welcome.Person"]
    fields = {name: said for name, said in entry.personal.items() if name != "phone"}
    declared(
        "welcome.Person",
        declare("welcome.Person", activity=entry.activity, personal=fields, plain=entry.plain),
    )
    [said] = faults("welcome.Person")
    assert said.startswith("welcome.Person.phone is not declared: is it personal")


def test_who_adds_a_model_is_told_too(declared):
    declared("welcome.Person", None)
    [said] = faults("welcome.Person")
    assert said.startswith("welcome.Person is not declared")


def test_an_entry_without_a_field_is_found(declared):
    declared(
        "contenttypes.ContentType",
        nothing_personal("contenttypes.ContentType", "id", "app_label", "model", "shoe"),
    )
    assert faults("contenttypes.ContentType") == [
        "contenttypes.ContentType.shoe is declared but is no field."
    ]


def test_an_entry_without_a_model_is_found(declared):
    declared("", nothing_personal("welcome.Neighbour"))
    assert faults("welcome.Neighbour") == ["welcome.Neighbour is declared but is no model."]


def test_what_stays_says_why():
    with pytest.raises(ValueError, match="says why"):
        Personal(Kind.IDENTITY, Erasure.KEEP)


def _leads_to_household(model):
    return any(
        isinstance(field, models.ForeignKey) and issubclass(field.related_model, Household)
        for field in model._meta.concrete_fields
    )


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_what_points_to_a_household_tells_how_its_rows_are_found(model):
    """Else the access report and the erasure would pass it by."""
    if _leads_to_household(model):
        [entry] = [said for said in DECLARED if said.label == model._meta.label]
        assert entry.rows is not None


@pytest.mark.parametrize("entry", [said for said in DECLARED if said.personal], ids=lambda said: said.label)
def test_what_is_personal_has_an_activity(entry):
    assert entry.activity is not None
