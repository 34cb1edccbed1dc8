"""What browsers are told on every open address, whatever is answered there."""

import json
import re

import pytest
from django.test import Client, override_settings

from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.municipalities.tenancy.test_limits import OPEN

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
COOKIES = {"sessionid", "csrftoken", "django_language"}


def policy_of(response):
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


# What other sites and programs are meant to fetch.
FOR_OTHERS = ("/api/v1/", "/embed/")


def assert_headers(response):
    path = response.wsgi_request.path
    policy = policy_of(response)
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] in {"'none'", "'self'"}
    assert policy["object-src"] == "'none'"
    assert policy["report-uri"] == "/csp-report"
    assert not re.search(r"https?:|\*|unsafe-inline", policy["script-src"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    shared = path.startswith(FOR_OTHERS) and response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert shared or response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}
    assert "camera=()" in response["Permissions-Policy"]
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", OPEN)
def test_every_open_address_answers_with_the_headers(path, method, client):
    assert_headers(getattr(client, method)(path))


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/municipalities/topic/"])
def test_so_does_the_staff_site(path, client):
    assert_headers(client.get(path))
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert_headers(client.get(path))


@pytest.mark.parametrize("path", ["/nb/", "/nb/aal/", "/nb/privacy/", "/nb/there/is/nothing/", "/%00"])
def test_public_pages_are_strict(path, client):
    """Also those that refuse: an error page is a page."""
    MunicipalityFactory(slug="aal", published=True)
    policy = policy_of(client.get(path))
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy["script-src"] + policy["style-src"]


def test_https_is_remembered(client):
    with override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        assert "includeSubDomains" in client.get("/nb/", secure=True)["Strict-Transport-Security"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", OPEN)
def test_no_cookie_but_session_token_and_language(path, method):
    client = Client()
    getattr(client, method)(path, {"language": "nn", "next": "/nb/"})
    assert set(client.cookies) <= COOKIES
    assert all(cookie["samesite"] == "Lax" for cookie in client.cookies.values())


def test_reading_public_pages_sets_no_cookie_at_all(client):
    MunicipalityFactory(slug="aal", published=True)
    for path in ("/nb/", "/nb/aal/", "/nb/aal/search/?q=bolig", "/nb/aal/topics/", "/nb/privacy/"):
        assert client.get(path).status_code == 200
    assert not client.cookies


# --- reports --------------------------------------------------------------------------------------

OLD = {
    "csp-report": {
        "document-uri": "https://portal.example/l/letter/geheim-token?geheim=1",
        "referrer": "https://geheim.example/",
        "effective-directive": "script-src-elem",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/geheim.js?token=geheim",
        "script-sample": "geheim",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "url": "https://portal.example/l/letter/geheim-token",
        "body": {
            "effectiveDirective": "img-src",
            "blockedURL": "http://evil.example:81/geheim?x",
            "documentURL": "https://portal.example/geheim",
        },
    }
]


def report(client, body, kind="application/csp-report"):
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post("/csp-report", body, content_type=kind)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (OLD, "application/csp-report", "script-src-elem refused https://evil.example"),
        (NEW, "application/reports+json", "img-src refused http://evil.example"),
        ({"csp-report": {"effective-directive": "script-src", "blocked-uri": "inline"}}, "application/csp-report",
         "script-src refused inline"),
        ({"csp-report": {"effective-directive": "img-src", "blocked-uri": "data:image/geheim"}},
         "application/csp-report", "img-src refused ?"),
    ],
)  # fmt: skip
def test_a_report_leaves_the_directive_and_the_origin_in_the_log_and_no_more(body, kind, words, caplog):
    answer = report(Client(enforce_csrf_checks=True), body, kind)
    assert answer.status_code == 204
    assert words in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        "", "nonsense", "null", "[]", "[1, 2]", "{}", '{"csp-report": 5}', '{"csp-report": {"effective-directive": 5}}',
        b"\xff\xfe\x00", "[" * 15_000, '{"csp-report": {"effective-directive": "x\\ny", "blocked-uri": ["a"]}}',
        '{"csp-report": {"effective-directive": "script-src", "blocked-uri": 7}}', "x" * 17_000,
        json.dumps({"csp-report": {"effective-directive": "img-src", "blocked-uri": "inline", "x": "y" * 20_000}}),
        json.dumps({"csp-report": {"effective-directive": "INJECTED\r\nline", "blocked-uri": "inline"}}),
    ],
)  # fmt: skip
def test_what_is_no_report_leaves_nothing(body, client, caplog):
    assert report(client, body).status_code == 204
    assert "broke its policy" not in caplog.text


def test_no_line_of_the_log_is_made_up(client, caplog):
    report(
        client, {"csp-report": {"effective-directive": "img-src", "blocked-uri": "https://a\r\nFORGED b/"}}
    )
    report(client, {"csp-report": {"effective-directive": "img-src\r\nFORGED", "blocked-uri": "inline"}})
    assert "FORGED" not in caplog.text


def test_a_list_without_end_is_one_of_ten(client, caplog):
    report(client, NEW * 60, "application/reports+json")
    assert caplog.text.count("broke its policy") == 10
