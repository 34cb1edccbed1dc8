"""Everything that is held about one household, for the people in it (GDPR art. 15), by walking the registry:
a model that is declared later is in it by itself. Of colleagues it names nobody. And what is held of somebody who
belongs to no household."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from municipalities.municipality.models import Municipality
from municipalities.privacy.activities import HISTORY, LINKS, PLANNING
from municipalities.privacy.registry import (
    MONTHS,
    Activity,
    Declaration,
    Personal,
    declarations,
    of_households,
)
from welcome.households.models import Household, HouseholdState

MOST_ROWS = 2000  # Of one kind; the newest. Nobody has so many but the log.
MOST_ON_PAPER = 20


@dataclass(frozen=True)
class Value:
    key: str  # The field's name in the code: stable, whatever the language.
    label: str
    text: str
    raw: Any  # As JSON holds it; None where nothing is held.


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    purpose: str
    basis: str
    retention: str
    source: str
    recipients: str
    rows: list[list[Value]]

    @property
    def newest(self) -> list[list[Value]]:
        """What the PDF holds: a long log would take longer to lay out than anybody waits."""
        return self.rows[:MOST_ON_PAPER]

    @property
    def more(self) -> int:
        return max(0, len(self.rows) - MOST_ON_PAPER)


@dataclass(frozen=True)
class Report:
    municipality: Municipality
    household: int | None  # None: of somebody who belongs to none.
    language: str
    made_at: datetime.datetime
    sections: list[Section]

    def as_json(self) -> dict[str, Any]:
        return {
            "format": "tilflytter-access-report/1",
            "controller": {"name": self.municipality.name, "number": self.municipality.number},
            "household": self.household,
            "made_at": self.made_at.isoformat(),
            "held": [
                {
                    "kind": section.key,
                    "title": section.title,
                    "purpose": section.purpose,
                    "legal_basis": section.basis,
                    "retention": section.retention,
                    "source": section.source,
                    "recipients": section.recipients,
                    "rows": [{value.key: value.raw for value in row} for row in section.rows],
                }
                for section in self.sections
            ],
        }


def report_of(household: Household, language: str = "") -> Report:
    """In the household's own language where the portal has it, else in English."""
    language = _on_paper(language or household.language)
    with override(language):
        return Report(
            municipality=household.municipality,
            household=household.pk,
            language=language,
            made_at=timezone.localtime(),
            sections=[section for said in _in_order() if (section := _section(said, household)).rows],
        )


def report_of_rows(place: Municipality, model: type[models.Model], ids: list[int], language: str) -> Report:
    """What these rows of one model hold, which belong to no household."""
    said = next(said for said in declarations() if said.label == model._meta.label)
    assert said.activity is not None  # noqa: S101 - of rows that are about people
    language = _on_paper(language)
    with override(language):
        rows = model._default_manager.filter(pk__in=ids, municipality=place)
        section = _section_of(said, said.activity, place, rows)
        return Report(place, None, language, timezone.localtime(), [section])


def _on_paper(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else "en"


def _in_order() -> list[Declaration]:
    """Who they are before what was done with it."""
    return sorted(of_households(), key=lambda said: said.activity in {HISTORY, LINKS})


def retention_words(activity: Activity, place: Municipality) -> str:
    """The rule, with the municipality's own number where it decides it."""
    words = str(activity.retention.label)
    if (name := MONTHS.get(activity.retention)) is None:
        return words
    months = getattr(place, name)
    return f"{words}: " + ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


def _section(said: Declaration, household: Household) -> Section:
    activity = said.activity
    if household.state == HouseholdState.PLANNING and PLANNING in said.activities:
        activity = PLANNING
    assert activity is not None and said.rows is not None  # noqa: S101, PT018 - of_households() has no others
    return _section_of(said, activity, household.municipality, said.rows(household))


def _section_of(
    said: Declaration, activity: Activity, place: Municipality, rows: models.QuerySet[Any]
) -> Section:
    shown = {name: field for name, field in said.personal.items() if field.shown}
    relations = [name for name in shown if said.model._meta.get_field(name).is_relation]
    bases = dict.fromkeys(field.basis or activity.basis for field in shown.values())
    return Section(
        key=said.label,
        title=str(said.model._meta.verbose_name_plural).capitalize(),
        purpose=str(activity.purpose),
        basis="; ".join(str(basis.label) for basis in bases),
        retention=retention_words(activity, place),
        source=str(activity.source),
        recipients=str(activity.recipients),
        rows=[
            _row(said.model, shown, row)
            for row in rows.order_by("-pk").select_related(*relations)[:MOST_ROWS]
        ],
    )


def _row(model: type[models.Model], shown: dict[str, Personal], row: models.Model) -> list[Value]:
    found = []
    for name, field in shown.items():
        column: Any = model._meta.get_field(name)
        raw = column.value_from_object(row)
        words = field.words(row) if field.words else _text(row, column, raw)
        raw = words if field.words or column.is_relation else _plain(column.get_prep_value(raw))
        found.append(Value(name, str(column.verbose_name).capitalize(), str(words), raw))
    return found


def _text(row: models.Model, column: Any, raw: Any) -> str:
    if raw is None or raw == "" or raw == [] or raw == {}:
        return ""
    if column.is_relation:
        return str(getattr(row, column.name) or "")
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    if isinstance(raw, bool):
        return _("Yes") if raw else _("No")
    if isinstance(raw, datetime.datetime):
        return date_format(timezone.localtime(raw), "SHORT_DATETIME_FORMAT")
    if isinstance(raw, datetime.date):
        return date_format(raw, "SHORT_DATE_FORMAT")
    return ", ".join(map(str, raw)) if isinstance(raw, list) else str(raw)


def _plain(raw: Any) -> Any:
    if raw is None or isinstance(raw, bool | int | float | list | dict):
        return raw
    return raw.isoformat() if isinstance(raw, datetime.date) else str(raw)
