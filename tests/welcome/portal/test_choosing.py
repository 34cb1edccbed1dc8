import pytest

from municipalities.municipality.models import Municipality
from tests.factories.municipalities import ContactPointFactory, MunicipalityFactory
from welcome.portal.choosing import choose, exact, in_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return [
        MunicipalityFactory(number="3328", name="Ål", slug="al", postal_code="3570", postal_place="Ål"),
        MunicipalityFactory(number="3324", name="Gol", slug="gol", postal_code="3550", postal_place="Gol"),
        MunicipalityFactory(
            number="3338",
            name="Nore og Uvdal",
            slug="nore-og-uvdal",
            parallel_names="Nöörje",
            postal_code="3630",
            postal_place="Rødberg",
        ),
    ]


def names(query: str) -> list[str]:
    return [m.name for m in choose(query, in_order(Municipality.objects.all()))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ål", ["Ål"]),
        ("aal", ["Ål"]),
        ("AL", ["Ål"]),
        ("Ål kommune", ["Ål"]),
        ("uvdal", ["Nore og Uvdal"]),
        ("noorje", ["Nore og Uvdal"]),
        ("rødberg", ["Nore og Uvdal"]),
        ("3550", ["Gol"]),
        ("3324", ["Gol"]),
        ("355", []),
        ("Bergen", []),
    ],
)
def test_a_municipality_is_chosen_by_name_number_or_post_code(county, query, found):
    assert names(query) == found


def test_the_post_code_of_a_contact_point_counts(county):
    ContactPointFactory(municipality=county[0], postal_code="3571")
    assert names("3571") == ["Ål"]


def test_one_without_doubt_is_gone_to(county):
    assert exact("3550", choose("3550", county)) == county[1]
    assert exact("Nore og Uvdal", choose("Nore og Uvdal", county)) == county[2]
    assert exact("nore", choose("nore", county)) is None  # A part of a name is shown, not guessed.


def test_å_comes_last(county):
    assert [m.name for m in in_order(county)] == ["Gol", "Nore og Uvdal", "Ål"]
