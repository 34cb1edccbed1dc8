"""Logging in through a municipality's own directory, against a real OpenID provider that can lie."""

import datetime
import html
import re
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.translation import ngettext

from municipalities.audit.models import AuditEntry
from municipalities.login import openid
from municipalities.login.admin import SAYINGS
from municipalities.login.providers import Identity, Kind
from municipalities.tenancy.models import Role, User
from tests.factories.municipalities import (
    IdentityProviderFactory,
    MembershipFactory,
    MunicipalityFactory,
    RoleClaimFactory,
)
from tests.municipalities.login.provider import TENANT, Provider

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
WORK = "/admin/"
KARI = {
    "sub": "kari-1", "email": "kari@dalen.example", "email_verified": True, "name": "Kari Nordmann",
    "acr": "high", "roles": ["kontor"],
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture
def directory(running, settings):
    """The provider, saying the truth about Kari."""
    running.reset()
    running.say(claims=KARI)
    settings.FETCH_PRIVATE_HOSTS = [f"127.0.0.1:{running.port}"]
    return running


@pytest.fixture
def dalen():
    return MunicipalityFactory(number="3336", name="Dalen")


@pytest.fixture
def entrance(directory, dalen):
    """The municipality's login, as its administrator has entered it."""
    made = IdentityProviderFactory(municipality=dalen, issuer=directory.issuer, creates_memberships=True)
    RoleClaimFactory(provider=made, value="kontor", role=Role.SERVICE_OFFICE)
    RoleClaimFactory(provider=made, value="rapport", role=Role.READER)
    return made


def begin(browser, entrance, next=""):
    """The address at the provider to which the button leads."""
    page = browser.post(f"/account/openid/{entrance.pk}/", {"next": next} if next else {})
    assert page.status_code == 200, page.content.decode()
    return html.unescape(
        re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())[1]
    )


