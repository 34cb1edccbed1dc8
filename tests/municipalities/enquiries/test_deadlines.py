"""What waits too long is told, once a day and in few words."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from municipalities.enquiries import actions, deadlines
from municipalities.enquiries.models import Enquiry, State
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål")


def coordinator(place, **more):
    return MembershipFactory(municipality=place, role=Role.COORDINATOR, user__language="en", **more).user


def test_the_coordinator_hears_of_what_is_late_once_a_day(place):
    anne = coordinator(place)
    MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE)
    late = [EnquiryFactory(municipality=place, due_on=TODAY - DAY * n) for n in range(1, 8)]
    EnquiryFactory(municipality=place, due_on=TODAY)
    EnquiryFactory(due_on=TODAY - DAY)  # Elsewhere, where nobody coordinates.
    assert deadlines.look_over(TODAY) == 1
    assert deadlines.look_over(TODAY) == 0
    [told] = mail.outbox
    assert told.to == [anne.email]
    assert told.subject == "Ål: 7 enquiries wait too long"
    assert f"Enquiry {late[-1].pk}: 7 days too late, nobody has it" in told.body
    assert "and 2 more" in told.body
    assert len(told.body.splitlines()) < 20
    assert deadlines.look_over(TODAY + DAY) == 1


def test_without_a_coordinator_the_administrator_hears(place):
    boss = MembershipFactory(municipality=place, role=Role.ADMINISTRATOR).user
    EnquiryFactory(municipality=place, due_on=TODAY - DAY)
    deadlines.look_over(TODAY)
    assert [told.to for told in mail.outbox] == [[boss.email]]


def test_a_mail_that_could_not_go_is_tried_at_the_next_round(place, refuse_mail_to):
    anne, late = coordinator(place), EnquiryFactory(municipality=place, due_on=TODAY - DAY)
    refuse_mail_to(anne.email)
    assert deadlines.look_over(TODAY) == 0
    late.refresh_from_db()
    assert late.told_late_on is None


def test_what_is_answered_is_not_late(place):
    anne, late = coordinator(place), EnquiryFactory(municipality=place, due_on=TODAY - DAY)
    actions.answer(enquiry=late, text="Ja.", by=anne)
    assert deadlines.look_over(TODAY) == 0


def test_what_was_answered_and_left_is_closed(place):
    anne = coordinator(place)
    old, new = (EnquiryFactory(municipality=place) for _ in range(2))
    for enquiry in (old, new):
        actions.answer(enquiry=enquiry, text="Ja.", by=anne)
    Enquiry.objects.filter(pk=old.pk).update(answered_at=timezone.now() - deadlines.QUIET)
    deadlines.look_over(TODAY)
    old.refresh_from_db(), new.refresh_from_db()
    assert (old.state, old.outcome, new.state) == (State.CLOSED, "answered", State.ANSWERED)
