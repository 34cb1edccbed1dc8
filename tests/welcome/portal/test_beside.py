"""A search leads to the homes, plots and vacancies that its words ask for."""

import re

import pytest

from housing.listings.models import Offer
from housing.shown.models import HomeKind
from tests.factories.housing import ListingFactory, ListingTextFactory, PlotFactory
from tests.factories.municipalities import MunicipalityFactory, VacancyFactory
from welcome.portal.models import MissedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def al():
    al = MunicipalityFactory(slug="al", name="Ål")
    for more in ({}, {"kind": HomeKind.ROOM}, {"offer": Offer.SALE, "kind": HomeKind.FARM, "price": 900_000}):
        ListingTextFactory(listing=ListingFactory(municipality=al, **more))
    PlotFactory(municipality=al)
    VacancyFactory(municipality=al, title="Kokk på fjellstua")
    VacancyFactory(municipality=al, title="Sjukepleiar")
    return al


@pytest.mark.parametrize(
    ("query", "ways"),
    [
        ("bolig", [("3 homes", "/en/al/homes/")]),
        ("leiligheter", [("1 home", "/en/al/homes/?kind=flat")]),
        ("leie hybel", [("1 home", "/en/al/homes/?kind=room&amp;offer=rent")]),
        ("småbruk", [("1 home", "/en/al/homes/?kind=farm")]),
        ("tomt", [("1 free plot", "/en/al/plots/")]),
        ("jobb", [("2 vacancies", "/en/al/jobs/")]),
        ("jobb som kokk", [("1 vacancy", "/en/al/jobs/?q=kokk")]),
        ("KOKK", [("1 vacancy", "/en/al/jobs/?q=KOKK")]),
        ("romskip", []),
    ],
)
def test_words_that_ask_for_homes_or_jobs_lead_there(client, al, query, ways):
    page = client.get("/en/al/search/", {"q": query}).content.decode()
    tabs = page.partition('class="tabs"')[2].partition("</nav>")[0]
    assert [(words, path) for path, words in re.findall(r'href="([^"]+)">([^<]+)<', tabs)] == ways
    if ways:
        assert "No answer" not in page


def test_who_finds_homes_has_not_searched_in_vain(client, al):
    client.get("/en/al/search/", {"q": "leilighet"})
    assert not MissedSearch.objects.exists()


def test_what_is_not_there_is_not_promised(client):
    MunicipalityFactory(slug="tom", name="Tom")
    assert 'class="tabs"' not in client.get("/en/tom/search/", {"q": "bolig jobb tomt"}).content.decode()
