"""Homes as their readers see them: filters, order, one by one, side by side, for machines."""

import datetime
import json
import re

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from housing.listings import changes
from housing.listings.models import Furnished, Listing, Offer
from housing.shown.models import HomeKind
from municipalities.moderation.models import State
from tests.factories.housing import ListingFactory, ListingPhotoFactory, ListingTextFactory, in_days
from tests.factories.municipalities import ContactPointFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def home(al, title="Leilighet", **more):
    made = ListingFactory(municipality=al, **more)
    ListingTextFactory(listing=made, title=title)
    return made


def titles(client, query="", path="/en/al/homes/"):
    page = client.get(f"{path}?{query}").content.decode()
    return re.findall(r'home__title"><a [^>]*>([^<]+)<', page)


@pytest.fixture
def some(al):
    home(al, "Hybel", kind=HomeKind.ROOM, price=4500, bedrooms=None, area=18, furnished=Furnished.YES)
    home(al, "Leilighet", pets=True, step_free=True, price=9500, area=64)
    home(
        al,
        "Hus",
        offer=Offer.SALE,
        kind=HomeKind.HOUSE,
        price=2_900_000,
        bedrooms=4,
        area=160,
        village="Torpo",
    )
    home(al, "Bruk", offer=Offer.SALE, kind=HomeKind.FARM, price=None, bedrooms=3, area=None, animals=True,
         village="Torpo", land=120)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Bruk", "Hus", "Leilighet", "Hybel"]),
        ("offer=rent", ["Leilighet", "Hybel"]),
        ("offer=sale&kind=farm", ["Bruk"]),
        ("bedrooms=3", ["Bruk", "Hus"]),
        ("price=9500", ["Leilighet", "Hybel"]),
        ("price=3000000", ["Hus", "Leilighet", "Hybel"]),
        ("area=60", ["Hus", "Leilighet"]),
        ("village=Torpo", ["Bruk", "Hus"]),
        ("pets=on", ["Leilighet"]),
        ("furnished=on", ["Hybel"]),
        ("step_free=on", ["Leilighet"]),
        ("animals=on", ["Bruk"]),
        ("offer=rent&sort=price", ["Hybel", "Leilighet"]),
        ("sort=area", ["Hus", "Leilighet", "Hybel", "Bruk"]),
        ("offer=rent&pets=on&furnished=on", []),
        ("price=cheap&bedrooms=-1&kind=castle&village=Oslo&sort=luck", ["Bruk", "Hus", "Leilighet", "Hybel"]),
    ],
)
def test_the_list_is_narrowed_by_what_stands_in_its_address(client, some, query, found):
    assert titles(client, query) == found


def test_what_makes_no_sense_is_told_beside_its_field(client, some):
    page = client.get("/en/al/homes/?price=cheap").content.decode()
    assert 'id="id_price_error"' in page


@pytest.mark.parametrize("state", [State.DRAFT, State.WAITING, State.GONE])
def test_what_is_not_out_is_nowhere(client, al, state):
    hidden = home(al, "Skjult", state=state)
    photo = ListingPhotoFactory(listing=hidden)
    assert titles(client) == []
    for path in (
        f"/en/al/homes/{hidden.pk}-skjult/",
        f"/en/al/homes/{hidden.pk}/write/",
        f"/en/al/pictures/homes/{photo.pk}-480.webp",
    ):
        assert client.get(path).status_code == 404
    for path in (
        "/en/al/homes.atom",
        f"/en/al/homes/compare/?home={hidden.pk}",
        "/en/al/live/",
        "/sitemap.xml",
    ):
        assert "Skjult" not in client.get(path).content.decode()
    assert client.get("/api/v1/municipalities/al/homes").json()["count"] == 0


def test_what_has_run_out_is_nowhere_before_the_clock_comes(client, al):
    home(al, expires_on=in_days(-1))
    assert titles(client) == []


def test_another_s_homes_are_not_among_ours(client, al):
    theirs = home(MunicipalityFactory(slug="gol"))
    assert titles(client) == []
    assert client.get(f"/en/al/homes/{theirs.pk}-leilighet/").status_code == 404


def test_an_empty_list_helps_on(client, al):
    assert "/en/al/ask/" in client.get("/en/al/homes/").content.decode()
    home(al)
    page = client.get("/en/al/homes/?bedrooms=9").content.decode()
    assert "No home fits all of that" in page


def test_queries_are_the_same_for_one_and_for_many(client, al, django_assert_max_num_queries):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get("/en/al/homes/").status_code == 200
        return len(found)

    home(al)
    one = cost()
    for number in range(23):
        made = home(al, f"Hus {number}", contact=ContactPointFactory(municipality=al))
        ListingPhotoFactory(listing=made)
    assert cost() == one


