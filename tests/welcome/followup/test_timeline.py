"""Everything that happened with a household, on one page: from each slice that knows of it, for whom it is meant."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MunicipalityFactory
from tests.factories.welcome import (
    AttendanceFactory,
    CallFactory,
    ConsentFactory,
    DataRequestFactory,
    HostAssignmentFactory,
    HostContactFactory,
    HostFactory,
    HouseholdFactory,
    InvitationFactory,
    OrderFactory,
    PackageFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.welcome.letters.frozen import make_frozen, make_printed, worker
from welcome.followup import timeline, timeline_pages
from welcome.followup.timeline import About
from welcome.households import actions
from welcome.households.models import Household, Protection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def home():
    """With a letter that is printed, a host, a meeting, an order, a question, a consent and a request."""
    run = make_printed(make_frozen())
    home = Household.objects.get(pk=run.letters.first().household_id)
    place = home.municipality
    person = home.people.first()
    person.email = "aase@heime.example"
    person.save()
    given = HostAssignmentFactory(household=home, host=HostFactory(municipality=place, name="Guro Vert"))
    HostContactFactory(assignment=given)
    meeting = WelcomeMeetingFactory(municipality=place)
    InvitationFactory(meeting=meeting, household=home, municipality=place)
    CallFactory(meeting=meeting, household=home, outcome="comes", called_at=timezone.now())
    sign_up = SignUpFactory(meeting=meeting, household=home, municipality=place)
    AttendanceFactory(meeting=meeting, sign_up=sign_up)
    PackageFactory(household=home, municipality=place)
    OrderFactory(municipality=place, state="settled", household=home, settled_at=timezone.now(), given_name="",
                 family_name="", name_key="", email="", phone="", birth_year=None, others=[], street="",
                 postal_code="", postal_place="")  # fmt: skip
    EnquiryFactory(municipality=place, email="aase@heime.example")
    ConsentFactory(household=home, municipality=place)
    DataRequestFactory(household=home, municipality=place)
    return home


@pytest.fixture
def page(client, home):
    def opened(role=Role.SERVICE_OFFICE, of=home, query=""):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        client.force_login(worker(home.municipality, role))
        return client.get(reverse("admin:welcome_household_timeline", args=[of.pk]) + query)

    return opened


def test_each_slice_tells_what_it_knows(home):
    told = timeline.of(home, may_write=True)
    assert {event.about for event in told} == set(About)
    words = " ".join(event.what for event in told)
    for what in ("They moved in.", "Guro Vert was proposed", "Invited to", "Signed up for", "Ordered:",
                 "asked the municipality something", "Consent given", "They asked:", "was made ready",
                 "The host noted", "Came to", "Called about", "put together for them"):  # fmt: skip
        assert what in words


def test_the_newest_stands_first(home):
    HostAssignmentFactory(
        household=HouseholdFactory(municipality=home.municipality), since=datetime.date(2020, 1, 1)
    )
    told = [event.order for event in timeline.of(home, may_write=True)]
    assert told == sorted(told, reverse=True)


def test_of_others_nothing_is_told(home):
    other = PersonFactory(household=HouseholdFactory(municipality=home.municipality)).household
    EnquiryFactory(municipality=MunicipalityFactory(), email="aase@heime.example")
    before = len(timeline.of(home, may_write=True))
    HostAssignmentFactory(household=other, host=HostFactory(municipality=home.municipality))
    SignUpFactory(household=other, meeting=WelcomeMeetingFactory(municipality=home.municipality))
    assert len(timeline.of(home, may_write=True)) == before


def test_a_page_tells_it_and_the_log_who_looked(page, home):
    answer = page()
    assert answer.status_code == 200
    assert b"Guro Vert was proposed as their host." in answer.content
    assert AuditEntry.objects.filter(model="welcome.Household", object_id=home.pk, note="timeline").exists()


def test_it_is_narrowed_to_one_subject(page):
    answer = page(query="?about=host")
    assert {event.about for event in answer.context["page"]} == {About.HOST}
    assert len(page(query="?about=nonsense").context["page"]) == len(page().context["page"])


def test_who_only_reads_is_told_of_no_requests_and_led_nowhere(page):
    told = list(page(Role.READER).context["page"])
    assert {event.about for event in told} & {About.ORDERS, About.RIGHTS} == set()
    assert {event.link for event in told} == {""}


def test_the_protected_are_not_there_for_who_only_reads(page, home):
    actions.protect(household=home, grade=Protection.STRICT, by=None)
    assert page(Role.READER).status_code == 404
    assert page().status_code == 200


def test_who_works_elsewhere_gets_none(client, home):
    client.force_login(worker(MunicipalityFactory(), Role.ADMINISTRATOR))
    address = reverse("admin:welcome_household_timeline", args=[home.pk])
    assert client.get(address).status_code == 404


def test_a_long_life_is_paged_at_a_constant_cost(page, home, monkeypatch):
    monkeypatch.setattr(timeline_pages, "A_PAGE", 5)
    page()
    with CaptureQueriesContext(connection) as few:
        page(query="?page=2")
    for _number in range(8):
        DataRequestFactory(household=home, municipality=home.municipality)
        SignUpFactory(
            household=home, municipality=home.municipality,
            meeting=WelcomeMeetingFactory(municipality=home.municipality),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        answer = page(query="?page=2")
    assert len(many) == len(few)
    assert answer.context["page"].number == 2
