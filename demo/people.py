"""The people of the demo, before they become rows: drawn by a fixed seed, or written by hand."""

import datetime
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from demo.names import ORIGINS, Origin
from demo.places import FOLDER, Place, places
from welcome.households.addresses import Address
from welcome.households.models import AddressKind
from welcome.households.quarters import Quarter

TODAY = datetime.date(2026, 11, 22)  # The demo's own day: it looks the same whenever it is loaded.
LAST = Quarter(2026, 3)
QUARTERS = [Quarter(year, number) for year in (2024, 2025, 2026) for number in (1, 2, 3, 4)][3:12]
_A_QUARTER = {"3301": 7, "3303": 4, "3305": 3, "3312": 3, "3324": 3}
_TWO_A_QUARTER = {"3314", "3316", "3326", "3330", "3322"}
_AL = {"2024Q4": 9, "2025Q1": 8, "2025Q2": 11, "2025Q3": 13, "2025Q4": 10, "2026Q1": 9, "2026Q2": 12}
_WHY_LEFT = ("Ny jobb", "Fant ikke bolig", "Studier", "Familie et annet sted", "Partneren fikk ikke jobb", "")


@dataclass
class DemoPerson:
    given_name: str
    family_name: str
    born: datetime.date
    phone: str = ""
    email: str = ""


@dataclass
class DemoHousehold:
    """What the rows, and the file for import, are made from."""

    number: str  # The municipality's.
    moved_in: datetime.date
    people: list[DemoPerson]
    address: Address = field(default_factory=Address)
    moved_from: str = ""
    reason: str = ""
    language: str = "nb"
    protection: str = ""
    no_letter: bool = False
    left_on: datetime.date | None = None
    left_to: str = ""
    left_why: str = ""
    died_on: datetime.date | None = None
    only_in_file: bool = False
    happened: bool = False  # Something that came after the file.


def everybody() -> Iterator[DemoHousehold]:
    for place in places():
        for quarter in QUARTERS:
            if place.slug == "al" and quarter == LAST:
                yield from (household for household in of_the_file() if not household.only_in_file)
                continue
            for index in range(_how_many(place, quarter)):
                yield _drawn(place, quarter, index)


def _how_many(place: Place, quarter: Quarter) -> int:
    if quarter > LAST:
        return {"al": 4, "gol": 2, "drammen": 3, "kongsberg": 1}.get(place.slug, 0)
    if place.slug == "al":
        return _AL[str(quarter)]
    return _A_QUARTER.get(place.number, 2 if place.number in _TWO_A_QUARTER else 1)


def _drawn(place: Place, quarter: Quarter, index: int) -> DemoHousehold:
    """One household; adding or leaving out another changes nothing here, each has its own seed."""
    rng = random.Random(f"{place.number} {quarter} {index}")  # noqa: S311 - the same people each time
    origin = ORIGINS[rng.choices(list(ORIGINS), [o.weight for o in ORIGINS.values()])[0]]
    last = min(quarter.last_day, TODAY - datetime.timedelta(days=2))
    moved_in = quarter.first_day + datetime.timedelta(rng.randrange((last - quarter.first_day).days + 1))
    household = DemoHousehold(
        place.number,
        moved_in,
        _people(rng, origin, moved_in),
        _address(rng, place),
        moved_from=rng.choice([where for where in origin.places if where != place.name]),
        reason=rng.choice(origin.reasons),
        language=rng.choice(origin.languages or (place.home, place.home, place.home, "nb")),
    )
    _what_became(rng, household, quarter)
    return household


