"""An import's two halves: reading a file into rows with verdicts, and saving those rows.

Reading writes rows of the import only. Saving judges every row anew against what the database holds
by then, in one transaction: nothing half-saved, and nobody doubled who came in meanwhile.
"""

import datetime
import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO, cast

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from welcome.households import forgetting
from welcome.households.arrivals import Arrival, read_arrival
from welcome.households.columns import Columns, looks_like_header, understand
from welcome.households.imports import ImportBatch, ImportRow, ImportState, Verdict
from welcome.households.problems import Problem
from welcome.households.reading import MOST_ROWS, Row, Table, Unreadable
from welcome.households.register import Register
from welcome.households.saving import write
from welcome.households.verdicts import Plan, judge

log = logging.getLogger(__name__)
CHUNK = 1000
LEASE = datetime.timedelta(minutes=3)


class LostLease(Exception):
    """Another worker reads this import now."""


@dataclass(frozen=True)
class Progress:
    rows: int
    share: float  # 0.0 to 1.0

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def progress(batch: ImportBatch) -> Progress:
    """How far the worker is. Kept outside the database: saving is one transaction, which nobody sees into."""
    rows, share = cache.get(_progress_key(batch.pk), (0, 0.0))
    return Progress(rows, share)


def _progress_key(batch_id: int) -> str:
    return f"import-progress-{batch_id}"


def _tell(batch: ImportBatch, rows: int, share: float) -> None:
    cache.set(_progress_key(batch.pk), (rows, share), 3600)


# --- reading -----------------------------------------------------------------------------------


def read(batch_id: int) -> None:
    """Reads the batch's file into rows with verdicts, and deletes the file. Steps back if another reads it."""
    token, now = uuid.uuid4(), timezone.now()
    claimed = ImportBatch.objects.filter(pk=batch_id).waiting_to_be_read(now)
    if not claimed.update(lease_token=token, lease_expires_at=now + LEASE):
        return
    batch = ImportBatch.objects.select_related("municipality").get(pk=batch_id)
    try:
        batch.rows.all().delete()  # Of a worker that died half-way.
        understood, counts = _read_rows(batch, token)
        end: dict[str, Any] = {"state": ImportState.READ, "understood": understood, "counts": counts}
    except LostLease:
        return
    except Unreadable as unreadable:
        end = _refusal(batch, unreadable.problem)
    except (DatabaseError, OSError) as error:
        # Its text may quote a row, so only its kind is told.
        log.error("Import %s could not be read: %s", batch_id, type(error).__name__)
        end = _refusal(batch, Problem("file_failed", params={"kind": type(error).__name__}))
    mine = ImportBatch.objects.filter(pk=batch_id, lease_token=token)
    if mine.update(**end, lease_token=None, lease_expires_at=None):
        forget_file(batch)


def _refusal(batch: ImportBatch, problem: Problem) -> dict[str, Any]:
    batch.rows.all().delete()
    return {"state": ImportState.REFUSED, "problem": problem.as_json(), "counts": {}}


def forget_file(batch: ImportBatch) -> None:
    """The rows hold what is needed; the file holds more, perhaps addresses that nobody may hold."""
    if batch.file:
        batch.file.delete(save=False)
    ImportBatch.objects.filter(pk=batch.pk).update(file="")


def _read_rows(batch: ImportBatch, token: uuid.UUID) -> tuple[dict[str, Any], dict[str, int]]:
    if not batch.file:
        raise Unreadable("file_empty")
    today = timezone.localdate()
    register = Register(batch.municipality)
    counts: Counter[str] = Counter()
    with batch.file.open("rb") as file:
        table = Table(cast(BinaryIO, file))
        header, columns, data = _open(table)
        while chunk := list(islice(data, CHUNK)):
            if counts.total() + len(chunk) > MOST_ROWS:
                raise Unreadable("file_too_many_rows", limit=MOST_ROWS)
            _keep(batch, [_judgeable(row, columns, today) for row in chunk], register, counts)
            expires = timezone.now() + LEASE
            mine = ImportBatch.objects.filter(pk=batch.pk, lease_token=token)
            if not mine.update(lease_expires_at=expires):
                raise LostLease
            _tell(batch, counts.total(), table.share_read())
    if not counts:
        raise Unreadable("file_no_rows")
    understood = {
        "kind": table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "header_row": header,
        "columns": columns.names,
        "unknown_columns": columns.unknown,
    }
    return understood, dict(counts)


