"""The staff's own pages: what they fill in, and what they see of a calendar."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.activities.feed_models import FeedFetch, Outcome
from municipalities.activities.models import Activity, State
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    CalendarFeedFactory,
    FeedFetchFactory,
    MembershipFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/municipalities/activity/add/"


@pytest.fixture
def editor(client):
    member = MembershipFactory(role=Role.EDITOR)
    client.force_login(member.user)
    return member


def filled(**more):
    return {
        "theme": "music",
        "starts_at_0": "20.10.2026",
        "starts_at_1": "18:00",
        "ends_at_0": "20.10.2026",
        "ends_at_1": "20:00",
        "repeats": "week",
        "until": "15.12.2026",
        "exceptions": "27.10.2026, 03.11.2026",
        "place": "Kyrkja",
    } | more


def test_staff_choose_how_often_and_the_rule_is_written_for_them(client, editor):
    assert client.post(ADD, filled()).status_code == 302
    activity = Activity.objects.get()
    assert activity.state == State.DRAFT
    assert activity.rule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215"
    assert activity.exceptions == ["2026-10-27", "2026-11-03"]
    assert activity.occurrences.count() == 7
    page = client.get(f"/admin/municipalities/activity/{activity.pk}/change/").content.decode()
    assert "27.10.2026, 03.11.2026" in page
    assert '<option value="week" selected>' in page


def test_a_rule_by_hand_is_kept_and_nonsense_is_told_at_its_field(client, editor):
    rule = "FREQ=MONTHLY;BYDAY=1SA;COUNT=4"
    client.post(ADD, filled(repeats="rule", rule=rule, until="", exceptions=""))
    activity = Activity.objects.get()
    assert activity.rule == rule
    change = f"/admin/municipalities/activity/{activity.pk}/change/"
    wrong = client.post(change, filled(repeats="rule", rule="FREQ=HOURLY;COUNT=4", exceptions="31.02.2027"))
    errors = wrong.context_data["adminform"].form.errors
    assert set(errors) == {"rule", "exceptions"}
    assert "FREQ=HOURLY" in wrong.content.decode()
    assert "31.02.2027" in wrong.content.decode()
    long = client.post(change, filled(until="15.12.2036"))
    assert "until" in long.context_data["adminform"].form.errors


def test_it_is_put_off_until_after_its_last_time(client, editor):
    activity = ActivityFactory(municipality=editor.municipality)
    change = f"/admin/municipalities/activity/{activity.pk}/change/"
    texts = {"texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0"}
    later = {
        "starts_at_0": "20.10.2029",
        "ends_at_0": "20.10.2029",
        "repeats": "",
        "until": "",
        "exceptions": "",
    }
    assert client.post(change, filled(**later) | texts).status_code == 302
    activity.refresh_from_db()
    assert timezone.localdate(activity.last_at) == datetime.date(2029, 10, 20)
    assert activity.state == State.PUBLISHED


def test_the_list_shows_as_many_as_it_pages_in_few_queries(client, editor, django_assert_max_num_queries):
    def fill(count):
        for _ in range(count):
            made = ActivityFactory(
                municipality=editor.municipality,
                organisation=OrganisationFactory(municipality=editor.municipality),
            )
            ActivityTextFactory(activity=made)

    fill(2)
    path = "/admin/municipalities/activity/?state__exact=published&when=coming"
    with django_assert_max_num_queries(40) as few:
        client.get(path)
    fill(8)
    with django_assert_max_num_queries(len(few)):
        assert client.get(path).context_data["cl"].result_count == 10


def test_a_calendar_s_page_tells_what_came_what_was_refused_and_why(client, editor):
    feed = CalendarFeedFactory(organisation=OrganisationFactory(municipality=editor.municipality))
    FeedFetchFactory(
        feed=feed, outcome=Outcome.HELD, why="Nesten alt er borte.", finished_at=timezone.now(),
        refused=[["Styremøte", "Uten navn"]], more_refused=3,
    )  # fmt: skip
    path = f"/admin/municipalities/calendarfeed/{feed.pk}/"
    page = client.get(f"{path}change/").content.decode()
    for words in ("Nesten alt er borte.", "Styremøte", "Uten navn", 'name="as_it_is"'):
        assert words in page
    today = client.get("/admin/").content.decode()
    assert "/admin/municipalities/calendarfeed/?reading=trouble" in today
    listed = client.get("/admin/municipalities/calendarfeed/?reading=trouble").context_data["cl"]
    assert listed.result_count == 1
    assert client.post(f"{path}read/", {"as_it_is": "1"}).status_code == 302
    assert FeedFetch.objects.get(outcome=Outcome.WAITING).as_it_is
    client.post(f"{path}read/")
    assert FeedFetch.objects.filter(outcome=Outcome.WAITING).count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"state": State.PUBLISHED, "published_at": None},
        {"state": State.WAITING, "waiting_since": None},
        {"state": State.WITHDRAWN, "withdrawn_at": None},
        {"withdrawn_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"ends_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
        {"age_from": 12, "age_to": 6},
        {"price": 999_999},
        {"latitude": 60},
    ],
)
def test_the_database_refuses_what_can_t_be(broken):
    activity = ActivityFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(**broken)
