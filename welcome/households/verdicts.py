"""What an arrival means for what is known: a new household, one more in it, news, nothing new, or news of a
household that may only be kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from welcome.households.addresses import NO_ADDRESS
from welcome.households.arrivals import Arrival
from welcome.households.imports import Verdict
from welcome.households.models import HouseholdState, Protection
from welcome.households.problems import Problem
from welcome.households.recognition import Likeness, units_agree
from welcome.households.register import Found, KnownHousehold, KnownPerson, Register

Change = tuple[str, str, str]  # The field, what it was, what it becomes. Never an address that is protected.
_GRADES = [Protection.NONE, Protection.CLIENT, Protection.CONFIDENTIAL, Protection.STRICT]


@dataclass(slots=True)
class Plan:
    number: int
    arrival: Arrival
    verdict: Verdict
    household: KnownHousehold
    person: KnownPerson
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    # Rows read earlier whose address must go, because this one tells that their household is protected.
    unveiled: list[int] = field(default_factory=list)


def judge(rows: Sequence[tuple[int, Arrival]], register: Register, *, language: str) -> list[Plan]:
    """One plan a row, in order. The register is changed as if the plans were carried out.

    `language` is the municipality's own, for who brings none.
    """
    movers = _who_moves(rows, register)
    return [_plan(number, arrival, register, movers, language) for number, arrival in rows]


def _who_moves(
    rows: Iterable[tuple[int, Arrival]], register: Register
) -> dict[tuple[KnownHousehold, str], set[KnownPerson]]:
    """Of each household, those whom these rows tell to live at one other address."""
    movers: dict[tuple[KnownHousehold, str], set[KnownPerson]] = {}
    for _number, arrival in rows:
        found = register.find(arrival)
        if found.person is not None and found.likeness is not Likeness.RESEMBLES and arrival.address_key:
            movers.setdefault((found.person.household, arrival.address_key), set()).add(found.person)
    return movers


def _plan(
    number: int, arrival: Arrival, register: Register, movers: dict[Any, set[KnownPerson]], language: str
) -> Plan:
    found = register.find(arrival)
    if found.person is None or found.likeness is Likeness.RESEMBLES:
        return _arrive(number, arrival, register, found, language)
    person, home = found.person, found.person.household
    plan = Plan(number, arrival, Verdict.KNOWN, home, person)
    seen = person.row != 0
    if seen:
        plan.problems.append(Problem("same_row", params={"row": person.row}))
    elif found.likeness is Likeness.MISSPELT:
        plan.problems.append(Problem("misspelt", params={"household": home.pk}))
    person.row = person.row or number
    register.remember_family(arrival.family, home)
    _protect(plan, register)
    if home.held_at:
        return _leave(plan)
    # Of two rows about one person the first holds, the second only fills gaps; else importing the
    # file again would go back and forth between them.
    _news_of_person(plan, only_gaps=seen)
    register.file(person)
    if home.state != HouseholdState.LEFT and not home.protection:
        if not seen or not home.address_key:
            _news_of_address(plan, register, movers.get((home, plan.arrival.address_key), set()))
        _fill_household(plan)
    if plan.changes:
        plan.verdict = Verdict.CHANGED
    return plan


def _arrive(number: int, arrival: Arrival, register: Register, found: Found, language: str) -> Plan:
    """Somebody new: into the household they moved in with, or into one of their own."""
    home = register.home_for(arrival)
    verdict = Verdict.NEW if home is None else Verdict.JOINS
    if home is None:
        home = KnownHousehold(
            pk=None,
            state=HouseholdState.LIVING.value,
            protection=arrival.protection,
            moved_in=arrival.moved_in,
            left_on=None,
            moved_from=arrival.moved_from,
            reason=arrival.reason,
            language=arrival.language or language,
            address_key=arrival.address_key,
            address=arrival.address,
            fresh=True,
        )
        register.add_household(home, arrival.family)
    register.remember_family(arrival.family, home)
    person = KnownPerson(
        None,
        home,
        arrival.name_key,
        arrival.birth_date,
        arrival.birth_year,
        arrival.phone,
        arrival.email,
        arrival.language,
        arrival.died_on,
        row=number,
    )
    plan = Plan(number, arrival, verdict, home, person)
    if verdict == Verdict.JOINS:
        _protect(plan, register)
        if home.held_at:
            return _leave(plan)
        if not home.protection and not home.address_key and plan.arrival.address_key:
            register.move(home, plan.arrival.address)  # A family of which an earlier row had no address.
        if home.fresh and arrival.language and not any(person.language for person in home.people):
            home.language, home.changed = arrival.language, True
        _fill_household(plan)
        # The rest is the joining itself.
        plan.changes = [change for change in plan.changes if change[0] == "protection"]
    register.add_person(person)
    if found.person is not None and not found.person.household.fresh:
        plan.problems.append(Problem("looks_like", params={"household": found.person.household.pk}))
    elif found.left_before is not None:
        plan.problems.append(Problem("lived_here_before", params={"household": found.left_before.pk}))
    return plan


def _leave(plan: Plan) -> Plan:
    """Of a household whose processing is restricted nothing is saved, and nothing compared. But that its address is
    protected counts all the same: that protects somebody (GDPR art. 18(2)), and `_protect` has done it."""
    plan.problems.append(Problem("held", params={"household": plan.household.pk}))
    plan.verdict = Verdict.HELD
    return plan


def _protect(plan: Plan, register: Register) -> None:
    """The strictest grade that anyone of the household has holds for all, and only staff lift it."""
    home, arrival = plan.household, plan.arrival
    if _GRADES.index(Protection(arrival.protection)) > _GRADES.index(Protection(home.protection)):
        plan.changes.append(("protection", home.protection, arrival.protection))
        register.protect(home, arrival.protection)
        plan.unveiled = [person.row for person in home.people if person.row and person.row != plan.number]
    elif home.protection and not arrival.protection and not home.fresh:
        plan.problems.append(Problem("protection_stays", params={"household": home.pk}))
    if home.protection:
        plan.arrival = arrival.without_address()


def _news_of_person(plan: Plan, *, only_gaps: bool) -> None:
    """What the row knows and we don't, or knows otherwise. An empty cell says nothing."""
    person, arrival = plan.person, plan.arrival

    def learn(name: str, value: Any) -> None:
        plan.changes.append((name, str(getattr(person, name) or ""), str(value)))
        setattr(person, name, value)
        person.changed = True

    if arrival.birth_year and not person.birth_year:
        learn("birth_year", arrival.birth_year)
    for name in ("birth_date", "died_on"):
        if getattr(arrival, name) and not getattr(person, name):
            learn(name, getattr(arrival, name))
    for name in ("phone", "email"):
        new, old = getattr(arrival, name), getattr(person, name)
        if new and new.casefold() != old.casefold() and not (only_gaps and old):
            learn(name, new)
    if arrival.language and arrival.language != person.language and not (only_gaps and person.language):
        home = plan.household
        if person.language and home.language == person.language:
            home.language, home.changed = arrival.language, True
        learn("language", arrival.language)


