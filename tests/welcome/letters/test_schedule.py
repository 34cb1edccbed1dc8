import datetime

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.welcome.letters.conftest import Q3, approved, arrive, frozen
from tests.welcome.letters.frozen import approve
from welcome.letters import nudges, printing, runs, schedule, tasks
from welcome.letters.models import FileState, LetterRun, PrintFile, RunState

LETTER_DAY = datetime.date(2026, 10, 5)


@pytest.fixture
def sent(monkeypatch):
    """What the workers were told, in place of a broker."""
    messages = []
    monkeypatch.setattr(
        nudges.current_app, "send_task", lambda name, args, **_: messages.append((name, *args))
    )
    return messages


@pytest.fixture
def coordinator(place):
    return MembershipFactory(municipality=place, role=Role.COORDINATOR, user__language="en").user


def test_on_the_letter_day_the_quarter_before_is_frozen_and_told_once(place, coordinator):
    MembershipFactory(municipality=place, role=Role.READER)
    arrive(place)
    schedule.open_due_runs(LETTER_DAY - datetime.timedelta(days=1))
    assert not LetterRun.objects.exists()
    for _ in range(2):
        schedule.open_due_runs(LETTER_DAY)
    run = LetterRun.objects.get()
    assert (run.quarter, run.state, run.approved_at) == (Q3, RunState.FROZEN, None)
    assert [message.to for message in mail.outbox] == [[coordinator.email]]
    assert f"/admin/welcome/letterrun/{run.pk}/" in mail.outbox[0].body


def test_a_clock_that_stood_still_for_days_catches_up(place):
    schedule.open_due_runs(datetime.date(2026, 12, 24))
    assert LetterRun.objects.get().quarter == Q3


def test_what_staff_have_thawed_is_theirs(place, coordinator):
    arrive(place)
    schedule.open_due_runs(LETTER_DAY)
    runs.thaw(run=LetterRun.objects.get(), by=None)
    schedule.open_due_runs(LETTER_DAY)
    assert LetterRun.objects.get().state == RunState.DRAFT
    assert len(mail.outbox) == 1


def test_one_municipality_that_cannot_be_frozen_holds_up_nobody(place):
    MunicipalityFactory(number="0001", mayor_name="")
    arrive(place)
    schedule.open_due_runs(LETTER_DAY)
    assert LetterRun.objects.of(place).get().state == RunState.FROZEN


def test_workers_are_told_after_the_commit(place, sent, django_capture_on_commit_callbacks):
    arrive(place)
    run = frozen(place)
    with django_capture_on_commit_callbacks() as callbacks:
        approve(run)
        assert sent == []
    for callback in callbacks:
        callback()
    assert sent == [(nudges.RENDER_FILE, run.files.get().pk)]


def test_a_broker_that_is_down_loses_nothing(place, settings, django_capture_on_commit_callbacks):
    arrive(place)
    run = frozen(place)

    def refuse(*_, **__):
        raise nudges.KombuError("Connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nudges.current_app, "send_task", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            assert approve(run).state == RunState.APPROVED
    with pytest.MonkeyPatch.context() as patch:
        told = []
        patch.setattr(nudges.current_app, "send_task", lambda name, args, **_: told.append(args[0]))
        schedule.sweep()
    assert told == [run.files.get().pk]


def test_the_sweep_finds_expired_leases_and_leaves_held_ones(place, sent):
    arrive(place)
    run = approved(place)
    file = printing.claim(run.files.get().pk)
    schedule.sweep()
    assert sent == []
    PrintFile.objects.update(lease_expires_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    tasks.sweep()
    assert sent == [(nudges.RENDER_FILE, file.pk)]


def test_what_the_sweep_says_each_minute_does_not_pile_up(place, monkeypatch):
    arrive(place)
    approved(place)
    ends = []
    monkeypatch.setattr(nudges.current_app, "send_task", lambda *_, expires, **__: ends.append(expires))
    schedule.sweep()
    assert ends == [120]


def test_what_dead_workers_left_of_runs_that_are_over_goes(place, monkeypatch, sent):
    arrive(place)
    run = approved(place)
    printing.render(run.files.get().pk)
    runs.settle(run.pk)
    runs.finish(run=run, by=None)
    cancelled = runs.cancel(run=frozen(place, Q3.previous), by=None)
    stray = [
        default_storage.save(f"letters/{pk}/001-stray.pdf", ContentFile(b"x"))
        for pk in (run.pk, cancelled.pk)
    ]
    later = timezone.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr(printing.timezone, "now", lambda: later)
    tasks.tidy()
    assert [default_storage.exists(name) for name in stray] == [False, False]
    assert default_storage.exists(run.files.get().file.name)


def test_the_sweep_calls_ready_what_is(place, sent):
    arrive(place)
    run = approved(place)
    printing.render(run.files.get().pk)  # The worker died between the file and saying that it was the last.
    schedule.sweep()
    run.refresh_from_db()
    assert (run.state, run.files.get().state, sent) == (RunState.READY, FileState.DONE, [])


def test_freezing_by_a_worker_twice_is_freezing_once(place):
    arrive(place)
    run = runs.ensure(municipality=place, quarter=Q3, by=None)
    tasks.freeze(run.pk)
    tasks.freeze(run.pk)
    assert LetterRun.objects.get().cohort == 1


def test_a_coordinator_who_cannot_be_mailed_holds_up_nobody(place, coordinator, refuse_mail_to, caplog):
    refuse_mail_to(coordinator.email)
    colleague = MembershipFactory(municipality=place, role=Role.COORDINATOR).user
    neighbour = MunicipalityFactory(number="4999")
    for _ in range(2):
        schedule.open_due_runs(LETTER_DAY)
    assert [message.to for message in mail.outbox] == [[colleague.email]], "told once, not each hour"
    assert LetterRun.objects.of(neighbour).get().state == RunState.FROZEN
    assert coordinator.email not in caplog.text


def test_where_no_mail_went_out_it_is_tried_again(place, coordinator, refuse_mail_to):
    refuse_mail_to(coordinator.email)
    schedule.open_due_runs(LETTER_DAY)
    assert LetterRun.objects.get().announced_at is None


def test_one_run_that_cannot_be_swept_holds_up_no_other(place, sent):
    arrive(place)
    broken = frozen(place, Q3.previous)
    run = approved(place)
    # A file stands where the run's folder should be.
    default_storage.save(f"letters/{broken.pk}", ContentFile(b""))
    schedule.sweep()
    assert (nudges.RENDER_FILE, run.files.get().pk) in sent
