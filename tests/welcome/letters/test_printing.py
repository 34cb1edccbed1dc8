import datetime
import hashlib
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone

from tests.welcome.letters.conftest import approved, arrive
from tests.welcome.letters.frozen import stored
from welcome.letters import figures, printing, rendering, runs, tasks
from welcome.letters.layout import LayoutError
from welcome.letters.models import FileState, LetterState, PrintFile, RunState
from welcome.letters.stock import Stock


@pytest.fixture
def run(place):
    for number in range(4):
        arrive(place, f"Kari Nummer{number}", house_number=str(number + 1))
    return approved(place)


def expire(file):
    PrintFile.objects.filter(pk=file.pk).update(
        lease_expires_at=timezone.now() - datetime.timedelta(seconds=1)
    )


def test_a_finished_file_is_in_storage_with_the_hash_its_row_says(run):
    file = run.files.get()
    tasks.render_file(file.pk)
    file.refresh_from_db()
    assert file.state == FileState.DONE
    assert hashlib.sha256(file.file.open().read()).hexdigest() == file.sha256
    assert file.pages == sum(letter.pages + letter.pages % 2 for letter in file.letters.all())
    run.refresh_from_db()
    assert run.state == RunState.READY
    now = figures.progress(run)
    assert (now.printed, now.waiting, now.failed, now.files_done, now.seconds_left) == (4, 0, 0, 1, None)


def test_a_message_that_comes_three_times_makes_the_file_once(run):
    file = run.files.get()
    assert [printing.render(file.pk) for _ in range(3)] == [True, False, False]
    assert len(stored(run)) == 1
    tasks.render_file(0)  # A file that is gone: the message is dropped.


def test_a_file_that_one_holds_is_not_taken_by_another(run):
    file = run.files.get()
    assert printing.claim(file.pk)
    assert printing.claim(file.pk) is None
    expire(file)
    assert printing.claim(file.pk).attempts == 2


def test_a_lease_that_is_lost_while_the_result_is_written_undoes_it(run):
    file = run.files.get()

    def another_takes_it(execute, sql, params, many, context):
        if 'UPDATE "welcome_letter"' in sql:
            PrintFile.objects.filter(state=FileState.CLAIMED).update(lease_token=uuid.uuid4())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(another_takes_it):
        assert printing.render(file.pk) is False
    assert set(run.letters.values_list("state", flat=True)) == {LetterState.WAITING}
    assert stored(run) == []


def test_a_letter_with_a_fault_that_nobody_foresaw_fails_alone(run):
    file = run.files.get()
    run.letters.filter(number=2).update(language="pl")  # Its texts are gone.
    tasks.render_file(file.pk)
    assert list(run.letters.failed().values_list("number", flat=True)) == [2]
    assert run.letters.printed().count() == 3
    file.refresh_from_db()
    assert (file.state, file.attempts) == (FileState.DONE, 1)


def test_a_worker_past_its_lease_writes_nothing(run):
    file = run.files.get()
    slow = printing.claim(file.pk)
    expire(file)
    quick = printing.claim(file.pk)
    signs = printing._Signs(slow, slow.lease_token)
    with pytest.raises(printing.LeaseLost):
        signs(run.letters.first())
    with pytest.raises(printing.LeaseLost):
        printing._keep(slow, slow.lease_token, rendering.render_file(slow))
    file.refresh_from_db()
    assert (file.state, file.lease_token) == (FileState.CLAIMED, quick.lease_token)
    assert not run.letters.printed().exists()


def test_of_each_letter_a_sign_is_given_before_anything_is_done_with_it(run, monkeypatch):
    """Who dies on a letter, also while its lines are only measured, leaves its number behind."""
    signs, fitted = [], Stock.fitted

    def watched(self, letter):
        assert signs[-1] == (letter.number, 0)
        return fitted(self, letter)

    monkeypatch.setattr(Stock, "fitted", watched)
    rendering.render_file(run.files.get(), on_letter=lambda letter, made: signs.append((letter.number, made)))
    assert signs == [(1, 0), (2, 0), (3, 0), (4, 0), (1, 0), (2, 1), (3, 2), (4, 3)]