def _news_of_address(plan: Plan, register: Register, movers: set[KnownPerson]) -> None:
    home, arrival = plan.household, plan.arrival
    if home.state == HouseholdState.PLANNING:
        # Who planned to come has come.
        plan.changes.append(("moved_in", "", arrival.moved_in.isoformat()))
        home.state, home.moved_in, home.changed = HouseholdState.LIVING.value, arrival.moved_in, True
        if arrival.address != NO_ADDRESS:
            _move(plan, register)
        return
    if not arrival.address_key:
        return
    if not home.address_key:
        _move(plan, register)
    elif home.address_key == arrival.address_key:
        if arrival.address.unit and not home.address.unit:
            address = replace(home.address, unit=arrival.address.unit)
            plan.changes.append(("unit", "", address.unit))
            register.move(home, address)
        elif not units_agree(arrival.address.unit, home.address.unit):
            plan.problems.append(Problem("address_differs", params={"household": home.pk}))
    elif home.moved_in is None or arrival.moved_in <= home.moved_in:
        plan.problems.append(Problem("address_differs", params={"household": home.pk}))
    elif all(person in movers for person in home.people if person.died_on is None):
        # They moved within the municipality. The day they came to it stays: that is when they arrived.
        _move(plan, register)
    else:
        plan.problems.append(Problem("part_moved", params={"household": home.pk}))


def _move(plan: Plan, register: Register) -> None:
    home = plan.household
    plan.changes.append(("address", home.address.line, plan.arrival.address.line))
    register.move(home, plan.arrival.address)


def _fill_household(plan: Plan) -> None:
    home, arrival = plan.household, plan.arrival
    if home.protection:
        return
    for name in ("moved_from", "reason"):
        if getattr(arrival, name) and not getattr(home, name):
            plan.changes.append((name, "", getattr(arrival, name)))
            setattr(home, name, getattr(arrival, name))
            home.changed = True
