"""Taking people out of what waits to be decided on, and out of the words written about their household."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from municipalities.municipality.models import Municipality
from welcome.households.imports import ImportBatch, ImportRow, ImportState, Verdict
from welcome.households.models import Household, Person
from welcome.households.problems import Problem

SHORTEST = 3  # Of a name that is looked for in other words: "Bo" stands in too many.
NO_NAME = "–"
_ADDRESS_VALUES = ("address", "address_key", "moved_from")
_KEYS_AT_A_TIME = 50  # Each is a condition of its own, and a statement takes only so many.


def waiting_rows(municipality: Municipality, people: Iterable[Person]) -> list[ImportRow]:
    """Rows of waiting imports about these people: by the name as imports recognise it, unless the row tells
    of another age, and by phone and e-mail."""
    found: dict[int, ImportRow] = {}
    waiting = ImportRow.objects.of(municipality).exclude(person_key="")
    for person in people:
        theirs = Q(person_key=person.name_key)
        if person.email:
            theirs |= Q(values__email=person.email)
        if person.phone:
            theirs |= Q(values__phone=str(person.phone)) | Q(values__phone=person.phone.as_e164)
        for row in waiting.filter(theirs):
            if row.person_key != person.name_key or not _is_of_another_age(row.values, person):
                found[row.pk] = row
    return list(found.values())


def _is_of_another_age(values: dict[str, Any], person: Person) -> bool:
    year = values.get("birth_year") or (values.get("birth_date") or "")[:4]
    return bool(year and person.birth_year and int(year) != person.birth_year)


def forget_rows(rows: list[ImportRow]) -> None:
    """They are refused now, with that as the reason: the numbers of the import still add up."""
    for row in rows:
        row.verdict = Verdict.REFUSED.value
        row.values, row.household_key, row.person_key = {}, "", ""
        row.problems = [Problem("erased").as_json()]
    ImportRow.objects.bulk_update(rows, ["verdict", "values", "household_key", "person_key", "problems"])
    for batch in ImportBatch.objects.filter(pk__in={row.batch_id for row in rows}):
        batch.counts = dict(Counter(batch.rows.values_list("verdict", flat=True)))
        batch.save(update_fields=["counts"])


def hide(rows: Iterable[ImportRow]) -> None:
    """Takes everything of an address out of rows; the caller saves `values` and `household_key`."""
    for row in rows:
        changes = row.values.pop("changes", [])
        row.values = {name: value for name, value in row.values.items() if name not in _ADDRESS_VALUES}
        if left := [change for change in changes if change[0] not in {"address", "unit", "moved_from"}]:
            row.values["changes"] = left
        row.household_key = ""


def hide_waiting(
    municipality: Municipality,
    *,
    names: Iterable[str],
    households: Iterable[int],
    but: ImportBatch | None = None,
) -> None:
    """Takes the address out of the rows of waiting imports that tell of people with these keys, or of where these
    households live as the database has it. Not out of those of `but`."""
    waiting = ImportRow.objects.of(municipality).exclude(batch=but)
    keys = Household.objects.filter(pk__in=list(households)).exclude(address_key="")
    places = list(keys.values_list("address_key", flat=True).distinct())
    theirs = Q(person_key__in=list(names))
    for start in range(0, max(len(places), 1), _KEYS_AT_A_TIME):
        for key in places[start : start + _KEYS_AT_A_TIME]:
            theirs |= Q(household_key__endswith=key)
        found = list(waiting.filter(theirs))
        hide(found)
        ImportRow.objects.bulk_update(found, ["values", "household_key"])
        theirs = Q()


def files_named_after(municipality: Municipality, people: Iterable[Person]) -> list[ImportBatch]:
    names = [name.casefold() for person in people for name in _names(person)]
    batches = ImportBatch.objects.of(municipality).only("filename", "municipality")
    return [batch for batch in batches if any(name in batch.filename.casefold() for name in names)]


def forget_filenames(batches: list[ImportBatch]) -> None:
    ImportBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(filename=NO_NAME)


def names(text: str, person: Person) -> bool:
    """Whether a text holds this person's name, phone or e-mail."""
    folded = text.casefold()
    digits = "".join(c for c in str(person.phone or "") if c.isdigit())[-8:]
    words = [word.casefold() for word in (person.given_name, *_names(person), person.email) if word]
    return any(word in folded for word in words) or bool(
        digits and digits in "".join(c for c in text if c.isdigit())
    )


def _names(person: Person) -> Iterator[str]:
    for name in (*person.given_name.split(), *person.family_name.split()):
        if len(name) >= SHORTEST:
            yield name


def import_at_work(municipality: Municipality) -> bool:
    """A worker reads or saves a list of this municipality: who is in it can't be told before it is done."""
    return (
        ImportBatch.objects.of(municipality)
        .filter(state__in=[ImportState.READING, ImportState.SAVING])
        .exists()
    )
