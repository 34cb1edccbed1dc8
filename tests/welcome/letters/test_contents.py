import pytest

from tests.factories.municipalities import ContactPointFactory
from tests.welcome.letters.conftest import arrive, frozen
from welcome.letters.contents import contact_line


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({"phone": "+4731992800"}, "Posten · 31 99 28 00"),
        ({"short_number": "116 117", "website": "https://www.posten.no/hjelp"}, "Posten · 116 117"),
        ({"website": "https://www.posten.no/hjelp"}, "Posten · posten.no"),
        ({}, "Posten"),
    ],
)
@pytest.mark.django_db
def test_a_place_without_a_number_is_reached_on_its_website(known, line):
    contact = ContactPointFactory(name="Posten", **({"phone": ""} | known))
    contact.refresh_from_db()
    assert contact_line(contact, "nb").replace("\xa0", " ") == line


@pytest.mark.parametrize(("published", "page"), [(True, "/nb/aal/privacy/"), (False, "/nb/privacy/")])
def test_it_tells_where_the_address_is_from_and_what_one_may_ask(place, published, page, client):
    """GDPR art. 14. The page it names must be there for whoever types it."""
    place.published = published
    place.save()
    arrive(place)
    run = frozen(place)
    words = run.texts.get(language="nb").words
    assert words["notice"]
    assert words["privacy"].endswith(page)
    assert client.get(page).status_code == 200
