"""Taking people out of what waits to be decided on, and out of the words written about their household."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q

from municipalities.municipality.models import Municipality, OwnedQuerySet
from welcome.households import ties
from welcome.households.imports import ImportBatch, ImportRow, ImportState, Verdict
from welcome.households.models import Household, Person
from welcome.households.problems import Problem
from welcome.households.recognition import one_edit_apart, units_agree

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
    """Takes the address out of the rows of waiting imports that tell of people with these keys, of these households
    where the database has them, or of who moves in together with one of those. Their neighbours' rows stay as they
    are. Not out of those of `but`."""
    keys, ids = set(names), set(households)
    ties.hide(municipality, names=keys, households=ids)
    waiting = ImportRow.objects.of(municipality).exclude(batch=but)
    found = {row.pk: row for row in waiting.filter(person_key__in=keys)}
    homes = list(Household.objects.filter(pk__in=ids).exclude(address_key="").with_people())
    for start in range(0, len(homes), _KEYS_AT_A_TIME):
        some = homes[start : start + _KEYS_AT_A_TIME]
        there = reduce(or_, (Q(household_key__endswith=f" {home.address_key}") for home in some))
        for row in waiting.filter(there):
            if any(_tells_of(row, home) for home in some):
                found[row.pk] = row
    rows = list(found.values())
    rows += _companions(waiting, rows)
    hide(rows)
    ImportRow.objects.bulk_update(rows, ["values", "household_key"], batch_size=500)


def hide_protected(batch: ImportBatch, rows: list[ImportRow], households: Mapping[int, int]) -> None:
    """Takes the address out of rows that are about to be stored, where their household has got protection since they
    were judged; `households` tells by number of the row which household it was put to. In the transaction that
    stores them: it locks these households, so that protection is either read here or finds the rows stored."""
    people = Person.objects.of(batch.municipality)
    keys = {row.person_key for row in rows} - {""}
    named = people.filter(name_key__in=keys).values_list("household", flat=True)
    homes = Household.objects.filter(pk__in={*households.values(), *named}).order_by("pk")
    weak = connection.features.has_select_for_no_key_update
    grades = dict(homes.select_for_update(no_key=weak).values_list("pk", "protection"))
    protected = {pk for pk, grade in grades.items() if grade}
    if not protected:
        return
    theirs = set(people.filter(household__in=protected).values_list("name_key", flat=True))
    found = [
        row
        for row in rows
        if row.household_key and (households.get(row.number) in protected or row.person_key in theirs)
    ]
    groups, numbers = {row.household_key for row in found}, {row.number for row in found}
    together = [row for row in rows if row.household_key in groups and row.number not in numbers]
    earlier = _companions(ImportRow.objects.filter(batch=batch), found)
    hide([*found, *together, *earlier])
    ImportRow.objects.bulk_update(earlier, ["values", "household_key"], batch_size=500)


def _tells_of(row: ImportRow, home: Household) -> bool:
    """Of somebody of this household, at whose address the row is: they came the same day, or bear a name of theirs.
    Others at one address are neighbours, most of all where another unit is told."""
    if not units_agree(row.values.get("address", {}).get("unit", ""), home.unit):
        return False
    if home.moved_in is not None and row.values.get("moved_in") == home.moved_in.isoformat():
        return True
    words = set(row.person_key.split())
    return any(
        words & set(person.name_key.split()) or one_edit_apart(row.person_key, person.name_key)
        for person in home.people.all()
    )


def _companions(among: OwnedQuerySet[ImportRow], rows: list[ImportRow]) -> list[ImportRow]:
    """Who moves in together with these, by the same list: at one address on one day, or as one family."""
    known = {row.pk for row in rows}
    groups = {(row.batch_id, row.household_key) for row in rows if row.household_key}
    families = {(row.batch_id, row.values["family"]) for row in rows if row.values.get("family")}
    found: dict[int, ImportRow] = {}
    for name, together in (("household_key", groups), ("values__family", families)):
        keys = sorted({key for _batch, key in together})
        for start in range(0, len(keys), _KEYS_AT_A_TIME):
            theirs = reduce(or_, (Q(**{name: key}) for key in keys[start : start + _KEYS_AT_A_TIME]))
            for row in among.filter(theirs):
                told = {(row.batch_id, row.household_key), (row.batch_id, row.values.get("family"))}
                if row.pk not in known and told & together:
                    found[row.pk] = row
    return list(found.values())


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
