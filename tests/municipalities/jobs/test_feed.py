"""NAV's feed against a server that behaves as its documents say, errors included."""

import datetime
import uuid

import pytest
from django.utils import timezone

from municipalities.jobs import feed, twins
from municipalities.jobs.catalogue import Extent, Field, field_of
from municipalities.jobs.models import LONGEST_BODY, FeedPosition, Source, Vacancy
from municipalities.moderation.models import State
from municipalities.national import nav
from tests.factories.municipalities import MunicipalityFactory, VacancyFactory
from tests.municipalities.national import nav_double

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(settings):
    with nav_double.serve() as server:
        settings.NAV_FEED_URL, settings.NAV_FEED_TOKEN = server.url, nav_double.TOKEN
        settings.FETCH_PRIVATE_HOSTS = [server.place]
        yield server


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def shown():
    return sorted(Vacancy.objects.shown().values_list("title", flat=True))


def read():
    FeedPosition.objects.update(not_before=None)
    return feed.read()


def position():
    return FeedPosition.objects.get()


def test_without_a_token_nothing_is_asked(double, al, settings):
    settings.NAV_FEED_TOKEN = ""
    assert feed.read() is None
    assert double.asked == []


def test_what_concerns_us_is_saved_and_the_rest_costs_nothing(double, al):
    MunicipalityFactory(name="Nore og Uvdal")
    ours = double.advertise()
    for municipal in ("BERGEN", "OSLO", "?", "TROMSØ", "BERGEN"):
        double.advertise(municipal=municipal)
    double.advertise(municipal="NORE OG UVDAL", title="Lærar")
    found = read()
    assert (found.saved, found.refused, found.finished) == (2, 0, True)
    assert sum("feedentry" in path for path in double.asked) == 2
    vacancy = Vacancy.objects.get(municipality=al)
    assert (vacancy.title, vacancy.employer_name, vacancy.employer_number) == (
        "Sykepleier i hjemmetjenesten", "Ål kommune", "864952992",
    )  # fmt: skip
    assert (vacancy.field, vacancy.extent, vacancy.positions) == (Field.HEALTH, Extent.FULL, 2)
    assert vacancy.due_on == datetime.date(2026, 12, 20)
    assert (vacancy.source, vacancy.feed_uuid) == (Source.NAV, uuid.UUID(ours))
    assert vacancy.source_url.endswith(ours)
    assert "Kari" not in str(vars(vacancy)), "contacts are not kept"


def test_read_again_nothing_comes_twice_and_nothing_is_asked_twice(double, al):
    for number in range(8):
        double.advertise(title=f"Jobb {number}")
    assert read().saved == 8
    double.asked.clear()
    found = read()
    assert (found.pages, found.saved, found.finished) == (1, 0, True)
    assert found.lines <= 2, "of the last page only what is newer"
    assert len(double.asked) == 1, "one question"
    double.advertise(title="Jobb 8")
    found = read()
    assert found.saved == 1
    assert sum("feedentry" in path for path in double.asked) == 1
    assert Vacancy.objects.count() == 9


def test_changes_and_withdrawals_are_taken_over(double, al):
    number = double.advertise(title="Kokk")
    other = double.advertise(title="Snekker")
    read()
    double.advertise(number=number, title="Kokk til hotellet")
    double.withdraw(other)
    found = read()
    assert (found.saved, found.withdrawn) == (1, 1)
    assert shown() == ["Kokk til hotellet"]
    gone = Vacancy.objects.get(title="Snekker")
    assert (gone.state, gone.gone_at is not None) == (State.GONE, True)
    double.advertise(number=other, title="Snekker likevel")
    read()
    assert shown() == ["Kokk til hotellet", "Snekker likevel"]


def test_what_moves_to_another_municipality_leaves_ours(double, al):
    gol = MunicipalityFactory(name="Gol")
    number = double.advertise(title="Sjåfør")
    read()
    double.advertise(number=number, municipal="GOL", title="Sjåfør")
    read()
    assert [row.municipality for row in Vacancy.objects.shown()] == [gol]


def test_of_two_places_of_work_each_has_its_own(double, al):
    MunicipalityFactory(name="Gol")
    places = [{"municipal": name, "city": name, "postalCode": "3550"} for name in ("ÅL", "GOL", "OSLO")]
    double.advertise(workLocations=places)
    assert read().saved == 2
    assert Vacancy.objects.shown().count() == 2


