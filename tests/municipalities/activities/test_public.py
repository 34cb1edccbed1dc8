"""The calendar as its readers see it: filters, pages, words in their language, few queries."""

import datetime
import json
import re

import pytest
from django.utils import timezone

from municipalities.activities.models import State
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    ContactPointFactory,
    MunicipalityFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    OrganisationTextFactory,
    UserFactory,
    tomorrow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål", language_form="nn")


def named(al, title, **more):
    made = ActivityFactory(municipality=al, **more)
    ActivityTextFactory(activity=made, language="nn", title=title)
    return made


def shown(client, query=""):
    page = client.get(f"/nn/al/activities/{query}").content.decode()
    return re.findall(r'class="happening__title"><a[^>]*>([^<]+)</a>', page)


def test_each_filter_narrows_and_stays_in_the_address(client, al):
    band = OrganisationFactory(municipality=al, slug="korpset")
    hall = ContactPointFactory(municipality=al, name="Hallen")
    named(al, "Turn", theme="sport", age_from=6, age_to=9, contact=hall, place="")
    named(
        al,
        "Korps",
        theme="music",
        age_from=10,
        organisation=band,
        starts_at=tomorrow(18) + datetime.timedelta(days=12),
    )
    named(al, "Kafé", theme="meeting", starts_at=tomorrow(10) + datetime.timedelta(days=60))
    assert shown(client) == ["Turn", "Korps", "Kafé"]
    assert shown(client, "?theme=music") == ["Korps"]
    assert shown(client, "?age=7") == ["Turn", "Kafé"]
    assert shown(client, "?age=12") == ["Korps", "Kafé"]
    assert shown(client, "?place=Hallen") == ["Turn"]
    assert shown(client, "?place=Samfunnshuset") == ["Korps", "Kafé"]
    assert shown(client, "?period=week") == ["Turn"]
    assert shown(client, "?period=month") == ["Turn", "Korps"]
    assert shown(client, "?organisation=korpset") == ["Korps"]
    page = client.get("/nn/al/activities/?theme=music&age=12").content.decode()
    assert '<option value="music" selected>' in page
    assert 'value="12"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_nothing_that_fits_helps_on_and_nonsense_is_told(client, al):
    named(al, "Turn", theme="sport")
    page = client.get("/en/al/activities/?theme=music").content.decode()
    assert "Nothing fits all of that" in page
    assert 'href="/en/al/activities/"' in page
    for query in (
        "?age=abc",
        "?age=-1",
        "?theme=evil",
        "?place=nowhere",
        "?period=never",
        "?page=99",
        "?page=x",
    ):
        answer = client.get(f"/en/al/activities/{query}")
        assert answer.status_code == 200
    assert "ds-error-summary" in client.get("/en/al/activities/?age=abc").content.decode()


def test_a_long_list_comes_in_pages_that_keep_the_filter(client, al):
    first = tomorrow(18)
    named(al, "Kvar dag", theme="sport", starts_at=first, rule="FREQ=DAILY;COUNT=70")
    page = client.get("/en/al/activities/?theme=sport").content.decode()
    assert "70 times to come" in page
    assert 'href="?theme=sport&amp;page=2"' in page
    assert len(shown(client, "?theme=sport&page=3")) == 10


def test_what_is_over_leaves_the_list_by_itself_and_its_page_says_so(client, al):
    over = timezone.now() - datetime.timedelta(hours=3)
    made = named(al, "I går", starts_at=over, ends_at=over + datetime.timedelta(hours=1))
    going = named(al, "No", starts_at=over, ends_at=timezone.now() + datetime.timedelta(hours=1))
    assert shown(client) == ["No"]
    page = client.get(f"/en/al/activities/{made.pk}-i-gar/").content.decode()
    assert "This is over." in page
    assert 'content="noindex"' in page
    assert "This is over." not in client.get(f"/en/al/activities/{going.pk}-no/").content.decode()


@pytest.mark.parametrize("state", [State.DRAFT, State.WAITING, State.WITHDRAWN])
def test_what_is_not_published_is_nowhere(client, al, state):
    made = named(al, "Løynd", state=state, organisation=OrganisationFactory(municipality=al, slug="laget"))
    for path in ("", "activities/", "explore/", "organisations/laget/", "activities.ics", "activities.atom"):
        assert "Løynd" not in client.get(f"/nn/al/{path}").content.decode(), path
    assert client.get(f"/nn/al/activities/{made.pk}-loynd/").status_code == 404
    assert f"/{made.pk}-" not in client.get("/sitemap.xml").content.decode()


def test_another_municipality_s_is_not_found_here(client, al):
    MunicipalityFactory(slug="gol")
    made = named(al, "Vår")
    assert client.get(f"/nn/gol/activities/{made.pk}-var/").status_code == 404


