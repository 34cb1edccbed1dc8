import datetime
import threading
import time

import pytest
from django.db import OperationalError, connection

from municipalities.municipality import scope
from tests.factories.municipalities import UserFactory
from tests.welcome.letters.conftest import Q3, approved, arrive, frozen
from tests.welcome.letters.frozen import approve, make_frozen, stored
from welcome.households.models import AddressKind, Household
from welcome.letters import closing, printing, runs
from welcome.letters.models import FileState, LeftOutReason, Letter, LetterState, PrintFile, RunState
from welcome.letters.withdrawal import withdraw_changed

PROTECTED = {
    "protection": "fortrolig", "address_kind": AddressKind.UNKNOWN, "street": "", "house_number": "",
    "house_letter": "", "postal_code": "", "postal_place": "", "address_key": "", "moved_from": "",
}  # fmt: skip


def made(place):
    run = approved(place)
    for file in run.files.all():
        assert printing.render(file.pk)
    runs.settle(run.pk)
    run.refresh_from_db()
    return run


def test_thawing_gives_a_clean_draft_that_can_be_frozen_again(place):
    arrive(place)
    arrive(place, no_letter=True)
    run = runs.thaw(run=frozen(place), by=None)
    assert (run.state, run.cohort, run.letters.count(), run.left_out.count(), run.texts.count()) == (
        RunState.DRAFT, 0, 0, 0, 0,
    )  # fmt: skip
    assert frozen(place).cohort == 2


def test_where_two_approve_it_must_be_another_than_the_one_who_froze(place):
    place.second_approver = True
    place.save()
    arrive(place)
    one, other = UserFactory(), UserFactory()
    run = runs.ensure(municipality=place, quarter=Q3, by=one)
    run = runs.freeze(run=run, by=one)
    for refused in (one, None):
        with pytest.raises(runs.Refused):
            approve(run, by=refused)
    assert approve(run, by=other).approved_by == other


def test_approving_twice_is_refused_and_divides_once(place):
    arrive(place)
    run = approved(place)
    with pytest.raises(runs.Refused):
        approve(run)
    assert run.files.count() == 1


def test_files_hold_at_most_so_many_letters(place, monkeypatch):
    monkeypatch.setattr(runs, "LETTERS_A_FILE", 2)
    for number in range(5):
        arrive(place, f"Kari {number}")
    run = approved(place)
    assert [file.letters.count() for file in run.files.all()] == [2, 2, 1]
    assert not run.letters.filter(file=None).exists()


def test_a_run_without_letters_is_ready_at_once(place):
    arrive(place, no_letter=True)
    assert approved(place).state == RunState.READY


def test_cancelling_takes_the_files_and_reopening_starts_anew(place, django_capture_on_commit_callbacks):
    arrive(place)
    run = made(place)
    assert stored(run)
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.cancel(run=run, by=None)
    assert (run.state, run.files.count(), stored(run)) == (RunState.CANCELLED, 0, [])
    with pytest.raises(runs.Refused):
        runs.cancel(run=run, by=None)
    run = runs.reopen(run=run, by=None)
    assert (run.state, run.letters.count()) == (RunState.DRAFT, 0)
    assert made(place).letters.printed().count() == 1


def test_a_run_handed_over_is_left_alone(place):
    arrive(place)
    run = runs.finish(run=made(place), by=None)
    assert run.state == RunState.DONE
    for step in (runs.cancel, runs.finish, runs.thaw, runs.approve, runs.reopen):
        with pytest.raises(runs.Refused):
            step(run=run, by=None)
    with pytest.raises(runs.Refused):
        runs.withdraw(letter=run.letters.get(), reason=LeftOutReason.ASKED_NOT_TO, by=None)


def test_only_what_failed_is_tried_again(place):
    arrive(place)
    run = made(place)
    with pytest.raises(runs.Refused):
        runs.retry(file=run.files.get(), by=None)


def test_a_file_set_aside_is_tried_again_and_blocks_the_end(place):
    arrive(place)
    run = approved(place)
    PrintFile.objects.update(state=FileState.SET_ASIDE, error="storage failed", attempts=3)
    assert runs.settle(run.pk)
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    file = runs.retry(file=run.files.get(), by=None)
    run.refresh_from_db()
    assert (file.state, file.attempts, run.state) == (FileState.WAITING, 0, RunState.RENDERING)
    assert printing.render(file.pk)
    assert runs.settle(run.pk)


