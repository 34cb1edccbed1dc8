"""I5: whatever is sent to a page that anybody may send to, it answers: no crash, and what was typed stays.

The pages come from the URL resolver, those behind links from the purposes that slices declare. A few
examples each in `make test`, many in `make test-faults`.
"""

import os
from html.parser import HTMLParser
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from municipalities.links.purposes import purposes
from tests.factories.municipalities import MunicipalityFactory, TopicFactory
from tests.municipalities.links.made import issued, path_of
from tests.municipalities.tenancy.test_limits import OPEN

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("postgresql", why="it refuses more of what is typed than SQLite does"),
]

EXAMPLES = 1000 if os.environ.get("FAULTS") == "long" else 8
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 1000,  # The same each time, but for the long run, which looks further.
    suppress_health_check=list(HealthCheck),
    database=None,
)
# A browser sends these by itself and has no token.
WITHOUT_TOKEN = {"/csp-report"}

NASTY = [
    "", " ", "\0", "a\0b", "\u202eevil", "👩‍👩‍👧‍👦" * 20, "ẍ̴̛" * 50, "{{ 7*7 }}", "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd", "%00", "-1", "0", "1e309", "NaN", "99999999999999999999999999", "2026-02-31", "on", "None",
    "null", "[]", "\r\nSet-Cookie: a=b", "=cmd()", "\ud7ff\ufffe", "x" * 5_000, "//evil.example", "javascript:alert(1)",
]  # fmt: skip
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
strange_names = st.one_of(
    st.sampled_from(
        ["", "__proto__", "a[b]" * 200, "id", "pk", "csrfmiddlewaretoken", "_method", "next", "q\0"]
    ),
    st.text(max_size=20),
)
KINDS = [
    "application/json", "text/xml", "text/plain", "application/octet-stream", "multipart/form-data", "",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "y" * 300, "nonsense/;;=",
    "application/x-www-form-urlencoded; charset=nonsense", "application/x-www-form-urlencoded; charset=utf-16",
]  # fmt: skip
BODIES = [
    b"", b"\0", b"\xff\xfe\xfd", b"{", b'{"a": ' * 500, b"<?xml version='1.0'?><a/>", b"a=%", b"=&=&=", b"&" * 2000,
    b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", b"--x--", b"a=1&" * 5000, b"%ff=%fe",
    b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x\0.html\"\r\n\r\n<html>\r\n--x--\r\n",
]  # fmt: skip


class Fields(HTMLParser):
    """Names of a page's fields, and which of them hold free text that is sent to `path`."""

    def __init__(self, page, path=""):
        super().__init__()
        self.names, self.free = set(), set()
        self.path, self.elsewhere = path, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "form":
            self.elsewhere = urlsplit(known.get("action", "")).path not in {"", self.path}
        name = known.get("name")
        if tag in {"input", "textarea", "select", "button"} and name and name != "csrfmiddlewaretoken":
            self.names.add(name)
            if self.elsewhere:
                return
            if tag == "textarea" or (
                tag == "input" and known.get("type", "text") in {"text", "search", "email"}
            ):
                self.free.add(name)

    def handle_endtag(self, tag):
        if tag == "form":
            self.elsewhere = False


class Page:
    def __init__(self, client, path):
        self.client, self.path = client, path
        shown = client.get(path)
        html = shown.status_code == 200 and "html" in shown.get("Content-Type", "")
        self.fields = Fields(shown.content.decode() if html else "", path)

    def answers(self, response):
        assert response.status_code < 500, (self.path, response.status_code)
        return response


def urlencoded(pairs):
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


@pytest.fixture
def place():
    municipality = MunicipalityFactory(slug="meet", published=True)
    TopicFactory(municipality=municipality, slug="meet", published=True)
    return municipality


def _behind_links():
    return [pytest.param(purpose, id=f"link:{purpose.code}") for purpose in purposes()]


@pytest.fixture(params=[*OPEN, *_behind_links()])
def page(request, place):
    """Each page that anybody, or anybody with a link, may send something to."""
    client = Client()
    if isinstance(request.param, str):
        return Page(client, request.param)
    shown = client.get(path_of(issued(request.param, place)), follow=True)
    assert shown.status_code == 200
    return Page(client, shown.request["PATH_INFO"])


def test_the_sweep_sees_forms(place):
    assert Page(Client(), "/nb/").fields.names
    assert Fields('<input name="a"><textarea name="b"></textarea><input type="hidden" name="c">').free == {
        "a",
        "b",
    }


def send(page, body, kind="application/x-www-form-urlencoded"):
    """Undone each time: the next example meets the page as it was."""
    with transaction.atomic():
        response = page.client.generic("POST", page.path, body, content_type=kind)
        transaction.set_rollback(True)
    return page.answers(response)


def test_fields_take_anything(page):
    known = st.sampled_from(sorted(page.fields.names) or ["q"])

    @fuzzed
    @given(st.lists(st.tuples(st.one_of(known, known, strange_names), values), max_size=12))
    def try_it(pairs):
        body = urlencoded((name, value) for name, value in pairs).encode("utf-8", "surrogatepass")
        first = send(page, body)
        if not pairs:
            return
        # The same once more: a double click.
        assert send(page, body).status_code == first.status_code or first.status_code < 400

    try_it()


def test_bodies_of_any_kind_are_answered(page):
    @fuzzed
    @given(st.sampled_from(KINDS), st.one_of(st.sampled_from(BODIES), st.binary(max_size=200)))
    def try_it(kind, body):
        send(page, body, kind)

    try_it()


def test_ten_megabytes_and_a_thousand_fields_are_refused_or_borne(page):
    name = next(iter(sorted(page.fields.names)), "q")
    send(page, urlencoded([(name, "x" * (10 * 1024 * 1024 + 1))]))
    send(page, urlencoded([(f"{name}{number}", "x") for number in range(1500)]))
    send(page, urlencoded([(name, "x")] * 900))


def test_addresses_take_anything_behind_their_question_mark(page):
    known = st.sampled_from([*sorted(page.fields.names), "q", "text", "page", "next", "language"])

    @fuzzed
    @given(st.lists(st.tuples(st.one_of(known, strange_names), values), max_size=6))
    def try_it(pairs):
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
        page.answers(page.client.get(f"{page.path}?{query}"))

    try_it()


def test_nothing_is_taken_without_a_token(page):
    if page.path in WITHOUT_TOKEN:
        pytest.skip("a browser sends this by itself")
    page.client.handler.enforce_csrf_checks = True
    with transaction.atomic():
        # Without what no person fills in: who does is thanked as if it had been taken.
        sent = {name: "x" for name in page.fields.names - {"website"}}
        status = page.client.post(page.path, sent).status_code
    # 405: takes nothing at all; 404: no such thing is shown there; 302: to a login first
    assert status in {403, 404, 405}


def test_what_was_typed_stays_where_it_was_not_taken(page):
    """Whatever field it was that was wrong."""
    typed = {name: f"Typed by me & <kept> {number}" for number, name in enumerate(sorted(page.fields.names))}
    response = send(page, urlencoded(typed.items()))
    if response.status_code not in {200, 422} or b'aria-invalid="true"' not in response.content:
        return
    shown = response.content.decode()
    again = Fields(shown).names
    lost = [name for name in page.fields.free & again if escape(typed[name]) not in shown]
    assert not lost
