"""What people ask of their own data: the queue, its due day, and the answer."""

import datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory
from tests.factories.welcome import DataRequestFactory, HouseholdFactory, PersonFactory
from welcome.households.models import Household
from welcome.privacy import answers, requests
from welcome.privacy.models import DataRequest, DataRequestQuerySet, Outcome

pytestmark = pytest.mark.django_db
LIST = "admin:welcome_datarequest_changelist"


@pytest.fixture
def asked():
    home = HouseholdFactory(language="en")
    PersonFactory(household=home, email="oksana@example.org")
    return DataRequestFactory(household=home)


@pytest.fixture
def office(asked, client):
    user = MembershipFactory(
        municipality=asked.municipality, role=Role.SERVICE_OFFICE, user__language="en"
    ).user
    client.force_login(user)
    return client


def page_of(asked):
    return reverse("admin:welcome_datarequest_change", args=[asked.pk])


def text(answer):
    return answer.content.decode()


def test_the_queue_tells_how_many_days_are_left(asked, office):
    assert "30 days left" in text(office.get(reverse(LIST)))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=32)):
        office.force_login(MembershipFactory(municipality=asked.municipality, user__language="en").user)
        assert "2 days too late" in text(office.get(reverse(LIST)))
        assert list(DataRequest.objects.overdue()) == [asked]


def test_it_waits_on_the_first_page_until_it_is_answered(asked, office):
    words = "request about own data waits for an answer"
    assert words in text(office.get(reverse("admin:index")))
    requests.answer(request=asked, outcome=Outcome.DONE, words="", to="", by=MembershipFactory().user)
    assert words not in text(office.get(reverse("admin:index")))


def test_it_is_answered_by_mail(asked, office, django_capture_on_commit_callbacks):
    page = text(office.get(page_of(asked)))
    assert "Etternavnet er feil." in page
    assert "oksana@example.org" in page
    data = {"outcome": "done", "answer": "We have put it right.", "to": "oksana@example.org"}
    assert office.post(page_of(asked), data).status_code == 302
    assert answers.mail_waiting() == 1
    assert answers.mail_waiting() == 0
    [sent] = mail.outbox
    assert sent.to == ["oksana@example.org"]
    assert "We have put it right." in sent.body
    asked.refresh_from_db()
    assert (asked.outcome, asked.answer_to, asked.is_waiting) == ("done", "", False)
    assert asked.handled_by is not None


def test_a_mail_that_is_refused_is_tried_again(asked, refuse_mail_to, caplog):
    by = MembershipFactory().user
    requests.answer(request=asked, outcome=Outcome.DONE, words="Done.", to="gone@example.org", by=by)
    refuse_mail_to("gone@example.org")
    assert answers.mail_waiting() == 0
    assert "gone@example.org" not in caplog.text
    asked.refresh_from_db()
    assert asked.answer_to == "gone@example.org"


def test_who_is_refused_is_told_why_and_what_was_chosen_stays(asked, office):
    answer = office.post(page_of(asked), {"outcome": "refused", "answer": "", "to": ""})
    assert answer.status_code == 200
    assert "Who is refused is told why" in text(answer)
    assert 'value="refused" selected' in text(answer)
    asked.refresh_from_db()
    assert asked.is_waiting


def test_an_address_that_is_not_theirs_is_refused(asked, office):
    data = {"outcome": "done", "answer": "x", "to": "stranger@example.org"}
    assert office.post(page_of(asked), data).status_code == 200
    asked.refresh_from_db()
    assert asked.is_waiting


def test_it_is_answered_once(asked, office):
    by = MembershipFactory().user
    requests.answer(request=asked, outcome=Outcome.DONE, words="First.", to="", by=by)
    with pytest.raises(ValidationError):
        requests.answer(request=asked, outcome=Outcome.REFUSED, words="Second.", to="", by=by)
    office.post(page_of(asked), {"outcome": "refused", "answer": "Third.", "to": ""})
    asked.refresh_from_db()
    assert asked.answer == "First."


def test_who_was_a_moment_later_is_told_so_and_nothing_else(asked, office, monkeypatch):
    # A colleague has answered between the check of the form and the update: nothing waits any more.
    monkeypatch.setattr(DataRequestQuerySet, "update", lambda rows, **values: 0)
    page = office.post(page_of(asked), {"outcome": "refused", "answer": "Second.", "to": ""}, follow=True)
    told = [str(words) for words in page.context["messages"]]
    assert told == ["Somebody has answered this request already."]
    assert not AuditEntry.objects.filter(action="changed").exists()
    assert not LogEntry.objects.exists()


def test_looks_and_the_answer_leave_one_entry_each(asked, office):
    office.get(reverse(LIST))
    office.get(page_of(asked))
    office.post(page_of(asked), {"outcome": "done", "answer": "Put right.", "to": ""})
    about = AuditEntry.objects.filter(model="welcome.DataRequest", route__contains="datarequest")
    assert list(about.order_by("pk").values_list("action", "note")) == [
        ("searched", "rows=1"),
        ("looked", ""),
        ("changed", "outcome=done"),
    ]


def test_a_reader_sees_none_of_it(asked, client):
    reader = MembershipFactory(municipality=asked.municipality, role=Role.READER).user
    client.force_login(reader)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(page_of(asked)).status_code in {403, 404}


@pytest.mark.parametrize(
    ("language", "begins"), [("nb", "Svar fra"), ("se", "Svar fra"), ("pl", "Answer from")]
)
def test_the_answer_comes_in_the_nearest_language(asked, language, begins):
    Household.objects.filter(pk=asked.household_id).update(language=language)
    by = MembershipFactory().user
    requests.answer(request=asked, outcome=Outcome.DONE, words="x", to="oksana@example.org", by=by)
    answers.mail_waiting()
    assert mail.outbox[0].subject.startswith(begins)


@pytest.mark.parametrize(("kind", "erases"), [("deletion", True), ("correction", False)])
def test_its_page_leads_to_where_it_is_done(kind, erases, asked, office):
    DataRequest.objects.filter(pk=asked.pk).update(kind=kind)
    page = text(office.get(page_of(asked)))
    for way in ("change", "report_pdf"):
        assert reverse(f"admin:welcome_household_{way}", args=[asked.household_id]) in page
    assert (reverse("admin:welcome_household_erase", args=[asked.household_id]) in page) is erases