def answer_of(address):
    """Where the provider sends the browser back to: path and query, on our own site."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://127.0.0.1:8000"
    return f"{parts.path}?{parts.query}"


def log_in(browser, entrance, next=""):
    return browser.get(answer_of(begin(browser, entrance, next)))


def is_in(browser):
    return browser.get(WORK).status_code == 200


def notes():
    return list(AuditEntry.objects.filter(action="login_failed").values_list("note", flat=True))


@pytest.fixture
def refused(browser, entrance):
    """refused(code): the login that now follows is turned away for this reason, and leaves nothing."""

    def check(code, status=403):
        users = User.objects.count()
        answer = log_in(browser, entrance)
        assert answer.status_code == status
        assert not is_in(browser)
        assert notes() == [code]
        assert (User.objects.count(), Identity.objects.count()) == (users, 0)
        assert KARI["email"] not in answer.content.decode()

    return check


# --- all is right ---------------------------------------------------------------------------------


def test_a_new_colleague_with_a_role_is_let_in(browser, entrance, dalen):
    answer = log_in(browser, entrance, next="/admin/municipalities/topic/")
    assert answer.url == "/admin/municipalities/topic/"
    assert is_in(browser)
    user = User.objects.get(email="kari@dalen.example")
    assert (user.name, user.is_staff, user.has_usable_password()) == ("Kari Nordmann", True, False)
    assert [(m.municipality, m.role, m.mapped) for m in user.memberships.all()] == [
        (dalen, Role.SERVICE_OFFICE, True)
    ]
    assert Identity.objects.get().subject == "kari-1"


def test_the_second_time_it_is_the_same_one_whatever_the_mail_says(browser, entrance, directory):
    log_in(browser, entrance)
    directory.say(claims=KARI | {"email": "ny@dalen.example", "email_verified": False})
    other = Client()
    log_in(other, entrance)
    assert is_in(other)
    assert User.objects.get().email == "kari@dalen.example"


def test_what_is_sent_along_is_proof_against_interception(browser, entrance):
    asked = parse_qs(urlsplit(begin(browser, entrance)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/account/openid/3336/back/"]
    assert asked["acr_values"] == ["high"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}


def test_the_address_to_come_back_to_is_not_what_a_request_calls_us(browser, entrance):
    page = browser.post(f"/account/openid/{entrance.pk}/", headers={"host": "localhost"})
    assert "127.0.0.1%3A8000%2Faccount" in page.content.decode()


def test_the_sessions_key_is_a_new_one(browser, entrance):
    begin(browser, entrance)
    before = browser.session.session_key
    log_in(browser, entrance)
    assert browser.session.session_key != before


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_led_away(browser, entrance, elsewhere):
    assert log_in(browser, entrance, next=elsewhere).url == WORK


def test_a_login_and_a_refusal_are_in_the_log(browser, entrance, directory, dalen):
    log_in(browser, entrance)
    assert AuditEntry.objects.of(dalen).filter(action="logged_in").exists()
    directory.say(claims=KARI | {"acr": "low"})
    log_in(Client(), entrance)
    failed = AuditEntry.objects.of(dalen).get(action="login_failed")
    assert (failed.model, failed.note) == ("municipalities.IdentityProvider", "token-acr")


def test_a_level_that_is_accepted_is_the_second_step(browser, entrance):
    from allauth.mfa.totp.internal import auth

    log_in(browser, entrance)
    auth.TOTP.activate(User.objects.get(), auth.generate_totp_secret())
    other = Client()
    log_in(other, entrance)
    assert is_in(other)


def test_without_a_demanded_level_the_portal_asks_for_its_own_second_step(browser, entrance):
    from allauth.mfa.totp.internal import auth

    entrance.acr_values = ""
    entrance.save()
    log_in(browser, entrance)
    assert browser.get(WORK).url == "/account/security/"
    auth.TOTP.activate(User.objects.get(), auth.generate_totp_secret())
    other = Client()
    assert log_in(other, entrance).url == "/account/step/"
    assert not is_in(other)
    assert "openid_municipality" in other.session


# --- level and tenant -----------------------------------------------------------------------------


@pytest.mark.parametrize("acr", ["low", "", "high low", ["high"], None, 3])
def test_another_level_is_refused(directory, refused, acr):
    directory.say(claims=KARI | {"acr": acr})
    refused("token-acr")


def test_a_missing_level_is_refused(directory, refused):
    directory.say(claims={name: said for name, said in KARI.items() if name != "acr"})
    refused("token-acr")


@pytest.fixture
def entra(entrance):
    entrance.kind, entrance.tenant_id, entrance.acr_values = Kind.ENTRA, TENANT, "c1"
    entrance.save()
    return entrance


MICROSOFT = KARI | {"tid": TENANT, "acrs": ["c1"], "acr": None, "email_verified": None}


def test_the_municipalitys_own_tenant_is_let_in(browser, entra, directory):
    directory.say(claims=MICROSOFT)
    asked = parse_qs(urlsplit(begin(browser, entra)).query)
    assert asked["claims"] == ['{"id_token": {"acrs": {"essential": true, "value": "c1"}}}']
    log_in(browser, entra)
    assert is_in(browser)


@pytest.mark.parametrize("tid", ["99999999-2222-3333-4444-555555555555", None, [TENANT]])
def test_another_tenant_is_refused(entra, directory, refused, tid):
    directory.say(claims=MICROSOFT | {"tid": tid})
    refused("token-tenant")


def test_a_login_without_the_demanded_context_is_refused(entra, directory, refused):
    directory.say(claims=MICROSOFT | {"acrs": ["c2"]})
    refused("token-acr")


@pytest.mark.parametrize("guest", [{"idp": "https://sts.windows.net/other/"}, {"acct": 1}])
def test_a_guests_address_makes_no_account(browser, entra, directory, guest):
    """It was written by the directory of another."""
    directory.say(claims=MICROSOFT | guest)
    assert log_in(browser, entra).status_code == 403
    assert not User.objects.exists()


# --- state, code, nonce ---------------------------------------------------------------------------


def test_a_state_is_good_for_once(browser, entrance):
    back = answer_of(begin(browser, entrance))
    browser.get(back)
    browser.post("/account/logout/")
    assert browser.get(back).status_code == 403
    assert not is_in(browser)


def test_a_state_is_used_up_by_a_failure_too(browser, entrance, directory):
    back = answer_of(begin(browser, entrance))
    assert (
        browser.get(back.split("?")[0] + "?" + urlencode({"state": state_in(back), "code": "x"})).status_code
        == 403
    )
    assert browser.get(back).status_code == 403
    assert not is_in(browser)


def state_in(address):
    return parse_qs(urlsplit(address).query)["state"][0]


def test_a_state_of_another_browser_is_refused(browser, entrance, directory):
    """Or somebody could be logged in, unawares, as the one who sent them the address."""
    back = answer_of(begin(Client(), entrance))
    begin(browser, entrance)
    before = directory.asked.count("/o/token/")
    assert browser.get(back).status_code == 403
    assert not is_in(browser)
    assert directory.asked.count("/o/token/") == before


@pytest.mark.parametrize("query", ["", "state=x&code=y", "state=&code=", "error=access_denied"])
def test_an_answer_that_nobody_asked_for_is_refused(browser, entrance, query):
    assert browser.get(f"/account/openid/3336/back/?{query}").status_code == 403


@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_meant_for_another_municipality_is_refused(browser, entrance, directory, turned):
    """One provider may lead people on to another's; the code must not end with the wrong one of the two."""
    neighbour = IdentityProviderFactory(
        municipality=MunicipalityFactory(number="3337"), issuer=directory.issuer, client_id="nabo"
    )
    begun, number = (entrance, "3337") if turned else (neighbour, "3336")
    query = answer_of(begin(browser, begun)).split("?")[1]
    before = directory.asked.count("/o/token/")
    assert browser.get(f"/account/openid/{number}/back/?{query}").status_code == 403
    assert directory.asked.count("/o/token/") == before
    assert not is_in(browser)