@pytest.mark.parametrize(
    ("fault", "pause"),
    [((429, {"Retry-After": "300"}), 300), ((500, {}), 120), ((503, {"Retry-After": "7200"}), 3600),
     ((401, {}), 120), (("half", {}), 120), ((b"<html>Bad gateway</html>", {}), 120), ((b"[1, 2]", {}), 120),
     ((b'{"items": "none"}', {}), 120)],
)  # fmt: skip
@pytest.mark.parametrize("where", ["/api/v1/feed", "/api/v1/feed/", "/api/v1/feedentry/"])
def test_a_service_that_fails_is_asked_again_later_and_nothing_is_lost(double, al, fault, pause, where):
    for number in range(7):
        double.advertise(title=f"Jobb {number}")
    double.faults.append((where, *fault))
    before = timezone.now()
    found = feed.read()
    if where == "/api/v1/feedentry/" and not isinstance(fault[0], int) and fault[0] != "half":
        assert found.refused == 1, "one advertisement that does not read holds up none behind it"
        assert Vacancy.objects.count() == 6
        return
    assert not found.finished
    held = position()
    assert (held.failures, held.held_until) == (1, None)
    assert pause - 5 <= (held.not_before - before).total_seconds() <= pause + 30
    assert feed.read() is None, "not before the service has said"
    FeedPosition.objects.update(not_before=None)
    assert feed.read().finished
    assert len(shown()) == 7
    assert (position().failures, position().why) == (0, "")


def test_a_worker_that_dies_in_the_middle_of_a_page_loses_and_doubles_nothing(double, al, monkeypatch):
    for number in range(5):
        double.advertise(title=f"Jobb {number}")
    save, saved = feed._save, []

    def dies(*args):
        if len(saved) == 2:
            raise SystemExit  # As a killed worker: nothing below it runs.
        saved.append(args)
        return save(*args)

    with monkeypatch.context() as patch:
        patch.setattr(feed, "_save", dies)
        with pytest.raises(SystemExit):
            feed.read()
    assert Vacancy.objects.count() == 2
    assert feed.read() is None, "the dead one's lease still runs"
    FeedPosition.objects.update(held_until=timezone.now() - datetime.timedelta(seconds=1))
    assert feed.read().finished
    assert shown() == [f"Jobb {number}" for number in range(5)]


def test_a_worker_that_slept_past_its_lease_steps_back(double, al, monkeypatch):
    double.advertise()
    ask = nav.ad

    def slow(number):
        FeedPosition.objects.update(token=uuid.uuid4())
        return ask(number)

    monkeypatch.setattr(nav, "ad", slow)
    feed.read()
    assert not Vacancy.objects.exists()
    assert position().path == ""


def test_a_feed_that_goes_round_in_circles_is_left(double, al):
    for number in range(9):
        double.advertise(title=f"Jobb {number}")
    double.circle = True
    assert not feed.read().finished
    assert "circles" in position().why
    assert len(double.asked) < 30


def test_a_feed_that_lies_takes_nothing_away_that_its_source_still_has(double, al):
    number = double.advertise(title="Kokk")
    read()
    double.withdraw(number)
    double.ads[number] = nav_double._ad(number, "ÅL") | {"title": "Kokk"}
    read()
    assert shown() == ["Kokk"]


def test_a_feed_that_forgets_all_it_had_takes_nothing_away(double, al):
    double.advertise(title="Kokk")
    read()
    double.lines.clear()
    FeedPosition.objects.update(path="", etag="", modified="")
    read()
    assert shown() == ["Kokk"]


def test_an_address_elsewhere_is_not_followed(double, al):
    double.advertise()
    double.faults.append(
        ("/api/v1/feed", b'{"items": [], "next_url": "https://evil.example/secret", "feed_url": null}', {})
    )
    feed.read()
    assert position().path in {"", "/secret"} or position().why
    assert all(path.startswith("/api/v1/") for path in double.asked)


def test_lines_that_do_not_read_are_counted_and_hold_up_none(double, al):
    double.advertise(title="Kokk")
    double.lines.insert(
        0, {"id": "x", "entry": "x", "date_modified": nav_double.START.isoformat(), "_feed_entry": 7}
    )
    double.lines.append({"id": "y", "entry": "y", "date_modified": nav_double.START.isoformat()})
    found = read()
    assert (found.saved, found.refused) == (1, 2)
    assert position().refused == 2


