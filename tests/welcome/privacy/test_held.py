"""Who may only be kept is changed by nobody (GDPR art. 18): every action that takes a household, found by its
signature, and everything that staff can do at an address of their site, as `test_audited.py` tells it, is tried on
a household whose processing is restricted; then its rows are compared. So is every row of a list."""

import contextlib
import datetime
import importlib
import inspect
import pkgutil

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

import welcome
from municipalities.privacy.registry import of_households
from municipalities.tenancy.models import User
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    GiftFactory,
    GiftTextFactory,
    HostAssignmentFactory,
    HostFactory,
    HouseholdFactory,
    OrderFactory,
    PersonFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import object_for
from tests.walls.test_audited import Doing, scene, stories
from tests.welcome.households.files import codes, csv, read, row, save, take_in
from tests.welcome.letters.frozen import worker
from welcome.hosts import actions as hosts
from welcome.hosts import ending
from welcome.households import actions, consents, holding, planning
from welcome.households.models import Household, HouseholdState, Person
from welcome.meetings import calls
from welcome.orders import settling
from welcome.orders.links import KEEP
from welcome.packages import actions as packages
from welcome.privacy import erasure

pytestmark = pytest.mark.django_db

__all__ = ["scene"]  # A fixture.

# Letters are taken back while it lasts, and links are what opens the page: not what is held of them.
NOT_WATCHED = {
    "welcome.Letter",
    "welcome.ProofSample",
    "welcome.ProofProblem",
    "welcome.LeftOut",
    "admin.LogEntry",
    "municipalities.AuditEntry",
}
OWN_WILL = "they do it themselves, on their own page: with their consent (GDPR art. 18(2))"
RESTRICTION = "is what sets and ends it"
READS = "only reads"
PROTECTS = "protects somebody (GDPR art. 18(2)), and nothing of the address may be held an hour longer"
CONSENT = "what they have said that we may do, or may not do any more: their own right (GDPR art. 7(3))"
ENDS = "takes away what others have of them"
PLANNING = "for planners only, and tried on one below"
ANSWERS = "what they asked for is answered within a month, also while it lasts (GDPR art. 12(3))"

ALLOWED = {
    "welcome.club.actions.put_on_the_list": CONSENT,
    "welcome.households.actions.protect": PROTECTS,
    "welcome.households.consents.bring": CONSENT,
    "welcome.households.consents.give": CONSENT,
    "welcome.households.holding.hold": RESTRICTION,
    "welcome.households.holding.lift": RESTRICTION,
    "welcome.households.links.mail": "sends them the way to their own page",
    "welcome.households.logging_in.set_up": OWN_WILL,
    "welcome.households.merging.foresee": READS,
    "welcome.households.merging.merge": "the second half of actions.merge, which refuses",
    "welcome.households.own.change": OWN_WILL,
    "welcome.households.own.want_letters": OWN_WILL,
    "welcome.households.planning.let_run_out": PLANNING,
    "welcome.households.planning.prolong": PLANNING,
    "welcome.meetings.actions.sign_up": OWN_WILL,
    "welcome.privacy.erasure.foresee": READS,
    "welcome.privacy.requests.receive": OWN_WILL,
}
TODAY = datetime.date(2026, 11, 25)


def _merge(home, *, keep):
    other = HouseholdFactory(municipality=home.municipality)
    actions.merge(keep=home if keep else other, other=other if keep else home, by=None)


def _only(home):
    return Household.objects.filter(pk=home.pk)


def _gift_to(home):
    """A gift for each household there is; two adults, so that there would be something to give."""
    GiftTextFactory(gift=GiftFactory(municipality=home.municipality))
    return 2