def test_an_answer_that_says_it_is_of_another_is_refused(browser, entrance, directory):
    """A mix-up of providers: RFC 9207."""
    back = answer_of(begin(browser, entrance))
    before = directory.asked.count("/o/token/")
    assert browser.get(back + "&iss=https%3A%2F%2Fevil.example").status_code == 403
    assert notes() == ["answer-issuer"]
    assert directory.asked.count("/o/token/") == before


def test_an_answer_does_not_leave_out_whose_it_is_where_it_was_promised(browser, entrance, directory):
    directory.say(publish={"authorization_response_iss_parameter_supported": True})
    back = answer_of(begin(browser, entrance))
    answer = browser.get(re.sub(r"&iss=[^&]*", "", back))
    assert answer.status_code == 403
    assert notes() == ["answer-issuer"]


def test_a_state_of_long_ago_is_refused(browser, entrance, time_machine):
    back = answer_of(begin(browser, entrance))
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=11))
    assert browser.get(back).status_code == 403


def test_a_code_works_once(browser, entrance):
    back = answer_of(begin(browser, entrance))
    code = parse_qs(urlsplit(back).query)["code"][0]
    browser.get(back)
    other = Client()
    state = state_in(begin(other, entrance))
    again = other.get(back.split("?")[0] + "?" + urlencode({"state": state, "code": code}))
    assert again.status_code == 403
    assert notes() == ["token-refused"]
    assert not is_in(other)


def test_a_code_that_was_stolen_is_of_no_use_in_another_browser(browser, entrance):
    """PKCE: only the browser that began has the other half."""
    code = parse_qs(urlsplit(answer_of(begin(Client(), entrance))).query)["code"][0]
    state = state_in(begin(browser, entrance))
    browser.get("/account/openid/3336/back/?" + urlencode({"state": state, "code": code}))
    assert not is_in(browser)
    assert notes() == ["token-refused"]


def test_what_somebody_refuses_at_the_provider_is_refused_here(browser, entrance):
    state = state_in(begin(browser, entrance))
    back = {"state": state, "error": "access_denied", "code": "x"}
    assert browser.get("/account/openid/3336/back/?" + urlencode(back)).status_code == 403
    assert notes() == ["answer-error"]


@pytest.mark.parametrize(
    "told", [{"patch": {"nonce": "another"}}, {"drop": ["nonce"]}, {"patch": {"nonce": None}}]
)
def test_a_token_that_was_made_for_another_attempt_is_refused(directory, refused, told):
    directory.say(**told)
    refused("token-nonce")


# --- the token ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"sign": "other"}, "token-invalid-signature"),
        ({"sign": "none"}, "token-algorithm"),
        ({"sign": "hs256"}, "token-algorithm"),
        ({"sign": "own", "algorithm": "RS512"}, "token-algorithm"),
        ({"sign": "unnamed"}, "token-key"),
        ({"key": "second"}, "token-key"),
        ({"key": "short", "published": ["short"]}, "token-key-short"),
        ({"patch": {"aud": "nabo"}}, "token-invalid-audience"),
        ({"patch": {"aud": ["tilflytter", "nabo"]}}, "token-audience"),
        ({"patch": {"azp": "nabo"}}, "token-audience"),
        ({"patch": {"iss": "http://127.0.0.1/o"}}, "token-invalid-issuer"),
        ({"drop": ["iss"]}, "token-missing-required-claim"),
        ({"patch": {"exp": 1_700_000_000}}, "token-expired-signature"),
        ({"patch": {"exp": 1e400}}, "token-decode"),
        ({"drop": ["exp"]}, "token-missing-required-claim"),
        ({"patch": {"iat": 9_000_000_000}}, "token-immature-signature"),
        ({"drop": ["iat"]}, "token-missing-required-claim"),
        ({"drop": ["sub"]}, "token-missing-required-claim"),
        ({"patch": {"sub": ""}}, "token-subject"),
        ({"patch": {"sub": "x" * 256}}, "token-subject"),
        ({"patch": {"sub": "a\0b"}}, "token-subject"),
    ],
    ids=lambda case: str(case)[:50],
)
def test_a_token_that_is_not_right_in_every_way_is_refused(directory, refused, told, code):
    directory.say(**told)
    refused(code)


