"""The page of suggestions: staff see all who wait with the reasons, choose several at once, and see what needs them."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import (
    HostAssignmentFactory,
    HostContactFactory,
    HostFactory,
    HostReplyFactory,
    HouseholdFactory,
    PersonFactory,
)
from tests.welcome.letters.frozen import worker
from welcome.hosts import actions, mailing
from welcome.hosts.figures import figures_of
from welcome.hosts.kinds import EndReason, Side
from welcome.hosts.models import HostAssignment
from welcome.households import actions as households

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
PAGE = "admin:welcome_host_suggestions"


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def office(client, place):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(place, Role.SERVICE_OFFICE))
    return client


def home(place, name="Kovalenko", **values):
    moved = timezone.localdate() - datetime.timedelta(days=30)
    made = HouseholdFactory(municipality=place, moved_in=moved, **values)
    return PersonFactory(household=made, family_name=name, email="oksana@example.org").household


def text(answer):
    return answer.content.decode()


def test_all_who_wait_with_reasons_and_who_may_not_be_told_of_is_not_there(office, place):
    home(place, language="uk")
    hidden = home(place, "Hemmeleg")
    HostFactory(municipality=place, name="Guro Vert", languages=["uk", "nb"], capacity=3)
    households.protect(household=hidden, grade="fortrolig", by=None)
    shown = text(office.get(reverse(PAGE)))
    assert "Kovalenko" in shown
    assert "Both speak Українська" in shown
    assert "Hemmeleg" not in shown
    assert not HostAssignment.objects.exists(), "nothing happens by itself"


def test_several_are_asked_at_once_and_each_result_is_said(office, place):
    homes = [home(place), home(place), home(place)]
    host = HostFactory(municipality=place, name="Guro Vert", capacity=2, email="guro@example.org")
    sent = {"pair": [f"{each.pk}:{host.pk}" for each in homes]}
    told = text(office.post(reverse(PAGE), sent, follow=True))
    assert told.count("Guro Vert is proposed, and both are asked by mail.") == 2
    assert told.count("This host has as many households as they take.") == 1
    assert HostAssignment.objects.proposed().count() == 2
    mailing.send_waiting()
    assert len(mail.outbox) == 4


def test_who_can_not_be_mailed_is_to_be_called(office, place):
    host = HostFactory(municipality=place, email="")
    told = text(office.post(reverse(PAGE), {"pair": f"{home(place).pk}:{host.pk}"}, follow=True))
    assert "Call those who have no e-mail address." in told


@pytest.mark.parametrize("pair", ["x:1", "1", "", "9" * 40 + ":1"])
def test_what_is_no_pair(office, place, pair):
    assert office.post(reverse(PAGE), {"pair": pair}).status_code == 404


def test_somebody_else_s_are_not_found(office, place):
    elsewhere = MunicipalityFactory()
    ours, theirs = home(place), home(elsewhere)
    host, other = HostFactory(municipality=place), HostFactory(municipality=elsewhere)
    for pair in (f"{ours.pk}:{other.pk}", f"{theirs.pk}:{host.pk}"):
        assert office.post(reverse(PAGE), {"pair": pair}).status_code == 404
    assert office.get(f"{reverse(PAGE)}?place={elsewhere.pk}").status_code == 404


def test_who_only_reads_does_not_see_it(client, place):
    client.force_login(worker(place, Role.READER))
    assert client.get(reverse(PAGE)).status_code == 403


def test_pages_and_their_queries(office, place, django_assert_num_queries):
    host = HostFactory(municipality=place, capacity=20)
    HostFactory(municipality=place, capacity=20)
    late = {"host": host, "state": "proposed", "answer_by": datetime.date(2026, 1, 1)}
    home(place)
    HostAssignmentFactory(household=home(place), **late)
    office.get(reverse(PAGE))
    with CaptureQueriesContext(connection) as few:
        office.get(reverse(PAGE))
    for _ in range(9):
        HostAssignmentFactory(household=home(place), **late)
    for _ in range(27):
        home(place)
    with django_assert_num_queries(len(few)):
        shown = text(office.get(reverse(PAGE)))
    assert "Page 1 of 2" in shown
    assert shown.count("No answer by") == 10
    assert "Kovalenko" in text(office.get(f"{reverse(PAGE)}?place={place.pk}&page=2"))


def test_what_needs_somebody(office, place):
    host = HostFactory(municipality=place, capacity=5)
    past = timezone.localdate() - datetime.timedelta(days=3)
    HostAssignmentFactory(household=home(place), host=host, first_contact_by=past)
    HostAssignmentFactory(household=home(place), host=host, ends_on=past, first_contact_at=timezone.now())
    HostAssignmentFactory(household=home(place), host=host, ends_on=timezone.localdate())
    shown = text(office.get(reverse(PAGE)))
    assert shown.count("No first contact by") == shown.count("The agreed period was over") == 1


def test_each_yes_is_noted_for_who_calls_and_the_log_is_seen(office, place):
    ours, host = home(place), HostFactory(municipality=place)
    row = actions.assign(household=ours, host=host, by=None)
    page = reverse("admin:welcome_household_host", args=[ours.pk])
    for verb in ("household_yes", "host_yes", "met"):
        assert office.post(page, {"verb": verb, "assignment": row.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.agreed_at is not None, row.first_contact_at is not None) == (True, True)
    assert not row.host_may_be_told, "that they say themselves"
    HostContactFactory(assignment=row, note="Gikk tur til Prestholt")
    assert "Gikk tur til Prestholt" in text(office.get(page))
    assert office.post(page, {"verb": "complete", "assignment": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.ended_why == EndReason.COMPLETED


def test_the_figures(place):
    host = HostFactory(municipality=place, capacity=8)
    agreed = timezone.now() - datetime.timedelta(days=10)
    for days in (1, 2, 3, 4, 9):
        contact = agreed + datetime.timedelta(days=days)
        row = HostAssignmentFactory(
            household=home(place), host=host, agreed_at=agreed, first_contact_at=contact
        )
        HostContactFactory(assignment=row, minutes=30)
        HostReplyFactory(assignment=row, side=Side.HOST, score=4)
    home(place)
    HostAssignmentFactory(household=home(MunicipalityFactory()))
    found = figures_of(place)
    assert (found.waiting, found.agreed, found.taken, found.places, found.full) == (1, 5, 5, 8, 0)
    assert (found.days_to_contact, found.hours, found.score) == (3.0, 3, 4.0)


def test_few_tell_too_much_about_each(place):
    row = HostAssignmentFactory(household=home(place), first_contact_at=timezone.now())
    HostReplyFactory(assignment=row)
    found = figures_of(place)
    assert (found.days_to_contact, found.score) == (None, None)
