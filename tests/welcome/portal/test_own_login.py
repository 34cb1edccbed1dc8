"""Newcomers log in to their own page with ID-porten, played by a real OpenID provider that can lie."""

import datetime
import html
import re
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from municipalities.login.providers import Identity, IdentityProvider
from municipalities.tenancy.models import Membership, Role, User
from tests.factories.municipalities import IdentityProviderFactory, MembershipFactory, MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.municipalities.login.provider import Provider
from welcome.households import actions, logging_in
from welcome.households.links import NEWCOMER
from welcome.households.own_logins import OwnLogin

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
PID = "23879421936"
OKSANA = {"sub": "oksana-1", "pid": PID, "acr": "idporten-loa-substantial", "name": "Oksana Kovalenko"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture
def idporten(running, settings):
    """The provider, saying the truth about Oksana."""
    running.reset()
    running.say(claims=OKSANA)
    settings.FETCH_PRIVATE_HOSTS = [f"127.0.0.1:{running.port}"]
    return running


@pytest.fixture
def dalen():
    return MunicipalityFactory(number="3336", name="Dalen", slug="dalen", published=True, phone="+4732085000")


@pytest.fixture
def offer(idporten, dalen):
    """Dalen's ID-porten, as its administrator has entered it."""
    return IdentityProviderFactory(idporten=True, municipality=dalen, issuer=idporten.issuer)


@pytest.fixture
def home(dalen):
    made = HouseholdFactory(municipality=dalen)
    PersonFactory(household=made, family_name="Kovalenko")
    return made


@pytest.fixture
def link(home):
    return links.issue(purpose=NEWCOMER, of=home, by=None)


@pytest.fixture
def browser():
    return Client()


def leads_to(page):
    """The address at ID-porten to which the button leads."""
    assert page.status_code == 200, page.content.decode()
    assert page["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert "no-store" in page["Cache-Control"]
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    return html.unescape(found[1])


def answer_of(address):
    """Where ID-porten sends the browser back to: path and query, on our own site."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://127.0.0.1:8000"
    return f"{parts.path}?{parts.query}"


def open_by_link(browser, link):
    """The address of the own page."""
    return browser.get(f"/l/newcomer/{link.token}/").url


def begin(browser, language="nb", slug="dalen"):
    return leads_to(browser.post(f"/{language}/{slug}/own-page/"))


def log_in(browser, language="nb"):
    return browser.get(answer_of(begin(browser, language)))


def set_up(browser, link):
    return browser.get(answer_of(leads_to(browser.post(f"{open_by_link(browser, link)}login/"))))


@pytest.fixture
def joined(browser, offer, link):
    """Oksana has said on her page that she logs in the next time."""
    set_up(Client(), link)
    return OwnLogin.objects.get()


@pytest.fixture
def refused(browser):
    """refused(code): the login that now follows opens nothing, for this reason."""

    def check(code, status=403):
        answer = log_in(browser)
        assert answer.status_code == status
        assert "links" not in browser.session
        assert notes() == [code]
        page = answer.content.decode()
        assert not any(word in page for word in ("oksana", PID, "Kovalenko"))
        return page

    return check


def notes():
    return list(AuditEntry.objects.filter(action="login_failed").values_list("note", flat=True))


# --- all is right ---------------------------------------------------------------------------------


def test_from_the_letter_to_the_login(browser, offer, link, home, dalen):
    answer = set_up(browser, link)
    assert "done=login" in answer.url
    assert "logge inn" in browser.get(answer.url).content.decode()
    phone = Client()
    page = phone.get(log_in(phone).url)
    assert page.status_code == 200
    assert "Kovalenko" in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    told = AuditEntry.objects.of(dalen)
    assert told.filter(action="added", model="welcome.OwnLogin", actor="link").exists()
    assert told.filter(action="logged_in", model="welcome.Household", object_id=str(home.pk)).count() == 1


def test_nothing_is_held_of_who_it_is(browser, joined, tmp_path):
    out = tmp_path / "everything.json"
    call_command("dumpdata", output=str(out))
    log_in(browser)
    assert not any(word in out.read_text() for word in ("oksana-1", PID, "Oksana Kovalenko"))
    kept = str(dict(browser.session))
    assert not any(word in kept for word in ("oksana-1", PID, "Oksana Kovalenko"))
    assert User.objects.count() == Identity.objects.count() == Membership.objects.count() == 0


def test_what_is_sent_along(browser, offer):
    asked = parse_qs(urlsplit(begin(browser, "nn")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/idporten/3336/back/"]
    assert asked["acr_values"] == ["idporten-loa-substantial"]
    assert asked["ui_locales"] == ["nn"]
    assert asked["prompt"] == ["login"], "or the one before at a library's computer is logged in again"
    assert asked["scope"] == ["openid"], "neither name nor mail is asked for"
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_one_comes_back_in_the_language_one_left_in(browser, joined, language):
    assert log_in(browser, language).url.startswith(f"/{language}/my/")


def test_the_sessions_key_is_a_new_one(browser, joined):
    back = answer_of(begin(browser))
    before = browser.session.session_key
    browser.get(back)
    assert browser.session.session_key != before


def over(answer):
    assert answer.status_code == 410
    return re.sub(r'nonce="[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("ended", ["by the hour", "by staff"])
def test_a_page_that_a_login_had_opened_says_to_log_in_again(browser, joined, time_machine, ended):
    page = log_in(browser).url
    if ended == "by staff":
        logging_in.end(login=joined, by=None)
    else:
        time_machine.move_to(timezone.now() + datetime.timedelta(minutes=61))
    shown = over(browser.get(page))
    assert "/nb/dalen/own-page/" in shown
    assert "letter" not in shown
    assert "brev" not in shown
    assert over(browser.post(f"{page}change/")) == shown


def test_a_page_that_a_link_had_opened_says_to_open_the_link_again(browser, joined, link, time_machine):
    page = open_by_link(browser, link)
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=61))
    shown = over(browser.get(page))
    assert "own-page" not in shown
    assert "brevet" in shown
    assert over(Client().get(page)) == shown, "nor does who has opened nothing learn that there are logins"


def test_the_page_closes_after_an_hour(browser, joined, time_machine):
    mine = log_in(browser).url
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=61))
    assert browser.get(mine).status_code == 410


def test_several_of_a_household_set_it_up(browser, joined, link, idporten, home):
    idporten.say(claims=OKSANA | {"sub": "daria-1"})
    set_up(browser, link)
    assert home.own_logins.count() == 2
    assert log_in(Client()).status_code == 302
    assert "2 personer" in browser.get(open_by_link(browser, link)).content.decode()


def test_setting_it_up_twice_is_setting_it_up_once(browser, joined, link):
    set_up(browser, link)
    assert OwnLogin.objects.get() == joined


def test_one_person_comes_to_the_page_of_one_household(browser, joined, dalen, home):
    """To the one they chose last; they have moved in the municipality."""
    newer = HouseholdFactory(municipality=dalen)
    set_up(browser, links.issue(purpose=NEWCOMER, of=newer, by=None))
    assert OwnLogin.objects.get().household == newer


def test_the_same_person_has_another_fingerprint_elsewhere(joined, idporten):
    other = HouseholdFactory(municipality__number="3337")
    also = logging_in.set_up(household=other, issuer=idporten.issuer, subject="oksana-1")
    assert also.fingerprint != joined.fingerprint


def test_a_login_outlives_the_key_it_was_made_with(browser, joined, settings):
    from cryptography.fernet import Fernet

    old, settings.FIELD_KEYS = settings.FIELD_KEYS, [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    # The client's secret too is encrypted anew before the old key goes.
    assert log_in(browser).status_code == 302
    call_command("rotate_keys")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert log_in(Client()).status_code == 302
    assert old != settings.FIELD_KEYS


# --- who opens nothing ----------------------------------------------------------------------------


def test_somebody_unknown_is_told_calmly_how_to_get_a_link(offer, refused):
    page = refused("not-known")
    assert "servicekontor" in page
    assert "32 08 50 00" in page


def test_whether_somebody_is_known_is_not_told(offer, home, browser, joined, idporten):
    """Not even to somebody whose login is over because their address is protected."""
    actions.protect(household=home, grade="strengtFortrolig", by=None)
    idporten.say(claims=OKSANA | {"sub": "nobody-1"})
    unknown = _without_nonces(log_in(Client()))
    idporten.say(claims=OKSANA)
    assert _without_nonces(log_in(browser)) == unknown


def _without_nonces(answer):
    return answer.status_code, re.sub(r'nonce="[^"]*"', "", answer.content.decode())


def test_protection_that_arrives_ends_it_at_once(browser, joined, home, refused):
    mine = log_in(browser).url
    actions.protect(household=home, grade="fortrolig", by=None)
    assert browser.get(mine).status_code == 410
    browser.session.flush()
    assert not OwnLogin.objects.exists()
    actions.protect(household=home, grade="", by=None)
    assert log_in(Client()).status_code == 403, "what was set up before stays over when it is lifted"


def test_protection_that_came_by_another_way_ends_it_too(browser, joined, home):
    """The row itself tells it: no action need have thought of logins."""
    mine = log_in(browser).url
    type(home).objects.filter(pk=home.pk).update(
        protection="fortrolig", address_kind="unknown", address_key="", moved_from="", street="",
        house_number="", house_letter="", postal_code="", postal_place="",
    )  # fmt: skip
    assert browser.get(mine).status_code == 410
    assert log_in(Client()).status_code == 403


def test_protection_that_comes_while_it_is_set_up_leaves_none(browser, offer, link, home, monkeypatch):
    """Between the look at the link and the household's lock."""
    late, set_it_up = [home], logging_in.set_up

    def then(**given):
        actions.protect(household=late.pop(), grade="fortrolig", by=None)
        return set_it_up(**given)

    monkeypatch.setattr(logging_in, "set_up", then)
    assert set_up(browser, link).status_code == 410
    assert not late
    assert not OwnLogin.objects.exists()


def test_a_link_that_is_called_back_while_it_is_set_up_leaves_none(browser, offer, link, monkeypatch):
    set_it_up = logging_in.set_up

    def then(**given):
        links.revoke(link=link, by=None)
        return set_it_up(**given)

    monkeypatch.setattr(logging_in, "set_up", then)
    assert set_up(browser, link).status_code == 410
    assert not OwnLogin.objects.exists()


def test_a_login_that_is_taken_away_closes_the_page(browser, joined):
    mine = log_in(browser).url
    logging_in.end(login=joined, by=None)
    assert browser.get(mine).status_code == 410
    assert log_in(Client()).status_code == 403


def test_one_takes_it_away_on_ones_own_page(browser, joined):
    mine = log_in(browser).url
    answer = browser.post(f"{mine}login/{joined.pk}/end/")
    assert answer.status_code == 200
    assert not OwnLogin.objects.exists()
    assert browser.get(mine).status_code == 410


def test_the_login_of_another_household_is_not_found(browser, joined, dalen):
    other = HouseholdFactory(municipality=dalen)
    mine = open_by_link(browser, links.issue(purpose=NEWCOMER, of=other, by=None))
    assert browser.post(f"{mine}login/{joined.pk}/end/").status_code == 404
    assert OwnLogin.objects.exists()


def test_staff_take_it_away(client, joined, home, dalen):
    client.force_login(MembershipFactory(municipality=dalen, role=Role.SERVICE_OFFICE).user)
    address = f"/admin/welcome/household/{home.pk}/link/"
    assert "ID-porten" in client.get(address).content.decode()
    client.post(address, {"verb": "end_login", "login": joined.pk})
    assert not OwnLogin.objects.exists()
    ended = AuditEntry.objects.of(dalen).get(action="deleted", model="welcome.OwnLogin")
    assert (ended.actor, ended.note) == ("staff", f"household={home.pk}")


def test_a_link_that_is_called_back_takes_along_what_was_set_up_by_it(client, joined, home, dalen):
    client.force_login(MembershipFactory(municipality=dalen, role=Role.SERVICE_OFFICE).user)
    client.post(f"/admin/welcome/household/{home.pk}/link/", {"verb": "revoke"})
    assert not OwnLogin.objects.exists()


def test_so_does_a_letter_that_was_somebody_elses(browser, joined, link):
    browser.post(f"{open_by_link(browser, link)}not-mine/")
    assert log_in(Client()).status_code == 403


def test_a_new_link_leaves_it_as_it_is(browser, joined, home):
    links.issue(purpose=NEWCOMER, of=home, by=None)
    assert log_in(browser).status_code == 302


def test_it_does_not_follow_into_a_merged_household(browser, joined, home, dalen):
    keep = HouseholdFactory(municipality=dalen)
    actions.merge(keep=keep, other=home, by=None)
    assert log_in(browser).status_code == 403
    assert not OwnLogin.objects.exists()


def test_a_row_that_is_moved_to_another_household_opens_nothing(browser, joined, dalen):
    OwnLogin.objects.update(household=HouseholdFactory(municipality=dalen))
    assert log_in(browser).status_code == 403


def test_what_is_set_up_in_one_municipality_opens_nothing_in_another(browser, joined, idporten):
    """With the same ID-porten, and even the same client."""
    other = MunicipalityFactory(number="3337", slug="nabo", published=True)
    IdentityProviderFactory(idporten=True, municipality=other, issuer=idporten.issuer, client_id="nabo")
    answer = browser.get(answer_of(begin(browser, slug="nabo")))
    assert answer.status_code == 403
    assert "links" not in browser.session


def test_it_is_not_offered_where_it_is_switched_off(browser, joined, offer):
    back = answer_of(begin(browser))
    IdentityProvider.objects.update(active=False)
    assert browser.get(back).status_code == 403
    assert browser.post("/nb/dalen/own-page/").status_code == 404
    page = browser.get("/nb/dalen/own-page/")
    assert page.status_code == 200
    assert 'action="/nb/dalen/own-page/"' not in page.content.decode()
    assert not page.cookies


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"issuer": "https://another.example"},
        {"client_id": "another"},
        {"acr_values": "idporten-loa-high"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_page_that_stands_on_a_login_closes_when_it_is_switched_off_or_another(
    browser, joined, offer, link, change
):
    page = log_in(browser).url
    assert browser.get(page).status_code == 200
    letter = Client()
    by_link = open_by_link(letter, link)
    IdentityProvider.objects.filter(pk=offer.pk).update(**change)
    assert browser.get(page).status_code == 410
    assert browser.post(f"{page}letters/", {"wanted": "no"}).status_code == 410
    assert letter.get(by_link).status_code == 200, "who came by the link is where they were"


def test_a_provider_that_is_changed_while_one_logs_in_lets_nobody_stay(browser, joined, offer, monkeypatch):
    enter = logging_in.enter

    def then_change(**who):
        login = enter(**who)
        IdentityProvider.objects.filter(pk=offer.pk).update(acr_values="idporten-loa-high")
        return login

    monkeypatch.setattr(logging_in, "enter", then_change)
    assert browser.get(log_in(browser).url).status_code == 410


def test_who_would_set_up_what_is_switched_off_meanwhile_is_where_they_were(browser, offer, link):
    mine = open_by_link(browser, link)
    IdentityProvider.objects.update(active=False)
    assert browser.post(f"{mine}login/").url == mine
    assert "ID-porten" not in browser.get(mine).content.decode()


def test_a_login_needs_the_grant_to_set_it_up(browser, offer, link, home):
    """The link is called back while its holder is at ID-porten."""
    back = answer_of(leads_to(browser.post(f"{open_by_link(browser, link)}login/")))
    links.revoke_all(of=home, by=None)
    assert browser.get(back).status_code == 410
    assert not OwnLogin.objects.exists()


# --- staff ----------------------------------------------------------------------------------------


def test_staff_who_are_logged_in_stay_who_they_are(client, joined, home, dalen):
    """And the login is not theirs in the log."""
    colleague = MembershipFactory(municipality=dalen, role=Role.READER).user
    client.force_login(colleague)
    mine = log_in(client).url
    assert client.get(mine).status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.session["_auth_user_id"] == str(colleague.pk)
    entry = AuditEntry.objects.of(dalen).get(action="logged_in", model="welcome.Household")
    assert (entry.actor, entry.user_id) == ("link", None)


def test_nobody_becomes_staff_by_it(browser, joined):
    log_in(browser)
    assert browser.get("/admin/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_the_staffs_login_neither_offers_it_nor_takes_it(browser, offer):
    assert "own-login" not in browser.get("/account/login/").content.decode()
    assert browser.post(f"/account/openid/{offer.pk}/").status_code == 404


def test_a_state_of_the_one_login_is_nothing_in_the_other(browser, joined, offer):
    query = answer_of(begin(browser)).split("?")[1]
    assert browser.get(f"/account/openid/3336/back/?{query}").status_code == 403
    assert not User.objects.exists()


# --- level ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "acr",
    ["idporten-loa-low", "", "Level4", None, ["idporten-loa-high"], "idporten-loa-high idporten-loa-low"],
)
def test_another_level_is_refused(joined, idporten, refused, acr):
    idporten.say(claims=OKSANA | {"acr": acr})
    refused("token-acr")


def test_a_missing_level_is_refused(joined, idporten, refused):
    idporten.say(claims={name: said for name, said in OKSANA.items() if name != "acr"})
    refused("token-acr")


def test_a_higher_level_than_demanded_is_taken(browser, joined, idporten):
    idporten.say(claims=OKSANA | {"acr": "idporten-loa-high"})
    assert log_in(browser).status_code == 302


def test_where_the_highest_is_demanded_the_lower_is_refused(joined, refused):
    IdentityProvider.objects.update(acr_values="idporten-loa-high")
    refused("token-acr")


def test_setting_it_up_needs_the_level_too(browser, offer, link, idporten):
    idporten.say(claims=OKSANA | {"acr": "idporten-loa-low"})
    assert set_up(browser, link).status_code == 403
    assert not OwnLogin.objects.exists()


# --- state, code, nonce ---------------------------------------------------------------------------


def state_in(address):
    return parse_qs(urlsplit(address).query)["state"][0]


def test_a_state_is_good_for_once(browser, joined, idporten):
    """We say so ourselves: the provider, whose code is used up too, is not even asked."""
    back = answer_of(begin(browser))
    assert browser.get(back).status_code == 302
    before = idporten.asked.count("/o/token/")
    assert browser.get(back).status_code == 403
    assert idporten.asked.count("/o/token/") == before


def test_a_state_is_used_up_by_a_failure_too(browser, joined):
    back = answer_of(begin(browser))
    wrong = back.split("?")[0] + "?" + urlencode({"state": state_in(back), "code": "x"})
    assert browser.get(wrong).status_code == 403
    assert browser.get(back).status_code == 403
    assert "links" not in browser.session


def test_a_state_of_another_browser_is_refused(browser, joined, idporten):
    """Or somebody could be led, unawares, to write on the page of whoever sent them the address."""
    back = answer_of(begin(Client()))
    begin(browser)
    before = idporten.asked.count("/o/token/")
    assert browser.get(back).status_code == 403
    assert idporten.asked.count("/o/token/") == before


def test_a_state_of_long_ago_is_refused(browser, joined, time_machine):
    back = answer_of(begin(browser))
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=11))
    assert browser.get(back).status_code == 403


