import datetime
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from municipalities.jobs.catalogue import Engagement, Extent, Field
from municipalities.jobs.models import Source
from municipalities.moderation.models import State
from tests.factories.municipalities import MunicipalityFactory, OrganisationFactory, VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def titles(client, query=""):
    page = client.get(f"/en/al/jobs/?{query}").content.decode()
    return re.findall(r'class="happening__title"><a href="/en/al/jobs/[^>]*>([^<]+)<', page)


@pytest.fixture
def some(al):
    today = timezone.localdate()
    VacancyFactory(municipality=al, title="Sykepleier", field=Field.HEALTH, extent=Extent.PART,
                   engagement=Engagement.PERMANENT, due_on=today + datetime.timedelta(days=30))  # fmt: skip
    VacancyFactory(municipality=al, title="Kokk", field=Field.TOURISM, extent=Extent.FULL,
                   employer_name="Fjellhotellet", engagement=Engagement.SUMMER, due_on=None)  # fmt: skip
    VacancyFactory(municipality=al, title="Tømrer", field=Field.BUILDING, extent=Extent.FULL,
                   due_on=today + datetime.timedelta(days=3))  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Tømrer", "Kokk", "Sykepleier"]),
        ("field=health", ["Sykepleier"]),
        ("extent=full", ["Tømrer", "Kokk"]),
        ("engagement=summer", ["Kokk"]),
        ("q=fjellhotell", ["Kokk"]),
        ("q=ål+tømrer", ["Tømrer"]),
        ("sort=due", ["Tømrer", "Sykepleier", "Kokk"]),
        ("field=nothing&extent=some", ["Tømrer", "Kokk", "Sykepleier"]),
        ("field=health&extent=full", []),
    ],
)
def test_the_list_is_narrowed_by_what_stands_in_its_address(client, some, query, found):
    assert titles(client, query) == found


@pytest.mark.parametrize("state", [State.DRAFT, State.WAITING, State.GONE])
def test_what_is_not_out_is_nowhere(client, al, state):
    hidden = VacancyFactory(municipality=al, title="Skjult", state=state)
    assert titles(client) == []
    assert client.get(f"/en/al/jobs/{hidden.pk}-skjult/").status_code == 404
    for path in ("/en/al/jobs.atom", "/en/al/work/", "/sitemap.xml", "/api/v1/municipalities/al/jobs"):
        assert "kjult" not in client.get(path).content.decode()


def test_queries_are_the_same_for_one_and_for_many(client, al):
    def cost():
        with CaptureQueriesContext(connection) as found:
            assert client.get("/en/al/jobs/").status_code == 200
        return len(found)

    VacancyFactory(municipality=al)
    one = cost()
    for _ in range(29):
        VacancyFactory(municipality=al, employer=OrganisationFactory(municipality=al))
    assert cost() == one


def test_search_engines_are_told_of_the_posting(client, al):
    vacancy = VacancyFactory(municipality=al, title="Kokk", extent=Extent.PART, engagement=Engagement.SUMMER)
    page = client.get(f"/en/al/jobs/{vacancy.pk}-kokk/").content.decode()
    data = [json.loads(found) for found in re.findall(r'ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)]
    [posting] = [each for each in data if each["@type"] == "JobPosting"]
    assert posting["employmentType"] == ["PART_TIME", "TEMPORARY"]
    assert posting["validThrough"] == vacancy.due_on.isoformat()
    assert posting["hiringOrganization"]["name"] == "Ål kommune"
    assert posting["directApply"] is True


def test_what_nav_brought_leads_back_to_its_source(client, al):
    VacancyFactory(
        municipality=al, title="Kokk", source=Source.NAV, feed_uuid="10584075-1e5c-4a83-bf49-c80bcab83018",
        source_url="https://arbeidsplassen.nav.no/stillinger/stilling/1",
    )  # fmt: skip
    told = client.get("/api/v1/municipalities/al/jobs").json()["results"][0]
    assert told["apply_url"] == "https://arbeidsplassen.nav.no/stillinger/stilling/1"
    assert told["source"] == "nav"


def test_the_front_counts_and_the_door_shows_them(client, al):
    assert "never advertised" in client.get("/en/al/work/").content.decode()
    VacancyFactory(municipality=al, title="Kokk")
    assert "1 vacancy" in client.get("/en/al/").content.decode()
    assert "Kokk" in client.get("/en/al/work/").content.decode()


def test_the_feed_has_its_mark(client, al):
    VacancyFactory(municipality=al, title="Kokk")
    answer = client.get("/en/al/jobs.atom")
    assert "Kokk, Ål kommune" in answer.content.decode()
    assert client.get("/en/al/jobs.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 304
