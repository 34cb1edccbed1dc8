"""A household's host: one at a time, none beyond what they take, and told of in letters only where it may."""

import datetime
import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.municipality import scope
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HostAssignmentFactory, HostFactory, HouseholdFactory, PersonFactory
from tests.welcome.households.files import csv, row, take_in
from tests.welcome.letters.frozen import worker
from welcome.hosts import actions as hosts
from welcome.hosts import ending
from welcome.hosts.models import AssignmentState, EndReason, Host, HostAssignment
from welcome.households import actions as households
from welcome.households.models import ADDRESS_FIELDS, TELLS_WHERE, Household, HouseholdState
from welcome.households.timeline import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def host(place):
    return HostFactory(municipality=place, capacity=1)


@pytest.fixture
def home(place):
    return PersonFactory(household=HouseholdFactory(municipality=place), family_name="Kovalenko").household


@pytest.fixture
def office(client, place):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(place, Role.SERVICE_OFFICE))
    return client


def test_a_host_is_proposed_agreed_and_ended(host, home):
    made = hosts.assign(household=home, host=host, by=None)
    assert (made.state, made.until) == (AssignmentState.PROPOSED, None)
    assert not HostAssignment.objects.tellable().exists()
    assert hosts.agree(assignment=made, by=None)
    assert not hosts.agree(assignment=made, by=None), "twice is once"
    assert HostAssignment.objects.tellable().get() == made
    assert ending.end(assignment=made, by=None)
    assert not ending.end(assignment=made, by=None)
    made.refresh_from_db()
    assert made.until is not None
    assert not HostAssignment.objects.running().of_household(home).exists()


def test_what_happened_stands_in_the_household_s_history(host, home, place):
    by = worker(place, Role.SERVICE_OFFICE)
    made = hosts.assign(household=home, host=host, agreed=True, by=by)
    ending.end(assignment=made, by=by)
    told = {event.what for event in timeline(home)}
    assert told >= {"A host was found.", "They have their host no longer."}


def test_nobody_is_given_more_than_they_take(host, home, place):
    hosts.assign(household=home, host=host, by=None)
    assert Host.objects.with_load().get().load == 1
    assert not Host.objects.with_room().exists()
    with pytest.raises(ValidationError, match="as many households"):
        hosts.assign(household=HouseholdFactory(municipality=place), host=host, by=None)


def test_one_host_at_a_time(home, place):
    hosts.assign(household=home, host=HostFactory(municipality=place), by=None)
    with pytest.raises(ValidationError, match="has a host already"):
        hosts.assign(household=home, host=HostFactory(municipality=place), by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        HostAssignmentFactory(household=home, state=AssignmentState.PROPOSED)


@pytest.mark.parametrize(
    ("of_home", "of_host", "words"),
    [
        ({"state": HouseholdState.LEFT, "left_on": datetime.date(2026, 9, 1)}, {}, "moved on"),
        ({}, {"active": False}, "no households now"),
    ],
)
def test_who_gets_none(of_home, of_host, words, place):
    home, host = HouseholdFactory(municipality=place, **of_home), HostFactory(municipality=place, **of_host)
    with pytest.raises(ValidationError, match=words):
        hosts.assign(household=home, host=host, by=None)


def test_a_host_of_elsewhere_is_refused(home):
    with pytest.raises(ValidationError, match="another municipality"):
        hosts.assign(household=home, host=HostFactory(), by=None)


def test_a_protected_household_gets_none_and_keeps_none_that_is_told(host, home, place):
    hosts.assign(household=home, host=host, agreed=True, by=None)
    households.protect(household=home, grade="fortrolig", by=None)
    assert not HostAssignment.objects.tellable().exists()
    other = HouseholdFactory(municipality=place)
    households.protect(household=other, grade="fortrolig", by=None)
    with pytest.raises(ValidationError, match="protected"):
        hosts.assign(household=other, host=HostFactory(municipality=place), by=None)


def protect_by_hand(home):
    households.protect(household=home, grade="fortrolig", by=None)


def protect_by_list(home):
    person = home.people.get()
    take_in(
        csv(row(given=person.given_name, family=person.family_name, born="1988", protection="kode 7")),
        home.municipality,
    )


def protect_by_merge(home):
    other = HouseholdFactory(municipality=home.municipality)
    protect_by_hand(other)
    other.refresh_from_db()
    households.merge(keep=other, other=home, by=None)


@pytest.mark.parametrize("state", [AssignmentState.PROPOSED, AssignmentState.AGREED])
@pytest.mark.parametrize("comes", [protect_by_hand, protect_by_list, protect_by_merge])
def test_protection_ends_it_for_good(host, home, place, office, comes, state):
    made = hosts.assign(household=home, host=host, agreed=state == AssignmentState.AGREED, by=None)
    comes(home)
    made.refresh_from_db()
    assert (made.state, made.until) == (AssignmentState.ENDED, timezone.localdate())
    assert "rotect" not in str(made.get_ended_why_display())
    assert not hosts.agree(assignment=made, by=None)
    page = reverse("admin:welcome_host_households", args=[host.pk])
    assert home.people.model.objects.get().family_name not in office.get(page).content.decode()
    assert office.post(page, {"verb": "agree", "assignment": made.pk}).status_code == 404
    protected = made.household
    households.protect(household=protected, grade="", by=None)
    assert not HostAssignment.objects.running().exists()
    assert not HostAssignment.objects.tellable().exists()
    assert hosts.assign(household=protected, host=host, by=None).is_running, "staff give one anew"


def test_the_log_s_files_do_not_tell_whose_host_ended_with_protection(host, home):
    made = hosts.assign(household=home, host=host, agreed=True, by=None)
    protect_by_hand(home)
    entries = AuditEntry.objects.filter(model="welcome.HostAssignment", object_id=str(made.pk))
    assert [entry.action for entry in entries.order_by("pk")] == ["added", "protected"]


def test_moving_on_ends_it_with_the_same_word(host, home):
    made = hosts.assign(household=home, host=host, agreed=True, by=None)
    moved = Household.objects.filter(pk=home.pk)
    households.mark_left(households=moved, on=timezone.localdate(), by=None)
    made.refresh_from_db()
    assert (made.state, made.ended_why) == (AssignmentState.ENDED, EndReason.HOUSEHOLD)
    assert Host.objects.with_room().exists()


def test_what_ran_from_before_ends_with_the_migration(host, home):
    made = HostAssignmentFactory(household=home, host=host, since=datetime.date(2030, 1, 1))
    other = HostAssignmentFactory(household=HouseholdFactory(municipality=host.municipality), host=host)
    address = dict.fromkeys((*ADDRESS_FIELDS, *TELLS_WHERE, "address_key"), "")
    Household.objects.filter(pk=home.pk).update(protection="fortrolig", address_kind="unknown", **address)
    import_module("welcome.migrations.0013_what_ends_with_a_household").end(apps, None)
    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.state, made.until) == (AssignmentState.ENDED, made.since)
    assert other.is_running