@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_meant_for_another_municipality_is_refused(browser, joined, idporten, turned):
    other = MunicipalityFactory(number="3337", slug="nabo", published=True)
    IdentityProviderFactory(idporten=True, municipality=other, issuer=idporten.issuer, client_id="nabo")
    slug, number = ("dalen", "3337") if turned else ("nabo", "3336")
    query = answer_of(begin(browser, slug=slug)).split("?")[1]
    before = idporten.asked.count("/o/token/")
    assert browser.get(f"/idporten/{number}/back/?{query}").status_code == 403
    assert idporten.asked.count("/o/token/") == before


def test_an_answer_of_another_issuer_is_refused(browser, joined):
    back = answer_of(begin(browser))
    assert browser.get(back + "&iss=https%3A%2F%2Fevil.example").status_code == 403
    assert notes() == ["answer-issuer"]


def test_who_breaks_off_is_told_so(browser, offer):
    state = state_in(begin(browser))
    answer = browser.get(f"/idporten/3336/back/?{urlencode({'state': state, 'error': 'access_denied'})}")
    assert answer.status_code == 403
    assert notes() == ["answer-error"]


def test_it_begins_by_a_button_only(browser, offer, link):
    mine = open_by_link(browser, link)
    assert browser.get(f"{mine}login/").status_code == 405
    browser.get("/nb/dalen/own-page/")
    assert "own_login_started" not in browser.session
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/nb/dalen/own-page/").status_code == 403


