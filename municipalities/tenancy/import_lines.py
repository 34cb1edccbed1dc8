"""What an import tells of a file's rows: in the preview, in the log, and to itself when the rows are saved."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.results import Result, RowResult


class Verdict(models.TextChoices):
    """What needs a look stands first."""

    REFUSED = "refused", gettext_lazy("Refused")
    CHANGED = "changed", gettext_lazy("Known and changed")
    NEW = "new", gettext_lazy("New")
    KNOWN = "known", gettext_lazy("Known, nothing new")


@dataclass(frozen=True)
class Change:
    name: str
    label: str
    old: str
    new: str


@dataclass
class Line:
    """A row of the file, as the preview shows it. `problems` are pairs of heading and sentence."""

    number: int
    verdict: Verdict
    title: str
    changes: list[Change] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of fields, for the log."""
        return tuple(change.name for change in self.changes)


class ImportRowResult(RowResult):
    line: Line


class ImportResult(Result):
    """`unused`: headings of the file that nothing was read from."""

    def __init__(self) -> None:
        super().__init__()
        self.unused: list[str] = []

    @property
    def lines(self) -> list[Line]:
        return [row.line for row in self.rows]

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.verdict.value for line in self.lines)

    @property
    def is_clean(self) -> bool:
        return not self.has_errors() and not self.has_validation_errors()

    @property
    def digest(self) -> str:
        """The same for the same rows with the same verdicts and changes."""
        told = repr([(line.number, line.verdict.value, line.changes, line.problems) for line in self.lines])
        return hashlib.sha256(told.encode()).hexdigest()


def shown(row: models.Model, name: str) -> str:
    value = getattr(row, name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if hasattr(row, f"get_{name}_display"):
        return str(getattr(row, f"get_{name}_display")())
    return str(value) if isinstance(value, int) else str(localize(value))
