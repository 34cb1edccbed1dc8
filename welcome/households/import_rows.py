"""A row of an import as staff read it before they decide."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from welcome.households.arrivals import Arrival
from welcome.households.imports import ImportRow, Verdict
from welcome.households.models import Household, Person, Protection
from welcome.households.problems import Problem

TONES = {
    Verdict.NEW: "is-good",
    Verdict.JOINS: "is-good",
    Verdict.CHANGED: "is-warning",
    Verdict.KNOWN: "",
    Verdict.HELD: "is-warning",
    Verdict.REFUSED: "is-bad",
}


@dataclass(frozen=True)
class Line:
    number: int
    verdict: str
    tone: str
    name: str
    born: str
    address: str
    moved_in: str
    is_protected: bool
    changes: list[tuple[str, str, str]]
    problems: list[Problem]


def line_of(row: ImportRow) -> Line:
    problems = [Problem.from_json(problem) for problem in row.problems]
    verdict = Verdict(row.verdict)
    name = born = address = moved_in = ""
    is_protected = False
    if row.values:
        arrival = Arrival.from_json(row.values)
        name = f"{arrival.given_name} {arrival.family_name}".strip()
        born = _day(arrival.birth_date) or str(arrival.birth_year or "")
        address, moved_in = arrival.address.line, _day(arrival.moved_in)
        is_protected = bool(arrival.protection)
    return Line(
        row.number,
        str(verdict.label),
        TONES[verdict],
        name,
        born,
        address,
        moved_in,
        is_protected,
        [_change(*change) for change in row.values.get("changes", [])],
        problems,
    )


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _change(field: str, old: str, new: str) -> tuple[str, str, str]:
    if field == "protection":
        return str(_("address protection")), str(Protection(old).label), str(Protection(new).label)
    if field == "address":
        return str(_("address")), old, new
    labels = {f.name: str(f.verbose_name) for f in (*Household._meta.fields, *Person._meta.fields)}
    return labels.get(field, field), old, new
