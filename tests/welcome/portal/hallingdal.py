"""Ål and Gol, whose post codes are known by their contact points, with homes, vacancies and kindergartens."""

import itertools

import pytest
from django.utils import timezone

from municipalities.jobs.catalogue import Field
from municipalities.learning.models import Capacity, Kind
from tests.factories.housing import ListingFactory, ListingTextFactory
from tests.factories.municipalities import (
    ContactPointFactory,
    LearningPlaceFactory,
    MunicipalityFactory,
    VacancyFactory,
)
from welcome.portal import together
from welcome.portal.together_forms import TogetherForm

SUNDRE, TORPO, GOL, FLA = (60.6305, 8.5610), (60.6640, 8.7060), (60.7015, 8.9460), (60.4260, 9.4600)
PATH = "/en/al/together/"


def at(point):
    return {"latitude": point[0], "longitude": point[1]}


@pytest.fixture
def al():
    """Its post codes are known by their contact points."""
    made = MunicipalityFactory(slug="al", name="Ål", **at(SUNDRE))
    ContactPointFactory(municipality=made, name="Ål rådhus", postal_code="3570", **at(SUNDRE))
    ContactPointFactory(municipality=made, name="Torpo skule", postal_code="3579", **at(TORPO))
    return made


@pytest.fixture
def gol():
    made = MunicipalityFactory(slug="gol", name="Gol", **at(GOL))
    ContactPointFactory(municipality=made, name="Gol rådhus", postal_code="3550", **at(GOL))
    return made


def home(al, title="Leilighet", point=SUNDRE, **more):
    made = ListingFactory(municipality=al, **(at(point) if point else {}), **more)
    ListingTextFactory(listing=made, title=title)
    return made


def nurse(place, **more):
    return VacancyFactory(
        municipality=place, **({"title": "Sjukepleiar", "field": Field.HEALTH, "postal_code": "3570"} | more)
    )


def electrician(place, **more):
    return VacancyFactory(
        municipality=place, **({"title": "Elektrikar", "field": Field.BUILDING, "postal_code": "3570"} | more)
    )


def search(al, **said):
    form = TogetherForm({"field": "health", "field2": "building"} | said)
    assert form.is_valid(), form.errors
    return together.find(al, form.asked(al))


_numbers = itertools.count(1)


def kindergarten(al, point=SUNDRE, **more):
    contact = ContactPointFactory(municipality=al, name=f"Sundre barnehage {next(_numbers)}", **at(point))
    said = {
        "kind": Kind.KINDERGARTEN,
        "capacity": Capacity.FREE,
        "free_places": 2,
        "capacity_on": timezone.localdate(),
    }
    return LearningPlaceFactory(municipality=al, contact=contact, **(said | more))