TRIED = {
    "welcome.hosts.actions.assign": [
        lambda home: hosts.assign(household=home, host=HostFactory(municipality=home.municipality), by=None)
    ],
    "welcome.households.actions.mark_checked": [lambda home: actions.mark_checked(households=_only(home), by=None)],
    "welcome.households.actions.undo_checked": [lambda home: actions.undo_checked(households=_only(home), by=None)],
    "welcome.households.actions.mark_left": [
        lambda home: actions.mark_left(households=_only(home), on=TODAY, by=None)
    ],
    "welcome.households.actions.merge": [
        lambda home: _merge(home, keep=True),
        lambda home: _merge(home, keep=False),
    ],
    "welcome.meetings.calls.plan": [
        lambda home: calls.plan(
            meeting=WelcomeMeetingFactory(municipality=home.municipality), homes=_only(home),
            callers=[UserFactory()], due_on=timezone.localdate(), by=UserFactory(),
        )
    ],
    "welcome.packages.actions.compose_ordered": [
        lambda home: packages.compose_ordered(
            household=home, order_id=1, adults=_gift_to(home), children=[], by=None
        )
    ],
    "welcome.orders.settling.join": [
        lambda home: settling.join(
            order=OrderFactory(municipality=home.municipality, moved=True), household=home, take=["sender"], by=None
        )
    ],
    "welcome.privacy.erasure.erase": [
        lambda home: erasure.erase(household=home, by=None),
        lambda home: erasure.erase(household=home, person=home.people.first(), by=None),
    ],
}  # fmt: skip
# What staff do at an address, with the reason why it may.
STEPS_ALLOWED = {
    "welcome_household_protect": PROTECTS,
    "welcome_household_hold": RESTRICTION,
    "welcome_household_consents": CONSENT,
    "welcome_household_link": "gives them the way to their own page, or takes it away",
    "welcome_host_delete": "the host is gone, whoever the households are",
    "welcome_host_changelist": "the host is gone, whoever the households are",
    "welcome_datarequest_change": ANSWERS,
    "welcome_story_move": "a story may always be withdrawn",
    "municipalities_enquiry_add": ANSWERS,
    "municipalities_enquiry_change": ANSWERS,
    "municipalities_enquiry_changelist": ANSWERS,
    "municipalities_enquiry_delete": "the municipality's own letter box: no row of it names a household",
}
# Of these only one thing may be done.
ENDING = {
    "welcome_household_host": ENDS,
    "welcome_host_households": ENDS,
    "welcome_welcomemeeting_signups": ENDS,
    "welcome_household_meetings": ENDS,
    "welcome_package_change": ENDS,
}


def kept_of(home):
    """Every row that belongs to them, as it stands."""
    found = {}
    for said in of_households():
        if said.label not in NOT_WATCHED:
            for each in said.rows(home).values():
                found[said.label, each["id"]] = each
    return found


def actions_with_a_household():
    """By name, every function that takes a household as actions take it: by keyword only."""
    for module in pkgutil.walk_packages(welcome.__path__, "welcome."):
        if ".migrations" in module.name:
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            if not inspect.isfunction(found) or found.__module__ != module.name or name.startswith("_"):
                continue
            if any(
                each.kind is each.KEYWORD_ONLY and str(each.annotation).find("Household") >= 0
                for each in inspect.signature(found).parameters.values()
            ):
                yield f"{module.name}.{name}"


def hold(home):
    holding.hold(household=home, why="contested", by=UserFactory())
    home.refresh_from_db()
    return home


@pytest.fixture
def home():
    made = HouseholdFactory()
    for given in ("Oksana", "Taras"):
        PersonFactory(household=made, given_name=given, family_name="Kovalenko")
    return made


def test_every_action_that_takes_a_household_is_tried_or_has_its_reason():
    assert {*actions_with_a_household()} == ALLOWED.keys() | TRIED.keys()


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize(
    "checked", [None, datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC)], ids=["new", "checked"]
)
def test_no_action_changes_them(home, name, checked, in_english):
    Household.objects.filter(pk=home.pk).update(checked_at=checked)
    hold(home)
    before = kept_of(home)
    for attempt in TRIED[name]:
        with transaction.atomic():
            with contextlib.suppress(ValidationError, erasure.Refused):
                attempt(home)
            assert kept_of(home) == before
            transaction.set_rollback(True)


def test_moving_on_is_refused_for_all_with_a_sentence_that_names_them(home, in_english):
    other = PersonFactory(household=HouseholdFactory(municipality=home.municipality)).household
    hold(home)
    both = Household.objects.filter(pk__in=[home.pk, other.pk])
    with pytest.raises(ValidationError, match=f"may only be kept: Household {home.pk}"):
        actions.mark_left(households=both, on=TODAY, by=None)
    assert not Household.objects.filter(state=HouseholdState.LEFT).exists()


def test_who_plans_is_neither_held_longer_nor_let_go():
    until = timezone.localdate() + datetime.timedelta(days=9)
    planner = hold(object_for(KEEP, MunicipalityFactory()))
    Household.objects.filter(pk=planner.pk).update(consent_until=until)
    words = consents.words_for(planner.municipality, "planning", "nb")
    before = kept_of(planner)
    assert not planning.prolong(household=planner, text=words, by=None)
    planning.let_run_out(household=planner, by=None)
    assert kept_of(planner) == before


def test_a_host_is_not_agreed_on_but_ended(home):
    proposed = HostAssignmentFactory(household=home, state="proposed")
    hold(home)
    with pytest.raises(ValidationError):
        hosts.agree(assignment=proposed, by=None)
    assert ending.end(assignment=proposed, by=None)