def test_one_address_in_every_language(client, al):
    made = named(al, "Ål-dagen: fest & moro")
    ActivityTextFactory(activity=made, language="en", title="Ål day")
    for path in (f"{made.pk}", f"{made.pk}-anything"):
        answer = client.get(f"/en/al/activities/{path}/")
        assert answer["Location"] == f"/en/al/activities/{made.pk}-al-dagen-fest-moro/"
    page = client.get(answer["Location"]).content.decode()
    assert "<h1" in page
    assert "Ål day" in page
    for language in ("nb", "nn"):
        assert f'hreflang="{language}"' in page
    for path in ("x", "0", "99999999999999999999", "1x"):
        assert client.get(f"/en/al/activities/{path}/").status_code == 404


def test_a_page_tells_when_where_who_and_in_which_language(client, al):
    choir = OrganisationFactory(municipality=al, name="Ål songlag", slug="songlag")
    contact = ContactPointFactory(
        municipality=al, name="Kulturhuset", street_address="Torget 1", postal_code="3570", postal_place="Ål"
    )
    made = named(
        al, "Korøving", organisation=choir, contact=contact, price=0, age_from=16, rule="FREQ=WEEKLY;COUNT=9",
        sign_up_phone="+4799887766",
    )  # fmt: skip
    text = made.texts.get()
    text.changed_by = UserFactory(name="Kari Nordmann")
    text.save()
    page = client.get(f"/en/al/activities/{made.pk}-koroving/").content.decode()
    for words in (
        "Nynorsk",
        "Free",
        "From 16 years",
        "Kulturhuset",
        "by Kari",
        'href="tel:+4799887766"',
        "Every week",
    ):
        assert words in page, words
    assert re.search(r'<h1[^>]*lang="nn"', page)
    [data] = [
        json.loads(found)
        for found in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
        if '"Event"' in found
    ]
    assert data["@type"] == "Event"
    assert data["startDate"] == timezone.localtime(made.starts_at).isoformat()
    assert data["organizer"]["name"] == "Ål songlag"
    assert data["location"]["address"]["streetAddress"] == "Torget 1"
    assert data["eventSchedule"]["repeatFrequency"] == "P1W"
    assert data["offers"]["price"] == 0


def test_an_organisation_has_its_page_with_what_it_does(client, al):
    choir = OrganisationFactory(municipality=al, name="Ål songlag", slug="songlag", anchored=True)
    OrganisationTextFactory(organisation=choir, language="nn", body="<p>Vi syng kvar tysdag.</p>")
    OrganisationFactory(municipality=al, name="Løynd lag", published=False)
    named(al, "Korøving", organisation=choir, rule="FREQ=WEEKLY;COUNT=9")
    listed = client.get("/en/al/organisations/").content.decode()
    assert "Ål songlag" in listed
    assert "1 activity to come" in listed
    assert "Løynd lag" not in listed
    page = client.get("/en/al/organisations/songlag/").content.decode()
    assert "Vi syng kvar tysdag." in page
    assert page.count("Korøving") == 1
    assert "webcal://" in page
    assert choir.email not in page


def test_the_door_and_the_front_show_what_is_next(client, al):
    named(al, "Sist", starts_at=tomorrow(18) + datetime.timedelta(days=3))
    named(al, "Først")
    for path in ("", "explore/"):
        page = client.get(f"/nn/al/{path}").content.decode()
        assert page.index("Først") < page.index("Sist")
    assert "Først" not in client.get("/nn/al/practical/").content.decode()


def test_the_search_finds_what_is_to_come(client, al):
    named(al, "Korøving", theme="music")
    over = timezone.now() - datetime.timedelta(days=3)
    named(al, "Gammal korøving", starts_at=over, ends_at=over + datetime.timedelta(hours=1))
    page = client.get("/nn/al/search/?q=korøvingar").content.decode()
    assert "-koroving/" in page
    assert "Gammal" not in page


def fill(al, count):
    for number in range(count):
        choir = OrganisationFactory(municipality=al)
        OrganisationTextFactory(organisation=choir, language="nn", changed_by=UserFactory())
        contact = ContactPointFactory(municipality=al, front_desk=True)
        OpeningHoursFactory(contact=contact)
        made = ActivityFactory(
            municipality=al,
            organisation=choir,
            contact=contact,
            rule="FREQ=WEEKLY;COUNT=4",
            place=f"Stad {number}",
        )
        for language in ("nb", "nn", "en"):
            ActivityTextFactory(activity=made, language=language, title="Øving", changed_by=UserFactory())
    return made


@pytest.mark.parametrize(
    "path",
    [
        "",
        "explore/",
        "activities/",
        "activities/?theme=other",
        "{activity}",
        "organisations/",
        "{organisation}",
    ],
)
def test_many_cost_as_many_queries_as_few(client, al, path, django_assert_max_num_queries):
    made = fill(al, 1)
    path = path.format(
        activity=f"activities/{made.pk}-oving/", organisation=f"organisations/{made.organisation.slug}/"
    )

    def count():
        with django_assert_max_num_queries(12) as queries:
            assert client.get(f"/nn/al/{path}").status_code == 200
        return len(queries)

    few = count()
    fill(al, 5)
    assert count() == few
