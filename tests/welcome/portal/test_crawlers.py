import pytest
from defusedxml.ElementTree import fromstring

from tests.factories.municipalities import MunicipalityFactory, TopicFactory, TopicTextFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "nb"),
        ("nb-NO,nb;q=0.9,no;q=0.8,en;q=0.5", "nb"),
        ("no,en;q=0.5", "nb"),
        ("nn-NO,nn;q=0.9,en;q=0.8", "nn"),
        ("en-GB,en;q=0.9", "en"),
        ("en,no;q=0.5", "en"),
        ("uk,pl;q=0.5", "nb"),
        ("*", "nb"),
        (";;;,,q=", "nb"),
    ],
)
def test_the_way_in_speaks_the_browser_s_language(client, asked, language):
    answer = client.get("/", headers={"Accept-Language": asked} if asked else {})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{language}/"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_language_somebody_chose_counts_more(client, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get("/", headers={"Accept-Language": "no"}).headers["Location"] == "/en/"


def test_the_map_of_the_site_has_every_public_page_in_every_language(client, django_assert_max_num_queries):
    al = MunicipalityFactory(slug="al")
    for slug in ("doctor", "nav"):
        TopicTextFactory(topic=TopicFactory(municipality=al, slug=slug))
    TopicFactory(municipality=al, slug="police", published=False)
    TopicFactory(municipality=MunicipalityFactory(slug="utkast", published=False), slug="tax")
    with django_assert_max_num_queries(12):
        answer = client.get("/sitemap.xml")
    tree = fromstring(answer.content)
    found = {
        node.text.partition("//")[2].partition("/")[2] for node in tree.iter() if node.tag.endswith("}loc")
    }
    doors = ["live", "work", "learn", "explore", "practical", "meet"]
    below = ("topics", "activities", "organisations", "homes", "plots", "projects", "jobs", "together")
    lists = [f"al/{name}/" for name in (*doors, *below)]
    pages = ["", "homes/", "jobs/", "al/", "al/topics/doctor/", "al/topics/nav/", *lists]
    assert found == {f"{language}/{page}" for language in ("nb", "nn", "en") for page in pages}
    twins = [node.attrib["hreflang"] for node in tree.iter() if node.tag.endswith("}link")]
    assert sorted(twins) == sorted(["nb", "nn", "en", "x-default"] * len(found))
    assert any(node.tag.endswith("}lastmod") for node in tree.iter())


def test_robots_are_shown_the_map_and_kept_from_the_staff_site(client, settings):
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /admin/" in rules
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in rules
