"""Who plans to come: asked before the consent runs out, deleted after it, in no letter, recognised when they arrive."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone

from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import (
    ConsentFactory,
    HostOfferFactory,
    HouseholdFactory,
    MemberFactory,
    OrderFactory,
    PersonFactory,
)
from tests.welcome.households.files import csv, row, take_in
from tests.welcome.orders.filled import NOWHERE
from tests.welcome.orders.test_settling import planning as a_planner
from welcome.households import actions, consents, holding, planning
from welcome.households.consents import Consent
from welcome.households.models import Household, HouseholdState
from welcome.households.quarters import Quarter
from welcome.letters import cohort, runs
from welcome.orders import actions as ordering
from welcome.orders import delivery, settling, veiling
from welcome.orders.models import Order
from welcome.privacy import erasure, retention

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål")


def soon(place, days=20, **more):
    home = a_planner(place, consent_until=timezone.localdate() + datetime.timedelta(days=days), **more)
    PersonFactory(
        household=home, given_name="Maria", family_name="Lie", birth_year=1990, email="maria@lie.example"
    )
    ConsentFactory(household=home, given_at=timezone.now() - datetime.timedelta(days=340))
    return home


def ask():
    return delivery.ask_planners(timezone.localdate())


def opened(client):
    path = re.search(r"https?://[^/\s]+(/l/keep/\S+)", mail.outbox[-1].body)[1]
    return client.get(path, follow=True)


def test_they_are_asked_once_before_it_runs_out(place):
    soon(place)
    assert ask().mailed == 1
    assert ask().mailed == 0
    [message] = mail.outbox
    assert message.to == ["maria@lie.example"]
    assert "Maria" not in message.body


def test_nobody_is_asked_too_early_nor_who_is_protected_or_may_only_be_kept(place):
    soon(place, days=31)
    held, hidden = soon(place), soon(place)
    holding.hold(household=held, why="claim", by=MembershipFactory(municipality=place).user)
    actions.protect(household=hidden, grade="fortrolig", by=None)
    assert ask().mailed == 0


def test_an_address_that_refuses_costs_nobody_else_theirs(place, refuse_mail_to):
    soon(place)
    other = soon(place)
    other.people.update(email="ola@lie.example")
    refuse_mail_to("maria@lie.example")
    assert (ask().mailed, len(mail.outbox)) == (1, 1)


def test_one_click_keeps_it_a_year_longer_with_a_consent_to_the_words_that_were_read(client, place):
    home = soon(place)
    ask()
    page = opened(client)
    until = Household.objects.get().consent_until
    assert Household.objects.get().consent_until == until, "looking changes nothing"
    path, text = page.request["PATH_INFO"], page.context["text"]
    answer = client.post(path, {"go": "keep", "seen": "0"})
    assert answer.context["reworded"]
    client.post(path, {"go": "keep", "seen": text.mark})
    home.refresh_from_db()
    assert home.consent_until == planning.planned_until(place, timezone.localdate())
    running = Consent.objects.running().get(household=home)
    assert running.text.words == text.words
    assert Consent.objects.filter(household=home).count() == 2
    assert client.get(path).status_code == 410
    assert ask().mailed == 0


def test_held_longer_than_the_months_after_registration_by_a_new_consent(place):
    home = soon(place)
    long_ago = timezone.now() - datetime.timedelta(days=500)
    Household.objects.update(created_at=long_ago)
    Consent.objects.update(given_at=long_ago)
    rule = next(rule for rule in retention.RULES if rule.code == "planning")
    assert rule.due(place, timezone.localdate()).exists(), "nobody was asked anew"
    planning.prolong(household=home, text=consents.words_for(place, "planning", "nb"), by=None)
    assert not rule.due(place, timezone.localdate()).exists()


@pytest.mark.parametrize("agreed", [True, False])
def test_no_deletes_it_the_next_night(client, place, agreed):
    home = soon(place)
    if not agreed:
        home.consents.all().delete()
    ask()
    path = opened(client).request["PATH_INFO"]
    assert client.post(path, {"go": "forget"}).status_code == 200
    retention.clean(place, timezone.localdate())
    assert not Household.objects.exists()


def test_what_runs_out_is_deleted_with_its_orders(place):
    home = settling.register(order=OrderFactory(municipality=place), by=None)
    Household.objects.update(consent_until=timezone.localdate() - datetime.timedelta(days=1))
    retention.clean(place, timezone.localdate())
    assert not Household.objects.filter(pk=home.pk).exists()
    assert not Order.objects.exists()


def test_what_they_have_sent_since_outlives_it(place):
    home = soon(place, days=-1)
    new = OrderFactory(municipality=place, given_name="Maria", family_name="Lie", email="maria@lie.example")
    retention.clean(place, timezone.localdate())
    assert not Household.objects.filter(pk=home.pk).exists()
    assert Order.objects.filter(pk=new.pk).exists()
    again = soon(place)
    erasure.erase(household=again, by=None)
    assert not Order.objects.exists(), "who asks for it has it all deleted"


def test_an_old_order_holds_nobody_for_a_shorter_time(place):
    home = soon(place, days=300)
    long_ago = timezone.now() - datetime.timedelta(days=120)
    words = consents.words_for(place, "planning", "nb")
    assert not planning.prolong(household=home, text=words, by=None, given_at=long_ago)
    assert Household.objects.get().consent_until == home.consent_until


def test_nothing_unconfirmed_outlives_its_week_and_the_preview_says_so(place):
    old = timezone.now() - datetime.timedelta(days=8)
    for make in (OrderFactory, HostOfferFactory, MemberFactory):
        more = {} if make is HostOfferFactory else {"unconfirmed": True}
        make(municipality=place, **({"asked_at": old} | more))
        make(municipality=place, **more)
    confirmed = OrderFactory(municipality=place, asked_at=old)
    due = {each.rule.code: each.now for each in retention.preview(place, timezone.localdate())}
    assert {code: due[code] for code in ("orders", "host_offers", "club")} == dict.fromkeys(
        ("orders", "host_offers", "club"), 1
    )
    retention.clean(place, timezone.localdate())
    assert Order.objects.count() == 2
    assert Order.objects.filter(pk=confirmed.pk).exists()


def test_they_are_in_no_cohort_and_in_no_count_of_arrivals(place):
    soon(place)
    run = runs.ensure(municipality=place, quarter=Quarter.current().previous, by=None)
    assert not list(cohort.members(run, timezone.localdate()))
    assert not Household.objects.of(place).arrived_in(Quarter.current()).exists()


def test_a_planner_who_is_reached_by_the_same_mail_is_recognised_by_the_list_of_arrivals(place):
    home = settling.register(
        order=OrderFactory(
            municipality=place, given_name="Maria", family_name="Lie", email="maria@lie.example"
        ),
        by=None,
    )
    take_in(csv(row(given="Maria", family="Lie", born="02.05.1990", email="Maria@lie.example")), place)
    home.refresh_from_db()
    assert (home.state, home.moved_in is not None, home.orders.count()) == (HouseholdState.LIVING, True, 1)
    assert Household.objects.count() == 1


def test_a_namesake_of_the_same_year_is_shown_to_staff_and_merged_by_them(place):
    home = settling.register(
        order=OrderFactory(municipality=place, given_name="Maria", family_name="Lie"), by=None
    )
    take_in(csv(row(given="Maria", family="Lie", born="02.05.1990", email="")), place)
    arrived = Household.objects.exclude(pk=home.pk).get()
    actions.merge(keep=home, other=arrived, by=None)
    home.refresh_from_db()
    assert (home.state, home.moved_in, home.street != "") == (HouseholdState.LIVING, arrived.moved_in, True)
    assert home.orders.count() == 1


def test_protection_that_comes_later_empties_the_address_of_what_waits(place):
    waits = OrderFactory(municipality=place, moved=True, given_name="Maria", family_name="Lie")
    other = OrderFactory(
        municipality=place, moved=True, given_name="Per", family_name="Hansen", street="Torget 1"
    )
    home = PersonFactory(
        household=HouseholdFactory(municipality=place), given_name="Maria", family_name="Lie"
    ).household
    actions.protect(household=home, grade="fortrolig", by=None)
    waits.refresh_from_db()
    other.refresh_from_db()
    assert (waits.street, waits.postal_code, other.street) == ("", "", "Torget 1")


def test_whose_name_is_spelt_otherwise_is_found_by_what_reaches_them_and_neighbours_keep_theirs(place):
    home = PersonFactory(
        household=HouseholdFactory(municipality=place, street="Øvre Ålsgata", house_number="12", house_letter="B"),
        given_name="Maria", family_name="Lie", email="maria@lie.example",
    ).household  # fmt: skip
    spelt = OrderFactory(municipality=place, moved=True, given_name="Marja", email="Maria@lie.example")
    partner = OrderFactory(municipality=place, moved=True, given_name="Per", family_name="Lie")
    neighbour = OrderFactory(
        municipality=place,
        moved=True,
        given_name="Kari",
        family_name="Berg",
        moved_on=datetime.date(2026, 9, 1),
    )
    actions.protect(household=home, grade="fortrolig", by=None)
    streets = {row.pk: row.street for row in Order.objects.all()}
    assert (streets[spelt.pk], streets[partner.pk]) == ("", "")
    assert streets[neighbour.pk]
    late = OrderFactory.build(
        municipality=place, moved=True, given_name="Marja", email="MARIA@lie.example", confirmed_at=None,
        planning_text=None, needs_text=None,
    )  # fmt: skip
    ordering.receive(order=late)
    assert Order.objects.get(pk=late.pk).street == ""


def test_so_does_a_list_and_a_household_typed_by_hand(place):
    waits = OrderFactory(municipality=place, moved=True, given_name="Maria", family_name="Lie")
    take_in(csv(row(given="Maria", family="Lie", protection="fortrolig")), place)
    waits.refresh_from_db()
    assert waits.street == ""
    typed = OrderFactory(municipality=place, moved=True, given_name="Ola", family_name="Berg")
    hidden = HouseholdFactory(municipality=place, protection="fortrolig", **NOWHERE)
    PersonFactory(household=hidden, given_name="Ola", family_name="Berg")
    assert veiling.veil_all() == 1
    typed.refresh_from_db()
    assert typed.street == ""