@pytest.mark.parametrize("values", [{"ended_why": "hand"}, {"state": "ended", "until": "2030-01-01"}])
def test_what_ends_says_why_and_nothing_else(host, home, values):
    with pytest.raises(IntegrityError, match="ended_says_why"), transaction.atomic():
        HostAssignmentFactory(household=home, host=host, **values)


def test_without_the_host_s_word_no_letter_tells(home, host):
    hosts.assign(household=home, host=host, agreed=True, by=None)
    Host.objects.update(named_since=None)
    assert not HostAssignment.objects.tellable().exists()


def test_merging_two_households_leaves_them_one_host(home, host, place):
    other = PersonFactory(household=HouseholdFactory(municipality=place)).household
    hosts.assign(household=home, host=host, by=None)
    hosts.assign(household=other, host=HostFactory(municipality=place), by=None)
    households.merge(keep=home, other=other, by=None)
    assert HostAssignment.objects.running().get().host == host
    assert HostAssignment.objects.filter(household=home).count() == 2


def test_about_them_is_told_to_who_can_read_it(place):
    host = HostFactory(municipality=place, about="Eg går tur.", about_language="nn", languages=["nb", "pl"])
    assert host.told("nb")["about"] == host.told("se")["about"] == "Eg går tur."
    assert host.told("en") == {
        "id": host.pk, "name": host.name, "phone": "99 95 12 34", "email": "",
        "languages": "Bokmål, Polski", "about": "",
    }  # fmt: skip


def test_from_the_household_s_page(office, home, host):
    page = reverse("admin:welcome_household_host", args=[home.pk])
    assert host.name in office.get(page).content.decode()
    assert office.post(page, {"host": host.pk, "agreed": "on"}).status_code == 302
    made = HostAssignment.objects.tellable().get()
    assert office.post(page, {"verb": "end", "assignment": made.pk}).status_code == 302
    assert not HostAssignment.objects.running().exists()


def test_from_the_host_s_page_where_the_load_is_seen(office, home, host):
    page = reverse("admin:welcome_host_households", args=[host.pk])
    assert office.post(page, {"household": home.pk}).status_code == 302
    assert "1 of 1" in office.get(reverse("admin:welcome_host_changelist")).content.decode()
    shown = office.get(page).content.decode()
    assert home.people.get().full_name in shown
    assert "as many households" in shown


def test_a_protected_household_is_in_no_list_of_a_host(office, home, host):
    hosts.assign(household=home, host=host, by=None)
    households.protect(household=home, grade="fortrolig", by=None)
    shown = office.get(reverse("admin:welcome_host_households", args=[host.pk])).content.decode()
    assert home.people.get().full_name not in shown


def test_two_who_assign_by_one_host_one_after_the_other(office, home, host, place):
    """The colleague's page was read before; what they choose is refused with a sentence, nothing is lost."""
    other = HouseholdFactory(municipality=place)
    page = reverse("admin:welcome_household_host", args=[home.pk])
    office.get(page)
    hosts.assign(household=other, host=host, by=None)
    assert office.post(page, {"host": host.pk}).status_code == 422


def test_capacity_is_not_lowered_under_the_load(office, place):
    host = HostFactory(municipality=place, capacity=2)
    for _ in range(2):
        hosts.assign(household=HouseholdFactory(municipality=place), host=host, by=None)
    sent = {"name": host.name, "phone": "+4799951234", "capacity": 1, "active": "on", "about_language": "nb"}
    sent |= {"away-TOTAL_FORMS": 0, "away-INITIAL_FORMS": 0}
    answer = office.post(reverse("admin:welcome_host_change", args=[host.pk]), sent)
    assert "The host has 2 households now" in answer.content.decode()
    assert (
        office.post(reverse("admin:welcome_host_change", args=[host.pk]), sent | {"capacity": 3}).status_code
        == 302
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time by itself")
@pytest.mark.django_db(transaction=True)
def test_the_last_room_is_given_once_however_many_ask(place):
    host = HostFactory(municipality=place, capacity=1)
    homes = [HouseholdFactory(municipality=place) for _ in range(6)]
    start, answers = threading.Barrier(len(homes)), []

    def ask(home):
        try:
            with scope.of(place.pk):
                start.wait()
                hosts.assign(household=home, host=host, by=None)
                answers.append("given")
        except ValidationError:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[home]) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["given"] + ["refused"] * 5
    assert HostAssignment.objects.running().count() == 1
