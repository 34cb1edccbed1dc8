"""Restriction of processing (GDPR art. 18): what is held is kept, and nothing else is done with it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory, UserFactory
from tests.factories.welcome import DataRequestFactory, HostFactory, HouseholdFactory, PersonFactory
from tests.welcome.letters.frozen import make_frozen, make_printed, worker
from welcome.hosts import actions as hosts
from welcome.hosts.forms import ChooseHouseholdForm
from welcome.households import actions, holding
from welcome.households.models import Household, HouseholdState
from welcome.letters import trying, withdrawal
from welcome.letters.models import LeftOut, LeftOutReason, Letter
from welcome.privacy import retention
from welcome.privacy.models import DataRequest, Outcome

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 25)


@pytest.fixture
def boss():
    return UserFactory(name="Kari Saksbehandler")


def held(home, boss, why="contested"):
    holding.hold(household=home, why=why, by=boss)
    home.refresh_from_db()
    return home


def left(place):
    home = HouseholdFactory(
        municipality=place, state=HouseholdState.LEFT, moved_in=datetime.date(2020, 1, 1),
        left_on=datetime.date(2021, 1, 1),
    )  # fmt: skip
    PersonFactory(household=home)
    return home


def test_it_is_set_once_and_lifted_once_and_both_are_in_the_log(boss):
    home = held(HouseholdFactory(), boss)
    when = home.held_at
    holding.hold(household=home, why="claim", by=UserFactory())
    home.refresh_from_db()
    assert (home.held_by, home.held_why, home.held_at) == (boss, "contested", when)
    for _ in range(2):
        holding.lift(household=home, by=boss)
    home.refresh_from_db()
    assert (home.is_held, home.held_by, home.held_why) == (False, None, "")
    notes = AuditEntry.objects.filter(action=Action.CHANGED, object_id=str(home.pk)).order_by("pk")
    assert [entry.note for entry in notes] == ["hold=set why=contested", "hold=lifted"]


@pytest.mark.parametrize("missing", ["held_at", "held_by", "held_why"])
def test_the_database_refuses_a_hold_without_who_when_or_why(boss, missing):
    values = {"held_at": timezone.now(), "held_by": boss, "held_why": "claim"}
    values[missing] = "" if missing == "held_why" else None
    with pytest.raises(IntegrityError, match="household_held_says_who_when_and_why"), transaction.atomic():
        HouseholdFactory(**values)


def test_who_set_it_is_not_deleted_while_it_lasts(boss):
    home = held(HouseholdFactory(), boss)
    with pytest.raises(models.ProtectedError), transaction.atomic():
        boss.delete()
    holding.lift(household=home, by=boss)
    boss.delete()


# --- letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [make_frozen, lambda: make_printed(make_frozen())])
def test_a_letter_that_waits_is_taken_back_and_nothing_tells_why(made, boss):
    run = made()
    letter = run.letters.order_by("number").first()
    held(letter.household, boss)
    assert withdrawal.withdraw_changed(run) == 1
    assert not Letter.objects.filter(pk=letter.pk).exists()
    out = LeftOut.objects.get(run=run, household=letter.household)
    assert out.reason == LeftOutReason.ASKED_NOT_TO
    assert run.cohort == run.letters.count() + run.left_out.count()


def test_others_keep_their_letters(boss):
    run = make_frozen()
    held(HouseholdFactory(municipality=run.municipality), boss)
    assert withdrawal.withdraw_changed(run) == 0


# --- the night -----------------------------------------------------------------------------------


def test_the_clock_deletes_nothing_of_them_until_it_is_lifted(boss):
    place = MunicipalityFactory()
    home, other = held(left(place), boss), left(place)
    request = DataRequestFactory(
        household=home, handled_at=timezone.now() - datetime.timedelta(days=900), outcome=Outcome.DONE
    )
    assert [due.now for due in retention.preview(place, TODAY)][:1] == [1]
    retention.clean(place, TODAY)
    assert set(Household.objects.of(place)) == {home}
    assert DataRequest.objects.filter(pk=request.pk).exists()
    assert not Household.objects.filter(pk=other.pk).exists()
    holding.lift(household=home, by=boss)
    retention.clean(place, TODAY + datetime.timedelta(days=1))
    assert not Household.objects.of(place).exists()


def test_a_restriction_that_is_set_while_the_clock_deletes_others_holds(boss, monkeypatch):
    place = MunicipalityFactory()
    _first, second = left(place), left(place)
    erase = retention.erasure.erase

    def then_hold(*, household, **more):
        held(second, boss)
        return erase(household=household, **more)

    monkeypatch.setattr(retention.erasure, "erase", then_hold)
    run = retention.clean(place, TODAY)
    assert set(Household.objects.of(place)) == {second}
    assert run.counts == {"left": 1}


def test_who_plans_stays_past_the_end_of_their_consent(boss):
    home = HouseholdFactory(
        state=HouseholdState.PLANNING, moved_in=None, consent_until=TODAY - datetime.timedelta(days=9)
    )
    held(home, boss)
    retention.clean(home.municipality, TODAY)
    assert Household.objects.filter(pk=home.pk).exists()


def test_of_an_old_run_only_their_letter_stays(boss):
    run = make_printed(make_frozen())
    long_ago = timezone.now() - datetime.timedelta(days=3000)
    type(run).objects.filter(pk=run.pk).update(state="done", done_at=long_ago)
    letter = run.letters.order_by("number").first()
    held(letter.household, boss)
    for day in (TODAY, TODAY + datetime.timedelta(days=1)):
        retention.clean(run.municipality, day)
    assert [kept.pk for kept in run.letters.filter(purged_at=None)] == [letter.pk]
    assert [due.now for due in retention.preview(run.municipality, TODAY) if due.rule.code == "letters"] == [
        0
    ]
    holding.lift(household=letter.household, by=boss)
    retention.clean(run.municipality, TODAY + datetime.timedelta(days=2))
    assert not run.letters.filter(purged_at=None).exists()


# --- staff ---------------------------------------------------------------------------------------


def test_staff_set_see_and_lift_it(client):
    home = HouseholdFactory()
    PersonFactory(household=home)
    user = MembershipFactory(
        municipality=home.municipality,
        role=Role.SERVICE_OFFICE,
        user__language="en",
        user__name="Siri Servicekontor",
    ).user
    client.force_login(user)
    address = reverse("admin:welcome_household_hold", args=[home.pk])
    change = reverse("admin:welcome_household_change", args=[home.pk])
    assert client.post(address, {"why": "claim"}).status_code == 422
    assert client.post(address, {"why": "", "sure": "on"}).status_code == 422
    client.post(address, {"why": "claim", "sure": "on"})
    home.refresh_from_db()
    assert (home.held_by, home.held_why) == (user, "claim")
    shown = client.get(change).content.decode()
    assert "They need it for a legal claim" in shown
    assert "by Siri Servicekontor" in shown
    assert "restricted" in client.get(reverse("admin:welcome_household_changelist")).content.decode()
    client.post(address, {"lift": "yes"})
    home.refresh_from_db()
    assert not home.is_held
    assert "They need it for a legal claim" not in client.get(change).content.decode()


def test_it_goes_out_in_no_file(client, boss):
    home = HouseholdFactory()
    PersonFactory(household=home, family_name="Tilbakehaldt")
    client.force_login(worker(home.municipality, Role.ADMINISTRATOR))
    data = {"format": "1", "resource": "0"}
    address = reverse("admin:welcome_household_export")
    assert "Tilbakehaldt" in client.post(address, data).content.decode()
    held(home, boss)
    assert "Tilbakehaldt" not in client.post(address, data).content.decode()


def test_it_gets_no_host_and_no_letter_is_tried_with_it(boss, in_english):
    home = PersonFactory(household=HouseholdFactory(street="Storgata", house_number="1")).household
    host = HostFactory(municipality=home.municipality)
    assert trying.notable(home.municipality)
    held(home, boss)
    assert trying.notable(home.municipality) == {}
    offered = ChooseHouseholdForm(municipality=home.municipality).fields["household"].queryset
    assert home not in offered
    with pytest.raises(ValidationError, match="only be kept"):
        hosts.assign(household=home, host=host, by=boss)


def test_it_is_merged_with_nobody_and_the_page_says_so(client, boss):
    home = HouseholdFactory()
    other = HouseholdFactory(municipality=home.municipality)
    for each in (home, other):
        PersonFactory(household=each)
    held(other, boss)
    with pytest.raises(ValidationError):
        actions.merge(keep=home, other=other, by=None)
    user = MembershipFactory(municipality=home.municipality, user__language="en").user
    client.force_login(user)
    address = reverse("admin:welcome_household_merge") + f"?id={home.pk}&id={other.pk}"
    answer = client.post(address, {"keep": home.pk, "sure": "on"})
    assert answer.status_code == 422
    assert "may only be kept" in answer.content.decode()
    assert Household.objects.count() == 2