# --- the token ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"sign": "none"}, "token-algorithm"),
        ({"sign": "hs256"}, "token-algorithm"),
        ({"sign": "other"}, "token-invalid-signature"),
        ({"sign": "unnamed"}, "token-key"),
        ({"patch": {"aud": "nabo"}}, "token-invalid-audience"),
        ({"patch": {"iss": "https://idporten.no"}}, "token-invalid-issuer"),
        ({"patch": {"nonce": "another"}}, "token-nonce"),
        ({"drop": ["nonce"]}, "token-nonce"),
        ({"drop": ["sub"]}, "token-missing-required-claim"),
        ({"patch": {"sub": ""}}, "token-subject"),
        ({"patch": {"acr": "idporten-loa-low"}}, "token-acr"),
    ],
)
def test_a_token_that_is_not_right_opens_nothing(joined, idporten, refused, lie, code):
    idporten.say(**lie)
    refused(code)


def test_an_expired_token_is_refused(joined, idporten, refused):
    idporten.say(patch={"exp": int(time.time()) - 120})
    refused("token-expired-signature")


def test_a_new_key_is_fetched_and_the_withdrawn_one_believed_no_more(browser, joined, idporten, refused):
    log_in(Client())
    idporten.say(key="second", published=["second"])
    assert log_in(Client()).status_code == 302
    idporten.say(key="first")  # What signs now is published no longer.
    refused("token-key")


