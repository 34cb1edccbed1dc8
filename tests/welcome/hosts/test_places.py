"""Nobody beyond what they take: the database says no, also to whoever passes by the locks."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from municipalities.municipality import scope
from tests.factories.welcome import HostAssignmentFactory, HostFactory, HouseholdFactory
from welcome.hosts import actions, ending
from welcome.hosts.forms import HostForm
from welcome.hosts.models import EndReason, Host, HostAssignment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_place_is_one_household_s_until_it_is_free_again():
    host = HostFactory(capacity=2)
    first, second, third = (HouseholdFactory(municipality=host.municipality) for _ in range(3))
    made = actions.assign(household=first, host=host, by=None)
    actions.assign(household=second, host=host, by=None)
    ending.end(assignment=made, by=None)
    assert actions.assign(household=third, host=host, by=None).slot == 1


@pytest.mark.parametrize("slot", [1, None, 0, 21])
def test_the_database_knows_no_place_twice_and_none_that_is_none(slot):
    host = HostFactory(capacity=20)
    HostAssignmentFactory(household=HouseholdFactory(municipality=host.municipality), host=host)
    other = HouseholdFactory(municipality=host.municipality)
    with pytest.raises(IntegrityError), transaction.atomic():
        HostAssignmentFactory(household=other, host=host, slot=slot)


def test_what_the_database_refuses_is_said_as_a_sentence(monkeypatch):
    """As if another had come between reading the places and taking one."""
    host = HostFactory(capacity=1)
    actions.assign(household=HouseholdFactory(municipality=host.municipality), host=host, by=None)
    monkeypatch.setattr(actions, "_free_place", lambda host: 1)
    with pytest.raises(ValidationError, match="as many households"):
        actions.assign(household=HouseholdFactory(municipality=host.municipality), host=host, by=None)


def test_a_capacity_below_a_higher_place_gives_no_more_than_it_says():
    host = HostFactory(capacity=3)
    made = [
        actions.assign(household=HouseholdFactory(municipality=host.municipality), host=host, by=None)
        for _ in range(3)
    ]
    for each in made[:2]:
        ending.end(assignment=each, why=EndReason.DECLINED, by=None)
    Host.objects.update(capacity=1)
    with pytest.raises(ValidationError, match="as many households"):
        actions.assign(household=HouseholdFactory(municipality=host.municipality), host=host, by=None)


@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time by itself")
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_without_any_lock_one_of_two_transactions_is_refused(self):
        """Both have read the same free place, and both write before either has committed."""
        host = HostFactory(capacity=1)
        homes = [HouseholdFactory(municipality=host.municipality) for _ in range(2)]
        read, answers = threading.Barrier(2), []

        def take(home):
            try:
                with scope.of(host.municipality_id), transaction.atomic():
                    slot = HostAssignment.objects.running().of_host(host).count() + 1
                    read.wait()
                    HostAssignmentFactory(household=home, host=host, slot=slot)
                answers.append("taken")
            except IntegrityError as error:
                answers.append("refused" if "one_running_per_place" in str(error) else str(error))
            finally:
                connection.close()

        self.run(take, homes)
        assert sorted(answers) == ["refused", "taken"]

    def test_a_capacity_that_is_lowered_waits_for_who_gives_the_last_place(self):
        host = HostFactory(capacity=2)
        actions.assign(household=HouseholdFactory(municipality=host.municipality), host=host, by=None)
        other, given, errors = HouseholdFactory(municipality=host.municipality), threading.Event(), []

        def give():
            try:
                with scope.of(host.municipality_id), transaction.atomic():
                    actions.assign(household=other, host=host, by=None)
                    given.set()
                    waits.wait(0.5)
            finally:
                connection.close()

        def lower():
            try:
                given.wait()
                with translation.override("en"), scope.of(host.municipality_id), transaction.atomic():
                    form = HostForm.__new__(HostForm)
                    form.instance, form.cleaned_data = host, {"capacity": 1}
                    form.clean_capacity()
            except ValidationError as error:
                errors.extend(error.messages)
            finally:
                connection.close()

        waits = threading.Event()
        threads = [threading.Thread(target=give), threading.Thread(target=lower)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == ["The host has 2 households now; end some first."]

    @staticmethod
    def run(what, each):
        threads = [threading.Thread(target=what, args=[one]) for one in each]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
