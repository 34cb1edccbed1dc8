"""Homes and vacancies of all municipalities in one list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from housing.listings.models import Offer
from municipalities.jobs.catalogue import Field
from tests.factories.housing import ListingFactory, ListingTextFactory, in_days
from tests.factories.municipalities import MunicipalityFactory, VacancyFactory

pytestmark = pytest.mark.django_db
HOMES, JOBS = "/en/homes/", "/en/jobs/"


@pytest.fixture
def towns():
    return [MunicipalityFactory(slug="al", name="Ål"), MunicipalityFactory(slug="gol", name="Gol")]


def home(town, title, **more):
    made = ListingFactory(municipality=town, **more)
    ListingTextFactory(listing=made, title=title)
    return made


def words(client, path, query=""):
    answer = client.get(path + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_homes_of_all_with_their_place(client, towns):
    al, gol = towns
    home(al, "Loft i Torpo"), home(gol, "Hus i Gol", offer=Offer.SALE, price=2_000_000)
    home(MunicipalityFactory(slug="skjult", published=False), "Hos dei som ikkje er med")
    home(al, "Gått ut", expires_on=in_days(-1))
    page = words(client, HOMES)
    for told in ("Loft i Torpo", "Hus i Gol", ">Ål</p>", ">Gol</p>", "2 homes"):
        assert told in page, told
    for hidden in ("Hos dei som ikkje er med", "Gått ut", "skjult"):
        assert hidden not in page, hidden


@pytest.mark.parametrize(
    ("query", "there"),
    [("?town=al", "Loft"), ("?town=gol", "Hus"), ("?offer=sale", "Hus"), ("?town=al&offer=sale", ""),
     ("?price=9500", "Loft")],
)  # fmt: skip
def test_homes_are_narrowed_by_place_and_filter(client, towns, query, there):
    al, gol = towns
    home(al, "Loft"), home(gol, "Hus", offer=Offer.SALE, price=2_000_000)
    page = words(client, HOMES, query)
    assert [title for title in ("Loft", "Hus") if f">{title}</a>" in page] == ([there] if there else [])
    assert ("No home fits all of that." in page) is (there == "")


def test_a_place_that_is_none_is_said_beside_its_field(client, towns):
    home(towns[0], "Loft")
    page = words(client, HOMES, "?town=nowhere")
    assert "ds-error-summary" in page


def test_vacancies_of_all_with_their_place(client, towns):
    al, gol = towns
    VacancyFactory(municipality=al, title="Kokk", field=Field.TOURISM, employer_name="Hotellet")
    VacancyFactory(municipality=gol, title="Sjukepleiar", field=Field.HEALTH, employer_name="Kommunen")
    page = words(client, JOBS)
    assert "Hotellet, Ål" in page
    assert "Kommunen, Gol" in page
    assert "Sjukepleiar" not in words(client, JOBS, "?field=tourism")
    assert "Kokk" not in words(client, JOBS, "?town=gol")
    assert "Kokk" not in words(client, JOBS, "?q=nurse")
    assert "Sjukepleiar" in words(client, JOBS, "?q=nurse")


def test_with_nothing_they_say_where_to_ask(client, towns):
    assert "call them" in words(client, HOMES)
    assert "tell them what you can do" in words(client, JOBS)


@pytest.mark.parametrize("path", [HOMES, JOBS])
def test_questions_are_constant_in_the_number_of_rows(client, path):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            words(client, path, "?sort=")
        return len(caught)

    def add(number):
        town = MunicipalityFactory(slug=f"bygd-{number}")
        home(town, f"Heim {number}"), VacancyFactory(municipality=town)

    add(0)
    words(client, path)
    few = asked()
    for number in range(1, 12):
        add(number)
    assert asked() == few


def test_many_are_paged_and_the_choice_is_kept(client, towns):
    for number in range(25):
        home(towns[0], f"Heim {number}")
    page = words(client, HOMES, "?town=al")
    assert page.count('class="home"') == 24
    assert "town=al&amp;page=2" in page
    assert words(client, HOMES, "?town=al&page=2").count('class="home"') == 1


def test_the_county_leads_there(client, towns):
    page = words(client, "/en/")
    assert 'href="/en/homes/"' in page
    assert 'href="/en/jobs/"' in page
    listed = client.get("/sitemap.xml").content.decode()
    assert "/nb/homes/" in listed
    assert "/nb/al/together/" in listed
