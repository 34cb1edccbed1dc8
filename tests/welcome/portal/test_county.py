"""The county's pages: the map without a script, municipalities side by side, one topic of all of them."""

import math
import re
from decimal import Decimal

import pytest

from municipalities.municipality.models import FactKind
from tests.factories.municipalities import (
    FactFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)
from welcome.portal.mapping import APART, draw

pytestmark = pytest.mark.django_db
CENTRES = {
    "al": (60.6302, 8.5616),
    "gol": (60.7010, 8.9560),
    "lier": (59.7880, 10.2440),
    "drammen": (59.7439, 10.2045),
}


@pytest.fixture
def towns():
    made = {}
    for slug, (latitude, longitude) in CENTRES.items():
        point = {"latitude": Decimal(str(latitude)), "longitude": Decimal(str(longitude))}
        made[slug] = MunicipalityFactory(slug=slug, name=slug.title(), **point)
    return made


def test_the_map_leads_to_each_and_says_the_same_in_every_language(client, towns):
    MunicipalityFactory(slug="uten", name="Uten punkt")
    MunicipalityFactory(slug="utkast", published=False, latitude=Decimal("60"), longitude=Decimal("9"))
    for language in ("nb", "en"):
        page = client.get(f"/{language}/").content.decode()
        drawing = re.search(r'<svg class="map".*?</svg>', page, re.DOTALL)[0]
        assert set(re.findall(r'href="/\w+/([\w-]+)/"', drawing)) == set(CENTRES)
        assert re.search(r'cx="\d+\.\d" cy="\d+\.\d"', drawing), "numbers of SVG have a point, not a comma"


def test_where_few_have_a_point_there_is_no_map(client):
    MunicipalityFactory(latitude=Decimal("60"), longitude=Decimal("9"))
    MunicipalityFactory()
    assert '<svg class="map"' not in client.get("/nb/").content.decode()


def test_points_are_far_enough_apart_for_a_finger_and_keep_their_directions(towns):
    twins = [MunicipalityFactory(latitude=Decimal("60.1"), longitude=Decimal("9.3")) for _ in range(3)]
    drawing = draw([*towns.values(), *twins])
    at = {spot.municipality.slug: (float(spot.x), float(spot.y)) for spot in drawing.spots}
    for one in at:
        for other in at:
            assert one == other or math.dist(at[one], at[other]) >= APART - 0.5
    assert at["al"][0] < at["gol"][0] < at["drammen"][0]
    assert at["gol"][1] < at["al"][1] < at["drammen"][1]


def test_two_to_four_are_compared_with_source_and_date(client, towns):
    for slug, value in (("al", 4700), ("gol", 5100)):
        FactFactory(municipality=towns[slug], kind=FactKind.POPULATION, value=Decimal(value))
    FactFactory(municipality=towns["gol"], kind=FactKind.OTHER, label="skitrekk", value=Decimal(4))
    TopicTextFactory(
        topic=TopicFactory(municipality=towns["al"], slug="doctor"), body="<p>Ring <b>fyrst</b>.</p>"
    )
    answer = client.get("/nb/compare/?m=gol&m=al&m=gol&m=finst-ikkje&m=lier&m=drammen")
    assert [place.slug for place in answer.context["places"]] == ["gol", "al", "lier", "drammen"]
    page = answer.content.decode()
    assert re.search(r"5[\s\xa0]100", page)
    assert "SSB" in page
    assert "1. juli 2026" in page
    assert "Ikke oppgitt" in page, "Lier has told no figure"
    assert "Ring fyrst." in page
    assert 'content="noindex"' in page
    assert '<option value="gol" selected>' in page


def test_one_alone_is_asked_for_another_and_nothing_breaks_the_address(client, towns):
    assert "<table" not in client.get("/nb/compare/").content.decode()
    brought = client.get("/nb/compare/?m=al").content.decode()
    assert '<option value="al" selected>' in brought
    assert "error-summary" not in brought
    assert "error-summary" in client.get("/nb/compare/?m=al&m=al&m=&m=").content.decode()
    for odd in ("?m=", "?m=" + "x" * 3000, "?m[]=al", "?m='"):
        assert client.get(f"/nb/compare/{odd}").status_code == 200


def test_a_topic_of_all_municipalities(client, towns):
    for slug in ("gol", "al"):
        TopicTextFactory(
            topic=TopicFactory(municipality=towns[slug], slug="doctor"), body=f"<p>Lege i {slug}.</p>"
        )
    TopicFactory(municipality=towns["lier"], slug="doctor")  # Nothing written.
    hidden = MunicipalityFactory(slug="utkast", published=False)
    TopicTextFactory(topic=TopicFactory(municipality=hidden, slug="doctor"), body="<p>Hemmelig.</p>")
    page = client.get("/nb/topics/doctor/").content.decode()
    assert page.index("/nb/al/topics/doctor/") < page.index("/nb/gol/topics/doctor/")
    assert "Hemmelig" not in page
    assert "/nb/lier/topics/doctor/" not in page
    assert client.get("/nb/topics/own-topic/").status_code == 404
    assert "/topics/doctor/" in client.get("/sitemap.xml").content.decode()
    assert "/nb/topics/doctor/" in client.get("/nb/").content.decode()


def test_many_cost_as_many_queries_as_few(client, towns, django_assert_max_num_queries):
    def count():
        found = []
        for address in ("/nb/", "/nb/compare/?m=al&m=gol&m=lier", "/nb/topics/doctor/"):
            with django_assert_max_num_queries(6) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    TopicTextFactory(topic=TopicFactory(municipality=towns["al"], slug="doctor"))
    few = count()
    for number, town in enumerate(towns.values()):
        FactFactory(municipality=town)
        for slug in ("doctor", "nav", "tax"):
            if (number, slug) != (0, "doctor"):
                TopicTextFactory(topic=TopicFactory(municipality=town, slug=slug))
    assert count() == few
