"""What is already known, for the rows at hand: people found by name, households by address.

Three queries load it for a thousand rows, whatever their number in the database. It holds small
values instead of model objects, and remembers what earlier rows of the same file brought, so that a
preview, which writes nothing, comes to the same verdicts as the saving.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast

from municipalities.municipality.models import Municipality
from welcome.households.addresses import NO_ADDRESS, Address
from welcome.households.arrivals import Arrival
from welcome.households.models import ADDRESS_FIELDS, Household, HouseholdState, Person
from welcome.households.recognition import Likeness, Trace, likeness

# The birth date, else the year, else nothing: who has one date is never somebody with another.
Born = datetime.date | int | None


@dataclass(slots=True, eq=False)
class KnownHousehold:
    """The fields an import may read or change, named as those of Household; `pk` None until it is saved."""

    pk: int | None
    state: str
    protection: str
    moved_in: datetime.date | None
    left_on: datetime.date | None
    moved_from: str
    reason: str
    language: str
    address_key: str
    address: Address
    people: list["KnownPerson"] = field(default_factory=list)
    changed: bool = False
    fresh: bool = False  # Made by this file.
    held_at: datetime.datetime | None = None  # Its processing is restricted: nothing of it may be changed.

    @property
    def group(self) -> str:
        """As `Arrival.household_key`; empty where nobody may join."""
        if self.state != HouseholdState.LIVING or self.protection or not self.address_key:
            return ""
        return f"{self.moved_in} {self.address.unit} {self.address_key}"


@dataclass(slots=True, eq=False)
class KnownPerson:
    pk: int | None
    household: KnownHousehold
    name_key: str
    birth_date: datetime.date | None
    birth_year: int | None
    phone: str
    email: str
    language: str
    died_on: datetime.date | None
    order: int = 0
    row: int = 0  # The row of this file that told of them; 0: none yet.
    changed: bool = False
    filed: tuple[str, Born] | None = None  # Where the register holds them.

    @property
    def trace(self) -> Trace:
        home = self.household
        return Trace(
            self.name_key,
            self.birth_date,
            self.birth_year,
            home.address_key,
            home.address.unit,
            home.moved_in,
            self.phone,
            self.email,
        )


@dataclass(frozen=True, slots=True)
class Found:
    likeness: Likeness
    person: KnownPerson | None = None
    left_before: KnownHousehold | None = None  # They lived here, moved away, and come back.


_HOUSEHOLD = (
    "pk", "state", "protection", "moved_in", "left_on", "moved_from", "reason", "language", "address_key",
    "held_at",
)  # fmt: skip
_PERSON = (
    "pk",
    "name_key",
    "birth_date",
    "birth_year",
    Cast("phone", CharField()),  # As it is stored, E.164: taking it apart costs more than all the rest.
    "email",
    "language",
    "died_on",
    "household_id",
)


class Register:
    def __init__(self, municipality: Municipality, *, lock: bool = False) -> None:
        """With `lock` the households are held until the transaction ends, so that nobody's edit is overwritten."""
        self._municipality = municipality
        self._lock = lock
        self._households: dict[int, KnownHousehold] = {}
        # Under each name by birth: a name that thousands have must not be compared with thousands.
        self._by_name: defaultdict[str, defaultdict[Born, list[KnownPerson]]]
        self._by_name = defaultdict(lambda: defaultdict(list))
        self._by_group: dict[str, KnownHousehold] = {}
        self._by_family: dict[str, KnownHousehold] = {}
        # Only who was known before: within one file two spellings are two people.
        self._by_birthplace: defaultdict[tuple[str, int | None], list[KnownPerson]] = defaultdict(list)
        self._names: set[str] = set()

    def load(self, arrivals: Iterable[Arrival]) -> None:
        """Everyone whom these arrivals may be, and every household they may belong to."""
        arrivals = list(arrivals)
        self._names = {arrival.name_key for arrival in arrivals}
        addresses = {arrival.address_key for arrival in arrivals} - {""}
        people = Person.objects.of(self._municipality)
        households = Household.objects.of(self._municipality)
        homes = set(people.filter(name_key__in=self._names).values_list("household_id", flat=True))
        homes |= set(households.filter(address_key__in=addresses).values_list("pk", flat=True))
        missing = homes - self._households.keys()
        rows = households.filter(pk__in=missing).order_by("pk")
        if self._lock:
            rows = rows.select_for_update()
        for values in rows.values_list(*_HOUSEHOLD, "address_kind", *ADDRESS_FIELDS):
            own: dict[str, Any] = dict(zip(_HOUSEHOLD, values, strict=False))
            self.add_household(KnownHousehold(**own, address=Address(*values[len(_HOUSEHOLD) :])))
        for *person, home in people.filter(household_id__in=missing).order_by("pk").values_list(*_PERSON):
            pk, name_key, birth_date, birth_year, phone, *rest = person
            known = KnownPerson(
                pk,
                self._households[home],
                name_key,
                birth_date,
                birth_year,
                phone,
                *rest,
            )
            self.add_person(known)
            self._by_birthplace[known.household.address_key, known.birth_year].append(known)

    def add_household(self, household: KnownHousehold, family: str = "") -> None:
        if household.pk is not None:
            self._households[household.pk] = household
        if household.group:
            self._by_group.setdefault(household.group, household)
        if family:
            self._by_family[family] = household

    def saved(self, household: KnownHousehold) -> None:
        """It has got its key: the next chunk's queries must not load it a second time."""
        if household.pk is not None:
            self._households[household.pk] = household

    def add_person(self, person: KnownPerson) -> None:
        person.order = len(person.household.people)
        person.household.people.append(person)
        self.file(person)

    def file(self, person: KnownPerson) -> None:
        """Puts a person where `find` looks; anew if a birth date or year became known."""
        place = person.name_key, person.birth_date or person.birth_year
        if person.filed == place:
            return
        if person.filed is not None:
            self._by_name[person.filed[0]][person.filed[1]].remove(person)
        self._by_name[place[0]][place[1]].append(person)
        person.filed = place

    def remember_family(self, family: str, household: KnownHousehold) -> None:
        if family:
            self._by_family.setdefault(family, household)

    def move(self, household: KnownHousehold, address: Address) -> None:
        """Puts another address on a household, and finds it there from now on."""
        if self._by_group.get(household.group) is household:
            del self._by_group[household.group]
        household.address, household.address_key = address, address.key
        household.changed = True
        self.add_household(household)

    def protect(self, household: KnownHousehold, grade: str) -> None:
        self.move(household, NO_ADDRESS)
        household.protection, household.moved_from = grade, ""

    def find(self, arrival: Arrival) -> Found:
        """The person whom this arrival most surely is."""
        best, left_before = Found(Likeness.OTHER), None
        trace = arrival.trace
        near = self._by_birthplace.get((arrival.address_key, arrival.birth_year), ())
        for person in (*self._namesakes(arrival), *near):
            sure = likeness(trace, person.trace)
            if sure is Likeness.MISSPELT and (person.row or person.name_key in self._names):
                continue  # The file knows that name as well: these are two, perhaps twins.
            home = person.household
            if sure.value > Likeness.RESEMBLES.value and home.left_on and arrival.moved_in > home.left_on:
                left_before = home
            elif sure.value > best.likeness.value:
                best = Found(sure, person)
        if best.likeness.value <= Likeness.RESEMBLES.value and left_before is not None:
            return Found(Likeness.OTHER, None, left_before)
        return best

    def _namesakes(self, arrival: Arrival) -> Iterable[KnownPerson]:
        by_birth = self._by_name.get(arrival.name_key)
        if by_birth is None:
            return ()
        # Without a date every date of the year is possible, without a year every year.
        births = (
            dict.fromkeys((arrival.birth_date, arrival.birth_year, None)) if arrival.birth_date else by_birth
        )
        return chain.from_iterable(by_birth.get(born, ()) for born in births)

    def home_for(self, arrival: Arrival) -> KnownHousehold | None:
        """The household that this person, known to nobody yet, moved in with."""
        home = self._by_family.get(arrival.family) if arrival.family else None
        if home is not None and home.moved_in == arrival.moved_in:
            apart = home.address_key and arrival.address_key and home.address_key != arrival.address_key
            if not apart:
                return home
        return self._by_group.get(arrival.household_key) if arrival.household_key else None
