"""Public pages are kept for a minute: the same for all who may read them, and never older than what they show."""

import datetime
import re

import pytest
import time_machine
from redis.exceptions import ConnectionError as NoAnswer

from municipalities.topics.models import TopicText
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    ContactPointFactory,
    MembershipFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)
from welcome.portal import kept, public

pytestmark = pytest.mark.django_db

PAGES = [
    "/nb/",
    "/nb/al/",
    "/nb/al/topics/",
    "/nb/al/topics/doctor/",
    "/nn/al/practical/",
    "/en/al/activities/",
]


@pytest.fixture
def ål():
    here = MunicipalityFactory(number="3328", slug="al", name="Ål")
    topic = TopicFactory(municipality=here, slug="doctor")
    for language in ("nb", "nn", "en"):
        TopicTextFactory(topic=topic, language=language, title="Lege")
    ContactPointFactory(municipality=here, name="Servicekontoret", front_desk=True)
    ActivityTextFactory(activity=ActivityFactory(municipality=here))
    return here


def without_nonce(response):
    return re.sub(rb'nonce="[^"]+"', b"", response.content)


@pytest.mark.parametrize("path", PAGES)
def test_the_second_reader_costs_one_question_and_reads_the_same(
    client, ål, path, django_assert_max_num_queries
):
    first = client.get(path)
    with django_assert_max_num_queries(1):
        second = client.get(path)
    assert (first.status_code, second.status_code) == (200, 200)
    assert without_nonce(first) == without_nonce(second)
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert first.headers["Content-Language"] == second.headers["Content-Language"]


def test_each_answer_has_a_nonce_of_its_own_that_its_policy_names(client, ål):
    nonces = set()
    for _ in range(3):
        response = client.get("/nb/al/")
        [nonce] = set(re.findall(r'nonce="([^"]+)"', response.content.decode()))
        assert f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 3


def test_nobody_reads_the_words_from_before_a_save(client, ål):
    assert "Lege" in client.get("/nb/al/topics/doctor/").content.decode()
    client.get("/nb/")
    TopicText.objects.filter(language="nb").update(title="Fastlege")
    assert "Fastlege" in client.get("/nb/al/topics/doctor/").content.decode()
    ål.name = "Åål"
    ål.save()
    assert "Åål" in client.get("/nb/").content.decode()
    ål.published = False
    ål.save()
    assert client.get("/nb/al/topics/doctor/").status_code == 404
    assert "Åål" not in client.get("/nb/").content.decode()


def test_a_change_elsewhere_leaves_the_page_kept(client, ål, django_assert_max_num_queries):
    client.get("/nb/al/")
    TopicTextFactory(topic=TopicFactory(municipality=MunicipalityFactory()))
    with django_assert_max_num_queries(1):
        client.get("/nb/al/")


@pytest.mark.only_on("sqlite", why="Redis has a clock of its own, which no test can set")
def test_the_clock_is_at_most_a_minute_behind(client, ål):
    now = datetime.datetime(2026, 11, 26, 10, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        client.get("/nb/al/")
        clock.shift(kept.SECONDS + 1)
        assert not _is_kept(client, "/nb/al/")


def _is_kept(client, path):
    asked = []
    original, public.render = (
        public.render,
        lambda *args, **more: asked.append(args) or original(*args, **more),
    )
    try:
        client.get(path)
    finally:
        public.render = original
    return not asked


@pytest.mark.parametrize(
    "more", [{"HTTP_HX_REQUEST": "true"}, {"QUERY_STRING": "text=" + "n" * 300}], ids=["part", "long"]
)
def test_what_is_asked_for_otherwise_is_made_anew(client, ål, more):
    client.get("/nb/al/topics/doctor/")
    client.get("/nb/al/topics/doctor/", **more)
    original = public.render
    made = []

    def counted(*args, **further):
        made.append(args)
        return original(*args, **further)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(public, "render", counted)
        client.get("/nb/al/topics/doctor/", **more)
    assert made


def test_staff_read_pages_of_their_own_and_leave_none_for_others(client, ål):
    client.force_login(MembershipFactory(municipality=ål, role="administrator").user)
    client.get("/nb/al/")
    assert not _is_kept(client, "/nb/al/")
    client.logout()
    assert not _is_kept(client, "/nb/al/")
    assert _is_kept(client, "/nb/al/")


def test_another_host_another_query_and_another_language_are_other_pages(client, ål, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.get("/nb/al/topics/doctor/")
    assert not _is_kept(client, "/nn/al/topics/doctor/")
    assert not _is_kept(client, "/nb/al/topics/doctor/?text=en")
    assert _is_kept(client, "/nb/al/topics/doctor/")


def test_where_somebody_lives_is_not_kept(client, ål, monkeypatch):
    names = []
    monkeypatch.setattr(kept, "_keep", lambda name, parts: names.append(name))
    client.get("/nb/al/schools/?street=Heimevegen")
    assert not names
    client.get("/nb/al/schools/")
    assert names


@pytest.mark.parametrize("error", [NoAnswer, OSError])
def test_a_cache_that_does_not_answer_costs_time_and_nothing_else(client, ål, monkeypatch, error):
    def gone(*args, **more):
        raise error

    monkeypatch.setattr(kept.cache, "get", gone)
    monkeypatch.setattr(kept.cache, "set", gone)
    assert "Lege" in client.get("/nb/al/topics/doctor/").content.decode()
