import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.welcome.letters.conftest import DATED, Q3, approved, arrive, frozen
from welcome.households.models import AddressKind, Household, HouseholdState
from welcome.letters import cohort, runs
from welcome.letters.models import LeftOutReason, Letter, RunState

UNKNOWN = {
    "address_kind": AddressKind.UNKNOWN, "street": "", "house_number": "", "house_letter": "",
    "postal_code": "", "postal_place": "",
}  # fmt: skip
CASES = {
    LeftOutReason.PROTECTED: {**UNKNOWN, "protection": "fortrolig", "no_letter": True},
    LeftOutReason.MOVED_ON: {"state": HouseholdState.LEFT, "left_on": DATED, "no_letter": True},
    LeftOutReason.ASKED_NOT_TO: {**UNKNOWN, "no_letter": True},
    LeftOutReason.FOREIGN_ADDRESS: {
        **UNKNOWN, "address_kind": AddressKind.FOREIGN, "foreign_address": "Main St 1\nLondon",
    },
    LeftOutReason.NO_ADDRESS: UNKNOWN,
}  # fmt: skip


def reasons(run):
    return {row.household_id: row.reason for row in run.left_out.all()}


@pytest.mark.parametrize("reason", CASES)
def test_each_reason_leaves_out_and_the_first_in_order_counts(place, reason):
    household = arrive(place, **CASES[reason])
    run = frozen(place)
    assert reasons(run) == {household.pk: reason}
    assert (run.cohort, run.letters.count()) == (1, 0)


def test_who_died_gets_no_letter(place):
    household = arrive(place)
    household.people.update(died_on=DATED)
    assert reasons(frozen(place)) == {household.pk: LeftOutReason.DECEASED}


def test_protection_hides_every_other_reason(place):
    household = arrive(place, **UNKNOWN, protection="strengtFortrolig")
    household.people.update(died_on=DATED)
    assert reasons(frozen(place)) == {household.pk: LeftOutReason.PROTECTED}


def test_the_young_without_grown_ups_get_no_letter(place):
    household = HouseholdFactory(municipality=place)
    PersonFactory(household=household, birth_date=datetime.date(2008, 10, 6), birth_year=2008)
    assert reasons(frozen(place)) == {household.pk: LeftOutReason.UNDER_AGE}


def test_who_is_of_age_on_the_letters_day_gets_one(place):
    household = HouseholdFactory(municipality=place)
    PersonFactory(household=household, birth_date=datetime.date(2008, 10, 5), birth_year=2008)
    assert frozen(place).letters.get().household == household


def test_children_count_but_are_not_written_to(place):
    household = arrive(place, "Oksana Kovalenko")
    PersonFactory(household=household, given_name="Bo", family_name="Kovalenko", birth_year=2015)
    letter = frozen(place).letters.get()
    assert letter.people == 2
    assert letter.salutation == "Oksana"
    assert "Bo" not in " ".join(letter.address)


def test_the_dead_of_a_living_household_are_not_named(place):
    household = arrive(place, "Oksana Kovalenko", "Petro Kovalenko")
    household.people.filter(given_name="Petro").update(died_on=DATED)
    assert frozen(place).letters.get().address[0] == "Oksana Kovalenko"


def test_a_household_whose_date_was_moved_is_not_welcomed_twice(place):
    household = arrive(place, moved_in=Q3.previous.first_day)
    frozen(place, Q3.previous)
    household.moved_in = Q3.first_day
    household.save()
    assert reasons(frozen(place)) == {household.pk: LeftOutReason.ALREADY_WELCOMED}


def test_planners_strangers_other_quarters_and_empty_households_are_no_cohort(place):
    arrive(place, state=HouseholdState.PLANNING, moved_in=None, consent_until=DATED)
    arrive(MunicipalityFactory())
    arrive(place, moved_in=Q3.next.first_day)
    arrive(place, moved_in=Q3.previous.last_day)  # That quarter has no run: nobody has missed it.
    HouseholdFactory(municipality=place)
    first, last = (arrive(place, moved_in=day) for day in (Q3.first_day, Q3.last_day))
    assert {letter.household for letter in frozen(place).letters.all()} == {first, last}


