"""Which of the known households an order may be of, and why: for staff, who decide. Nobody else is ever told."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from welcome.households.models import Household, Person
from welcome.households.recognition import Likeness, Trace, likeness, name_key
from welcome.orders.models import Order


@dataclass
class Match:
    household: Household  # With its people.
    reasons: list[str] = field(default_factory=list)
    strength: int = 0

    def add(self, reason: str, strength: int) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
            self.strength += strength


def matches(order: Order) -> list[Match]:
    """The likeliest first. Four queries, however many there are."""
    key = order.address.key
    reached = Q(name_key__in=order.name_keys)
    if order.email:
        reached |= Q(email__iexact=order.email)
    if order.phone:
        reached |= Q(phone=order.phone)
    people = Person.objects.of(order.municipality).alive().filter(reached)
    homes = Q(pk__in=people.values("household"))
    if key:
        homes |= Q(address_key=key)
    rows = Household.objects.of(order.municipality).filter(homes).with_people().order_by("pk")
    found = [_compared(order, home, key) for home in rows]
    return sorted((match for match in found if match.reasons), key=lambda match: -match.strength)


def _compared(order: Order, home: Household, key: str) -> Match:
    match = Match(home)
    if key and key == home.address_key:
        match.add(_("Same address"), 2)
    for person in home.people.all():
        _compare_person(order, person, home, match)
    return match


def _compare_person(order: Order, person: Person, home: Household, match: Match) -> None:
    who = {"name": person.full_name}
    if order.phone and order.phone == person.phone:
        match.add(_("Same phone number: %(name)s") % who, 3)
    if order.email and order.email.casefold() == person.email.casefold():
        match.add(_("Same e-mail: %(name)s") % who, 3)
    theirs = Trace(
        person.name_key, person.birth_date, person.birth_year, home.address_key, home.unit, home.moved_in
    )
    for trace in traces(order):
        sure = likeness(trace, theirs)
        if sure is Likeness.MISSPELT:
            match.add(_("Nearly the same name, same birth year and address: %(name)s") % who, 2)
        elif trace.name_key == theirs.name_key and not _born_apart(trace, theirs):
            if trace.birth_year and theirs.birth_year:
                match.add(_("Same name and birth year: %(name)s") % who, 3)
            else:
                match.add(_("Same name: %(name)s") % who, 1)


def traces(order: Order) -> list[Trace]:
    address = order.address
    key, unit = address.key, address.unit
    first = Trace(order.name_key, None, order.birth_year, key, unit, order.moved_on)
    others = [
        Trace(name_key(each["name"]), None, each.get("born"), key, unit, order.moved_on)
        for each in order.others
    ]
    return [trace for trace in (first, *others) if trace.name_key]


def _born_apart(one: Trace, other: Trace) -> bool:
    return bool(one.birth_year and other.birth_year and one.birth_year != other.birth_year)


def twin_in(household: Household, key: str, born: int | None) -> Person | None:
    """The one of a household who has this name, and no other birth year."""
    for person in household.people.all():
        years = {person.birth_year, born} - {None}
        if person.name_key == key and len(years) < 2:
            return person
    return None