def _open(table: Table) -> tuple[int, Columns, Iterator[Row]]:
    """The header's number, the columns, and the rows below. Raises Unreadable."""
    rows = table.rows()
    header, columns, first = _find_header(rows)
    if table.kind != "csv":
        return header, columns, chain(first, rows)
    # To count them takes a second; to judge as many as are allowed and only then refuse takes a minute.
    if len(first) + sum(1 for _row in rows) > MOST_ROWS:
        raise Unreadable("file_too_many_rows", limit=MOST_ROWS)
    return header, columns, (row for row in table.rows() if row[0] > header)


def _find_header(rows: Iterator[Row]) -> tuple[int, Columns, list[Row]]:
    """Its number, its columns, and no rows: a title may stand in the first nine rows above it."""
    top = list(islice(rows, 10))
    if not top:
        raise Unreadable("file_empty")
    at = next((i for i, (_number, cells) in enumerate(top) if looks_like_header(cells)), 0)
    return top[at][0], understand(top[at][1]), top[at + 1 :]


_Judgeable = tuple[int, Arrival | None, list[Problem]]


def _judgeable(row: Row, columns: Columns, today: datetime.date) -> _Judgeable:
    number, cells = row
    return number, *read_arrival(cells, columns, today=today)


def _keep(batch: ImportBatch, chunk: list[_Judgeable], register: Register, counts: Counter[str]) -> None:
    good = [(number, arrival) for number, arrival, _problems in chunk if arrival is not None]
    register.load(arrival for _number, arrival in good)
    plans = {plan.number: plan for plan in judge(good, register, language=batch.municipality.home_language)}
    kept = [_row(batch, number, plans.get(number), problems) for number, _arrival, problems in chunk]
    homes = {number: plan.household.pk for number, plan in plans.items() if plan.household.pk is not None}
    with transaction.atomic():
        _veil(batch, kept, {number for plan in plans.values() for number in plan.unveiled})
        # A household may have got protection since its row was judged, and these rows were not there to be found.
        forgetting.hide_protected(batch, kept, homes)
        ImportRow.objects.bulk_create(kept)
    counts.update(row.verdict for row in kept)


def _row(batch: ImportBatch, number: int, plan: Plan | None, problems: list[Problem]) -> ImportRow:
    row = ImportRow(
        municipality_id=batch.municipality_id, batch_id=batch.pk, number=number, verdict=Verdict.REFUSED.value
    )
    if plan is not None:
        row.verdict = plan.verdict.value
        row.values = plan.arrival.as_json()
        if plan.changes:
            row.values["changes"] = plan.changes
        row.household_key, row.person_key = plan.arrival.household_key, plan.arrival.name_key
        problems = [*problems, *plan.problems]
    row.problems = [problem.as_json() for problem in problems]
    return row


def _veil(batch: ImportBatch, fresh: list[ImportRow], numbers: set[int]) -> None:
    """Takes the address out of rows whose household turned out to be protected further down."""
    if numbers:
        forgetting.hide([row for row in fresh if row.number in numbers])
        earlier = list(batch.rows.filter(number__in=numbers))
        forgetting.hide(earlier)
        ImportRow.objects.bulk_update(earlier, ["values", "household_key"])


# --- saving ------------------------------------------------------------------------------------


