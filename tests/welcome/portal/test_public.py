"""The public pages as somebody without a browser's eyes sees them: status, words, queries, heads."""

import datetime
import json
import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from municipalities.municipality.models import FactKind
from municipalities.topics.catalogue import Door
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    ContactPointFactory,
    FactFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    OpeningHoursFactory,
    TopicContactFactory,
    TopicFactory,
    TopicLinkFactory,
    TopicTextFactory,
    UserFactory,
)
from tests.factories.welcome import MeetingTextFactory, SignUpFactory, WelcomeMeetingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ål():
    return MunicipalityFactory(number="3328", slug="al", name="Ål")


def fill(municipality, slugs):
    """Topics with everything a page can show of them, and as many people and facts."""
    for slug in slugs:
        topic = TopicFactory(municipality=municipality, slug=slug, door=Door.MEET)
        for language in ("nb", "nn", "en"):
            TopicTextFactory(topic=topic, language=language, changed_by=UserFactory())
        for _ in range(2):
            contact = TopicContactFactory(topic=topic).contact
            contact.front_desk = True
            contact.save()
            for weekday in (1, 2):
                OpeningHoursFactory(contact=contact, weekday=weekday)
        TopicLinkFactory(topic=topic)
        FactFactory(municipality=municipality, kind=FactKind.OTHER, label=f"ting {slug}")


@pytest.mark.parametrize(
    ("name", "arguments", "query"),
    [
        ("portal:county", [], ""),
        ("portal:municipality", ["al"], ""),
        ("portal:door", ["al", "meet"], ""),
        ("portal:topics", ["al"], ""),
        ("portal:topic", ["al", "doctor"], ""),
        ("portal:search", ["al"], "?q=lege"),
    ],
)
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(
    client, ål, name, arguments, query, django_assert_max_num_queries
):
    MunicipalityTextFactory(municipality=ål, kind="front", language="nb")
    fill(ål, ["doctor"])
    MeetingTextFactory(meeting=WelcomeMeetingFactory(municipality=ål, published=True))
    ActivityTextFactory(activity=ActivityFactory(municipality=ål))
    url = reverse(name, args=arguments) + query

    def count() -> int:
        # Twelve, and one that asks whether the page that is kept is still true.
        with django_assert_max_num_queries(12 + 1) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = count()
    for _ in range(3):
        contact = TopicContactFactory(topic=ål.topic_set.get()).contact
        OpeningHoursFactory(contact=contact)
    fill(ål, ["school", "police", "nav", "tax", "jobs"])
    for _ in range(4):
        FactFactory(municipality=MunicipalityFactory())
    for _ in range(5):
        WelcomeMeetingFactory(municipality=ål, published=True)
        ActivityTextFactory(activity=ActivityFactory(municipality=ål))
    assert count() == few


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_front_leads_to_every_door_and_to_the_phone(client, ål, language):
    topic = TopicFactory(municipality=ål, slug="doctor")
    TopicTextFactory(topic=topic, language="nb", title="Lege og legevakt")
    ContactPointFactory(municipality=ål, name="Servicekontoret", person="Anne", front_desk=True)
    FactFactory(municipality=ål)
    page = client.get(f"/{language}/al/").content.decode()
    for door in Door:
        assert f'href="/{language}/al/{door.value}/"' in page
    assert "Lege og legevakt" in page
    assert 'href="tel:+4732085200"' in page
    assert "SSB" in page
    assert re.search(r"4[\s\xa0,.]700", page)


def test_the_front_tells_of_the_next_meeting_and_of_nobody_who_comes(client, ål):
    now = timezone.now()
    for days, more in ((40, {}), (9, {"cancelled_at": now}), (5, {"published": False}), (20, {})):
        starts = now + datetime.timedelta(days=days)
        meeting = WelcomeMeetingFactory(
            **{"municipality": ål, "published": True, "place": f"Sal {days}"} | more,
            starts_at=starts,
            ends_at=starts + datetime.timedelta(hours=2),
            deadline=starts - datetime.timedelta(days=2),
        )
    SignUpFactory(municipality=ål, meeting=meeting, household=None, name="Kari Testesen", contact="99951234")
    for address in ("", "meet/"):
        page = client.get(f"/nb/al/{address}").content.decode()
        assert "Sal 20" in page
        assert "Testesen" not in page
        assert not re.search("Sal (40|9|5)\\b", page)


