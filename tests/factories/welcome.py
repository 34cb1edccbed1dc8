import datetime

import factory
from factory.django import DjangoModelFactory

from tests.factories.municipalities import MunicipalityFactory
from welcome.households.models import Household, Person
from welcome.letters.models import LetterRun


class HouseholdFactory(DjangoModelFactory[Household]):
    class Meta:
        model = Household

    municipality = factory.SubFactory(MunicipalityFactory)
    street = "Øvre Ålsgata"
    house_number = "12"
    house_letter = "B"
    postal_code = "3570"
    postal_place = "Ål"
    moved_in = datetime.date(2026, 8, 15)


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    given_name = "Oksana"
    family_name = factory.Sequence(lambda n: f"Kovalenko{n}")
    name_key = factory.LazyAttribute(lambda person: f"{person.given_name} {person.family_name}".casefold())
    birth_year = 1988


class LetterRunFactory(DjangoModelFactory[LetterRun]):
    class Meta:
        model = LetterRun

    municipality = factory.SubFactory(MunicipalityFactory)
    year = 2026
    number = 3
