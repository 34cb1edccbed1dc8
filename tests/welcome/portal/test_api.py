import pytest

from municipalities.activities.models import State
from tests.factories.housing import (
    DevelopmentFactory,
    ListingFactory,
    ListingTextFactory,
    PlotFactory,
    PlotTextFactory,
    UnitFactory,
)
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    ContactPointFactory,
    FactFactory,
    MunicipalityFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    OrganisationTextFactory,
    TopicContactFactory,
    TopicFactory,
    TopicTextFactory,
    VacancyFactory,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1/municipalities"
LISTS = ("topics", "contacts", "activities", "organisations", "homes", "plots", "projects", "jobs")


@pytest.fixture
def ål():
    al = MunicipalityFactory(slug="al", name="Ål", number="3328")
    FactFactory(municipality=al)
    fill(al, "a")
    return al


def fill(al, name):
    topic = TopicFactory(municipality=al, slug=f"topic-{name}")
    TopicTextFactory(topic=topic, language="nn", title="Lækjar", body="<p>Ring.</p>")
    contact = ContactPointFactory(municipality=al, name=f"Legekontoret {name}", person="Åse Bjørkås")
    TopicContactFactory(topic=topic, contact=contact)
    OpeningHoursFactory(contact=contact)
    club = OrganisationFactory(municipality=al, name=f"Lag {name}", slug=f"lag-{name}", contact=contact)
    OrganisationTextFactory(organisation=club)
    ActivityTextFactory(activity=ActivityFactory(municipality=al, organisation=club, contact=contact))
    ListingTextFactory(listing=ListingFactory(municipality=al))
    PlotTextFactory(plot=PlotFactory(municipality=al))
    UnitFactory(development=DevelopmentFactory(municipality=al))
    VacancyFactory(municipality=al)


def test_the_api_tells_what_is_published_without_names_of_people(client, ål):
    TopicFactory(municipality=ål, slug="hidden", published=False)
    OrganisationFactory(municipality=ål, name="Skjult", slug="hidden", published=False)
    ActivityFactory(municipality=ål, state=State.DRAFT)
    draft = MunicipalityFactory(slug="utkast", published=False)
    TopicFactory(municipality=draft)
    found = {name: client.get(f"{BASE}/al/{name}").json() for name in LISTS}
    assert {name: page["count"] for name, page in found.items()} == dict.fromkeys(LISTS, 1)
    topic = found["topics"]["results"][0]
    assert topic["texts"][0]["html"] == "<p>Ring.</p>"
    assert topic["contacts"] == [found["contacts"]["results"][0]["id"]]
    assert found["activities"]["results"][0]["organisation"] == "lag-a"
    assert client.get(BASE).json()["count"] == 1
    assert client.get(f"{BASE}/al").json()["facts"][0]["source"]
    assert client.get(f"{BASE}/al/topics/topic-a").json() == topic
    for path in ("utkast", "utkast/topics", "al/topics/hidden", "nowhere"):
        assert client.get(f"{BASE}/{path}").status_code == 404
    assert "Bjørkås" not in str(found)


def test_the_api_is_paged_and_says_so_kindly(client, ål):
    for name in "bcd":
        fill(ål, name)
    page = client.get(f"{BASE}/al/topics?size=3&page=2").json()
    assert (page["count"], page["page"], page["pages"], len(page["results"])) == (4, 2, 2, 1)
    assert client.get(f"{BASE}/al/topics?page=9").json()["results"] == []
    for wrong in ("size=101", "size=0", "page=0", "page=x"):
        assert client.get(f"{BASE}/al/topics?{wrong}").status_code == 422


def test_the_api_may_be_read_from_any_page_and_kept(client, ål):
    answer = client.get(f"{BASE}/al/topics", headers={"Origin": "https://avisa.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.get(f"{BASE}/al/topics", headers={"Accept-Language": "en"}).content == answer.content
    assert client.get(f"{BASE}/al/topics", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    topic = ål.topic_set.get()
    topic.texts.update(title="Legen")
    changed = client.get(f"{BASE}/al/topics", headers={"If-None-Match": answer["ETag"]})
    assert changed.json()["results"][0]["texts"][0]["title"] == "Legen"
    assert client.post(f"{BASE}/al/topics").status_code == 405


def test_the_api_asks_the_database_as_often_for_many_rows_as_for_few(
    client, ål, django_assert_max_num_queries
):
    def count(name: str) -> int:
        with django_assert_max_num_queries(6) as queries:
            client.get(f"{BASE}/al/{name}")
        return len(queries)

    few = [count(name) for name in LISTS]
    for name in "bcde":
        fill(ål, name)
    assert [count(name) for name in LISTS] == few


def test_the_document_tells_of_every_address(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/v1/municipalities",
        "/api/v1/municipalities/{slug}",
        "/api/v1/municipalities/{slug}/topics/{topic}",
        *(f"/api/v1/municipalities/{{slug}}/{name}" for name in LISTS),
    }
    assert all(set(methods) == {"get"} for methods in paths.values())
