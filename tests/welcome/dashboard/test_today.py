import datetime

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
from tests.factories.welcome import HouseholdFactory, LetterRunFactory, PrintFileFactory
from welcome.households.models import ADDRESS_FIELDS, AddressKind, Protection
from welcome.households.quarters import Quarter
from welcome.letters.models import FileState, RunState

pytestmark = pytest.mark.django_db
PROTECTED = {
    **dict.fromkeys(ADDRESS_FIELDS, ""),
    "protection": Protection.STRICT,
    "address_kind": AddressKind.UNKNOWN,
}


@pytest.fixture
def municipality():
    return MunicipalityFactory(languages=["nb"])


def front(client, municipality, role):
    client.force_login(MembershipFactory(municipality=municipality, role=role).user)
    return client.get(reverse("admin:index"))


def waiting(answer):
    return {item["url"].partition("?")[0].split("/")[-2]: item["count"] for item in answer.context["waiting"]}


def arrive(municipality, **more):
    return HouseholdFactory(municipality=municipality, moved_in=Quarter.current().first_day, **more)


def test_a_day_without_work_is_told_kindly(municipality, client):
    answer = front(client, municipality, Role.SERVICE_OFFICE)
    assert answer.context["waiting"] == []
    assert "today-empty" in answer.content.decode()


def test_each_queue_counts_what_its_list_shows(municipality, client):
    arrive(municipality, created_at=timezone.now() - datetime.timedelta(days=3))
    arrive(municipality, **PROTECTED)
    arrive(MunicipalityFactory())
    now = timezone.now()
    LetterRunFactory(
        municipality=municipality, state=RunState.FROZEN, frozen_at=now, dated=timezone.localdate()
    )
    topic = TopicFactory(municipality=municipality)
    TopicTextFactory(topic=topic, reviewed_on=datetime.date(2020, 1, 1), change_wanted="Nytt nummer")
    answer = front(client, municipality, Role.COORDINATOR)
    counts = [(item["count"], item["days"]) for item in answer.context["waiting"]]
    assert (2, 3) in counts  # Both households, the oldest three days old.
    assert (1, 0) in counts  # The run.
    for item in answer.context["waiting"]:
        rows = client.get(item["url"]).context["cl"].result_count
        assert rows == item["count"], item["url"]


def test_a_file_set_aside_leads_to_its_run(municipality, client):
    """A run whose last file is set aside is ready all the same: that is where the list must look."""
    now = timezone.now()
    run = LetterRunFactory(
        municipality=municipality, state=RunState.READY, dated=timezone.localdate(),
        frozen_at=now, approved_at=now, ready_at=now,
    )  # fmt: skip
    PrintFileFactory(run=run, state=FileState.SET_ASIDE, error="Disk full")
    [item] = front(client, municipality, Role.COORDINATOR).context["waiting"]
    assert [row.pk for row in client.get(item["url"]).context["cl"].result_list] == [run.pk]


def test_who_only_reads_gets_no_work_and_no_protected_household_in_a_figure(municipality, client):
    arrive(municipality)
    arrive(municipality, **PROTECTED)
    answer = front(client, municipality, Role.READER)
    assert answer.context["waiting"] == []
    assert answer.context["arrivals"] == 1


def test_an_editor_sees_texts_and_nobody(municipality, client):
    arrive(municipality)
    TopicFactory(municipality=municipality)
    answer = front(client, municipality, Role.EDITOR)
    assert set(waiting(answer)) == {"topic"}
    assert answer.context["places"] == []


def test_the_front_page_asks_the_database_equally_often_for_many(municipality, client):
    user = MembershipFactory(municipality=municipality, role=Role.ADMINISTRATOR).user
    client.force_login(user)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:index")).status_code == 200
        return len(queries)

    arrive(municipality)
    TopicTextFactory(topic=TopicFactory(municipality=municipality))
    few = asked()
    for number in range(12):
        arrive(municipality)
        TopicTextFactory(topic=TopicFactory(municipality=municipality, slug=f"egen-{number}"))
    place = MunicipalityFactory()
    MembershipFactory(user=user, municipality=place, role=Role.COORDINATOR)
    assert asked() == few


def test_a_portal_without_the_database_s_own_walls_says_so(client, municipality):
    client.force_login(MembershipFactory(municipality=municipality).user)
    page = client.get(reverse("admin:index")).content.decode()
    assert ("SQLite" in page) is (connection.vendor == "sqlite")
