"""What somebody looks for is shown to them and goes with them; by a link it is handed out to nobody, who may have
written a stranger's e-mail there."""

import pytest

from housing.wishes.models import Wish
from tests.factories.housing import WishFactory, WishFieldFactory
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from welcome.portal.my_data import by_link
from welcome.privacy import erasure
from welcome.privacy.report import report_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    home = HouseholdFactory(municipality=MunicipalityFactory())
    PersonFactory(household=home, given_name="Åse", email="Aase@Heime.example", phone="")
    PersonFactory(household=home, given_name="Ola", email="", phone="+4799951234")
    return home


@pytest.fixture
def hers(home):
    wish = WishFactory(
        municipality=home.municipality, email="aase@heime.example", text="Med utsyn til Hallingskarvet"
    )
    WishFieldFactory(wish=wish, field="health")
    return wish


@pytest.fixture
def his(home):
    return WishFactory(
        municipality=home.municipality, email="", phone="+4799951234", by_staff=True, confirmed_at=None
    )


def test_the_report_holds_what_they_look_for(home, hers, his):
    WishFactory(email="aase@heime.example")  # Another municipality's.
    WishFactory(municipality=home.municipality, email="nabo@heime.example", phone="")
    held = {section.key: section.rows for section in report_of(home).sections}
    assert (len(held["housing.Wish"]), len(held["housing.WishField"])) == (2, 1)
    assert "Hallingskarvet" in str(report_of(home).as_json())


def test_the_link_in_a_letter_hands_none_of_it_out(home, hers):
    assert "Hallingskarvet" not in str(by_link(report_of(home), home).as_json())


def test_it_goes_with_them(home, hers, his):
    neighbour = WishFactory(municipality=home.municipality, email="nabo@heime.example", phone="")
    erasure.erase(household=home, person=home.people.get(given_name="Åse"), by=None)
    assert set(Wish.objects.all()) == {his, neighbour}
    erasure.erase(household=home, by=None)
    assert list(Wish.objects.all()) == [neighbour]