def test_what_is_new_is_what_was_written_and_what_was_published(client, ål):
    now = timezone.now()
    for days, slug in enumerate(["doctor", "school", "police", "nav", "tax", "jobs", "post"]):
        TopicTextFactory(
            topic=TopicFactory(municipality=ål, slug=slug),
            title=f"Om {slug}",
            changed_at=now - datetime.timedelta(days=2 * days + 1),
        )
    for days in range(9):
        published = now - datetime.timedelta(hours=days)
        activity = ActivityFactory(municipality=ål, published_at=published)
        ActivityTextFactory(activity=activity, title=f"Treff {days}")
    shown = client.get("/nb/al/").context["news"]
    assert [news.title for news in shown] == [
        "Treff 0",
        "Treff 1",
        "Treff 2",
        "Om doctor",
        "Om school",
        "Om police",
    ]


def test_what_is_not_published_is_not_found(client, ål):
    hidden = TopicFactory(municipality=ål, slug="doctor", published=False)
    TopicTextFactory(topic=hidden, title="Hemmelig")
    draft = MunicipalityFactory(slug="utkast", published=False)
    TopicFactory(municipality=draft, slug="nav")
    for address in (
        "al/topics/doctor/",
        "utkast/",
        "utkast/topics/nav/",
        "utkast/practical/",
        "utkast/search/",
    ):
        assert client.get(f"/nb/{address}").status_code == 404, address
    assert "utkast" not in client.get("/nb/").content.decode()
    for address in ("al/", "al/practical/", "al/topics/", "al/search/?q=Hemmelig"):
        assert "Hemmelig</" not in client.get(f"/nb/{address}").content.decode(), address


def test_another_municipality_s_topic_is_not_found_here(client, ål):
    TopicTextFactory(topic=TopicFactory(slug="nav"), title="Deres NAV")
    ContactPointFactory(name="Deres kontor", front_desk=True)
    assert client.get("/nb/al/topics/nav/").status_code == 404
    for address in ("al/", "al/meet/", "al/topics/", "al/search/?q=deres"):
        page = client.get(f"/nb/{address}").content.decode()
        assert "Deres NAV" not in page
        assert "Deres kontor" not in page


def test_a_topic_says_in_what_language_it_is_and_where_the_newest_text_stands(client, ål):
    topic = TopicFactory(municipality=ål, slug="doctor")
    source = TopicTextFactory(topic=topic, language="nn", version=2, body="<p>Nyaste ord.</p>")
    TopicTextFactory(
        topic=topic, language="en", source_language="nn", source_version=1, body="<p>Old words.</p>"
    )
    behind = client.get("/en/al/topics/doctor/").content.decode()
    assert "has changed since" in behind
    assert 'href="?text=nn"' in behind
    newest = client.get("/en/al/topics/doctor/?text=nn").content.decode()
    assert "Nyaste ord." in newest
    assert re.search(r'class="prose[^>]*lang="nn"', newest)
    source.delete()
    TopicTextFactory(topic=topic, language="ar", body="<p>اتصل</p>")
    arabic = client.get("/en/al/topics/doctor/?text=ar").content.decode()
    assert re.search(r'class="prose[^>]*lang="ar"[^>]*dir="rtl"', arabic)
    assert re.search(r'<h1[^>]*lang="ar" dir="rtl"', arabic)


def test_a_fallback_is_marked_for_eyes_and_screen_readers(client, ål):
    TopicTextFactory(topic=TopicFactory(municipality=ål), language="nb", title="Lege")
    page = client.get("/en/al/topics/doctor/").content.decode()
    assert "This text isn&#x27;t written in English yet" in page
    assert re.search(r'<h1[^>]*lang="nb"', page)
    assert 'lang="nb" dir="ltr"' in page


def test_a_text_is_shown_clean_and_its_telephone_numbers_whole(client, ål):
    body = "<p>Ring 116 117.</p><script>alert(1)</script><p onclick='x()'>Velkommen.</p>"
    TopicTextFactory(topic=TopicFactory(municipality=ål), language="nb", body=body)
    page = client.get("/nb/al/topics/doctor/").content.decode()
    assert "<p>Ring 116\xa0117.</p>" in page
    assert "<p>Velkommen.</p>" in page
    assert "alert(1)" not in page


def test_script_in_a_name_or_a_search_stays_text(client):
    MunicipalityFactory(slug="al", name="</script><script>alert(1)</script>")
    for address in (
        "/nb/al/",
        "/nb/al/search/?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/nb/?q=%3Cscript%3Ealert(1)",
    ):
        assert "<script>alert" not in client.get(address).content.decode(), address


@pytest.mark.parametrize("address", ["/en/", "/en/al/search/"])
def test_a_search_that_cannot_be_is_refused_at_its_field_and_kept(client, ål, address):
    page = client.get(address, {"q": "x" * 101}).content.decode()
    assert "ds-error-summary" in page
    assert 'id="id_q_error"' in page
    assert 'aria-describedby="id_q_error"' in page
    assert "x" * 101 in page
    assert client.get(address, {"q": "a\0b"}).status_code == 400


