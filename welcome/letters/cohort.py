"""Who is written to in a quarter's run, and who of them is left out and why.

The cohort of a run is made of three groups, and planning households and those without people (nobody
could be named) belong to none:

1. households that moved in during the quarter;
2. late arrivals: moved in during an earlier quarter whose own run is past its freezing (or was
   cancelled), and known to no run that still counts;
3. households that an earlier run, at most four quarters back, left out only for want of an address,
   and that have one now.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from welcome.households.models import AddressKind, Household, HouseholdQuerySet, HouseholdState, Person
from welcome.households.quarters import Quarter
from welcome.households.walking import STREET, along_the_street
from welcome.letters.models import (
    LeftOut,
    LeftOutReason,
    Letter,
    LetterQuerySet,
    LetterRun,
    LetterRunQuerySet,
    RunState,
)

QUARTERS_BACK = 4
CHUNK = 1000


@dataclass(frozen=True)
class Member:
    household: Household
    adults: list[Person]  # Alive and of age, in the household's order.
    people: int  # Alive.
    reason: LeftOutReason | None  # None: gets a letter.


def reason_for(
    household: Household, alive: list[Person], dated: datetime.date, *, welcomed: bool
) -> LeftOutReason | None:
    """The first that applies. Protection comes first and hides all others: no further detail of a
    protected household is told. What is final comes before what can still be put right."""
    if household.is_protected:
        return LeftOutReason.PROTECTED
    if not alive:
        return LeftOutReason.DECEASED
    if household.state == HouseholdState.LEFT:
        return LeftOutReason.MOVED_ON
    if household.no_letter or household.is_held:  # That the processing is restricted is told to nobody here.
        return LeftOutReason.ASKED_NOT_TO
    if welcomed:
        return LeftOutReason.ALREADY_WELCOMED
    if household.address_kind == AddressKind.FOREIGN:
        return LeftOutReason.FOREIGN_ADDRESS
    if not household.address_lines:
        return LeftOutReason.NO_ADDRESS
    if not any(person.is_adult_on(dated) for person in alive):
        return LeftOutReason.UNDER_AGE
    return None


def members(run: LetterRun, dated: datetime.date) -> Iterator[Member]:
    """The cohort of a run as it stands now, in the order of `along_the_street`. Two queries a thousand
    households, and one for all."""
    for household in _in_order(run):
        alive = [person for person in household.people.all() if person.died_on is None]
        yield Member(
            household=household,
            adults=[person for person in alive if person.is_adult_on(dated)],
            people=len(alive),
            reason=reason_for(household, alive, dated, welcomed=vars(household)["welcomed"]),
        )


def _in_order(run: LetterRun) -> Iterator[Household]:
    """Sorted here and not by the database, where each has its own order; only the keys are in memory."""
    ids = [
        row[-1]
        for row in sorted(_candidates(run).values_list(*STREET, "pk").iterator(), key=along_the_street)
    ]
    written = Letter.objects.filter(run__in=_runs_that_count(run), household=OuterRef("pk"))
    households: HouseholdQuerySet = Household.objects.of(run.municipality)
    households = households.annotate(welcomed=Exists(written)).with_people()
    for start in range(0, len(ids), CHUNK):
        chunk = households.in_bulk(ids[start : start + CHUNK])
        # One that was merged or erased in this moment is no longer there.
        yield from (chunk[pk] for pk in ids[start : start + CHUNK] if pk in chunk)


def doubtful(letters: LetterQuerySet) -> LetterQuerySet:
    """Those among `letters` that may have to be withdrawn, found by the database: a sweep each minute over
    a whole country's letters can't read them all."""
    alive = Person.objects.alive().filter(household=OuterRef("household"))
    return letters.filter(
        Q(household=None)
        | Q(merged=True)
        | Q(purged_at__isnull=False)
        | ~Q(household__protection="")
        | Q(household__state=HouseholdState.LEFT)
        | Q(household__no_letter=True)
        | Q(household__held_at__isnull=False)
        | ~Exists(alive)
    )


def to_withdraw(letters: Iterable[Letter], dated: datetime.date) -> list[tuple[Letter, LeftOutReason]]:
    """The letters that must not go out any more, each with its reason: address protection came, the
    people died, moved on or asked not to be written to, or the household was erased or merged with one that
    has a letter of its own since the run was frozen. Other changes don't recall a frozen letter."""
    found = []
    for letter in letters:
        if letter.household is None:
            # Erased at somebody's wish; who they were is not known any more.
            found.append((letter, LeftOutReason.ASKED_NOT_TO))
            continue
        if letter.merged:
            found.append((letter, LeftOutReason.MERGED))
            continue
        alive = [person for person in letter.household.people.all() if person.died_on is None]
        reason = reason_for(letter.household, alive, dated, welcomed=False)
        if reason in _RECALLING:
            found.append((letter, reason))
        elif letter.purged_at is not None:
            # It came back after its address was deleted, as while they were protected: there is nothing to print.
            found.append((letter, LeftOutReason.NO_ADDRESS))
    return found


_RECALLING = {
    LeftOutReason.PROTECTED,
    LeftOutReason.DECEASED,
    LeftOutReason.MOVED_ON,
    LeftOutReason.ASKED_NOT_TO,
}


def _runs_that_count(run: LetterRun) -> LetterRunQuerySet:
    runs: LetterRunQuerySet = LetterRun.objects.of(run.municipality).exclude(pk=run.pk)
    return runs.exclude(state__in=[RunState.DRAFT, RunState.CANCELLED])


def _candidates(run: LetterRun) -> HouseholdQuerySet:
    counting = _runs_that_count(run)
    lettered = Letter.objects.filter(run__in=counting, household=OuterRef("pk"))
    left_out = LeftOut.objects.filter(run__in=counting, household=OuterRef("pk"))

    own = Q(moved_in__gte=run.quarter.first_day, moved_in__lte=run.quarter.last_day)
    late = _moved_in_before(run) & ~Exists(lettered) & ~Exists(left_out)
    found_address = (
        Exists(left_out.filter(_in_quarters(_quarters_back(run.quarter)), reason=LeftOutReason.NO_ADDRESS))
        & ~Exists(left_out.exclude(reason=LeftOutReason.NO_ADDRESS))
        & ~Exists(lettered)
        & ~Q(address_kind=AddressKind.UNKNOWN)
        & Q(moved_in__lt=run.quarter.first_day)
    )
    people = Person.objects.filter(household=OuterRef("pk"))
    households: HouseholdQuerySet = Household.objects.of(run.municipality)
    return households.exclude(state=HouseholdState.PLANNING).filter(
        Exists(people), own | late | found_address
    )


def _moved_in_before(run: LetterRun) -> Q:
    """Moved in during an earlier quarter whose own run can't take them any more."""
    closed = LetterRun.objects.of(run.municipality).exclude(pk=run.pk).exclude(state=RunState.DRAFT)
    moved_in = Q(pk__in=[])
    for earlier in closed.only("year", "number"):
        if earlier.quarter < run.quarter:
            moved_in |= Q(moved_in__gte=earlier.quarter.first_day, moved_in__lte=earlier.quarter.last_day)
    return moved_in


def _quarters_back(quarter: Quarter) -> list[Quarter]:
    back = []
    for _ in range(QUARTERS_BACK):
        quarter = quarter.previous
        back.append(quarter)
    return back


def _in_quarters(quarters: list[Quarter]) -> Q:
    condition = Q(pk__in=[])
    for quarter in quarters:
        condition |= Q(run__year=quarter.year, run__number=quarter.number)
    return condition
