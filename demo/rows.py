"""The demo's people as rows of households and persons."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from demo.people import LAST, TODAY, DemoHousehold
from municipalities.municipality.models import Municipality
from welcome.households.models import Household, HouseholdState, Person, PersonRole, Source
from welcome.households.quarters import Quarter
from welcome.households.recognition import name_key


def add_people(municipalities: dict[str, Municipality], households: Iterable[DemoHousehold]) -> None:
    """`municipalities` by number."""
    rows: list[Household] = []
    people: list[Person] = []
    for index, demo in enumerate(households):
        row = _household(demo, municipalities[demo.number], index)
        rows.append(row)
        people += _people(demo, row)
    Household.objects.bulk_create(rows)
    Person.objects.bulk_create(people)


def _household(demo: DemoHousehold, municipality: Municipality, index: int) -> Household:
    registered = _morning(min(demo.moved_in + datetime.timedelta(days=4 + index % 9), TODAY))
    late = Quarter.of(demo.moved_in) > LAST or (Quarter.of(demo.moved_in) == LAST and index % 11 == 0)
    row = Household(
        municipality=municipality,
        state=HouseholdState.LEFT if demo.left_on else HouseholdState.LIVING,
        source=Source.FILE if index % 5 else Source.FORM,
        protection=demo.protection,
        moved_in=demo.moved_in,
        moved_from=demo.moved_from,
        reason=demo.reason,
        language=demo.language,
        no_letter=demo.no_letter,
        left_on=demo.left_on,
        left_to=demo.left_to,
        left_why=demo.left_why,
        created_at=registered,
        checked_at=None if late else registered + datetime.timedelta(days=1),
    )
    demo.address.put_on(row)
    return row


def _people(demo: DemoHousehold, row: Household) -> list[Person]:
    return [
        Person(
            municipality=row.municipality,
            household=row,
            given_name=person.given_name,
            family_name=person.family_name,
            name_key=name_key(person.given_name, person.family_name),
            birth_date=person.born,
            birth_year=person.born.year,
            role=PersonRole.CHILD if demo.moved_in.year - person.born.year < 18 else PersonRole.ADULT,
            order=order,
            language=demo.language,
            phone=person.phone,
            email=person.email,
            died_on=demo.died_on,
        )
        for order, person in enumerate(demo.people)
    ]


def _morning(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=timezone.get_default_timezone())