def test_nothing_that_staff_can_do_changes_them(scene, client):
    boss, home = scene[User], scene[Household]
    hold(home)
    changed, used = [], set()
    for story in stories(scene, client):
        with transaction.atomic():
            for doing in story:
                if not isinstance(doing, Doing):
                    doing()
                    continue
                if doing.name == "welcome_household_change":
                    doing = Doing(doing.name, doing.address, {"needs": "Trenger barnehage"})
                if (
                    doing.name == "welcome_household_consents"
                    and callable(doing.data)
                    and not home.consents.exists()
                ):
                    continue
                before = kept_of(home)
                doing.do(client)
                if (after := kept_of(home)) != before:
                    used.add(doing.name)
                    if doing.name in ENDING:
                        assert not after.keys() - before.keys(), doing.address
                    elif doing.name not in STEPS_ALLOWED:
                        changed.append(doing.address)
            transaction.set_rollback(True)
        client.force_login(boss)
    assert not changed, changed
    assert used >= {"welcome_household_protect", "welcome_household_hold", "welcome_household_host"}, (
        "It can't see."
    )


def test_the_page_shows_them_without_a_form_and_with_the_way_to_lift_it(client, scene, in_english):
    scene[User].language = "en"
    scene[User].save()
    held = hold(scene[Household])
    page = client.get(f"/admin/welcome/household/{held.pk}/change/").content.decode()
    assert 'name="needs"' not in page
    assert f"/admin/welcome/household/{held.pk}/hold/" in page
    assert f"/admin/welcome/household/{held.pk}/check/" not in page
    assert f"/admin/welcome/household/{held.pk}/delete/" not in page
    answer = client.post(f"/admin/welcome/household/{held.pk}/change/", {"needs": "x"}, follow=True)
    assert "may only be kept" in answer.content.decode()
    assert "Restricted" in page


def test_those_who_are_checked_with_others_are_told_of(scene, client):
    home = hold(scene[Household])
    answer = client.post(f"/admin/welcome/household/{home.pk}/check/", follow=True)
    assert Household.objects.get(pk=home.pk).checked_at is None
    assert next(iter(answer.context["messages"])).level_tag == "warning"


# --- lists ---------------------------------------------------------------------------------------


@pytest.fixture
def aal():
    """With a household that came by a list, and may only be kept since."""
    place = MunicipalityFactory()
    take_in(csv(row(), row(given="Taras", born="2015")), place)
    hold(Household.objects.get())
    return place


NEWS = [
    row(phone="40000001"),
    row(email="oksana@dalen.example"),
    row(language="nb"),
    row(reason="jobb"),
    row(unit="H0101"),
    row(street="Storgata", moved="01.11.2026"),
    row(given="Oxana"),
    row(given="Nytt", family="Barn", born="2026"),  # Would join them.
    row(),
]


@pytest.mark.parametrize("news", NEWS, ids=lambda news: "-".join(map(str, news))[:60])
def test_a_row_of_theirs_is_told_and_changes_nothing(aal, news):
    held = Household.objects.get()
    before = kept_of(held)
    batch = read(csv(news, row(given="Kari", family="Berg", street="Nyvegen")), aal)
    assert batch.counts == {"held": 1, "new": 1}
    assert "held" in codes(batch)[2]
    assert save(batch).counts == {"held": 1, "new": 1}
    assert kept_of(held) == before
    assert Person.objects.count() == 3


def test_a_restriction_that_comes_between_reading_and_saving_holds(aal):
    held = Household.objects.get()
    holding.lift(household=held, by=held.held_by)
    batch = read(csv(row(phone="40000001"), row(given="Nytt", family="Barn", born="2026")), aal)
    assert batch.counts == {"changed": 1, "joins": 1}
    hold(held)
    before = kept_of(held)
    assert save(batch).counts == {"held": 2}
    assert kept_of(held) == before


def test_protection_comes_all_the_same_and_nothing_else(aal):
    before = {person["id"]: person for person in Person.objects.values()}
    batch = take_in(csv(row(protection="kode 7", phone="40000001")), aal)
    held = Household.objects.get()
    assert batch.counts == {"held": 1}
    assert (held.is_protected, held.street, held.address_key, held.is_held) == (True, "", "", True)
    assert {person["id"]: person for person in Person.objects.values()} == before


def test_the_page_says_what_is_not_saved_and_why(aal, client, in_english):
    user = worker(aal, "coordinator")
    user.language = "en"
    user.save()
    client.force_login(user)
    batch = read(csv(row(phone="40000001")), aal)
    page = client.get(f"/admin/welcome/importbatch/{batch.pk}/change/", headers={"accept-language": "en"})
    text = page.content.decode()
    assert "Restricted, not saved" in text
    assert "is restricted: nothing of the row is saved" in text
    assert "/do/save/" not in text, "there is nothing to save"
