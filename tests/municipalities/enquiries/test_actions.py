"""An enquiry's way from question to outcome, and what the database refuses on it."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.audit.models import Action, AuditEntry
from municipalities.enquiries import actions
from municipalities.enquiries.deadline import working_days_after
from municipalities.enquiries.models import AnswerMail, Direction, Enquiry, Outcome, Reply, Source, State
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory(enquiry_days=3)


@pytest.fixture
def kari(place):
    return MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE).user


def ask(place, **more):
    said = {"source": Source.PAGE, "text": "Når åpner hallen?", "language": "nb", "page": "/al/"} | more
    return actions.receive(municipality=place, **said)


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [("2026-11-25", 3, "2026-11-30"), ("2026-11-27", 1, "2026-11-30"), ("2026-11-28", 5, "2026-12-04")],
)
def test_a_deadline_passes_over_the_weekend(day, days, due):
    assert working_days_after(datetime.date.fromisoformat(day), days) == datetime.date.fromisoformat(due)


def test_pressed_twice_it_is_one_enquiry(place):
    first, again = ask(place, email="Kari@Heime.example"), ask(place, email="kari@heime.example ")
    assert first == again
    assert Enquiry.objects.get().email == "kari@heime.example"
    assert AuditEntry.objects.filter(model="municipalities.Enquiry", action=Action.ADDED).count() == 1
    assert ask(place, email="ola@heime.example") != first
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        assert ask(place, email="kari@heime.example") != first


def test_only_the_address_that_is_needed_is_kept(place):
    both = ask(place, email="kari@heime.example", phone="+4799951234")
    assert (both.reply, both.email, str(both.phone)) == (Reply.EMAIL, "kari@heime.example", "")
    assert ask(place, phone="+4799951234").reply == Reply.PHONE
    assert ask(place).reply == Reply.NONE


def test_from_new_to_closed_each_step_has_its_time_and_who(place, kari):
    enquiry = ask(place, email="kari@heime.example")
    assert (enquiry.state, enquiry.is_waiting) == (State.NEW, True)
    enquiry = actions.assign(enquiry=enquiry, to=kari, by=kari, seen=1)
    assert (enquiry.state, enquiry.assigned_by) == (State.ASSIGNED, kari)
    message = actions.answer(enquiry=enquiry, text="Klokka ti.", by=kari, seen=2)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_by, enquiry.waiting_since) == (State.ANSWERED, kari, None)
    assert message.mail.to == "kari@heime.example"
    enquiry = actions.close(enquiry=enquiry, outcome=Outcome.ANSWERED, by=kari, seen=3)
    assert (enquiry.state, enquiry.closed_by, enquiry.outcome) == (State.CLOSED, kari, "answered")
    enquiry = actions.reopen(enquiry=enquiry, by=kari)
    assert (enquiry.state, enquiry.closed_at, enquiry.outcome) == (State.ASSIGNED, None, "")
    assert enquiry.is_waiting


def test_who_answers_what_is_nobodys_has_it(place, kari):
    enquiry = ask(place, email="a@heime.example")
    actions.answer(enquiry=enquiry, text="Ja.", by=kari, outcome=Outcome.ANSWERED)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.assigned_to) == (State.CLOSED, kari)


def test_the_second_of_two_is_told_and_nothing_is_done(place, kari):
    enquiry = ask(place, email="a@heime.example")
    actions.note(enquiry=enquiry, text="Jeg ringer.", by=kari, seen=1)
    for late in (
        lambda: actions.answer(enquiry=enquiry, text="Ja.", by=kari, seen=1),
        lambda: actions.assign(enquiry=enquiry, to=kari, by=kari, seen=1),
        lambda: actions.close(enquiry=enquiry, outcome=Outcome.SPAM, by=kari, seen=1),
    ):
        with pytest.raises(actions.Stale):
            late()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.version) == (State.NEW, 2)
    assert not AnswerMail.objects.exists()


def test_nobody_is_called_answered_who_is_not(place, kari):
    enquiry = ask(place, email="a@heime.example")
    with pytest.raises(ValidationError, match="Ingen har svart"):
        actions.close(enquiry=enquiry, outcome=Outcome.ANSWERED, by=kari)
    with pytest.raises(ValidationError, match="ønsker ikke svar"):
        actions.answer(enquiry=ask(place), text="Ja.", by=kari)


def test_assigned_only_to_who_may_answer_there(place, kari):
    enquiry = ask(place)
    stranger = MembershipFactory(role=Role.SERVICE_OFFICE).user
    reader = MembershipFactory(municipality=place, role=Role.READER).user
    for nobody in (stranger, reader):
        with pytest.raises(ValidationError, match="kan ikke svare"):
            actions.assign(enquiry=enquiry, to=nobody, by=kari)
    actions.assign(enquiry=enquiry, to=kari, by=kari)
    again = actions.assign(enquiry=enquiry, to=None, by=kari)
    assert (again.state, again.assigned_at) == (State.NEW, None)


def test_who_writes_back_waits_again_with_a_new_day(place, kari):
    enquiry = ask(place, email="a@heime.example")
    actions.answer(enquiry=enquiry, text="Ja.", by=kari, outcome=Outcome.ANSWERED)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=20)):
        back = actions.write_back(enquiry=enquiry, text="Og på søndag?")
        assert (back.state, back.outcome) == (State.ASSIGNED, "")
        assert back.due_on == actions.due_day(place)
        actions.write_back(enquiry=enquiry, text="Og på søndag?")
    assert [m.direction for m in enquiry.messages.all()] == [Direction.OUT, Direction.IN]


def test_nobody_writes_for_ever(place, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WORDS_BACK", 2)
    enquiry = ask(place, email="a@heime.example")
    for number in range(2):
        actions.write_back(enquiry=enquiry, text=f"Og {number}?")
    with pytest.raises(ValidationError, match="Ring oss"):
        actions.write_back(enquiry=enquiry, text="Og mer?")


NOW = timezone.now()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("enquiry_new_is_nobodys", {"assigned_at": NOW}),
        ("enquiry_assigned_has_its_time", {"state": "assigned"}),
        ("enquiry_answered_has_its_time", {"state": "answered", "waiting_since": None}),
        ("enquiry_closed_has_time_and_outcome", {"state": "closed", "waiting_since": None, "closed_at": NOW}),
        ("enquiry_closed_has_time_and_outcome", {"outcome": "spam"}),
        ("enquiry_waits_until_it_is_answered", {"waiting_since": None}),
        ("enquiry_holds_only_the_address_it_needs", {"reply": "phone"}),
    ],
)
def test_the_database_refuses_wrong_steps(name, change):
    enquiry = EnquiryFactory()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Enquiry.objects.filter(pk=enquiry.pk).update(**change)
