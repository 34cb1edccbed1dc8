"""Two households of one run turn out to be one: both rows stay, one counts, nobody is taken for erased."""

import pytest
from django.core.files.storage import default_storage

from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.frozen import NO_ADDRESS, approve, make_printed
from welcome.households import actions
from welcome.letters import run_lists, runs, schedule, verification
from welcome.letters.models import LeftOutReason, LetterRun, RunState


@pytest.fixture
def pair(place):
    """Two households that are one, first the one that is kept, and a third that has nothing to do with it."""
    arrive(place, "Per Tredje", house_number="3")
    return arrive(place, "Oksana Kovalenko", house_number="1"), arrive(
        place, "Taras Kovalenko", house_number="2"
    )


def merged(pair):
    keep, other = pair
    actions.merge(keep=keep, other=other, by=None)


def sweep(capture):
    with capture(execute=True):
        schedule.sweep()


def stored(run):
    return default_storage.listdir(f"letters/{run.pk}")[1]


def reasons(run):
    return sorted(run.left_out.values_list("reason", flat=True))


def adds_up(run):
    run.refresh_from_db()
    return run.letters.count() + run.left_out.count() == run.cohort == 3


def test_in_an_open_run_the_second_letter_is_left_out_as_merged(
    place, pair, django_capture_on_commit_callbacks
):
    run = frozen(place)
    merged(pair)
    sweep(django_capture_on_commit_callbacks)
    assert sorted(letter.address[0] for letter in run.letters.all()) == ["Oksana Kovalenko", "Per Tredje"]
    assert reasons(run) == [LeftOutReason.MERGED]
    assert adds_up(run)
    assert [reason.reason for reason in run_lists.cohort_of(run, tells_protected=False).reasons] == ["merged"]


def test_it_is_taken_out_before_the_run_is_approved(place, pair):
    run = frozen(place)
    merged(pair)
    approve(run)
    assert run.letters.count() == 2


def test_of_a_finished_run_nothing_is_deleted(place, pair, django_capture_on_commit_callbacks, tmp_path):
    run = runs.finish(run=make_printed(frozen(place)), by=None)
    before = stored(run)
    merged(pair)
    sweep(django_capture_on_commit_callbacks)
    assert stored(run) == before
    assert run.letters.filter(purged_at=None).count() == 3
    assert run.files.kept().count() == 1
    assert adds_up(run)
    assert run_lists.letters_of(run).count() == 3
    assert list(verification._arithmetic(run)) == []


@pytest.mark.parametrize("state", [RunState.FROZEN, RunState.DONE])
def test_erasing_the_kept_household_erases_both_letters(
    place, pair, state, django_capture_on_commit_callbacks
):
    run = frozen(place)
    if state == RunState.DONE:
        run = runs.finish(run=make_printed(run), by=None)
    merged(pair)
    pair[0].delete()
    sweep(django_capture_on_commit_callbacks)
    addresses = str([*run.letters.values_list("address", "salutation")])
    assert "Oksana" not in addresses
    assert "Taras" not in addresses
    assert "Per Tredje" in addresses
    assert adds_up(run)


@pytest.mark.parametrize("state", [RunState.FROZEN, RunState.DONE])
def test_protecting_the_kept_household_takes_both_letters_back(
    place, pair, state, django_capture_on_commit_callbacks
):
    run = frozen(place)
    if state == RunState.DONE:
        run = runs.finish(run=make_printed(run), by=None)
    merged(pair)
    actions.protect(household=pair[0], grade="fortrolig", by=None)
    sweep(django_capture_on_commit_callbacks)
    assert "Kovalenko" not in str([*run.letters.values_list("address", "salutation")])
    assert adds_up(run)


def test_three_that_are_one(place, pair, django_capture_on_commit_callbacks):
    run = frozen(place)
    third = run.letters.get(number=3).household
    merged(pair)
    actions.merge(keep=pair[0], other=third, by=None)
    sweep(django_capture_on_commit_callbacks)
    assert run.letters.count() == 1
    assert reasons(run) == [LeftOutReason.MERGED] * 2
    assert adds_up(run)


def test_both_left_out_still_count_as_two(place, django_capture_on_commit_callbacks):
    homes = [arrive(place, "Utan Adresse", **NO_ADDRESS) for _ in range(3)]
    run = frozen(place)
    actions.merge(keep=homes[0], other=homes[1], by=None)
    sweep(django_capture_on_commit_callbacks)
    assert list(run.left_out.order_by("merged", "pk").values_list("household", "merged")) == [
        (homes[0].pk, False),
        (homes[2].pk, False),
        (homes[0].pk, True),
    ]
    assert adds_up(run)


def test_a_letter_is_taken_back_although_the_other_half_was_left_out(
    place, pair, django_capture_on_commit_callbacks
):
    """The household then has a row among those left out already; a second one must not stop the sweep."""
    homeless = arrive(place, "Oksana Kovalenko", **NO_ADDRESS)
    run = frozen(place)
    actions.merge(keep=pair[0], other=homeless, by=None)
    actions.protect(household=pair[0], grade="strengtFortrolig", by=None)
    sweep(django_capture_on_commit_callbacks)
    run = LetterRun.objects.get(pk=run.pk)
    assert "Oksana" not in str([*run.letters.values_list("address", flat=True)])
    assert reasons(run) == [LeftOutReason.NO_ADDRESS, LeftOutReason.PROTECTED]
    assert run.letters.count() + run.left_out.count() == run.cohort == 4