def test_a_post_code_leads_straight_to_its_municipality(client, ål):
    MunicipalityFactory(postal_code="3550")
    assert client.get("/nn/?q=3570").headers["Location"] == "/nn/al/"
    page = client.get("/en/?q=9999").content.decode()
    assert "Show all municipalities" in page


def test_search_engines_are_told_the_address_in_each_language(client, ål, settings):
    page = client.get("/nn/al/practical/?utm=x").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/nn/al/practical/">' in page
    for language in ("nb", "nn", "en"):
        assert f'hreflang="{language}" href="{settings.SITE_URL}/{language}/al/practical/"' in page
    assert '<meta name="description"' in page
    assert '<meta property="og:title"' in page
    assert '<meta name="robots" content="noindex">' in client.get("/nn/al/search/?q=x").content.decode()


def test_the_breadcrumb_is_there_for_people_and_machines(client, ål, settings):
    TopicTextFactory(topic=TopicFactory(municipality=ål), language="nb", title="Lege & <i>legevakt</i>")
    page = client.get("/nb/al/topics/doctor/").content.decode()
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page)
    assert found is not None
    items = json.loads(found.group(1))["itemListElement"]
    assert [item["item"].removeprefix(settings.SITE_URL) for item in items] == [
        "/nb/",
        "/nb/al/",
        "/nb/al/practical/",
        "/nb/al/topics/doctor/",
    ]
    assert items[-1]["name"] == "Lege & <i>legevakt</i>"
    assert 'aria-current="page">Lege &amp; &lt;i&gt;' in page


def test_language_links_stay_on_the_page_with_its_search(client, ål):
    page = client.get("/nb/al/search/?q=lege").content.decode()
    assert 'href="/en/al/search/?q=lege"' in page


@pytest.mark.parametrize("address", ["/nb/", "/nb/al/", "/nb/al/meet/", "/nb/al/search/?q=x", "/nb/privacy/"])
def test_a_reader_gets_no_cookie_and_a_strict_policy(client, ål, address):
    answer = client.get(address)
    assert not answer.cookies
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    page = answer.content.decode()
    nonces = set(re.findall(r'nonce="([^"]+)"', page))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in policy
    assert not re.search(r'\sstyle="', page)
    assert "http://" not in re.sub(r"http://(127\.0\.0\.1:8000|www\.w3\.org)", "", page)


def test_the_privacy_page_tells_of_the_nightly_deletion_and_of_the_cookie_behind_a_link(client, ål):
    page = client.get("/en/al/privacy/").content.decode()
    assert "The portal deletes by itself, each night" in page
    assert "your own page open for an hour" in page


def test_the_privacy_page_tells_the_municipality_s_own_times(client, ål):
    ål.retention_letters_months = 17
    ål.save()
    assert "17 months" in client.get("/en/al/privacy/").content.decode()
    assert "17 months" not in client.get("/en/privacy/").content.decode()


def test_a_host_s_limits_stand_at_the_meeting_door(client, ål):
    MunicipalityTextFactory(
        municipality=ål, kind="host_cannot", language="nb", body="<p>Låne deg penger.</p>"
    )
    assert "Låne deg penger." in client.get("/nb/al/meet/").content.decode()
    assert "Låne deg penger." not in client.get("/nb/al/practical/").content.decode()


@pytest.mark.parametrize(
    "address", ["/nb/nope/", "/nn/al/nope/", "/en/al/topics/nope/", "/nb/al/topics/a/b/"]
)
def test_a_page_that_is_not_there_helps_on(client, ål, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert f'href="{address[:4]}"' in answer.content.decode()


def test_when_something_breaks_the_reader_gets_a_page(ål, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("broken for this test")

    monkeypatch.setattr("welcome.portal.public.news_of", broken)
    answer = Client(raise_request_exception=False).get("/en/al/")
    assert answer.status_code == 500
    assert "It is our fault" in answer.content.decode()


def test_nobody_changes_anything_here(client, ål):
    with translation.override("nb"):
        for name, arguments in (("county", []), ("municipality", ["al"]), ("search", ["al"])):
            assert client.post(reverse(f"portal:{name}", args=arguments)).status_code == 405


def test_the_arms_are_shown_once_they_are_there(client, ål):
    assert client.get("/arms/al").status_code == 404
    assert "/arms/al" not in client.get("/nb/al/").content.decode()
    picture = BytesIO()
    Image.new("RGB", (40, 48), "#123456").save(picture, "PNG")
    ål.arms.save("vapen.png", ContentFile(picture.getvalue()))
    assert 'src="/arms/al"' in client.get("/nb/al/").content.decode()
    answer = client.get("/arms/al")
    assert answer.headers["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content) == picture.getvalue()
    ål.arms.storage.delete(ål.arms.name)
    assert client.get("/arms/al").status_code == 404