@pytest.mark.parametrize("when", ["frozen", "approved", "made"])
def test_protection_that_comes_later_takes_the_letter_back_wherever_it_is(
    place, when, django_capture_on_commit_callbacks
):
    arrive(place, "Kari Synlig", house_number="1")
    hidden = arrive(place, "Oksana Skjult", house_number="2")
    run = {"frozen": frozen, "approved": approved, "made": made}[when](place)
    Household.objects.filter(pk=hidden.pk).update(**PROTECTED)
    if when == "frozen":
        run = approve(run)
    if when == "made":
        # Taken back just now; its file has to be made anew first.
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(runs.Refused):
            runs.finish(run=run, by=None)
    for file in run.files.all():
        printing.render(file.pk)
    runs.settle(run.pk)
    run.refresh_from_db()
    assert run.left_out.get().reason == LeftOutReason.PROTECTED
    assert run.letters.get().address[0] == "Kari Synlig"
    assert run.cohort == run.letters.count() + run.left_out.count()
    assert (run.state, len(stored(run))) == (RunState.READY, 1)
    assert "Skjult" not in str(list(Letter.objects.values()))


@pytest.fixture
def protect_after_the_first_look(monkeypatch):
    """Protection arrives between the look before a run's lock and the lock."""

    def arm(household):
        def look(run):
            for steps in (runs, closing):
                monkeypatch.setattr(steps, "withdraw_changed", withdraw_changed)
            withdraw_changed(run)
            Household.objects.filter(pk=household.pk).update(**PROTECTED)

        for steps in (runs, closing):
            monkeypatch.setattr(steps, "withdraw_changed", look)

    return arm


def test_protection_that_comes_while_approving_is_seen(place, protect_after_the_first_look):
    arrive(place, "Kari Synlig")
    run = frozen(place)
    protect_after_the_first_look(arrived := run.letters.get().household)
    approve(run)
    assert run.left_out.get().household == arrived
    assert not run.letters.exists()


def test_protection_that_comes_while_finishing_is_seen(place, protect_after_the_first_look):
    arrive(place, "Kari Synlig", house_number="1")
    hidden = arrive(place, "Oksana Skjult", house_number="2")
    run = made(place)
    protect_after_the_first_look(hidden)
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    run.refresh_from_db()
    assert (run.state, run.done_at) == (RunState.RENDERING, None)
    assert run.left_out.get().household == hidden
    assert run.files.get().state == FileState.WAITING


def test_who_was_erased_gets_no_letter(place):
    household = arrive(place)
    run = approved(place)
    household.delete()
    assert not printing.render(run.files.get().pk)
    assert (run.letters.count(), run.left_out.count(), run.files.count()) == (0, 1, 0)
    runs.settle(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.READY


def test_withdrawing_twice_leaves_out_once(place):
    arrive(place)
    letter = frozen(place).letters.get()
    for _ in range(2):
        runs.withdraw(letter=letter, reason=LeftOutReason.ASKED_NOT_TO, by=None)
    assert letter.run.left_out.count() == 1


def test_a_withdrawn_letter_takes_the_file_from_whoever_makes_it(place):
    arrive(place, "Kari En")
    arrive(place, "Ola To")
    run = approved(place)
    held = printing.claim(run.files.get().pk)
    runs.withdraw(letter=run.letters.first(), reason=LeftOutReason.ASKED_NOT_TO, by=None)
    file = run.files.get()
    assert (file.state, file.lease_token) == (FileState.WAITING, None)
    with pytest.raises(printing.LeaseLost):
        printing._record(held, held.lease_token, printing.rendering.Made(b"", 0, []), "")
    assert run.letters.get().state == LetterState.WAITING


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "left", "left_on": datetime.date(2026, 10, 1)}, LeftOutReason.MOVED_ON),
        ({"no_letter": True}, LeftOutReason.ASKED_NOT_TO),
        ({"street": "Nyvegen"}, None),
    ],
)
def test_only_what_forbids_the_letter_takes_it_back(place, change, reason):
    household = arrive(place)
    run = frozen(place)
    Household.objects.filter(pk=household.pk).update(**change)
    approve(run)
    assert list(run.left_out.values_list("reason", flat=True)) == ([reason] if reason else [])


def test_a_letter_to_people_who_have_died_since_is_taken_back(place):
    one, both = arrive(place, "Kari En", "Ola En"), arrive(place, "Per To")
    run = frozen(place)
    one.people.filter(given_name="Ola").update(died_on=datetime.date(2026, 10, 1))
    both.people.update(died_on=datetime.date(2026, 10, 1))
    approve(run)
    assert run.left_out.get().reason == LeftOutReason.DECEASED
    assert run.letters.get().household == one


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole database, never two rows")
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_claims_and_somebody_who_cancels_do_not_lock_each_other_out():
    run = approve(make_frozen())
    file, holds_file, faults = run.files.get(), threading.Event(), []

    def hold(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith('UPDATE "welcome_printfile"'):
            holds_file.set()
            time.sleep(0.5)  # So that the other comes to wait.
        return result

    @scope.of(run.municipality_id)
    def claim():
        try:
            with connection.execute_wrapper(hold):
                printing.claim(file.pk)
        except OperationalError as error:
            faults.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=claim)
    worker.start()
    holds_file.wait(10)
    try:
        runs.cancel(run=run, by=None)
    finally:
        worker.join()
    assert faults == []
    assert not PrintFile.objects.exists()