def _people(rng: random.Random, origin: Origin, moved_in: datetime.date) -> list[DemoPerson]:
    families = rng.sample(origin.families, 2)
    shape = rng.choices(["single", "couple", "family", "parent", "shared"], [34, 22, 30, 9, 5])[0]
    adults = {"single": 1, "parent": 1, "couple": 2, "family": 2, "shared": 3}[shape]
    children = {"family": rng.randint(1, 4), "parent": rng.randint(1, 2)}.get(shape, 0)
    same_name = rng.random() < 0.55
    oldest = 38 if children else 66
    women, men = rng.sample(origin.women, 4), rng.sample(origin.men, 4)
    people = []
    for index in range(adults):
        given = (women if (index % 2 == 0) == (rng.random() < 0.75) else men).pop()
        family = families[0 if same_name and shape != "shared" else index % 2]
        people.append(DemoPerson(given, family, _born(rng, moved_in, 20 + 4 * bool(children), oldest)))
    for _ in range(children):
        pool = women if rng.random() < 0.5 else men
        given = pool.pop() if pool else rng.choice(origin.men)
        people.append(DemoPerson(given, people[-1].family_name, _born(rng, moved_in, 0, 15)))
    if rng.random() < 0.6:
        people[0].phone = f"+4731999{rng.randrange(1000):03d}"
    if rng.random() < 0.5 and people[0].given_name.isascii():
        people[
            0
        ].email = f"{people[0].given_name.lower().replace(' ', '.')}{rng.randrange(100)}@epost.example"
    return people


def _born(rng: random.Random, moved_in: datetime.date, youngest: int, oldest: int) -> datetime.date:
    return moved_in - datetime.timedelta(days=rng.randint(youngest * 366 + 20, (oldest + 1) * 365))


def _address(rng: random.Random, place: Place) -> Address:
    code, where = rng.choice(place.facts["areas"])
    if rng.random() < 0.04:
        return Address(
            AddressKind.CADASTRE, rng.choice(place.facts["farms"]), postal_code=code, postal_place=where
        )
    return Address(
        AddressKind.STREET,
        extra_line="c/o Solfrid Brekke" if rng.random() < 0.03 else "",
        street=rng.choice(place.facts["streets"]),
        house_number=str(rng.randint(1, 160)),
        house_letter=rng.choice("ABC") if rng.random() < 0.2 else "",
        unit=f"H0{rng.randint(1, 3)}0{rng.randint(1, 4)}" if rng.random() < 0.3 else "",
        postal_code=code,
        postal_place=where,
    )


def _what_became(rng: random.Random, household: DemoHousehold, quarter: Quarter) -> None:
    chance = rng.random()
    days = (TODAY - household.moved_in).days
    if chance < 0.02:
        household.protection = rng.choice(["klientadresse", "fortrolig", "strengtFortrolig"])
        household.address, household.moved_from = Address(), ""
    elif chance < 0.04:
        household.address = Address()
    elif chance < 0.06:
        household.no_letter = True
    elif chance < 0.07 and days > 120:
        household.died_on = household.moved_in + datetime.timedelta(days=rng.randint(30, 100))
        household.people = household.people[:1]
    elif chance < 0.26 and days > 150:
        household.left_on = household.moved_in + datetime.timedelta(days=rng.randint(60, days - 20))
        household.left_to = rng.choice(["Oslo", "Bergen", "Drammen", "Tromsø", "Hønefoss", "Warszawa", ""])
        household.left_why = rng.choice(_WHY_LEFT)


@cache
def of_the_file() -> tuple[DemoHousehold, ...]:
    """Ål's arrivals of 2026Q3, written by hand in `households/3328-2026Q3.toml`."""
    written = tomllib.loads((FOLDER / "households" / "3328-2026Q3.toml").read_text(encoding="utf-8"))
    return tuple(_written(entry) for entry in written["household"])


def _written(entry: dict[str, Any]) -> DemoHousehold:
    entry = dict(entry)
    people = [DemoPerson(*words) for words in entry.pop("people")]
    people[0].phone, people[0].email = entry.pop("phone", ""), entry.pop("email", "")
    return DemoHousehold("3328", people=people, address=_written_address(entry.pop("address", {})), **entry)


def _written_address(words: dict[str, Any]) -> Address:
    if abroad := words.get("abroad"):
        street, number, *rest = abroad
        return Address(AddressKind.FOREIGN, foreign_address="\n".join([f"{street} {number}", *rest]))
    if not words:
        return Address()
    place = {"postal_code": "3570", "postal_place": "Ål"} | {
        key: value for key, value in words.items() if key not in ("farm", "care_of")
    }
    if farm := words.get("farm"):
        return Address(AddressKind.CADASTRE, farm, **place)
    care_of = words.get("care_of", "")
    return Address(AddressKind.STREET, extra_line=f"c/o {care_of}" if care_of else "", **place)
