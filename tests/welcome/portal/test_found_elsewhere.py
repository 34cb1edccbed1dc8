"""How the pages are found and shown elsewhere: structured data, pictures, feeds, the map of the site."""

import json
import re
from io import BytesIO

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

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
)

pytestmark = pytest.mark.django_db

# From the vocabulary of https://schema.org (its own definitions, not a search engine's wishes): the types we use, each
# with what it may say, its parents' properties included.
THING = {"name", "description", "url", "identifier", "alternateName", "mainEntityOfPage", "potentialAction"}
WORK = THING | {"inLanguage", "dateModified", "about"}
REACH = {"address", "telephone", "email", "areaServed", "location"}
PLACE = THING | {"address", "geo", "additionalProperty", "openingHoursSpecification", "telephone"}
VOCABULARY = {
    "Thing": THING,
    "WebSite": WORK,
    "WebPage": WORK | {"lastReviewed"},
    "SearchAction": THING | {"target", "query-input"},
    "EntryPoint": THING | {"urlTemplate"},
    "AdministrativeArea": PLACE,
    "Place": PLACE,
    "GovernmentOrganization": THING | REACH,
    "Organization": THING | REACH,
    "GovernmentOffice": THING | REACH | PLACE,
    "PropertyValue": THING | {"propertyID", "value"},
    "PostalAddress": THING | {"streetAddress", "postalCode", "addressLocality", "addressCountry"},
    "GeoCoordinates": THING | {"latitude", "longitude"},
    "OpeningHoursSpecification": THING | {"dayOfWeek", "opens", "closes"},
    "ItemList": THING | {"itemListElement"},
    "BreadcrumbList": THING | {"itemListElement"},
    "ListItem": THING | {"position", "item"},
    "Offer": THING | {"price", "priceCurrency", "availability"},
    "Schedule": THING
    | {
        "repeatFrequency",
        "startDate",
        "endDate",
        "scheduleTimezone",
        "startTime",
        "endTime",
        "byDay",
        "exceptDate",
    }
    | {"repeatCount"},
    "Event": THING
    | {"startDate", "endDate", "eventStatus", "eventAttendanceMode", "location", "organizer", "inLanguage"}
    | {"isAccessibleForFree", "offers", "typicalAgeRange", "eventSchedule"},
}


def faults(found, where="") -> list[str]:
    """What of structured data is not in the vocabulary."""
    if isinstance(found, list):
        return [fault for each in found for fault in faults(each, where)]
    if not isinstance(found, dict):
        return [f"{where} is empty"] if found in (None, "") else []
    kind = found.get("@type")
    known = VOCABULARY.get(kind)
    if known is None:
        return [f"{where}: {kind} is no type"]
    said = set(found) - {"@type", "@context"}
    wrong = [f"{kind} has no {name}" for name in said - known]
    return wrong + [fault for name in said for fault in faults(found[name], f"{where}/{name}")]


@pytest.fixture
def ål():
    al = MunicipalityFactory(number="3328", slug="al", name="Ål", parallel_names="Ål i Hallingdal")
    FactFactory(municipality=al)
    topic = TopicFactory(municipality=al, slug="doctor")
    TopicTextFactory(topic=topic, language="nb", title="Lege </script><b>")
    clinic = ContactPointFactory(
        municipality=al, name="Legekontoret", latitude="60.63", longitude="8.56", street_address="Vegen 1"
    )
    OpeningHoursFactory(contact=clinic)
    TopicContactFactory(topic=topic, contact=clinic)
    club = OrganisationFactory(municipality=al, name="Turlaget", slug="tur", contact=clinic)
    OrganisationTextFactory(organisation=club)
    ActivityTextFactory(activity=ActivityFactory(municipality=al, organisation=club, price=50), title="Tur")
    return al


def test_every_kind_of_page_speaks_the_vocabulary_of_schema_org(client, ål):
    kinds = {}
    activity = ål.activity_set.get()
    for path in ("", "al/", "al/topics/", "al/topics/doctor/", "al/activities/", "al/organisations/",
                 "al/organisations/tur/", f"al/activities/{activity.pk}-tur/"):  # fmt: skip
        page = client.get(f"/nb/{path}").content.decode()
        blocks = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
        data = [json.loads(block) for block in blocks]
        assert faults(data, path) == []
        assert all(each["@context"] == "https://schema.org" for each in data)
        kinds[path] = {each["@type"] for each in data}
    assert kinds["al/"] == {"BreadcrumbList", "WebSite", "AdministrativeArea", "GovernmentOrganization"}
    assert kinds["al/topics/doctor/"] == {"BreadcrumbList", "WebPage", "GovernmentOffice"}
    assert kinds[f"al/activities/{activity.pk}-tur/"] == {"BreadcrumbList", "Event"}
    assert kinds["al/organisations/tur/"] == {"BreadcrumbList", "Organization"}
    assert faults({"@type": "WebPage", "author": "x"}) == ["WebPage has no author"]


def test_a_page_has_its_own_picture_and_nobody_can_have_another_drawn(client, ål, settings):
    def picture_of(path: str) -> str:
        page = client.get(path).content.decode()
        return re.search(r'property="og:image" content="([^"]+)"', page)[1].removeprefix(settings.SITE_URL)

    topic, front = picture_of("/nb/al/topics/doctor/"), picture_of("/nb/al/")
    assert topic != front
    answer = client.get(topic)
    drawn = Image.open(BytesIO(answer.content))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
    assert len(set(drawn.resize((40, 21)).getdata())) > 20
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get(topic).content == answer.content
    assert client.get(topic.replace(".png", "x.png")).status_code == 404
    ål.published = False
    ål.save()
    assert client.get(topic).status_code == 404


def test_changed_texts_are_a_feed(client, ål):
    hidden = TopicFactory(municipality=ål, slug="nav", published=False)
    TopicTextFactory(topic=hidden, title="Hemmelig")
    answer = client.get("/nb/al/topics.atom")
    tree = fromstring(answer.content)
    titles = [node.text for node in tree.iter() if node.tag.endswith("}title")]
    assert len(titles) == 2
    assert titles[1].startswith("Lege")
    assert client.get("/nb/al/topics.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 304
