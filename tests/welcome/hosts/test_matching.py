"""The assignment that suggests a host to all who wait: the best there is, for whom it may be, with its reasons."""

import datetime

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    HostAssignmentFactory,
    HostAwayFactory,
    HostFactory,
    HostRulesFactory,
    HouseholdFactory,
    PersonFactory,
)
from welcome.hosts import actions, ending, fitting, matching
from welcome.hosts.models import EndReason, HostAssignment
from welcome.households import actions as households
from welcome.households import holding
from welcome.households.models import Household


@st.composite
def problems(draw):
    homes, hosts = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    numbers = st.lists(st.integers(fitting.A_HOST, 1250), min_size=hosts, max_size=hosts)
    marks = st.lists(st.booleans(), min_size=hosts, max_size=hosts)
    return (
        np.array(draw(st.lists(numbers, min_size=homes, max_size=homes)), dtype=np.int16),
        np.array(draw(st.lists(marks, min_size=homes, max_size=homes)), dtype=bool),
        draw(st.lists(st.integers(0, 5), min_size=hosts, max_size=hosts)),
        draw(st.lists(st.integers(0, 3), min_size=hosts, max_size=hosts)),
        draw(st.permutations(range(homes))),
    )


def worth(pairs, score, loads):
    """What an assignment is worth: each further household of a host counts less."""
    total, loads = 0, list(loads)
    for row, column in pairs:
        total += int(score[row, column]) - fitting.A_LOAD * loads[column]
        loads[column] += 1
    return total


def greedy(order, score, allowed, loads, free):
    """Each household in turn takes whoever is best for it then."""
    pairs, loads, free = [], list(loads), list(free)
    for row in order:
        can = [c for c in range(len(free)) if free[c] and allowed[row, c]]
        if can:
            column = max(can, key=lambda c: score[row, c] - fitting.A_LOAD * loads[c])
            pairs.append((row, column))
            loads[column] += 1
            free[column] -= 1
    return pairs


@given(problems())
@settings(max_examples=300, deadline=None)
def test_no_greedy_order_does_better(problem):
    score, allowed, loads, free, order = problem
    found = fitting.best(score, allowed, loads, free)
    assert worth(found, score, loads) >= worth(greedy(order, score, allowed, loads, free), score, loads)
    assert len({row for row, _ in found}) == len(found), "one host each"
    for column, room in enumerate(free):
        assert sum(host == column for _, host in found) <= room
    assert all(allowed[pair] for pair in found)


def test_even_the_load_is_kept():
    score = np.full((3, 3), 1100, dtype=np.int16)
    pairs = fitting.best(score, np.ones((3, 3), dtype=bool), [0, 0, 0], [3, 3, 3])
    assert sorted(host for _, host in pairs) == [0, 1, 2]


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture(autouse=True)
def _english(in_english):
    pass


def home(place, **values):
    values = {"moved_in": timezone.localdate() - datetime.timedelta(days=40)} | values
    return HouseholdFactory(municipality=place, **values)


