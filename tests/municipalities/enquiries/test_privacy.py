"""What somebody asked goes with them, is shown to them, and goes by itself when its time is over."""

import datetime

import pytest
from django.utils import timezone

from municipalities.enquiries import actions
from municipalities.enquiries.models import AnswerMail, Enquiry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MembershipFactory, MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.walls.everywhere import search_database
from welcome.privacy import erasure, retention
from welcome.privacy.report import report_of

pytestmark = pytest.mark.django_db
QUESTION, ANSWER = "Hvor er Kvåsirbakken?", "Spør Ymirhild på skysstasjonen."


@pytest.fixture
def place():
    return MunicipalityFactory(retention_enquiries_months=6)


@pytest.fixture
def home(place):
    home = HouseholdFactory(municipality=place)
    PersonFactory(household=home, given_name="Åse", email="Aase@Heime.example", phone="")
    PersonFactory(household=home, given_name="Ola", email="", phone="+4799951234")
    return home


@pytest.fixture
def hers(place):
    """Asked by e-mail and answered."""
    enquiry = EnquiryFactory(municipality=place, text=QUESTION, email="aase@heime.example")
    kari = MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE).user
    actions.answer(enquiry=enquiry, text=ANSWER, by=kari, outcome="answered")
    return enquiry


@pytest.fixture
def his(place):
    return EnquiryFactory(municipality=place, reply="phone", text="Når kommer bussen?")


def test_the_report_holds_what_they_asked_and_were_answered(home, hers, his):
    EnquiryFactory(text="Noe en annen spurte om", email="aase@heime.example")  # Another municipality's.
    EnquiryFactory(municipality=home.municipality, text="Noe en nabo spurte om", email="nabo@heime.example")
    told = str(report_of(home).as_json())
    for words in (QUESTION, ANSWER, "Når kommer bussen?"):
        assert words in told
    assert "en annen" not in told
    assert "nabo" not in told


def test_erasing_the_household_takes_all_of_it(home, hers, his):
    neighbour = EnquiryFactory(municipality=home.municipality, email="nabo@heime.example")
    erasure.erase(household=home, by=None)
    assert list(Enquiry.objects.all()) == [neighbour]
    assert search_database([QUESTION, ANSWER, "aase@heime.example", "+4799951234"]) == []


def test_erasing_one_person_takes_theirs_alone(home, hers, his):
    åse = home.people.get(given_name="Åse")
    plan = erasure.foresee(household=home, person=åse)
    assert 1 in [count for _name, count in plan.rows]
    erasure.erase(household=home, person=åse, by=None)
    assert list(Enquiry.objects.all()) == [his]
    assert not AnswerMail.objects.exists()


def test_closed_enquiries_go_after_the_municipalitys_months(place, hers, his):
    today = datetime.date(2026, 11, 22)
    closed = datetime.datetime(2026, 5, 22, 12, tzinfo=datetime.UTC)
    Enquiry.objects.filter(pk=hers.pk).update(closed_at=closed)
    kept = EnquiryFactory(municipality=place)
    day_after = closed + datetime.timedelta(days=1)
    Enquiry.objects.filter(pk=kept.pk).update(
        state="closed", outcome="spam", waiting_since=None, closed_at=day_after
    )
    assert retention.clean(place, today).counts == {"enquiries": 1}
    assert set(Enquiry.objects.all()) == {his, kept}


def test_what_is_restricted_is_not_deleted_by_the_clock(place, home, hers):
    Enquiry.objects.update(closed_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    type(home).objects.filter(pk=home.pk).update(
        held_at=timezone.now(),
        held_why="claim",
        held_by=hers.closed_by_id or MembershipFactory(municipality=place).user,
    )
    assert retention.clean(place, datetime.date(2026, 11, 22)).counts == {}