def test_a_late_write_leaves_no_pdf_behind(run):
    file = printing.claim(run.files.get().pk)
    with pytest.raises(printing.LeaseLost):
        printing._keep(file, uuid.uuid4(), rendering.render_file(file))
    assert stored(run) == []


def test_signs_of_life_renew_the_lease_and_show_how_far_it_is(run):
    file = printing.claim(run.files.get().pk)
    PrintFile.objects.update(lease_expires_at=timezone.now(), attempts=2)
    file.refresh_from_db()
    signs = printing._Signs(file, file.lease_token)
    for made, letter in enumerate(run.letters.all()[:3]):
        signs(letter, made)
    file.refresh_from_db()
    assert (file.at_number, file.made) == (3, 2)
    assert file.lease_expires_at > timezone.now() + printing.LEASE / 2
    assert figures.progress(run).made == 2


def test_a_letter_that_cannot_be_made_fails_alone(run, monkeypatch):
    whole = Stock.fitted

    def fitted(self, letter):
        if letter.number == 2:
            raise LayoutError("The address line leaves the window.")
        return whole(self, letter)

    monkeypatch.setattr(Stock, "fitted", fitted)
    file = run.files.get()
    assert printing.render(file.pk)
    runs.settle(run.pk)
    assert [letter.number for letter in run.letters.printed()] == [1, 3, 4]
    failed = run.letters.failed().get()
    assert (failed.number, failed.error) == (2, "The address line leaves the window.")
    assert figures.progress(run).errors == {failed.error: 1}
    run.refresh_from_db()
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    monkeypatch.undo()
    runs.retry(file=file, by=None)
    assert printing.render(file.pk)
    assert run.letters.printed().count() == 4


def test_the_letter_three_workers_died_on_is_set_aside_and_the_rest_goes_on(run):
    file = run.files.get()
    for _ in range(3):
        held = printing.claim(file.pk)
        printing._Signs(held, held.lease_token)(run.letters.get(number=3))
        expire(file)
    assert printing.render(file.pk)
    assert run.letters.failed().get().number == 3
    assert run.letters.printed().count() == 3


def test_a_file_nobody_can_start_on_is_set_aside(run):
    file = run.files.get()
    for _ in range(3):
        printing.claim(file.pk)
        expire(file)
    assert printing.claim(file.pk) is None
    file.refresh_from_db()
    assert (file.state, file.attempts) == (FileState.SET_ASIDE, 3)
    assert file.error


def test_storage_that_fails_sets_the_file_aside_after_three_tries(run, monkeypatch):
    def fail(name, content):
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", fail)
    file = run.files.get()
    assert [printing.render(file.pk) for _ in range(4)] == [False] * 4
    file.refresh_from_db()
    assert (file.state, file.attempts) == (FileState.SET_ASIDE, 3)
    assert "No space left" in file.error
    assert set(run.letters.values_list("state", flat=True)) == {LetterState.WAITING}


def test_a_letter_that_takes_all_memory_three_times_fails_alone(run, monkeypatch):
    fitted = Stock.fitted

    def want(stock, letter):
        if letter.number == 3:
            raise MemoryError
        return fitted(stock, letter)

    monkeypatch.setattr(Stock, "fitted", want)
    file = run.files.get()
    assert [printing.render(file.pk) for _ in range(4)] == [False, False, False, True]
    assert run.letters.failed().get().number == 3
    assert run.letters.printed().count() == 3


def test_a_databases_error_is_kept_without_the_row_it_tells(run, monkeypatch):
    def fail(name, content):
        raise IntegrityError("violates check\nDETAIL:  Failing row contains (Åse Østerhus).")

    monkeypatch.setattr(default_storage, "save", fail)
    file = run.files.get()
    assert not printing.render(file.pk)
    file.refresh_from_db()
    assert file.error == "IntegrityError"


def test_what_a_dead_worker_left_is_tidied_after_an_hour(run, monkeypatch):
    name = default_storage.save(f"letters/{run.pk}/001-stray.pdf", ContentFile(b"x"))
    assert printing.tidy(run) == 0
    later = timezone.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr(printing.timezone, "now", lambda: later)
    assert printing.tidy(run) == 1
    assert not default_storage.exists(name)