def test_an_address_that_is_not_shown_is_told_nowhere(client, al):
    made = home(
        al, street_address="Hemmelegvegen 7", shows_address=False, latitude="60.63157", longitude="8.56312"
    )
    name = f"{made.pk}-leilighet"
    paths = ("/en/al/homes/", f"/en/al/homes/{name}/", "/en/al/homes.atom", f"/en/al/homes/compare/?home={made.pk}",
             "/api/v1/municipalities/al/homes")  # fmt: skip
    for path in paths:
        told = client.get(path).content.decode()
        assert "Hemmelegvegen" not in told
        for exact in ("60.63157", "8.56312", "60,63157"):
            assert exact not in told
    assert client.get(paths[-1]).json()["results"][0]["point"] == {"latitude": "60.63", "longitude": "8.56"}


def test_search_engines_are_told_of_the_offer(client, al):
    made = home(al, latitude="60.63157", longitude="8.56312", free_from=datetime.date(2027, 1, 1))
    page = client.get(f"/en/al/homes/{made.pk}-leilighet/").content.decode()
    data = [json.loads(found) for found in re.findall(r'ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)]
    [offer] = [each for each in data if each["@type"] == "Offer"]
    assert offer["priceSpecification"]["unitCode"] == "MON"
    assert offer["itemOffered"]["@type"] == "Apartment"
    assert offer["itemOffered"]["address"]["streetAddress"] == made.street_address
    assert offer["availabilityStarts"] == "2027-01-01"


def test_two_to_four_stand_side_by_side(client, al):
    made = [home(al, f"Hus {number}") for number in range(5)]
    gone = home(al, state=State.GONE)
    path = "/en/al/homes/compare/"
    assert "at least two" in client.get(f"{path}?home={made[0].pk}&home=x").content.decode()
    page = client.get(f"{path}?home={made[0].pk}&home={made[1].pk}&home={gone.pk}").content.decode()
    assert page.count("columnheader") == 3
    assert "is gone" in page
    page = client.get(path + "?" + "&".join(f"home={each.pk}" for each in made)).content.decode()
    assert page.count("columnheader") == 5
    assert "Four at most" in page


def test_what_it_has_cost_is_kept(client, al):
    made = home(al)
    changes.note_price(made)
    made.price = 8900
    changes.save(listing=made)
    assert [change.price for change in made.prices.all()] == [8900], "of one day the last price counts"
    made.prices.update(since=in_days(-30))
    made.price = 8500
    changes.save(listing=made)
    page = client.get(f"/en/al/homes/{made.pk}-leilighet/").content.decode()
    assert "8\u00a0900\u00a0kr" in page


def test_the_feed_has_the_newest_and_its_mark(client, al):
    home(al, "Gammal", published_at=timezone.now() - datetime.timedelta(days=3))
    home(al, "Ny")
    answer = client.get("/en/al/homes.atom")
    told = answer.content.decode()
    assert told.index("Ny,") < told.index("Gammal,")
    assert client.get("/en/al/homes.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_pictures_are_kept_in_three_widths_and_no_other(client, al):
    photo = ListingPhotoFactory(listing=home(al))
    path = f"/en/al/pictures/homes/{photo.pk}"
    assert client.get(f"{path}-480.webp").content[:4] == b"RIFF"
    assert client.get(f"{path}-481.webp").status_code == 404
    assert client.get(f"/en/al/pictures/plots/{photo.pk}-480.webp").status_code == 404
    default_storage.delete(photo.file.name)
    assert client.get(f"{path}-960.webp").status_code == 404


def test_the_map_names_its_source_only_on_its_pages(client, al):
    home(al, latitude="60.63157", longitude="8.56312")
    for path, mapped in (("/en/al/homes/", True), ("/en/al/", False)):
        policy = client.get(path)["Content-Security-Policy"]
        assert ("https://cache.kartverket.no" in policy) == mapped
        assert "script-src 'self'" in policy


def test_the_front_counts_and_the_door_shows_them(client, al):
    home(al, "Leilighet nær skolen")
    assert "1 home" in client.get("/en/al/").content.decode()
    assert "Leilighet nær skolen" in client.get("/en/al/live/").content.decode()


def test_a_home_s_address_leads_to_its_whole_address(client, al):
    made = home(al)
    for path in (f"/en/al/homes/{made.pk}/", f"/en/al/homes/{made.pk}-old/"):
        assert client.get(path)["Location"] == f"/en/al/homes/{made.pk}-leilighet/"
    assert client.get("/en/al/homes/99999999999999999999/").status_code == 404
    assert Listing.objects.count() == 1