@pytest.mark.django_db
class TestSuggesting:
    def test_who_fits_whom_and_why(self, place):
        ukrainian = home(
            place, language="uk", interests="Går på ski og fjelltur", postal_place="Ål", reason="refuge"
        )
        PersonFactory(household=ukrainian, birth_year=timezone.localdate().year - 6, role="child")
        polish = home(place, language="pl", postal_place="Torpo")
        speaks_polish = HostFactory(municipality=place, languages=["nb", "pl"], capacity=1)
        fits = HostFactory(
            municipality=place, languages=["nb", "uk"], place="ål", interests="Skiturer, fjellturar", capacity=1,
            children=[timezone.localdate().year - 7], moved_for="refuge",
        )  # fmt: skip
        pairs = {pair.household_id: pair for pair in matching.suggest(place).pairs}
        assert (pairs[ukrainian.pk].host_id, pairs[polish.pk].host_id) == (fits.pk, speaks_polish.pk)
        assert pairs[ukrainian.pk].reasons == [
            "Both speak Українська", "1 child has one near in age with the host", "They like 1 thing both",
            "Live in the same place", "Moved here for the same reason", "The host has nobody now",
        ]  # fmt: skip
        assert not pairs[ukrainian.pk].against

    def test_what_speaks_against(self, place):
        found = home(place, language="so")
        PersonFactory(household=found, birth_year=timezone.localdate().year - 6, role="child")
        host = HostFactory(municipality=place, languages=["nb"], capacity=3)
        HostAssignmentFactory(household=home(place), host=host)
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        HostAwayFactory(host=host, first_day=tomorrow, last_day=tomorrow)
        assert matching.suggest(place).pairs[0].against == [
            "No language in common: they speak Soomaali", "No child near in age", "Do not live in the same place",
            "The host has 1 household already", "The host is away within three weeks",
        ]  # fmt: skip

    def test_who_is_never_in_it(self, place):
        HostFactory(municipality=place, capacity=20)
        waits, protected, held, left = (home(place) for _ in range(4))
        households.protect(household=protected, grade="fortrolig", by=None)
        holding.hold(household=held, why="claim", by=UserFactory())
        households.mark_left(
            households=Household.objects.filter(pk=left.pk), on=timezone.localdate(), by=None
        )
        home(place, moved_in=timezone.localdate() - datetime.timedelta(days=800))
        HouseholdFactory()  # Of another municipality.
        HostAssignmentFactory(household=home(place), host=HostFactory(municipality=place, active=False))
        suggested = matching.suggest(place)
        assert [pair.household_id for pair in suggested.pairs] == [waits.pk]
        assert not suggested.left

    def test_only_hosts_who_are_here_have_room_and_have_shown_what_is_asked_for(self, place):
        today, waits = timezone.localdate(), home(place)
        HostFactory(municipality=place, active=False)
        HostAwayFactory(host=HostFactory(municipality=place), first_day=today, last_day=today)
        full = HostFactory(municipality=place, capacity=1)
        HostAssignmentFactory(household=home(place), host=full)
        shown = HostFactory(municipality=place, certificate_seen_on=today)
        HostFactory(municipality=place)
        HostRulesFactory(municipality=place, certificate_needed=True)
        assert [(pair.household_id, pair.host_id) for pair in matching.suggest(place).pairs] == [
            (waits.pk, shown.pk)
        ]

    @pytest.mark.parametrize(
        ("why", "again"),
        [(EndReason.DECLINED, False), (EndReason.SILENT, False), (EndReason.HOUSEHOLD, True)],
    )
    def test_who_have_parted_are_not_suggested_again(self, place, why, again):
        waits, host = home(place), HostFactory(municipality=place)
        made = actions.assign(household=waits, host=host, by=None)
        ending.end(assignment=made, why=why, by=None)
        suggested = matching.suggest(place)
        assert bool(suggested.pairs) is again
        assert suggested.left == ([] if again else [waits.pk])

    @pytest.mark.parametrize("why", [EndReason.UNWANTED, EndReason.COMPLETED])
    def test_who_wants_none_or_has_had_one_does_not_wait(self, place, why):
        waits, host = home(place), HostFactory(municipality=place)
        ending.end(
            assignment=actions.assign(household=waits, host=host, agreed=True, by=None), why=why, by=None
        )
        HostFactory(municipality=place)
        assert matching.suggest(place) == matching.Suggested([], [])

    def test_what_is_accepted_stays_whoever_comes(self, place):
        hosts = [HostFactory(municipality=place, capacity=1) for _ in range(4)]
        homes = [home(place) for _ in range(3)]
        for pair in matching.suggest(place).pairs[:2]:
            actions.assign(
                household=Household.objects.get(pk=pair.household_id),
                host=next(host for host in hosts if host.pk == pair.host_id), by=None,
            )  # fmt: skip
        before = set(HostAssignment.objects.values_list("household", "host"))
        first = matching.suggest(place)
        assert first == matching.suggest(place), "ties are broken the same way each time"
        home(place, language="uk")
        HostFactory(municipality=place, languages=["uk"])
        accepted = {pk for pk, _host in before}
        assert not accepted & {pair.household_id for pair in matching.suggest(place).pairs}
        assert set(HostAssignment.objects.values_list("household", "host")) == before
        assert len(homes) == 3

    def test_as_many_queries_for_many(self, place, django_assert_num_queries):
        for _ in range(2):
            PersonFactory(household=home(place))
            HostFactory(municipality=place)
        with CaptureQueriesContext(connection) as few:
            matching.suggest(place)
        for _ in range(8):
            PersonFactory(household=home(place))
            HostFactory(municipality=place)
        with django_assert_num_queries(len(few)):
            matching.suggest(place)
