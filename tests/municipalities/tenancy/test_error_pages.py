"""A page that says no tells how to go on, in the reader's language, and nothing of how it is made."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db
INNARDS = ("Traceback", "Exception", "django", "SELECT", ".py", "/work", "secret")
HEADLINES = {
    400: "This request can't be read",
    403: "You may not see this",
    404: "This page does not exist",
    500: "Something went wrong here",
}


@pytest.fixture
def reader():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def broken(*_, **__):
    raise RuntimeError("the secret of the database")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize(
    ("status", "method", "path"),
    [
        (400, "get", "/{}/?q=%00"),
        (403, "post", "/i18n/setlang/"),
        (404, "get", "/{}/nowhere/at/all/"),
        (500, "get", "/{}/"),
    ],
)
def test_each_looks_like_the_site_and_tells_nothing(status, method, path, language, reader, monkeypatch):
    if status == 500:
        monkeypatch.setattr(connection, "cursor", broken)
    response = getattr(reader, method)(path.format(language), HTTP_ACCEPT_LANGUAGE=language)
    page = response.content.decode()
    with translation.override(language):
        headline = translation.gettext(HEADLINES[status])
    assert response.status_code == status
    assert f'lang="{language}"' in page
    assert headline.replace("'", "&#x27;") in page or headline in page
    assert "css/site.css" in page
    assert 'class="ds-button"' in page  # A way on.
    assert not [word for word in INNARDS if word in page]


def test_a_host_that_is_not_ours_is_refused_plainly(reader):
    response = reader.get("/nb/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_the_page_for_a_failure_needs_no_database(reader, monkeypatch):
    """Nor a session: whoever is logged in sees it too."""
    reader.cookies["sessionid"] = "x" * 32
    monkeypatch.setattr(connection, "cursor", broken)
    monkeypatch.setattr(connection, "connect", broken)
    response = reader.get("/nb/")
    assert response.status_code == 500
    assert "css/site.css" in response.content.decode()
