"""What is read is counted without knowing who reads; what is searched for in vain without telling of anybody."""

import datetime
import threading

import pytest
from django.conf import settings as portal
from django.core.cache import cache
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)
from tests.factories.welcome import MissedSearchFactory, PageDayFactory
from welcome.portal import buffer, counting, keeping
from welcome.portal.models import MissedSearch, PageDay

pytestmark = pytest.mark.django_db
HUMAN = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"}
MONDAY = datetime.date(2026, 11, 23)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_waits():
    buffer.take()


@pytest.fixture
def ål():
    place = MunicipalityFactory(slug="al", name="Ål")
    TopicTextFactory(topic=TopicFactory(municipality=place), title="Lege")
    return place


def views():
    keeping.keep()
    return dict(PageDay.objects.values_list("path", "views"))


# --- pages -----------------------------------------------------------------------------------------


def test_a_page_is_counted_by_address_language_and_day(ål, client):
    for path in (
        "/nb/al/topics/doctor/",
        "/nb/al/topics/doctor/?text=nn",
        "/en/al/topics/doctor/",
        "/nb/al/",
    ):
        client.get(path, headers=HUMAN)
    keeping.keep()
    rows = set(PageDay.objects.values_list("path", "language", "day", "views"))
    today = timezone.localdate()
    assert rows == {
        ("/al/topics/doctor/", "nb", today, 2),
        ("/al/topics/doctor/", "en", today, 1),
        ("/al/", "nb", today, 1),
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": "Mozilla/5.0 HeadlessChrome/120"},
        HUMAN | {"Sec-Purpose": "prefetch"},
        HUMAN | {"HX-Request": "true"},
    ],
)
def test_who_says_that_it_is_no_reader_is_not_counted(headers, ål, client):
    client.get("/nb/al/", headers=headers)
    assert views() == {}


def test_colleagues_links_refusals_and_what_is_not_there_are_not_counted(ål, client):
    client.get("/nb/al/topics/nowhere/", headers=HUMAN)
    client.head("/nb/al/", headers=HUMAN)
    client.get("/nb/my/abcd/", headers=HUMAN)
    client.get("/nb/", headers=HUMAN)
    client.force_login(MembershipFactory(municipality=ål, role=Role.READER).user)
    client.get("/nb/al/", headers=HUMAN)
    assert views() == {}


def test_reading_asks_the_database_nothing_more_for_being_counted(ål, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as without:
        client.get("/nb/al/")
    cache.clear()
    with django_assert_num_queries(len(without)):
        client.get("/nb/al/", headers=HUMAN)
    with django_assert_num_queries(1):
        client.get("/nb/al/", headers=HUMAN)
    assert views() == {"/al/": 2}, "a kept page is counted as well"


def test_a_thousand_lines_take_as_many_statements_as_ten(ål, django_assert_max_num_queries):
    for number in range(200):
        for _ in range(5):
            counting.count(f"/nb/al/topics/t{number}/", counting.VIEW)
    with django_assert_max_num_queries(8):
        assert keeping.keep() == 1000
    assert set(views().values()) == {5}
    counting.count("/nb/al/topics/t1/", counting.VIEW)
    assert views()["/al/topics/t1/"] == 6


def test_nothing_of_the_reader_is_kept(ål, client):
    client.get("/nb/al/", headers=HUMAN, REMOTE_ADDR="198.51.100.7")
    [line] = buffer.take()
    assert line.split("\t") == ["page", "al", timezone.localdate().isoformat(), "nb", "/al/", "views"]


def test_what_the_database_does_not_take_now_waits(ål, monkeypatch):
    counting.count("/nb/al/", counting.VIEW)

    def away(*_args):
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(keeping, "_write", away)
        assert keeping.keep() == 0
    assert views() == {"/al/": 1}


def test_lines_that_make_no_sense_are_passed_over(ål):
    for line in ("", "page", "page\tal\tx\tnb\t/al/\tviews", "page\tal\t2026-11-25\txx\t/al/\tviews",
                 "page\tgone\t2026-11-25\tnb\t/gone/\tviews", "miss\tal\t2026-11-25\tnb\tnonsense"):  # fmt: skip
        buffer.add(line)
    counting.count("/nb/al/", counting.VIEW)
    assert views() == {"/al/": 1}
    assert not MissedSearch.objects.exists()


def test_many_write_and_one_takes_and_nothing_is_lost():
    taken, stop = [], threading.Event()

    def write(name):
        for number in range(200):
            buffer.add(f"{name} {number}")

    def take():
        while not stop.is_set():
            taken.extend(buffer.take())

    taker = threading.Thread(target=take)
    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in (taker, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    taker.join()
    taken.extend(buffer.take())
    assert sorted(taken) == sorted(f"{name} {number}" for name in "abcd" for number in range(200))


def test_a_page_is_shown_also_where_nothing_can_be_counted(ål, client, monkeypatch, caplog):
    def full(*_args):
        raise OSError("No space left")

    monkeypatch.setattr(buffer, "_append", full)
    monkeypatch.setattr(buffer, "_redis", full)
    assert client.get("/nb/al/", headers=HUMAN).status_code == 200
    assert "could not be counted" in caplog.text


@pytest.mark.skipif(bool(portal.REDIS_URL), reason="With Redis there is no file.")
def test_a_file_that_nobody_empties_ends_somewhere(monkeypatch):
    monkeypatch.setattr(buffer, "MOST_BYTES", 100)
    for number in range(100):
        buffer.add(f"line {number}")
    assert 0 < len(buffer.take()) < 30


# --- searches in vain --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Skøyteis!", "skøyteis"),
        ("  skøyteis   ute ", "skøyteis ute"),
        ("barne-hage", "barne-hage"),
        ("Hundepark i sentrum", "hundepark i sentrum"),
        ("01017012345", ""),
        ("010170 12345", ""),
        ("999 51 234", ""),
        ("+47 99951234", ""),
        ("Storgata 12", ""),
        ("kari nordmann 12b", ""),
        ("Kari Nordmann", ""),
        ("kari@heime.example", ""),
        ("www.heime.example", ""),
        ("x", ""),
        ("ord " * 40, ""),
    ],
)
def test_words_are_made_alike_and_what_tells_of_somebody_is_not_kept(typed, kept):
    assert counting.normalised(typed) == kept


