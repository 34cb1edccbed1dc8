"""The page of home, jobs and school together, and what comes of a search: saved, mailed, handed over."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from housing.wishes.models import Wish
from municipalities.enquiries.models import Enquiry
from municipalities.tenancy.models import Role
from tests.factories.housing import WishFactory
from tests.factories.municipalities import (
    MembershipFactory,
)
from tests.sending import send
from tests.welcome.portal.hallingdal import PATH, al, electrician, gol, home, kindergarten, nurse
from welcome.portal.together_forms import LONGEST, read

__all__ = ["al", "gol"]
pytestmark = pytest.mark.django_db


# --- the page ---------------------------------------------------------------------------------


def test_without_a_search_it_asks(al, client):
    answer = client.get(PATH)
    assert answer.status_code == 200
    assert b"What each of you works as" in answer.content
    assert b"No home fits" not in answer.content


def test_nothing_said_of_work_is_an_error_beside_its_field(al, client):
    answer = client.get(PATH, {"offer": "rent", "bedrooms": "2"})
    assert answer.status_code == 200
    assert "Say what one of you works as" in answer.content.decode()
    assert 'value="2"' in answer.content.decode(), "what was typed is still there"


@pytest.mark.parametrize(
    "said",
    [
        {"within": "0"},
        {"within": "151"},
        {"children": "7"},
        {"bedrooms": "-1"},
        {"price": "x"},
        {"field": "no"},
    ],
)
def test_what_makes_no_sense_is_said(al, client, said):
    answer = client.get(PATH, {"words": "kokk"} | said)
    assert set(answer.context["form"].errors) == set(said)
    assert answer.context["searched"] is False


def test_the_page_tells_of_all_of_it(al, gol, client):
    home(al, "Lys leilighet")
    nurse(al, employer_name="Ål kommune")
    electrician(gol, postal_code="3550")
    kindergarten(al)
    page = client.get(PATH, {"words": "nurse", "field2": "building", "children": "1"}).content.decode()
    assert "1 home with all you asked for" in page
    for told in ("Lys leilighet", "Sjukepleiar", "Ål kommune", "In the same place.", "Elektrikar", "About 22 km away.",
                 "Sundre barnehage", "2 free places", "these places too: Gol."):  # fmt: skip
        assert told in re.sub(r"\s+", " ", page), told


def test_what_is_missing_is_named(al, client):
    nurse(al)
    page = client.get(PATH, {"field": "health", "field2": "building"}).content.decode()
    assert "No home fits just now" in page
    assert "no job is advertised just now for the second of you" in page
    assert "Jobs there are for the first of you" in page
    assert "Sjukepleiar" in page


def test_questions_are_constant_in_the_number_of_rows(al, gol, client):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = client.get(
                PATH, {"field": "health", "field2": "building", "children": "1", "school": "on"}
            )
        assert answer.status_code == 200
        return len(caught)

    home(al), nurse(al), electrician(gol, postal_code="3550"), kindergarten(al)
    client.get(PATH, {"field": "health"})
    few = asked()
    for number in range(12):
        home(al, f"Heim {number}"), nurse(al), electrician(gol, postal_code="3550"), kindergarten(al)
    assert asked() == few


def test_many_are_paged(al, client):
    nurse(al)
    for number in range(11):
        home(al, f"Heim {number}")
    first = client.get(PATH, {"field": "health"}).content.decode()
    second = client.get(PATH, {"field": "health", "page": "2"}).content.decode()
    assert first.count('class="package"') == 10
    assert second.count('class="package"') == 1
    assert "field=health&amp;page=2" in first


# --- saved, mailed, handed over ---------------------------------------------------------------


def test_it_is_saved_with_all_that_was_said(al, client):
    home(al)
    page = client.get(
        PATH, {"words": "nurse", "field": "health", "field2": "building", "offer": "rent", "price": "9500"}
    )
    [path] = re.findall(r'href="(/en/al/looking/\?[^"]*)"', page.content.decode())
    form = client.get(path.replace("&amp;", "&")).context["form"]
    assert form.initial | {"stamp": ""} == {
        "stamp": "",
        "offer": "rent",
        "price": "9500",
        "fields_of_work": ["health", "building"],
        "wants_home": True,
    }
    said = {"wants_home": "on", "offer": "rent", "price": "9500", "fields_of_work": ["health", "building"]}
    send(
        client,
        path.replace("&amp;", "&"),
        said | {"often": "daily", "name": "Jamal", "email": "jamal@heime.example"},
    )
    wish = Wish.objects.get()
    assert read(wish.package).cleaned_data["words"] == "nurse"
    assert {each.field for each in wish.fields.all()} == {"health", "building"}


def test_the_saved_search_leads_back_from_their_own_page_and_the_staffs(al, client):
    wish = WishFactory(municipality=al, package="words=nurse&offer=rent")
    membership = MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE)
    client.force_login(membership.user)
    staff = client.get(reverse("admin:housing_wish_change", args=[wish.pk])).content.decode()
    assert "/al/together/?words=nurse&amp;offer=rent" in staff


@pytest.mark.parametrize(
    "package", ["x=1", "words=" + "a" * LONGEST, "&".join(["a=1"] * 200), "within=99999&field=health"]
)
def test_what_is_no_search_is_handed_nowhere(al, client, package):
    assert read(package) is None
    assert (
        client.get("/en/al/looking/", {"package": package, "field": "health"})
        .context["form"]
        .initial["wants_home"]
        is False
    )
    assert client.get("/en/al/ask/", {"package": package}).context["form"].initial == {}


def test_the_service_office_gets_it_in_words(al, client):
    said = {
        "words": "nurse",
        "field2": "building",
        "bedrooms": "3",
        "price": "12000",
        "children": "2",
        "school": "on",
    }
    page = client.get(PATH, said).content.decode()
    [path] = re.findall(r'href="(/en/al/ask/\?package[^"]*)"', page)
    words = client.get(path.replace("&amp;", "&")).context["form"].initial["words"]
    for line in ("– A job: nurse", "– A job: Building and craft", "3 bedrooms, 12\u00a0000\u00a0kr at most",
                 "– Kindergarten for 2 children", "– School", "– Within 30 km",
                 "/en/al/together/?words=nurse"):  # fmt: skip
        assert line in words, line
    assert not Enquiry.objects.exists(), "nothing is sent before they press"