def save(batch_id: int) -> None:
    """Saves the good rows of a batch in state SAVING, all or none. Steps back if another saves it."""
    try:
        with transaction.atomic():
            _save(batch_id)
    except DatabaseError as error:
        log.error("Import %s could not be saved: %s", batch_id, type(error).__name__)
        problem = Problem("file_failed", params={"kind": type(error).__name__})
        ImportBatch.objects.filter(pk=batch_id, state=ImportState.SAVING).update(
            state=ImportState.READ, problem=problem.as_json()
        )


def _save(batch_id: int) -> None:
    rows = ImportBatch.objects.filter(pk=batch_id, state=ImportState.SAVING)
    skip = connection.features.has_select_for_update_skip_locked
    batch = rows.select_for_update(skip_locked=skip).first()
    if batch is None:
        return
    # Two imports of one municipality at once would both find nobody and double them.
    weak = connection.features.has_select_for_no_key_update
    municipality = Municipality.objects.select_for_update(no_key=weak).get(pk=batch.municipality_id)
    now, register = timezone.now(), Register(municipality, lock=True)
    counts: Counter[str] = Counter(
        {Verdict.REFUSED.value: batch.rows.filter(verdict=Verdict.REFUSED).count()}
    )
    total, done, last = batch.rows.count(), 0, 0
    good = batch.rows.exclude(verdict=Verdict.REFUSED).order_by("number")
    while chunk := list(good.filter(number__gt=last).values_list("number", "verdict", "values")[:CHUNK]):
        arrivals = [(number, Arrival.from_json(values)) for number, _verdict, values in chunk]
        register.load(arrival for _number, arrival in arrivals)
        plans = judge(arrivals, register, language=municipality.home_language)
        _hide_elsewhere(batch, plans)
        write(plans, register, municipality=municipality, now=now, by_id=batch.created_by_id)
        _correct_verdicts(batch, {number: verdict for number, verdict, _values in chunk}, plans)
        counts.update(plan.verdict.value for plan in plans)
        last, done = chunk[-1][0], done + len(chunk)
        _tell(batch, done, done / total)
    forget_values(batch)
    note = " ".join(f"{verdict}={count}" for verdict, count in sorted(counts.items()) if count)
    recording.record(action=Action.IMPORTED, of=batch, note=note, by_id=batch.created_by_id)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.SAVED, saved_at=now, counts=+counts, problem={}, file=""
    )


def _hide_elsewhere(batch: ImportBatch, plans: list[Plan]) -> None:
    """Other imports that wait may hold the address of those who get protection by this one. Before it is written,
    as the database still knows where they lived."""
    homes = {
        plan.household
        for plan in plans
        if plan.household.protection
        and (plan.household.pk is None or any(name == "protection" for name, *_ in plan.changes))
    }
    if homes:
        forgetting.hide_waiting(
            batch.municipality,
            names={person.name_key for home in homes for person in home.people},
            households=[home.pk for home in homes if home.pk is not None],
            but=batch,
        )


def _correct_verdicts(batch: ImportBatch, read: dict[int, str], plans: list[Plan]) -> None:
    """What came in since the reading may have made a new person a known one."""
    corrected: defaultdict[str, list[int]] = defaultdict(list)
    for plan in plans:
        if read[plan.number] != plan.verdict:
            corrected[plan.verdict.value].append(plan.number)
    for verdict, numbers in corrected.items():
        batch.rows.filter(number__in=numbers).update(verdict=verdict)


def forget_values(batch: ImportBatch) -> None:
    """Numbers, verdicts and reasons stay; who the rows were about does not."""
    batch.rows.update(values={}, household_key="", person_key="")


def drop(batch: ImportBatch, *, by_id: int | None = None) -> bool:
    """Forgets an import that was not saved; False if it is too late for that."""
    open_states = [ImportState.READING, ImportState.READ, ImportState.REFUSED]
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk, state__in=open_states)
        if not mine.update(state=ImportState.DROPPED, file="", lease_token=None, lease_expires_at=None):
            return False
        forget_values(batch)
        recording.record(action=Action.DELETED, of=batch, note="dropped", by_id=by_id)
    if batch.file.name:
        batch.file.storage.delete(batch.file.name)
    return True