EVIL = (
    "<h1>Jobb</h1><script>alert(1)</script><div onclick='x()'>Ring <a href='javascript:x()'>oss</a></div>"
    "<img src=https://spor.example/1.gif><style>p{}</style><iframe src=x></iframe><p>Velkommen</p>"
)


def test_foreign_html_is_taken_as_words(double, al, client):
    double.advertise(title="<b>Kokk</b>", description=EVIL)
    read()
    vacancy = Vacancy.objects.get()
    for bad in ("script", "alert", "onclick", "javascript", "spor.example", "iframe", "style"):
        assert bad not in vacancy.body
    assert "Velkommen" in vacancy.body
    page = client.get(f"/nb/al/jobs/{vacancy.pk}/", follow=True).content.decode()
    assert "&lt;b&gt;Kokk&lt;/b&gt;" in page
    assert 'href="https://arbeidsplassen.nav.no/' in page
    assert "soknad.example" not in page, "who applies goes to the source"


def test_what_is_endless_is_bounded(double, al):
    double.advertise(title="x" * 900, description=f"<p>{'ord ' * 40_000}</p>", positioncount="9" * 40)
    read()
    vacancy = Vacancy.objects.get()
    assert len(vacancy.title) <= 150
    assert len(vacancy.body) <= LONGEST_BODY
    vacancy.full_clean()


@pytest.mark.parametrize(
    "content",
    [
        {"expires": "2020-01-01T00:00:00+01:00"},
        {"workLocations": []},
        {"workLocations": [{"municipal": None, "city": None, "postalCode": None}]},
        {"employer": None, "applicationUrl": "javascript:alert(1)", "link": "ftp://x", "extent": None},
        {"expires": None, "published": None, "applicationDue": "Snarest", "positioncount": None},
        {"expires": "i morgen", "categoryList": "x", "occupationCategories": [{"level1": None}]},
        {"engagementtype": "Noe helt nytt", "jobtitle": 7, "description": None},
    ],
)
def test_what_an_advertisement_may_lack_stops_nothing(double, al, content):
    double.advertise(**content)
    double.advertise(title="Den etter")
    assert read().finished
    assert "Den etter" in shown()
    for vacancy in Vacancy.objects.all():
        assert not vacancy.apply_url.startswith("javascript")
        vacancy.full_clean()


def test_an_employer_s_own_entry_stands_for_both(double, al):
    own = VacancyFactory(municipality=al, title="kokk", employer_name="ÅL KOMMUNE", source=Source.EMPLOYER)
    number = double.advertise(title="Kokk")
    read()
    assert [row.pk for row in Vacancy.objects.shown()] == [own.pk]
    double.advertise(number=number, title="Kokk nå")
    read()
    assert [row.pk for row in Vacancy.objects.shown()] == [own.pk]
    double.withdraw(number)
    read()
    own.refresh_from_db()
    assert (own.state, own.feed_uuid) == (State.PUBLISHED, None)


def test_what_the_feed_brought_first_steps_back_for_the_employer_s_own(double, al):
    number = double.advertise(title="Kokk")
    read()
    own = VacancyFactory(municipality=al, title="Kokk", employer_name="Ål kommune", source=Source.EMPLOYER)
    assert twins.give_way(own=own) == 1
    double.advertise(number=number, title="Kokk")
    read()
    assert [row.pk for row in Vacancy.objects.shown()] == [own.pk]


@pytest.mark.parametrize(
    ("styrk", "words", "field"),
    [(["2223.00"], [], Field.HEALTH), (["2342.07"], [], Field.TEACHING), (["7115"], [], Field.BUILDING),
     (["5120"], [], Field.TOURISM), (["5311"], [], Field.TEACHING), (["9999"], ["Reiseliv og mat"], Field.TOURISM),
     ([], [], Field.OTHER)],
)  # fmt: skip
def test_occupations_are_put_where_people_look(styrk, words, field):
    assert field_of(styrk, words) == field


@pytest.mark.parametrize(
    ("words", "language"),
    [("Vi søkjer ein lærar, og det er ikkje så viktig", "nn"), ("Vi søker en lærer og har ikke hastverk", "nb"),
     ("We are looking for a chef with experience", "en"), ("", "nb")],
)  # fmt: skip
def test_the_language_is_told_by_its_words(words, language):
    assert feed.language_of(words) == language
