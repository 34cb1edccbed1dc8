"""Home and jobs on one page, for an employer to give to somebody."""

import datetime
import re

import pypdfium2
import pytest
from django.utils import timezone, translation

from housing.listings.models import Offer
from housing.wishes.forms import WishFields
from housing.wishes.links import WISH
from municipalities.links import actions as links
from tests.factories.housing import ListingPhotoFactory, WishFactory
from tests.factories.municipalities import (
    MunicipalityFactory,
)
from tests.welcome.portal.hallingdal import (
    PATH,
    al,
    electrician,
    gol,
    home,
    kindergarten,
    nurse,
)
from welcome.portal.together import Gap

__all__ = ["al", "gol"]
pytestmark = pytest.mark.django_db


# --- on one page ------------------------------------------------------------------------------


def offer_path(home, *jobs):
    query = "&".join([f"home={home.pk}", *(f"job={job.pk}" for job in jobs)])
    return f"/nb/al/together/offer/?{query}"


def text_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1, "an offer is one page"
    return " ".join(document[0].get_textpage().get_text_range().split())


def test_an_offer_is_one_page_with_the_employers_words(al, client):
    its, first, second = home(al, "Lys leilighet"), nurse(al), electrician(al, postal_code="3579")
    ListingPhotoFactory(listing=its)
    kindergarten(al)
    path = offer_path(its, first, second)
    assert client.get(path).status_code == 200
    answer = client.post(
        path, {"whom": "Amina", "greeting": "Vi vil gjerne ha deg.", "sender": "Kari, Ål sjukeheim"}
    )
    told = text_of(answer)
    for words in ("Amina", "Vi vil gjerne ha deg.", "Kari, Ål sjukeheim", "Sjukepleiar", "Elektrikar",
                  "Lys leilighet", "Sundre barnehage", "/nb/al/homes/"):  # fmt: skip
        assert words in told, words
    assert answer["Cache-Control"] == "no-store"


def test_the_longest_words_still_are_one_page(al, client):
    its = home(al, "L" * 80)
    its.texts.update(body=f"<p>{'Ord ' * 400}</p>")
    ListingPhotoFactory(listing=its)
    kindergarten(al)
    jobs = [
        nurse(al, title="Sjukepleiarstilling " * 7, employer_name="A" * 120),
        electrician(al, title="E" * 150),
    ]
    said = {"whom": "W" * 80, "greeting": "Vi vil gjerne ha deg. " * 22, "sender": "s" * 120}
    text_of(client.post(offer_path(its, *jobs), said))


def test_words_that_are_too_long_are_said_beside_their_field(al, client):
    its, job = home(al), nurse(al)
    answer = client.post(offer_path(its, job), {"greeting": "x" * 501})
    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()


def test_what_is_found_can_be_printed_however_far_it_is(al, client):
    """Two of the towns of a search for 150 kilometres."""
    far = MunicipalityFactory(slug="langt", name="Langt", latitude=61.55, longitude=8.56)
    home(al), nurse(far, postal_code="")
    page = client.get(PATH, {"field": "health", "within": "150"}).content.decode()
    [path] = set(re.findall(r'href="(/en/al/together/offer/[^"]*)"', page))
    assert client.get(path.replace("&amp;", "&")).status_code == 200


def test_one_vacancy_twice_is_one(al, client):
    its, job = home(al), nurse(al)
    assert "En jobb og en bolig" in text_of(client.post(offer_path(its, job, job), {}))


def test_what_no_font_has_is_said_beside_its_field(al, client):
    path = offer_path(home(al), nurse(al, title="🚀 Sjukepleiar"))
    answer = client.post(path, {"whom": "Amina 🎉", "greeting": "Velkommen"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"whom"}
    assert "U+1F389" in answer.content.decode()
    assert "Sjukepleiar" in text_of(client.post(path, {"whom": "Amina"})), (
        "the advertisement's rocket is left out"
    )


def test_words_that_don_t_fit_are_no_second_page(al, client):
    answer = client.post(offer_path(home(al), nurse(al)), {"greeting": "\n".join("a" * 240)})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"greeting"}


@pytest.mark.parametrize("query", ["", "home=1", "home=x&job=y", "home=99999999999999999999&job=1"])
def test_an_offer_of_what_is_not_there_is_not_there(al, client, query):
    assert client.get(f"/nb/al/together/offer/?{query}").status_code == 404


def test_an_offer_holds_only_what_is_shown(al, client):
    its, job = home(al), nurse(al)
    gone = nurse(al, expires_on=timezone.localdate() - datetime.timedelta(days=1))
    far = nurse(MunicipalityFactory(slug="vadso", name="Vadsø", latitude=70.07, longitude=29.75))
    elsewhere = home(MunicipalityFactory(slug="anna"))
    assert client.get(offer_path(its, job)).status_code == 200
    for path in (offer_path(its, gone), offer_path(its, far), offer_path(elsewhere, job), offer_path(its)):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_each_gap_has_words_in_each_language(language):
    with translation.override(language):
        words = [str(gap.label) for gap in Gap]
    assert len(set(words)) == len(Gap)


def test_a_saved_search_is_over_when_they_look_for_something_else(al, client):
    wish = WishFactory(municipality=al, package="words=nurse")
    link = links.issue(purpose=WISH, of=wish, by=None)
    page = client.get(f"/l/wish/{link.token}/")["Location"]
    as_it_is = WishFields.as_it_is(wish) | {"often": "weekly"}
    client.post(page, {name: value for name, value in as_it_is.items() if value not in (None, False, "")})
    wish.refresh_from_db()
    assert (wish.often, wish.package) == ("weekly", "words=nurse")
    client.post(page, {"wants_home": "on", "offer": "sale", "often": "weekly"})
    wish.refresh_from_db()
    assert (wish.offer, wish.package) == (Offer.SALE, "")


@pytest.mark.parametrize(
    "words",
    ["مرحبا بكم في آل", "Ласкаво просимо!", "ord" * 160, "<b>&amp;</b>"],
)
def test_an_offer_takes_words_in_any_script(al, client, words):
    told = text_of(client.post(offer_path(home(al), nurse(al)), {"whom": words[:80], "greeting": words}))
    assert "<b>" in told if words.startswith("<") else told


@pytest.mark.parametrize(
    "query", ["words=%ED%A0%80", "within=1e9", "field=health&field=x", "children=-1", "price=9" + "9" * 40,
              "page=x&field=health", "page=99999999999999999999&field=health", "words=" + "a" * 500, "school=on"],
)  # fmt: skip
def test_an_odd_address_is_answered(al, client, query):
    home(al), nurse(al)
    assert client.get(f"{PATH}?{query}").status_code == 200
    assert client.get(f"/en/homes/?{query}").status_code == 200
    assert client.get(f"/en/al/looking/?package={query}").status_code == 200
    assert client.get(f"/en/al/ask/?package={query}").status_code == 200
    assert client.get(f"/en/al/together/offer/?home={query}&job={query}").status_code == 404
