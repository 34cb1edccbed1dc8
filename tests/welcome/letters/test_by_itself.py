import datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory
from tests.welcome.letters.conftest import arrive
from tests.welcome.letters.frozen import prove
from welcome.letters import by_itself, runs, schedule
from welcome.letters.models import LetterRun, PrintFile, RunState
from welcome.letters.proof_models import ProofProblem
from welcome.meetings.models import WelcomeMeeting

LETTER_DAY = datetime.date(2026, 10, 5)


@pytest.fixture
def coordinator(place):
    return MembershipFactory(municipality=place, role=Role.COORDINATOR, user__language="en").user


@pytest.fixture
def run(place, coordinator):
    """Made ready and announced, with its day promised."""
    place.letters_go_after_days = 3
    place.save()
    arrive(place)
    schedule.open_due_runs(LETTER_DAY)
    return LetterRun.objects.get()


def on_its_day(run):
    LetterRun.objects.filter(pk=run.pk).update(goes_by_itself_on=timezone.localdate())
    mail.outbox.clear()
    by_itself.go()
    run.refresh_from_db()
    return run


def test_the_coordinators_are_told_of_the_day_and_before_it_nothing_goes(run):
    assert run.goes_by_itself_on == timezone.localdate() + datetime.timedelta(days=3)
    assert "go by themselves on" in mail.outbox[0].body
    prove(run)
    by_itself.go()
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_on_its_day_what_was_proved_is_approved_by_nobody(run):
    prove(run)
    assert on_its_day(run).state == RunState.APPROVED
    assert run.approved_by is None
    assert PrintFile.objects.filter(run=run).count() == 1
    entry = AuditEntry.objects.filter(action=Action.APPROVED).get()
    assert entry.user_id is None
    assert mail.outbox == []


def test_without_the_choice_nobody_approves_but_people(place, coordinator):
    arrive(place)
    schedule.open_due_runs(LETTER_DAY)
    run = LetterRun.objects.get()
    prove(run)
    assert run.goes_by_itself_on is None
    by_itself.go()
    run.refresh_from_db()
    assert run.state == RunState.FROZEN
    assert "by themselves" not in mail.outbox[0].body


def test_a_proof_that_is_not_done_is_waited_for(run):
    assert on_its_day(run).state == RunState.FROZEN
    assert run.goes_by_itself_on is not None
    assert mail.outbox == []


def test_a_problem_keeps_it_back_and_is_told_once(run):
    prove(run)
    ProofProblem.objects.create(
        municipality=run.municipality,
        proof=run.proofs.get(),
        code="glyph",
        details={"characters": ["ᚠ"]},
        blocking=True,
    )
    on_its_day(run)
    by_itself.go()
    run.refresh_from_db()
    assert (run.state, run.goes_by_itself_on) == (RunState.FROZEN, None)
    assert len(mail.outbox) == 1
    assert "did not go by themselves" in mail.outbox[0].subject
    assert "no font can print ᚠ" in mail.outbox[0].body


def test_a_meeting_called_off_since_keeps_it_back(run):
    prove(run)
    LetterRun.objects.filter(pk=run.pk).update(meeting={"day": "2026-12-03", "time": "18:00", "texts": {}})
    assert not WelcomeMeeting.objects.exists()
    assert on_its_day(run).state == RunState.FROZEN
    assert "called off or changed" in mail.outbox[0].body


def test_a_choice_that_was_taken_back_counts(run, place):
    prove(run)
    place.letters_go_after_days = None
    place.save()
    assert on_its_day(run).state == RunState.FROZEN
    assert "somebody approves each run" in mail.outbox[0].body


def test_what_staff_have_thawed_is_theirs(run):
    runs.thaw(run=run, by=None)
    run.refresh_from_db()
    assert run.goes_by_itself_on is None
    runs.freeze(run=run, by=None)
    prove(run)
    by_itself.go()
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_what_nobody_could_be_told_of_does_not_go(place, coordinator, monkeypatch):
    place.letters_go_after_days = 3
    place.save()
    arrive(place)

    def away(_self, **_more):
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        schedule.open_due_runs(LETTER_DAY)
    run = LetterRun.objects.get()
    assert (run.announced_at, run.goes_by_itself_on) == (None, None)


def test_what_goes_by_email_is_sent_once_it_is_made(run, monkeypatch):
    prove(run)
    on_its_day(run)
    run.files.all().delete()
    LetterRun.objects.filter(pk=run.pk).update(state=RunState.READY, ready_at=timezone.now())
    by_itself.go()  # All of it is for the printer: a person takes it there.
    run.refresh_from_db()
    assert run.state == RunState.READY
    run.letters.update(channel="email")
    by_itself.go()
    run.refresh_from_db()
    assert run.state == RunState.DELIVERING


def test_two_approvers_are_never_nobody(place):
    place.letters_go_after_days, place.second_approver = 5, True
    with override("en"), pytest.raises(ValidationError, match="don't go by themselves"):
        place.full_clean()