def test_a_token_for_several_that_names_us_is_ours(browser, entrance, directory):
    directory.say(patch={"aud": ["tilflytter", "nabo"], "azp": "tilflytter"})
    log_in(browser, entrance)
    assert is_in(browser)


def test_a_new_key_is_found_at_once(browser, entrance, directory):
    log_in(browser, entrance)
    directory.say(key="second", published=["first", "second"])
    other = Client()
    log_in(other, entrance)
    assert is_in(other)


def test_an_unknown_key_is_asked_for_once_only(directory, refused):
    before = directory.asked.count("/o/.well-known/jwks.json")
    directory.say(key="second")
    refused("token-key")
    assert directory.asked.count("/o/.well-known/jwks.json") - before == 2


def test_a_withdrawn_key_is_refused_when_what_was_kept_is_over(browser, entrance, directory, monkeypatch):
    monkeypatch.setattr(openid, "KEEP_KEYS", 1)  # A Redis has a clock of its own.
    log_in(browser, entrance)
    assert is_in(browser)
    directory.say(published=["second"])
    time.sleep(1.1)
    other = Client()
    log_in(other, entrance)
    assert not is_in(other)
    assert notes() == ["token-key"]


# --- the provider fails ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["discovery", "token", "keys"])
@pytest.mark.parametrize("how", ["html", "huge", "slow", "list", "empty", "deep", "error", "away"])
def test_a_provider_that_fails_gives_a_calm_page(browser, entrance, directory, place, how, monkeypatch):
    monkeypatch.setattr(openid, "SECONDS", 1)
    back = answer_of(begin(browser, entrance))
    cache.clear()
    directory.say(**{place: how})
    answer = browser.get(back)
    assert answer.status_code in {403, 503}
    assert 'href="/account/login/"' in answer.content.decode()
    assert not is_in(browser)
    assert len(notes()) == 1


def test_a_provider_that_is_down_gives_a_calm_page(browser, entrance, settings):
    settings.FETCH_PRIVATE_HOSTS = ["127.0.0.1:1"]
    entrance.issuer = "http://127.0.0.1:1/o"
    entrance.save()
    answer = browser.post(f"/account/openid/{entrance.pk}/")
    assert answer.status_code == 503
    assert notes() == ["discovery"]


def test_a_provider_in_our_own_network_is_not_asked(browser, entrance, settings, directory):
    settings.FETCH_PRIVATE_HOSTS = []
    before = len(directory.asked)
    assert browser.post(f"/account/openid/{entrance.pk}/").status_code == 503
    assert len(directory.asked) == before


def test_a_provider_that_calls_itself_otherwise_is_refused(browser, entrance, directory):
    directory.say(publish={"issuer": "http://127.0.0.1/o"})
    assert browser.post(f"/account/openid/{entrance.pk}/").status_code == 403
    assert notes() == ["discovery-issuer"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://evil.example/", "", None, "https://"])
def test_a_browser_is_not_sent_to_whatever_the_provider_names(browser, entrance, directory, address):
    directory.say(publish={"authorization_endpoint": address})
    assert browser.post(f"/account/openid/{entrance.pk}/").status_code == 403
    assert notes() == ["discovery-addresses"]


# --- the administrator tries it -------------------------------------------------------------------


def trial(client, entrance):
    client.force_login(MembershipFactory(municipality=entrance.municipality, role=Role.ADMINISTRATOR).user)
    address = f"/admin/municipalities/identityprovider/{entrance.pk}/test/"
    assert entrance.issuer not in client.get(address).content.decode()
    answer = client.post(address, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_the_connection_is_tried(client, entrance, directory):
    directory.say(published=["first", "second"])
    assert trial(client, entrance) == [
        ngettext(
            "The provider answers, and has published one key.",
            "The provider answers, and has published %(count)s keys.",
            2,
        )
        % {"count": 2}
    ]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"discovery": "html"}, "discovery"),
        ({"publish": {"issuer": "http://127.0.0.1/o"}}, "discovery-issuer"),
        ({"publish": {"jwks_uri": "ftp://x"}}, "discovery-addresses"),
        ({"keys": "huge"}, "keys"),
    ],
)
def test_what_is_wrong_with_a_connection_is_said_in_plain_words(client, entrance, directory, told, code):
    directory.say(**told)
    assert trial(client, entrance) == [str(SAYINGS[code])]
