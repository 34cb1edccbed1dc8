"""Whatever somebody managed to store, the site's origin never hands it out as a page."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.municipalities.tenancy.test_limits import OPEN

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
PAGE = b"<html><script>planted()</script></html>"


@pytest.fixture
def stored():
    """A municipality whose arms are a page, by one of the names under which a browser would run it."""

    def store(name):
        path = default_storage.save(f"planted/{name}", ContentFile(PAGE))
        return MunicipalityFactory(slug="meet", published=True, arms=path, mayor_portrait=path), path

    return store


@pytest.mark.parametrize("name", ["arms.html", "arms.svg", "arms.xhtml", "arms.xml", "arms", "arms.png.html"])
@pytest.mark.parametrize("staff", [False, True], ids=["visitor", "staff"])
def test_a_page_that_was_stored_is_handed_out_at_no_address(name, staff, stored, client):
    _place, path = stored(name)
    if staff:
        client.force_login(UserFactory(is_superuser=True, is_staff=True))
    for address in [*OPEN, f"/files/{path}", f"/media/{path}", f"/static/{path}", f"/{path}"]:
        response = client.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"planted()" not in content, address


def test_what_looks_like_a_picture_is_sent_as_one_and_as_nothing_else(stored, client):
    """`nosniff` keeps the browser to what it is told."""
    stored("arms.png")
    response = client.get(reverse("arms", args=["meet"]))
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
