"""The proof of a run: every letter laid out by a worker, and nothing approved but what was proved."""

import datetime
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.frozen import approve, found_in, make_frozen, protect, prove
from tests.welcome.letters.staff_site import text_of, url
from tests.welcome.letters.test_variants import GIFTS, HOST
from welcome.households.models import Household
from welcome.letters import (
    layout,
    looking,
    nudges,
    proofs,
    proving,
    runs,
    schedule,
    showing,
    stock,
    withdrawal,
)
from welcome.letters.models import LeftOutReason, Letter, LetterRun, RunState, RunText
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample, ProofState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def kept(run):
    try:
        return {name for name in default_storage.listdir(f"letters/{run.pk}")[1] if name.startswith("proof-")}
    except FileNotFoundError:
        return set()


# --- what is proved ------------------------------------------------------------------------------


def test_freezing_asks_for_a_proof_and_the_workers_are_told(
    place, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(nudges, "send", lambda task, ids, **more: told.append((task, ids)))
    arrive(place)
    with django_capture_on_commit_callbacks(execute=True):
        run = frozen(place)
    proof = run.proofs.get()
    assert (proof.state, proof.total) == (ProofState.WAITING, 1)
    assert told == [(nudges.PROVE, [proof.pk])]


def test_every_letter_is_looked_at_and_not_only_the_longest(place):
    """A short letter among long ones, whose one word has no room in the heading's line."""
    for number in range(6):
        arrive(place, f"Maximiliane{number} Hohenzollern-Sigmaringen", house_number=str(number + 1))
    bad = arrive(place, "Bo Li", house_number="9")
    run = frozen(place)
    Letter.objects.filter(household=bad).update(address=["Bo Li", "W" * 60])
    problem = found_in(run)["address_too_long"]
    assert (problem.letter.household, problem.blocking) == (bad, True)
    assert run.proofs.get().counted == run.proofs.get().total > 7


def test_a_word_too_long_for_the_page_is_said_of_its_letter(place, monkeypatch):
    arrive(place, "Bo Li", house_number="1")
    arrive(place, "Per Li", house_number="2")
    real = looking._pages

    def too_wide(stock, letter, *more):
        return (
            layout.LayoutError("too_long", text="Æ" * 90)
            if letter.number == 2
            else real(stock, letter, *more)
        )

    monkeypatch.setattr(looking, "_pages", too_wide)
    run = frozen(place)
    problem = found_in(run)["too_long"]
    assert problem.letter.number == 2
    assert problem.message.startswith("Letter 2: “ÆÆ")
    with pytest.raises(runs.Refused, match="1 problem is to be solved first: Letter 2"):
        approve(run)


def test_too_many_pages_block_the_run(place):
    arrive(place)
    run = frozen(place)
    text = run.texts.get()
    text.greeting = {**text.greeting, "body": "<p>Velkommen hit, alle sammen.</p>" * 150}
    text.save()
    problem = found_in(run)["too_many_pages"]
    assert (problem.blocking, problem.letter) == (True, run.letters.get())


def test_a_missing_picture_blocks_the_run(place):
    arrive(place)
    run = frozen(place)
    run.letterhead["arms"] = "letters/images/gone.png"
    run.save()
    problem = found_in(run)["picture_gone"]
    assert (problem.blocking, problem.letter) == (True, None)
    assert run.proofs.get().samples.count() == 0


def test_samples_show_the_longest_name_of_each_language_and_each_variant(place):
    arrive(place, "Bo Li", house_number="1")
    arrive(place, "Maximiliane Hohenzollern", house_number="2")
    arrive(place, "Åse Nordmann", "Ola Nordmann", house_number="3")
    run = frozen(place)
    run.letters.filter(number=1).update(host=HOST)
    run.letters.filter(number=3).update(gifts=GIFTS)
    prove(run)
    samples = run.proofs.get().samples.order_by("letter__number")
    assert [sample.letter.number for sample in samples] == [1, 2, 3]
    assert [sample.is_longest for sample in samples] == [False, True, False]
    assert all(sample.pages >= 1 for sample in samples)
    assert len(kept(run)) == 3


def test_proving_asks_as_much_for_many_as_for_few(place, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(proving, "SECONDS_BETWEEN_SIGNS", 1000)
    for number in range(40):
        arrive(place, f"Kari Nordmann{number}", house_number=str(number + 1))
    run = frozen(place)
    with django_assert_max_num_queries(50):
        prove(run)


# --- what may be approved ------------------------------------------------------------------------


def test_nothing_is_approved_that_is_not_proved(place):
    arrive(place)
    run = frozen(place)
    with pytest.raises(runs.Refused, match="0 of 1"):
        runs.approve(run=run, by=None)
    run.proofs.all().delete()
    with pytest.raises(runs.Refused, match="not proved yet"):
        runs.approve(run=run, by=None)
    assert run.proofs.get().state == ProofState.WAITING  # Asked for by the refusal.
    assert approve(run).state == RunState.APPROVED


@pytest.mark.parametrize("what", ["text", "letter", "letterhead", "added"])
def test_a_proof_of_something_else_than_is_frozen_approves_nothing(place, what):
    arrive(place)
    run = prove(frozen(place))
    if what == "text":
        RunText.objects.update(blocks=[])
    elif what == "letter":
        Letter.objects.update(salutation="Noen andre")
    elif what == "letterhead":
        LetterRun.objects.update(letterhead=run.letterhead | {"mayor": "En Annen"})
    else:
        letter = run.letters.get()
        letter.pk, letter.number, letter.household = None, 2, None
        Letter.objects.bulk_create([letter])
        monkey = arrive(place, "Ny Her", house_number="7")
        Letter.objects.filter(number=2).update(household=monkey)
    with pytest.raises(runs.Refused, match="changed since"):
        runs.approve(run=run, by=None)
    assert LetterRun.objects.get().state == RunState.FROZEN
    assert approve(run).state == RunState.APPROVED


def test_a_letter_that_is_taken_out_leaves_the_others_as_proved(place):
    arrive(place, "Kari Her", house_number="1")
    arrive(place, "Ola Her", house_number="2")
    run = prove(frozen(place))
    runs.withdraw(letter=run.letters.first(), reason=LeftOutReason.ASKED_NOT_TO, by=None)
    assert proofs.standing(run).is_current
    assert runs.approve(run=run, by=None).state == RunState.APPROVED


def test_a_letter_that_stops_the_run_stops_it_until_it_is_taken_out(place):
    arrive(place, "Kari 😀", house_number="1")
    arrive(place, "Ola Her", house_number="2")
    run = prove(frozen(place))
    with pytest.raises(runs.Refused, match="no font"):
        runs.approve(run=run, by=None)
    runs.withdraw(
        letter=ProofProblem.objects.blocking().get().letter, reason=LeftOutReason.ASKED_NOT_TO, by=None
    )
    assert runs.approve(run=run, by=None).letters.count() == 1


def test_a_host_taken_out_of_frozen_letters_has_them_proved_anew(place):
    from welcome.letters import unnaming

    arrive(place)
    run = frozen(place)
    run.letters.update(host=HOST | {"id": 999_999})
    prove(run)
    assert unnaming.take_out(run=run) == 1
    with pytest.raises(runs.Refused, match="still being proved"):
        runs.approve(run=run, by=None)
    assert approve(run).state == RunState.APPROVED


def test_what_is_changed_while_it_is_proved_is_proved_once_more(place, monkeypatch):
    arrive(place)
    run = frozen(place)
    proof = run.proofs.get()
    real = looking.look_at

    def meanwhile(*more):
        Letter.objects.update(salutation="Ola")
        return real(*more)

    monkeypatch.setattr(proving, "look_at", meanwhile)
    assert not proving.prove(proof.pk)
    proof.refresh_from_db()
    assert (proof.state, proof.attempts, proof.problems.count()) == (ProofState.WAITING, 0, 0)
    monkeypatch.undo()
    assert approve(run).state == RunState.APPROVED


def test_blocks_frozen_anew_are_laid_out_anew(place):
    """Two freezings that differ in their blocks only share no laid-out pages."""
    run = make_frozen(letters=1)
    before = stock.of(run)
    text = run.texts.get()
    text.blocks = [block for block in text.blocks if block["kind"] != "practical"]
    text.save()
    assert stock.of(LetterRun.objects.get(pk=run.pk)) is not before


# --- workers -------------------------------------------------------------------------------------


def lost(proof, **more):
    Proof.objects.filter(pk=proof.pk).update(
        lease_expires_at=timezone.now() - datetime.timedelta(seconds=1), **more
    )


def claimed(run):
    proof = proving._claim(run.proofs.get().pk)
    assert proof is not None
    return proof


def test_one_worker_has_it_until_its_lease_runs_out(place):
    arrive(place)
    run = frozen(place)
    proof = claimed(run)
    assert not proving.prove(proof.pk)
    lost(proof)
    assert proving.prove(proof.pk)
    assert not proving.prove(proof.pk)


def test_who_comes_back_late_writes_nothing_and_leaves_nothing(place, monkeypatch):
    arrive(place)
    run = frozen(place)
    real = proving._Looking._keep

    def late(self):
        Proof.objects.update(lease_token="0" * 32)
        return real(self)

    monkeypatch.setattr(proving._Looking, "_keep", late)
    assert not proving.prove(run.proofs.get().pk)
    assert (ProofSample.objects.count(), kept(run)) == (0, set())


def test_the_letter_that_three_workers_died_on_is_a_problem_and_the_rest_goes_on(place):
    arrive(place, "Kari Her", house_number="1")
    arrive(place, "Ola Her", house_number="2")
    run = frozen(place)
    proof = claimed(run)
    lost(proof, attempts=3, at_number=2)
    assert proving.prove(proof.pk)
    problem = ProofProblem.objects.blocking().get()
    assert (problem.code, problem.letter.number) == ("fatal", 2)
    assert run.proofs.get().state == ProofState.DONE


def test_where_no_letter_is_known_the_proof_is_set_aside_and_can_be_asked_for_again(place):
    arrive(place)
    run = frozen(place)
    proof = claimed(run)
    lost(proof, attempts=3)
    assert not proving.prove(proof.pk)
    with pytest.raises(runs.Refused, match="3 workers died"):
        runs.approve(run=run, by=None)
    proofs.ask(run=run, by=None)
    assert approve(run).state == RunState.APPROVED


def test_a_fault_of_the_machine_is_tried_again_and_then_set_aside(place, monkeypatch):
    def full(*more):
        raise OSError("No space left on device")

    arrive(place)
    run = frozen(place)
    monkeypatch.setattr(looking, "_pages", full)
    for _ in range(3):
        assert not proving.prove(run.proofs.get().pk)
    proof = run.proofs.get()
    assert (proof.state, proof.error) == (ProofState.SET_ASIDE, "OSError: No space left on device")


def test_the_sweep_finds_what_is_lost_and_what_was_never_asked_for(place, monkeypatch):
    told = []
    monkeypatch.setattr(nudges, "send", lambda task, ids, **more: told.extend((task, pk) for pk in ids))
    arrive(place)
    run = frozen(place)
    lost(claimed(run))
    schedule.sweep()
    assert told == [(nudges.PROVE, run.proofs.get().pk)]
    run.proofs.all().delete()  # As of a run that was frozen before there were proofs.
    schedule.sweep()
    assert (nudges.PROVE, run.proofs.get().pk) in told


def test_two_proofs_of_a_run_at_once_are_refused_by_the_database(place):
    arrive(place)
    run = frozen(place)
    with pytest.raises(IntegrityError, match=r"proof_one_at_a_time|UNIQUE"), transaction.atomic():
        Proof.objects.create(municipality=place, run=run)
    assert proofs.ask(run=run, by=None) == run.proofs.get()


# --- what is kept --------------------------------------------------------------------------------


def test_a_sample_goes_with_its_letter_when_protection_comes(place, django_capture_on_commit_callbacks):
    hidden = arrive(place, "Oksana Skjult")
    run = prove(frozen(place))
    assert kept(run)
    protect(hidden)
    with django_capture_on_commit_callbacks(execute=True):
        withdrawal.withdraw_changed(LetterRun.objects.get())
    assert (ProofSample.objects.count(), kept(run)) == (0, set())


@pytest.mark.parametrize("step", ["thaw", "cancel"])
def test_samples_go_when_the_run_is_taken_back(place, step, django_capture_on_commit_callbacks):
    arrive(place)
    run = prove(frozen(place))
    assert kept(run)
    with django_capture_on_commit_callbacks(execute=True):
        getattr(runs, step)(run=run, by=None)
    assert (Proof.objects.count(), kept(run)) == (0, set())


def test_a_new_proof_takes_the_samples_of_the_one_before(place, django_capture_on_commit_callbacks):
    arrive(place)
    run = prove(frozen(place))
    before = kept(run)
    proofs.ask(run=run, by=None)
    with django_capture_on_commit_callbacks(execute=True):
        prove(run)
    assert run.proofs.count() == 1
    assert len(kept(run)) == 1
    assert not kept(run) & before


# --- the pages -----------------------------------------------------------------------------------


def test_the_page_shows_how_far_it_is_without_script(as_role, run):
    page = as_role("coordinator").get(url(run, "proof"))
    assert "The letters are being proved" in text_of(page)
    assert '<meta http-equiv="refresh"' in text_of(page)
    live = as_role("coordinator").get(url(run, "proof"), headers={"HX-Request": "true"})
    assert 'aria-valuenow="0"' in text_of(live)
    assert "HX-Refresh" not in live
    prove(run)
    live = as_role("coordinator").get(url(run, "proof"), headers={"HX-Request": "true"})
    assert live["HX-Refresh"] == "true"


def test_the_approval_says_what_is_missing(as_role, run):
    page = text_of(as_role("coordinator").get(url(run, "approve")))
    assert "still being proved" in page
    assert '<form method="post" action="' + url(run, "act", "approve") not in page


def test_it_can_be_asked_for_by_who_runs_letters_only(as_role, run):
    prove(run)
    assert as_role("reader").post(url(run, "act", "prove")).status_code == 403
    assert as_role("service_office").post(url(run, "act", "prove")).status_code == 302
    assert run.proofs.open().count() == 1


def test_many_problems_come_page_by_page(as_role, run, django_assert_max_num_queries):
    prove(run)
    proof = run.proofs.get()
    letter = run.letters.first()
    ProofProblem.objects.bulk_create(
        ProofProblem(municipality=run.municipality, proof=proof, letter=letter, code="too_long",
                     details={"text": f"Ord{number}"}, blocking=True)
        for number in range(120)
    )  # fmt: skip
    browser = as_role("coordinator")
    browser.get(url(run, "proof"))
    with django_assert_max_num_queries(60):
        first = text_of(browser.get(url(run, "proof")))
    assert "Ord0”" in first
    assert "Ord60”" not in first
    assert "Ord60”" in text_of(browser.get(url(run, "proof") + "?page=2"))


def test_samples_are_served_from_what_is_kept(as_role, run, monkeypatch):
    prove(run)
    number = run.proofs.get().samples.first().letter.number
    monkeypatch.setattr("welcome.letters.rendering.render_letter", None)  # Nothing is laid out in a request.
    browser = as_role("reader")
    assert browser.get(url(run, "letter_pdf", number)).content.startswith(b"%PDF")
    assert browser.get(url(run, "letter_page", number, 1)).status_code == 200


def test_a_sample_that_is_not_what_is_frozen_is_not_shown_for_it(run):
    prove(run)
    letter = run.proofs.get().samples.first().letter
    kept_one = showing.pdf(letter)
    Letter.objects.filter(pk=letter.pk).update(salutation="Noen helt andre")
    letter.refresh_from_db()
    assert showing.pdf(letter) != kept_one


def test_nothing_of_a_protected_household_stands_on_the_proof(as_role, run):
    prove(run)
    household = Household.objects.get(pk=run.letters.first().household_id)
    proof, letter = run.proofs.get(), run.letters.first()
    ProofProblem.objects.create(
        municipality=run.municipality, proof=proof, letter=letter, code="too_long", details={"text": "Skjultgata"},
        blocking=True,
    )  # fmt: skip
    protect(household)
    browser = as_role("coordinator")
    for page in ("proof", "approve"):
        assert "Skjultgata" not in text_of(browser.get(url(run, page)))


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_proof():
    from django.db import connection

    from municipalities.municipality import scope

    if connection.vendor == "sqlite":
        pytest.skip("Threads share no in-memory database.")
    run = prove(make_frozen(letters=1))
    barrier, found = threading.Barrier(3), []

    @scope.of(run.municipality_id)
    def ask():
        barrier.wait()
        found.append(proofs.ask(run=run, by=None).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
