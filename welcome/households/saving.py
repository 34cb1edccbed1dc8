"""Writes what was judged: new households and people, and what changed of known ones."""

import datetime
from collections.abc import Iterable
from typing import Any

from phonenumber_field.phonenumber import PhoneNumber

from municipalities.audit.vocabulary import Action
from municipalities.municipality.models import Municipality
from welcome.households import doors, history, ties
from welcome.households.arrivals import role_of
from welcome.households.imports import Verdict
from welcome.households.models import ADDRESS_FIELDS, Household, Person, Source
from welcome.households.register import KnownHousehold, KnownPerson, Register
from welcome.households.verdicts import Plan

_HOUSEHOLD_FIELDS = (
    "state", "protection", "moved_in", "moved_from", "reason", "language", "address_kind", "address_key",
    *ADDRESS_FIELDS,
)  # fmt: skip
_PERSON_FIELDS = ("birth_date", "birth_year", "phone", "email", "language", "died_on")
MOST_IN_ORDER = 32_767  # What the column holds.


def write(
    plans: list[Plan],
    register: Register,
    *,
    municipality: Municipality,
    now: datetime.datetime,
    by_id: int | None,
) -> None:
    """Inside a transaction, a number of queries that doesn't grow with the rows known."""
    households = _once(plan.household for plan in plans)
    plans = [plan for plan in plans if plan.verdict != Verdict.HELD]
    changed_homes = [home for home in households if home.pk is not None and home.changed]
    new_homes = [home for home in households if home.pk is None]
    created = Household.objects.bulk_create(
        [_household(home, municipality, source=Source.FILE, created_at=now) for home in new_homes]
    )
    for home, made in zip(new_homes, created, strict=True):
        home.pk = made.pk
        register.saved(home)
    newly_protected = _newly_protected(changed_homes)
    if newly_protected:
        # Where somebody went who has moved on is no field that a list tells of.
        Household.objects.filter(pk__in=newly_protected).update(left_to="", left_why="")
    Household.objects.bulk_update(
        [_household(home, municipality) for home in changed_homes], _HOUSEHOLD_FIELDS
    )
    if newly_protected:
        doors.close(of=newly_protected, by_id=by_id)
        ties.forget(of=newly_protected)
        ties.end(of=newly_protected, by_id=by_id, as_what=Action.PROTECTED)

    new = [plan for plan in plans if plan.person.pk is None and plan.person.row == plan.number]
    changed_people = _once(p.person for p in plans if p.person.pk is not None and p.person.changed)
    people = Person.objects.bulk_create([_new_person(plan, municipality) for plan in new])
    for plan, row in zip(new, people, strict=True):
        plan.person.pk = row.pk
    Person.objects.bulk_update(
        [_changed_person(person, municipality) for person in changed_people], _PERSON_FIELDS
    )
    touched = {home.pk for home in changed_homes} | {person.household.pk for person in changed_people}
    touched |= {plan.person.household.pk for plan in new} - {home.pk for home in new_homes}
    history.note(
        {pk: municipality.pk for pk in touched if pk is not None}, history.CHANGED_BY_IMPORT, by_id=by_id
    )
    for thing in (*households, *changed_people, *(plan.person for plan in new)):
        thing.changed = False


def _newly_protected(homes: list[KnownHousehold]) -> list[int]:
    """Those that get another grade than the database holds, before it is written."""
    grades = {home.pk: home.protection for home in homes if home.protection and home.pk is not None}
    if not grades:
        return []
    held = Household.objects.filter(pk__in=grades).values_list("pk", "protection")
    return [pk for pk, grade in held if grade != grades[pk]]


def _once(things: Iterable) -> list:
    return list(dict.fromkeys(things))


def _household(home: KnownHousehold, municipality: Municipality, **more: Any) -> Household:
    return Household(
        pk=home.pk,
        municipality_id=municipality.pk,
        state=home.state,
        protection=home.protection,
        moved_in=home.moved_in,
        moved_from=home.moved_from,
        reason=home.reason,
        language=home.language,
        address_kind=home.address.address_kind,
        address_key=home.address.key,
        **{name: getattr(home.address, name) for name in ADDRESS_FIELDS},
        **more,
    )


def _new_person(plan: Plan, municipality: Municipality) -> Person:
    person, arrival = plan.person, plan.arrival
    return Person(
        municipality_id=municipality.pk,
        household_id=person.household.pk or 0,
        given_name=arrival.given_name,
        family_name=arrival.family_name,
        name_key=arrival.name_key,
        role=role_of(arrival),
        order=min(person.order, MOST_IN_ORDER),
        **_details(person),
    )


def _changed_person(person: KnownPerson, municipality: Municipality) -> Person:
    return Person(
        pk=person.pk,
        municipality_id=municipality.pk,
        **_details(person),
    )


def _details(person: KnownPerson) -> dict[str, Any]:
    details = {name: getattr(person, name) for name in _PERSON_FIELDS}
    if person.phone:
        # Checked when the row was read. So it is stored as it stands; parsed again it costs the most of a row.
        details["phone"] = PhoneNumber(raw_input=person.phone)
    return details
