"""What is to be walled, from the list of models."""

import hashlib
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from municipalities.municipality.models import MunicipalityOwned


def owned_models() -> list[type[MunicipalityOwned]]:
    return [model for model in apps.get_models() if issubclass(model, MunicipalityOwned)]


@dataclass(frozen=True)
class Reference:
    """A foreign key from one row of a municipality to another."""

    table: str
    column: str
    target: str

    @property
    def name(self) -> str:
        return wall_name(f"{self.table}_{self.column}")


def wall_name(text: str) -> str:
    """PostgreSQL cuts a name after 63 signs, and two could become one."""
    whole = f"wall_{text}"
    return whole if len(whole) <= 55 else f"{whole[:46]}_{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def references() -> list[Reference]:
    return [
        Reference(model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in owned_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, MunicipalityOwned)
    ]


def append_only() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)]


def owned_tables() -> set[str]:
    return {model._meta.db_table for model in owned_models()}
