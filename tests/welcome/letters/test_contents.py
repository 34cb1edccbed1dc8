import pytest

from tests.factories.municipalities import ContactPointFactory
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
