"""What staff learn of their pages."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)
from tests.factories.welcome import MissedSearchFactory, PageDayFactory
from welcome.portal import figures

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:welcome_pageday_changelist")
CSV = reverse("admin:welcome_pageday_csv")
DOCTOR, WASTE = "/al/topics/doctor/", "/al/topics/waste/"
NOVEMBER = datetime.date(2026, 11, 1)


@pytest.fixture
def ål():
    place = MunicipalityFactory(slug="al", name="Ål")
    for slug in ("doctor", "waste", "school"):
        TopicTextFactory(topic=TopicFactory(municipality=place, slug=slug), title=slug.title())
    return place


@pytest.fixture
def editor(ål, client):
    member = MembershipFactory(municipality=ål, role=Role.EDITOR, user__language="en")
    client.force_login(member.user)
    return member.user


def count(place, path, day, **more):
    return PageDayFactory(municipality=place, path=path, day=day, **more)


def test_a_month_sums_days_and_languages(ål):
    count(ål, DOCTOR, NOVEMBER, views=3, found=1)
    count(ål, DOCTOR, NOVEMBER, views=4, language="en", missed=2, asked=1)
    count(ål, DOCTOR, datetime.date(2026, 11, 30), views=5)
    count(ål, DOCTOR, datetime.date(2026, 12, 1), views=90)
    count(MunicipalityFactory(), DOCTOR, NOVEMBER, views=90)
    month = figures.of_month(ål, NOVEMBER)
    page = month.pages[0]
    assert (page.path, page.title, page.views) == (DOCTOR, "Doctor", 12)
    assert (page.found, page.missed, page.asked, page.missed_percent) == (1, 2, 1, 67)
    assert month.by_language == [("nb", 8), ("en", 4)]


def test_what_nobody_reads_and_where_people_miss_something(ål):
    count(ål, DOCTOR, NOVEMBER, views=9, found=8, missed=2)
    count(ål, WASTE, NOVEMBER, views=9, found=1, missed=2)
    count(ål, "/al/topics/gone/", NOVEMBER, views=1)
    month = figures.of_month(ål, NOVEMBER)
    unread = {page.path for page in month.unread}
    assert "/al/topics/school/" in unread
    assert {"/al/", "/al/search/", "/al/live/"} <= unread
    assert not {DOCTOR, WASTE, "/al/topics/gone/"} & unread
    assert [page.path for page in month.lacking] == [WASTE]
    assert next(page for page in month.pages if page.path == "/al/topics/gone/").title == ""


def test_the_page_shows_the_month_that_is_asked_for(ål, editor, client):
    count(ål, DOCTOR, NOVEMBER, views=41)
    count(ål, DOCTOR, datetime.date(2026, 10, 3), views=17)
    shown = client.get(PAGE, {"month": "2026-11"})
    assert shown.context["month"].views == 41
    assert shown.context["earlier"].views == 17
    assert client.get(PAGE, {"month": "nonsense"}).status_code == 200
    assert client.get(PAGE, {"municipality": MunicipalityFactory().pk}).context["place"] == ål


def test_the_file_holds_what_the_page_shows(ål, editor, client):
    count(ål, DOCTOR, NOVEMBER, views=41, found=2, missed=3, asked=1)
    answer = client.get(CSV, {"month": "2026-11"})
    assert 'filename="al-2026-11.csv"' in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [DOCTOR, "Doctor", "41", "2", "3", "1"] in rows


def test_the_page_asks_the_database_as_often_for_many(ål, editor, client):
    count(ål, DOCTOR, timezone.localdate())

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    few = asked()
    for number in range(30):
        TopicTextFactory(topic=TopicFactory(municipality=ål, slug=f"t{number}"))
        count(ål, f"/al/topics/t{number}/", timezone.localdate())
    assert asked() == few


def test_an_empty_portal_says_so(client):
    from tests.factories.municipalities import UserFactory

    client.force_login(UserFactory(is_superuser=True))
    assert client.get(PAGE).status_code == 200
    assert client.get(CSV).status_code == 403


def test_searches_are_listed_with_their_words_only(ål, editor, client):
    told = MissedSearchFactory(municipality=ål, words="skøyteis")
    MissedSearchFactory(municipality=ål, days=1, words="")
    MissedSearchFactory(words="annen kommune")
    week = told.week - datetime.timedelta(weeks=10)
    old = MissedSearchFactory(municipality=ål, words="hundepark", week=week, last_on=week)
    address = reverse("admin:welcome_missedsearch_changelist")
    assert set(client.get(address).context["cl"].result_list) == {told, old}
    assert set(client.get(address, {"weeks": "4"}).context["cl"].result_list) == {told}
    export = reverse("admin:welcome_missedsearch_export")
    content = client.post(export, {"format": "1", "resource": "0"}).content.decode()
    assert "skøyteis" in content
    assert "annen kommune" not in content
