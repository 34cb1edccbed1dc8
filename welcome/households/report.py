"""What an import did, in figures and reasons: for the command line and for programs. No names, no addresses."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from welcome.households.imports import ImportBatch, ImportState, Verdict
from welcome.households.problems import Problem

_COUNTED = {
    Verdict.NEW: ngettext_lazy("%(count)s new household", "%(count)s new households", "count"),
    Verdict.JOINS: ngettext_lazy(
        "%(count)s more person in a household", "%(count)s more people in a household", "count"
    ),
    Verdict.CHANGED: ngettext_lazy(
        "%(count)s known person with news", "%(count)s known people with news", "count"
    ),
    Verdict.KNOWN: ngettext_lazy("%(count)s known without news", "%(count)s known without news", "count"),
    Verdict.HELD: ngettext_lazy(
        "%(count)s row of a restricted household, not saved",
        "%(count)s rows of restricted households, not saved",
        "count",
    ),
    Verdict.REFUSED: ngettext_lazy("%(count)s row refused", "%(count)s rows refused", "count"),
}


def report(batch: ImportBatch) -> dict[str, Any]:
    """Keys: municipality, file, encoding, delimiter, columns, unknown_columns, rows, counts, refused,
    told (rows that were taken with a remark), saved; `problem` if the whole file was refused."""
    understood = batch.understood
    problem = Problem.from_json(batch.problem) if batch.problem else None
    return {
        "municipality": batch.municipality.number,
        "file": batch.filename,
        "encoding": understood.get("encoding", ""),
        "delimiter": understood.get("delimiter", ""),
        "columns": understood.get("columns", {}),
        "unknown_columns": understood.get("unknown_columns", []),
        "rows": sum(batch.counts.values()),
        "counts": {verdict.value: batch.counts.get(verdict.value, 0) for verdict in Verdict},
        "refused": [
            {"row": row, "column": found.column, "reason": found.sentence, "code": found.code}
            for row, found in problems_of(batch, refused=True)
        ],
        "told": [
            {"row": row, "column": found.column, "reason": found.sentence, "code": found.code}
            for row, found in problems_of(batch, refused=False)
        ],
        "problem": {"code": problem.code, "reason": problem.sentence} if problem else None,
        "saved": batch.state == ImportState.SAVED,
    }


def problems_of(batch: ImportBatch, *, refused: bool) -> Iterator[tuple[int, Problem]]:
    """Row numbers with their problems: of refused rows, or of those taken with a remark."""
    rows = batch.rows.exclude(problems=[])
    rows = rows.filter(verdict=Verdict.REFUSED) if refused else rows.exclude(verdict=Verdict.REFUSED)
    for number, problems in rows.values_list("number", "problems").iterator():
        for problem in problems:
            if not refused or Problem.from_json(problem).refuses:
                yield number, Problem.from_json(problem)


def conclusion(batch: ImportBatch) -> str:
    """One sentence that says what there is to know."""
    counts = {verdict: batch.counts.get(verdict.value, 0) for verdict in Verdict}
    rows = sum(counts.values())
    if batch.state == ImportState.REFUSED:
        return _("Nothing was read: %(reason)s") % {"reason": Problem.from_json(batch.problem).sentence}
    if rows and counts[Verdict.KNOWN] == rows:
        return ngettext(
            "Nothing new: the only person was known.", "Nothing new: all %(count)s people were known.", rows
        ) % {"count": rows}
    parts = ", ".join(
        sentence % {"count": counts[verdict]} for verdict, sentence in _COUNTED.items() if counts[verdict]
    )
    saved = _("Saved: %(parts)s.") if batch.state == ImportState.SAVED else _("Not saved: %(parts)s.")
    return saved % {"parts": parts}
