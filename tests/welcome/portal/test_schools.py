"""Kindergartens and schools: what is told of them, and which of them is for an address."""

import datetime
import re

import pytest
from django.utils import timezone

from municipalities.learning.models import Capacity, Kind
from tests.factories.municipalities import (
    ContactPointFactory,
    LearningPlaceFactory,
    LearningPlaceTextFactory,
    MunicipalityFactory,
    OpeningHoursFactory,
)
from welcome.portal import counting
from welcome.portal.zones import street_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def ål():
    return MunicipalityFactory(number="3328", slug="al", name="Ål")


def school(place, name, zone="", **more):
    contact = ContactPointFactory(municipality=place, name=name)
    return LearningPlaceFactory(municipality=place, contact=contact, zone=zone, **more)


def ask(client, **address):
    return client.get("/en/al/schools/", address)


def names(answer):
    return [
        (match.kind, match.is_one, match.by_street, [s.title for s in its])
        for match, its in answer.context["matches"]
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sundrevegen", "sundreveien 12B"),
        ("Sundrevegen", "Sundrevn. 4"),
        ("Storgata", "STORGATEN 3"),
        ("Bjørnstjerne Bjørnsons gate", "Bjornstjerne Bjornsons gt"),
        ("Strømsø torg", "Strømsø  torg 1"),
    ],
)
def test_a_street_is_known_however_it_is_written(one, other):
    assert street_key(one) == street_key(other)


def test_streets_that_only_look_alike_are_two():
    assert len({street_key(name) for name in ("Skulevegen", "Skogvegen", "Skulegata", "Vegen", "")}) == 5


def test_a_street_goes_before_a_post_code_and_nothing_is_guessed(client, ål):
    school(ål, "Ål skule", "3570\n3571")
    school(ål, "Torpo skule", "3579\n3570 Torpovegen")
    school(ål, "Ål ungdomsskule", "3570", lowest=8, highest=10)
    school(ål, "Sundre barnehage", "Torget", kind=Kind.KINDERGARTEN)
    school(ål, "Utan sone")
    school(ål, "Skjult skule", "3570\nTorpovegen", published=False)
    school(MunicipalityFactory(), "Deira skule", "3570\nTorpovegen")
    assert names(ask(client, postcode="3570", street="Torpoveien 12")) == [
        ("school", True, True, ["Torpo skule"])
    ]
    # Two of all grades, or of some: which it is, the municipality must say.
    assert names(ask(client, postcode="3570")) == [("school", False, False, ["Ål skule", "Ål ungdomsskule"])]
    assert names(ask(client, postcode="3570", street="Torget")) == [
        ("kindergarten", True, True, ["Sundre barnehage"]),
        ("school", False, False, ["Ål skule", "Ål ungdomsskule"]),
    ]
    nowhere = ask(client, postcode="0150", street="Torpovegen")
    assert names(nowhere) == []
    assert "We don't know this address" in nowhere.content.decode()


def test_a_school_for_each_age_is_no_doubt(client, ål):
    school(ål, "Barneskulen", "3540", lowest=1, highest=7)
    school(ål, "Ungdomsskulen", "3540", lowest=8, highest=10)
    assert names(ask(client, postcode="3540")) == [("school", True, False, ["Barneskulen", "Ungdomsskulen"])]


def test_where_somebody_is_going_to_live_is_kept_nowhere(client, ål, monkeypatch, caplog):
    school(ål, "Torpo skule", "Torpovegen")
    counted = []
    monkeypatch.setattr(counting.buffer, "add", counted.append)
    caplog.set_level("DEBUG")
    answer = client.get(
        "/nb/al/schools/?postcode=3579&street=Torpovegen",
        headers={"User-Agent": "Mozilla/5.0 (X11) Firefox/140"},
    )
    assert "no-store" in answer["Cache-Control"]
    assert b'content="noindex"' in answer.content
    assert not answer.cookies
    assert len(counted) == 1, "the page is counted, as any other"
    kept = "\n".join(counted) + caplog.text
    assert "Torpovegen" not in kept
    assert "3579" not in kept
    assert re.search(r'name="about" value="([^"]+)"', answer.content.decode())[1] not in {"", None}
    assert "no-store" not in client.get("/nb/al/schools/").get("Cache-Control", "")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(client, ål):
    school(ål, "Torpo skule", "Torpovegen")
    page = ask(client, postcode="357", street="<b>Torget").content.decode()
    assert "A post code has four digits." in page
    assert 'value="357"' in page
    assert "&lt;b&gt;Torget" in page


def test_places_are_told_with_their_day_and_not_when_that_is_long_ago(client, ål):
    today = timezone.localdate()
    new = {"capacity": Capacity.FREE, "free_places": 6, "capacity_on": today - datetime.timedelta(days=20)}
    school(ål, "Sundre barnehage", kind=Kind.KINDERGARTEN, lowest=1, highest=5, **new)
    old = new | {"free_places": 77, "capacity_on": today - datetime.timedelta(days=200)}
    due = {"apply_url": "https://al.example/sok", "apply_until": today - datetime.timedelta(days=1)}
    school(ål, "Torpo barnehage", kind=Kind.KINDERGARTEN, **old, **due)
    page = client.get("/en/al/schools/").content.decode()
    assert "6 free places</strong>" in page
    assert "1–5 years" in page
    assert "77 free" not in page
    assert "https://al.example/sok" in page
    assert "Apply by" not in page, "the deadline has passed"
    door = client.get("/en/al/learn/").content.decode()
    assert "6 free places" in door
    assert "2 schools and kindergartens" in client.get("/en/al/").content.decode()


def test_a_municipality_without_any_says_so_and_is_not_in_the_map_of_the_site(client, ål):
    assert (
        "No school and no kindergarten is entered here yet" in client.get("/en/al/schools/").content.decode()
    )
    assert "/al/schools/" not in client.get("/sitemap.xml").content.decode()
    school(ål, "Torpo skule")
    assert "/al/schools/" in client.get("/sitemap.xml").content.decode()


def test_many_cost_as_many_queries_as_few(client, ål, django_assert_max_num_queries):
    def add(number):
        made = school(ål, f"Skule {number}", f"35{number:02}")
        LearningPlaceTextFactory(place=made)
        OpeningHoursFactory(contact=made.contact)

    def count():
        found = []
        for address in ("/nb/al/schools/?postcode=3501", "/nb/al/learn/"):
            with django_assert_max_num_queries(12) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    add(1)
    few = count()
    for number in range(2, 9):
        add(number)
    assert count() == few
