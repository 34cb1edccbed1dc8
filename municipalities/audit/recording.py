"""Writing entries. They stand in the running transaction: what is rolled back was not done."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db import models

from municipalities.audit import context
from municipalities.audit.models import Action, AuditEntry, Entry, SystemEntry
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality

BATCH = 1000


def record(
    *,
    action: str,
    of: models.Model | None = None,
    municipality_id: int | None = None,
    fields: Iterable[str] = (),
    note: str = "",
    by_id: int | None = None,
) -> None:
    """One entry about `of`, in its municipality, or in `municipality_id`; where there is neither, in the
    installation's own log. `fields` are names, never values; `note` holds codes and counts (`rows=50`).
    `by_id`: on whose behalf a task or command works; in a request it is known. Raises ValueError for an
    unknown action, IntegrityError for a note that is a sentence."""
    where = municipality_id if municipality_id is not None else _municipality_of(of)
    entry = _entry(where, action, of._meta.label if of else "", _number(of and of.pk), fields, note, by_id)
    with _reach(where):
        entry.save(force_insert=True)


def record_each(
    *,
    action: str,
    model: type[models.Model],
    ids: Iterable[object],
    municipality_id: int,
    fields: Iterable[str] = (),
    note: str = "",
    by_id: int | None = None,
) -> None:
    """An entry for each row of `model` with one of `ids`, all of one municipality, in one statement for a
    thousand."""
    names = list(fields)
    entries = [
        _entry(municipality_id, action, model._meta.label, _number(pk), names, note, by_id) for pk in ids
    ]
    _add([(municipality_id, entry) for entry in entries])


def look(*, of: models.Model, municipality_id: int | None = None, note: str = "") -> None:
    """Somebody saw `of`."""
    record(action=Action.LOOKED, of=of, municipality_id=municipality_id, note=note)


def look_at(*, model: type[models.Model], places: Mapping[Any, int], note: str = "") -> None:
    """Somebody saw these rows at once: `places` tells each one's municipality."""
    _add(
        [
            (place, _entry(place, Action.LOOKED, model._meta.label, _number(pk), (), note, None))
            for pk, place in places.items()
        ]
    )


def list_of(
    *,
    model: type[models.Model],
    municipality_ids: Iterable[int],
    action: str = Action.SEARCHED,
    note: str = "",
) -> None:
    """Somebody got a list, or a file of it, with rows of these municipalities: an entry in each. What was
    searched for is not told."""
    label = model._meta.label
    _add(
        [(place, _entry(place, action, label, "", (), note, None)) for place in sorted(set(municipality_ids))]
    )


def _add(entries: list[tuple[int, Entry]]) -> None:
    with scope.of(*{place for place, _entry in entries}):
        AuditEntry.objects.bulk_create(
            [entry for _place, entry in entries if isinstance(entry, AuditEntry)], batch_size=BATCH
        )


def _entry(
    municipality_id: int | None,
    action: str,
    label: str,
    number: str,
    fields: Iterable[str],
    note: str,
    by_id: int | None,
) -> Entry:
    origin = context.current()
    entry: Entry = SystemEntry() if municipality_id is None else AuditEntry(municipality_id=municipality_id)
    entry.actor, entry.actor_name = origin.kind, origin.name
    entry.user_id = origin.user_id or by_id
    entry.action, entry.model, entry.object_id = Action(action).value, label, number
    entry.fields, entry.note = sorted(set(fields)), note[:200]
    entry.ip, entry.request_id, entry.route = origin.ip, origin.request_id, origin.route
    return entry


def _municipality_of(row: models.Model | None) -> int | None:
    return row.pk if isinstance(row, Municipality) else getattr(row, "municipality_id", None)


def _number(pk: object) -> str:
    return "" if pk is None else str(pk)


def _reach(municipality_id: int | None) -> AbstractContextManager[None]:
    """The entry lands whatever the scope: who reads a page or signs in has perhaps none."""
    return scope.of(municipality_id) if municipality_id is not None else scope.of()
