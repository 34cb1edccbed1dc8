"""One row of a file as an arrival: a person, where and when they moved in; or the reasons why not."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from welcome.households import cells, vocabulary
from welcome.households.addresses import NO_ADDRESS, Address, read_address
from welcome.households.cells import Wrong
from welcome.households.columns import Columns
from welcome.households.models import Household, Person, PersonRole, Protection
from welcome.households.problems import Problem
from welcome.households.recognition import Trace, name_key

FARTHEST_AHEAD = datetime.timedelta(days=92)
EARLIEST = datetime.date(1900, 1, 1)
_NAME = Person._meta.get_field("given_name").max_length or 0
_MOVED_FROM = Household._meta.get_field("moved_from").max_length or 0


def _filled(thing: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(thing, name))}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person as a row tells of them. Of a protected person it holds nothing of the address."""

    given_name: str
    family_name: str
    moved_in: datetime.date
    birth_date: datetime.date | None = None
    birth_year: int | None = None
    address: Address = NO_ADDRESS
    moved_from: str = ""
    language: str = ""
    phone: str = ""
    email: str = ""
    protection: str = Protection.NONE.value
    reason: str = ""
    died_on: datetime.date | None = None
    role: str = ""
    family: str = ""
    name_key: str = field(default="", compare=False)
    address_key: str = field(default="", compare=False)

    @property
    def trace(self) -> Trace:
        return Trace(
            self.name_key,
            self.birth_date,
            self.birth_year,
            self.address_key,
            self.address.unit,
            self.moved_in,
            self.phone,
            self.email,
        )

    @property
    def household_key(self) -> str:
        """Arrivals with the same one make one household; empty: this person stands alone.

        A protected household is never found by its address, as none is held.
        """
        if self.protection or not self.address_key:
            return ""
        return f"{self.moved_in} {self.address.unit} {self.address_key}"

    def without_address(self) -> "Arrival":
        return replace(self, address=NO_ADDRESS, address_key="", moved_from="")

    def as_json(self) -> dict[str, Any]:
        values = _filled(self, _OF_ARRIVAL)
        if address := _filled(self.address, _OF_ADDRESS):
            values["address"] = address
        for name in ("moved_in", "birth_date", "died_on"):
            if name in values:
                values[name] = values[name].isoformat()
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        values = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        for name in ("moved_in", "birth_date", "died_on"):
            if name in values:
                values[name] = datetime.date.fromisoformat(values[name])
        values["address"] = Address(**values.get("address", {}))
        return cls(**{"given_name": "", "family_name": ""} | values)


_OF_ARRIVAL = [each.name for each in fields(Arrival) if each.name != "address"]
_OF_ADDRESS = [each.name for each in fields(Address)]


def read_arrival(
    row: Sequence[Any], columns: Columns, *, today: datetime.date
) -> tuple[Arrival | None, list[Problem]]:
    """The arrival, None if it is refused; and every problem of the row, not only the first."""
    problems: list[Problem] = []

    def refuse(code: str, name: str = "", **params: Any) -> None:
        problems.append(Problem(code, columns.names.get(name, ""), params))

    def take(name: str, parse: Callable[[Any], Any], default: Any) -> Any:
        try:
            return parse(columns.of(row, name))
        except Wrong as wrong:
            refuse(wrong.code, name, **wrong.params)
            return default

    try:
        protection = vocabulary.protection_of(columns.of(row, "protection"))
    except Wrong as wrong:
        # Perhaps protected: nothing of the row is looked at, so nothing of it can be kept.
        refuse(wrong.code, "protection", **wrong.params)
        return None, problems

    given_name, family_name = _names(take, refuse)
    birth_date, birth_year = _birth(take, refuse, today)
    moved_in = take("moved_in", cells.date_of, EARLIEST)
    if moved_in is None:
        refuse("moved_in_missing", "moved_in")
    elif moved_in < EARLIEST:
        refuse("moved_in_too_early", "moved_in")
    elif moved_in > today + FARTHEST_AHEAD:
        refuse("moved_in_too_late", "moved_in")
    address, moved_from = NO_ADDRESS, ""
    if not protection:
        address = read_address(take, refuse)
        moved_from = take("moved_from", lambda c: cells.text_of(c, limit=_MOVED_FROM), "")
        if address == NO_ADDRESS and not any(problem.refuses for problem in problems):
            refuse("address_unknown")
    died_on = take("died_on", cells.date_of, None)
    if died_on and (died_on > today or (birth_date and died_on < birth_date)):
        refuse("died_impossible", "died_on")
    language = take("language", vocabulary.language_of, "en")
    phone = take("mobile", cells.phone_of, "") or take("phone", cells.phone_of, "")
    email = take("email", cells.email_of, "")
    reason = take("reason", vocabulary.reason_of, "")
    role = take("role", vocabulary.role_of, "")
    family = take("family", lambda c: cells.text_of(c, limit=50), "")
    if any(problem.refuses for problem in problems):
        return None, problems
    arrival = Arrival(
        given_name, family_name, moved_in, birth_date, birth_year, address, moved_from, language, phone, email,
        protection, reason, died_on, role, family, name_key(given_name, family_name), address.key,
    )  # fmt: skip
    return arrival, problems


def _names(take: Callable[..., Any], refuse: Callable[..., None]) -> tuple[str, str]:
    def read(name: str, limit: int = _NAME) -> str:
        return take(name, lambda cell: cells.name_of(cell, limit=limit), "?")

    given = " ".join(filter(None, (read("given_name"), read("middle_name"))))
    family = read("family_name")
    if not given and not family:
        given, family = cells.split_name(read("whole_name", 2 * _NAME))
    if not given:
        # Who has only one name may have it in either column.
        given, family = family, ""
    if not given:
        refuse("name_missing", "given_name")
    if len(given) > _NAME or len(family) > _NAME:
        refuse("too_long", "given_name", limit=_NAME)
    return given, family


def _birth(
    take: Callable[..., Any], refuse: Callable[..., None], today: datetime.date
) -> tuple[datetime.date | None, int | None]:
    def read(name: str) -> tuple[datetime.date | None, int | None]:
        return take(name, lambda cell: cells.birth_of(cell, today=today), (None, None))

    day, year = read("birth_date")
    other_day, other_year = read("birth_year")
    if year and other_year and year != other_year:
        refuse("birth_disagrees", "birth_year")
    return day or other_day, year or other_year


def role_of(arrival: Arrival) -> str:
    """What the row says, else by the age in the year of moving in; without an age an adult."""
    if arrival.role:
        return arrival.role
    is_child = arrival.birth_year is not None and arrival.moved_in.year - arrival.birth_year < 18
    return PersonRole.CHILD.value if is_child else PersonRole.ADULT.value
