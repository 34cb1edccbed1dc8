"""Whoever asks too often waits; nobody else does."""

import re
import threading

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from municipalities.tenancy import limits
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.staff_client import StaffClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limited(settings, monkeypatch):
    """The limits hold, and no minute ends in the middle of a test."""
    settings.RATE_LIMIT_FACTOR = 1
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4102444800)


@pytest.fixture
def tight(monkeypatch):
    monkeypatch.setattr(limits, "RATES", dict.fromkeys(limits.RATES, 3))


def ask(client, times, path="/nb/", method="get", **more):
    return [getattr(client, method)(path, **more).status_code for _ in range(times)]


def sample(pattern):
    """An address of this pattern, its parts filled with something."""
    pattern = re.sub(r"\(\?P<\w+>[^)]*\)", "meet", pattern.replace("^", "").replace("$", ""))
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: {"int": "1"}.get(part[1], "meet"), pattern)


def addresses(patterns, before=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            prefixed = type(pattern.pattern).__name__ == "LocalePrefixPattern"
            yield from addresses(pattern.url_patterns, before + ("nb/" if prefixed else str(pattern.pattern)))
        elif isinstance(pattern, URLPattern) and not before.startswith("admin/"):
            yield "/" + sample(before + str(pattern.pattern))


OPEN = sorted(set(addresses(get_resolver().url_patterns)))


def test_the_sweep_sees_the_addresses():
    assert {"/healthz", "/nb/meet/search/", "/i18n/setlang/"} <= set(OPEN)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", OPEN)
def test_every_open_address_has_a_limit_for_reading_and_writing(path, method, tight, client):
    assert 429 not in ask(client, 3, path, method)
    assert ask(client, 1, path, method) == [429]


def test_an_address_that_does_not_exist_has_one_too(tight, client):
    assert ask(client, 4, "/nb/there/is/nothing/here/", "post")[-1] == 429


def test_a_thousand_from_one_client_leave_the_others_alone(client):
    place = MunicipalityFactory(published=True)
    path = f"/nb/{place.slug}/search/"
    answers = ask(client, 1000, path, data={"q": "a"}, REMOTE_ADDR="198.51.100.7")
    assert answers.count(200) == limits.RATES[limits.GUESS]
    assert set(answers) == {200, 429}
    assert ask(client, 1, path, REMOTE_ADDR="198.51.100.8") == [200]
    assert ask(client, 1, REMOTE_ADDR="198.51.100.7") == [200]  # Reading has a count of its own.


def test_requests_without_a_token_count(tight):
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict, 4, "/i18n/setlang/", "post") == [403, 403, 403, 429]


def test_a_network_of_ipv6_is_one_client(tight, client):
    ask(client, 3, REMOTE_ADDR="2001:db8:1:2::1")
    assert ask(client, 1, REMOTE_ADDR="2001:db8:1:2:ffff::9") == [429]
    assert ask(client, 1, REMOTE_ADDR="2001:db8:1:3::1") == [200]


@pytest.mark.parametrize(("behind_proxy", "last"), [(False, 429), (True, 200)])
def test_the_forwarded_address_counts_behind_our_proxy_only(behind_proxy, last, tight, client, settings):
    settings.BEHIND_PROXY = behind_proxy
    for number in range(3):
        client.get("/nb/", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert ask(client, 1, HTTP_X_FORWARDED_FOR="192.0.2.9") == [last]


def test_what_the_client_itself_writes_before_our_proxy_gains_nothing(tight, client, settings):
    settings.BEHIND_PROXY = True
    answers = [
        client.get("/nb/", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 198.51.100.7").status_code
        for number in range(4)
    ]
    assert answers == [200, 200, 200, 429]


def test_a_proxy_that_hides_its_clients_switches_no_limit_off(tight, client, settings):
    settings.BEHIND_PROXY = True
    answers = [client.get("/nb/", HTTP_X_FORWARDED_FOR=f"unknown{number}").status_code for number in range(4)]
    assert answers[-1] == 429


def test_an_office_behind_one_address_is_counted_by_account(tight):
    first, second = StaffClient(), StaffClient()
    first.force_login(MembershipFactory().user)
    second.force_login(MembershipFactory().user)
    assert 429 not in ask(first, 3, "/i18n/setlang/", "post")
    assert ask(first, 1, "/i18n/setlang/", "post") == [429]
    assert 429 not in ask(second, 3, "/i18n/setlang/", "post")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_answer_says_so_in_the_readers_language_and_when_to_come_back(
    language, tight, client, django_assert_num_queries
):
    path = f"/{language}/"
    ask(client, 3, path)
    with django_assert_num_queries(0):
        answer = client.get(path)
    with translation.override(language):
        words = translation.gettext("Too many requests at once")
    assert answer.status_code == 429
    assert f'lang="{language}"' in answer.content.decode()
    assert words in answer.content.decode()
    assert 1 <= int(answer["Retry-After"])
    assert "no-store" in answer["Cache-Control"]


def test_a_cache_that_is_gone_turns_nobody_away(tight, client, monkeypatch, caplog):
    def gone(*_, **__):
        raise ConnectionError("redis is away")

    monkeypatch.setattr(type(caches["default"]), "add", gone)
    assert ask(client, 5) == [200] * 5
    assert "can't be counted" in caplog.text


def test_an_operator_can_give_more_room_or_all(tight, client, settings):
    settings.RATE_LIMIT_FACTOR = 2
    assert ask(client, 7) == [200] * 6 + [429]
    settings.RATE_LIMIT_FACTOR = 0
    assert ask(client, 7) == [200] * 7


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_counted_each(settings, client):
    """Redis counts atomically. The embedded cache of files does not, and docs/security.md says so."""
    if not settings.REDIS_URL:
        pytest.skip("the embedded cache counts without a lock")
    passed = []
    barrier = threading.Barrier(8)

    def many():
        barrier.wait()
        passed.extend(ask(Client(), 20, "/healthz", REMOTE_ADDR="198.51.100.7"))

    settings.RATE_LIMIT_FACTOR = 1
    limits.RATES[limits.PROBE], before = 50, limits.RATES[limits.PROBE]
    try:
        threads = [threading.Thread(target=many) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        limits.RATES[limits.PROBE] = before
    assert (passed.count(200), len(passed)) == (50, 160)