def search(query, day):
    request = RequestFactory().get("/nb/al/search/", {"q": query}, headers=HUMAN)
    request.user = type("Nobody", (), {"is_authenticated": False})()
    counting.miss(request, "al", "nb", query)
    lines = [line.replace(timezone.localdate().isoformat(), day.isoformat()) for line in buffer.take()]
    buffer.give_back(lines)
    keeping.keep()


def test_the_page_of_an_empty_search_counts_it_and_one_with_an_answer_does_not(ål, client):
    client.get("/nb/al/search/?q=kvasirhund", headers=HUMAN)
    client.get("/nb/al/search/?q=lege", headers=HUMAN)
    client.get("/nb/al/search/?q=kvasirkatt")  # Nobody we know for a reader.
    lines = buffer.take()
    assert sum(line.startswith("miss") for line in lines) == 1
    assert not any("kvasirhund" in line for line in lines)  # Not even for the minute.


def test_words_come_on_the_second_day_and_not_before(ål):
    search("Skøyteis", MONDAY)
    search("skøyteis", MONDAY)
    row = MissedSearch.objects.get()
    assert (row.words, row.times, row.days) == ("", 2, 1)
    assert not MissedSearch.objects.told().exists()
    search("skøyteis", MONDAY + DAY)
    row.refresh_from_db()
    assert (row.words, row.times, row.days, row.week) == ("skøyteis", 3, 2, MONDAY)


def test_nobody_can_tell_what_was_searched_for_once(ål):
    from tests.walls.everywhere import search_database

    search("kvasirhunden vår", MONDAY)
    assert search_database(["kvasirhunden"]) == []


def test_once_in_each_of_two_weeks_is_once(ål):
    search("skøyteis", MONDAY - DAY)
    search("skøyteis", MONDAY)
    assert set(MissedSearch.objects.values_list("days", "words")) == {(1, "")}


def test_a_machine_that_searches_does_not_fill_the_table(ål, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_SEARCHES", 3)
    for word in ("en", "to", "tre", "fire", "fem"):
        search(word, MONDAY)
    assert MissedSearch.objects.count() == 3


def test_each_night_takes_what_is_over(ål):
    def days_old(n):
        return MONDAY - DAY * n

    PageDayFactory(municipality=ål, day=datetime.date(2025, 10, 22))
    stays = PageDayFactory(municipality=ål, day=datetime.date(2025, 10, 23))
    MissedSearchFactory(municipality=ål, days=1, words="", week=days_old(7), last_on=days_old(7))
    MissedSearchFactory(municipality=ål, week=datetime.date(2025, 11, 17))
    this_week = MissedSearchFactory(municipality=ål, days=1, words="", week=MONDAY, last_on=MONDAY)
    kept = MissedSearchFactory(municipality=ål, week=days_old(7), last_on=days_old(5))
    keeping.tidy(MONDAY)
    assert list(PageDay.objects.all()) == [stays]
    assert set(MissedSearch.objects.all()) == {this_week, kept}