def test_late_arrivals_roll_into_the_next_run_once(place):
    frozen(place, Q3.previous)
    late = arrive(place, moved_in=Q3.previous.first_day)
    assert [letter.household for letter in frozen(place, Q3).letters.all()] == [late]
    assert frozen(place, Q3.next).cohort == 0


def test_those_of_a_cancelled_run_roll_into_the_next(place):
    household = arrive(place, moved_in=Q3.previous.first_day)
    runs.cancel(run=frozen(place, Q3.previous), by=None)
    assert frozen(place).letters.get().household == household


def test_a_draft_before_keeps_its_people(place):
    arrive(place, moved_in=Q3.previous.first_day)
    runs.ensure(municipality=place, quarter=Q3.previous, by=None)
    assert frozen(place).cohort == 0


def test_who_had_no_address_is_written_to_once_there_is_one(place):
    household = arrive(place, moved_in=Q3.previous.first_day, **UNKNOWN)
    frozen(place, Q3.previous)
    assert frozen(place, Q3).cohort == 0
    Household.objects.filter(pk=household.pk).update(
        address_kind=AddressKind.STREET, street="Torget", postal_code="3570", postal_place="Ål"
    )
    assert frozen(place, Q3.next).letters.get().household == household
    assert frozen(place, Q3.next.next).cohort == 0


def test_an_address_found_after_more_than_four_quarters_comes_too_late(place):
    quarter = Q3
    household = arrive(place, moved_in=Q3.first_day, **UNKNOWN)
    frozen(place, quarter)
    Household.objects.filter(pk=household.pk).update(
        address_kind=AddressKind.STREET, street="Torget", postal_code="3570", postal_place="Ål"
    )
    for _ in range(5):
        quarter = quarter.next
    assert frozen(place, quarter).cohort == 0


def test_other_reasons_for_leaving_out_are_final(place):
    household = arrive(place, moved_in=Q3.previous.first_day, no_letter=True)
    frozen(place, Q3.previous)
    Household.objects.filter(pk=household.pk).update(no_letter=False)
    assert frozen(place, Q3).cohort == 0


def test_a_second_run_of_the_same_people_never_doubles_a_letter(place):
    for number in range(5):
        arrive(place, f"Kari {number}", moved_in=Q3.previous.first_day)
    run = approved(place, Q3.previous)
    arrive(place, "Ola Sein", moved_in=Q3.previous.first_day)
    frozen(place, Q3)
    households = list(
        Letter.objects.exclude(run__state=RunState.CANCELLED).values_list("household", flat=True)
    )
    assert len(households) == len(set(households)) == run.cohort + 1


def test_the_order_is_that_of_the_street_on_every_database(place):
    walk = [
        ("3570", "Strandvegen", "9", ""), ("3570", "strandvegen", "9", "A"), ("3570", "Strandvegen", "9", "b"),
        ("3570", "STRANDVEGEN", "10", ""), ("3570", "Ærevegen", "1", ""), ("3570", "Øvre Ålsgata", "2", ""),
        ("3570", "Åsvegen", "1", ""), ("3571", "Allé", "1", ""),
    ]  # fmt: skip
    for postal_code, street, number, letter in reversed(walk):
        arrive(place, street=street, house_number=number, house_letter=letter, postal_code=postal_code)
    letters = frozen(place).letters.order_by("number").select_related("household")
    homes = [letter.household for letter in letters]
    assert [(h.postal_code, h.street, h.house_number, h.house_letter) for h in homes] == walk


def test_more_households_take_no_more_queries(place, django_assert_num_queries):
    run = runs.ensure(municipality=place, quarter=Q3, by=None)
    for number in range(3):
        arrive(place, house_number=str(number))
    with CaptureQueriesContext(connection) as few:
        assert len(list(cohort.members(run, DATED))) == 3
    for number in range(30):
        arrive(place, house_number=str(number))
    with django_assert_num_queries(len(few)):
        assert len(list(cohort.members(run, DATED))) == 33