def test_a_key_is_forgotten_with_what_was_kept_of_it(joined, idporten, refused):
    log_in(Client())
    idporten.say(published=["other"])
    cache.clear()  # As after five minutes.
    refused("token-key")


@pytest.mark.parametrize("place", ["discovery", "keys", "token"])
@pytest.mark.parametrize("lie", ["html", "error", "list", "away"])
def test_an_answer_that_makes_no_sense_is_told_calmly(browser, joined, idporten, place, lie):
    back = answer_of(begin(browser))
    cache.clear()
    idporten.say(**{place: lie})
    answer = browser.get(back)
    assert answer.status_code == 503
    assert "ID-porten" in answer.content.decode()
    assert "links" not in browser.session


def test_where_it_does_not_answer_one_is_told_before_one_leaves(browser, joined, idporten):
    cache.clear()
    idporten.say(discovery="error")
    assert browser.post("/nb/dalen/own-page/").status_code == 503


# --- logging out ----------------------------------------------------------------------------------


def test_who_closes_the_page_is_shown_the_way_out_of_idporten(browser, joined, idporten):
    idporten.say(publish={"end_session_endpoint": "https://login.idporten.no/logout"})
    cache.clear()
    mine = log_in(browser).url
    page = browser.post(f"{mine}leave/").content.decode()
    assert 'href="https://login.idporten.no/logout"' in page
    assert browser.get(mine).status_code == 410


def test_who_came_by_a_link_is_not(browser, joined, link, idporten):
    idporten.say(publish={"end_session_endpoint": "https://login.idporten.no/logout"})
    cache.clear()
    assert "logout" not in browser.post(f"{open_by_link(browser, link)}leave/").content.decode()


def test_no_address_that_is_none_is_linked_to(browser, joined, idporten):
    idporten.say(publish={"end_session_endpoint": "javascript:alert(1)"})
    cache.clear()
    assert "javascript" not in browser.post(f"{log_in(browser).url}leave/").content.decode()


def test_who_has_logged_in_has_no_letter_of_somebody_elses(browser, joined):
    mine = log_in(browser).url
    assert browser.post(f"{mine}not-mine/").status_code == 404
    assert OwnLogin.objects.exists()
