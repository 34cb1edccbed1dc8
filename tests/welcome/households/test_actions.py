import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db.models import NOT_PROVIDED, UniqueConstraint
from django.utils import timezone

from municipalities.privacy.registry import Kind, declarations
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import (
    DataRequestFactory,
    HouseholdFactory,
    LetterFactory,
    LetterRunFactory,
    PersonFactory,
)
from tests.welcome.households.files import csv, read, row, take_in
from welcome.households import actions
from welcome.households.addresses import Address
from welcome.households.imports import ImportRow
from welcome.households.models import Household, Person
from welcome.households.recognition import name_key
from welcome.privacy import answers, requests
from welcome.privacy.models import DataRequest

pytestmark = pytest.mark.django_db


def household(municipality, *names: str, **more) -> Household:
    home = HouseholdFactory(municipality=municipality, **more)
    Address.of(home).put_on(home)
    home.save()
    for name in names:
        given, family = name.split()
        PersonFactory(household=home, given_name=given, family_name=family, name_key=name_key(name))
    return home


def declaration(label):
    return next(said for said in declarations() if said.label == label)


@pytest.fixture
def user():
    return MembershipFactory().user


@pytest.fixture
def aal(user):
    return user.memberships.get().municipality


def test_protecting_purges_the_address_everywhere_and_logs_without_it(aal, user):
    take_in(csv(row(street="Hemmeleggata", origin="Gamlebyen")), aal)
    waiting = read(csv(row(street="Hemmeleggata", origin="Gamlebyen", phone="40000001")), aal)
    home = Household.objects.get()
    actions.protect(household=home, grade="fortrolig", by=user)
    held = repr([
        list(table.objects.values()) for table in (Household, Person, ImportRow, LogEntry)
    ])  # fmt: skip
    assert "emmeleg" not in held
    assert "Gamlebyen" not in held
    assert home.is_protected
    assert waiting.rows.get().values["phone"] == "+4740000001"
    assert LogEntry.objects.get().user == user


def test_an_unknown_grade_is_refused(aal, user):
    with pytest.raises(ValueError, match="hemmelig"):
        actions.protect(household=household(aal), grade="hemmelig", by=user)


def test_merging_brings_people_letters_and_words_together(aal, user):
    keep = household(aal, "Oksana Kovalenko", needs="Tolk", checked_at=None)
    other = household(
        aal, "Оксана Коваленко", "Taras Kovalenko", needs="Barnehage", moved_from="Kyiv", no_letter=True
    )
    Person.objects.filter(given_name="Оксана").update(phone="+4740000001")
    run = LetterRunFactory(municipality=aal)
    letter = LetterFactory(run=run, household=other)
    actions.merge(keep=keep, other=other, by=user)
    assert [person.given_name for person in keep.people.all()] == ["Oksana", "Taras"]
    assert keep.people.first().phone.as_e164 == "+4740000001"
    assert (keep.needs, keep.moved_from, keep.no_letter) == ("Tolk\nBarnehage", "Kyiv", True)
    letter.refresh_from_db()
    assert letter.household == keep
    assert not Household.objects.filter(pk=other.pk).exists()


def test_merging_keeps_both_letters_of_a_run_and_tells_which_counts(aal, user):
    keep, other = household(aal, "Oksana Kovalenko"), household(aal, "Taras Kovalenko")
    run = LetterRunFactory(municipality=aal)
    mine = LetterFactory(run=run, household=keep, number=1)
    theirs = LetterFactory(run=run, household=other, number=2)
    actions.merge(keep=keep, other=other, by=user)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.household, mine.merged) == (keep, False)
    assert (theirs.household, theirs.merged) == (keep, True)


def _once_a_household():
    for relation in Household._meta.related_objects:
        for constraint in relation.related_model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and relation.field.name in constraint.fields:
                yield relation.related_model


@pytest.mark.parametrize(
    "model",
    sorted({*_once_a_household()}, key=lambda model: model._meta.label),
    ids=lambda model: model._meta.label,
)
def test_what_a_household_has_once_survives_a_merge(model):
    """Or the row of the household that goes would be lost, or be taken for one of an erased household."""
    [field] = [field for field in model._meta.fields if field.name == "merged"]
    assert field.db_default is not NOT_PROVIDED
    unique = [
        c for c in model._meta.constraints if isinstance(c, UniqueConstraint) and "household" in c.fields
    ]
    assert all(("merged", False) in constraint.condition.children for constraint in unique)


def test_merging_with_a_protected_household_protects(aal, user):
    keep = household(aal, "Oksana Kovalenko")
    other = household(aal, "Taras Kovalenko")
    actions.protect(household=other, grade="strengtFortrolig", by=user)
    actions.merge(keep=keep, other=other, by=user)
    assert (keep.protection, keep.street, keep.people.count()) == ("strengtFortrolig", "", 2)


def test_merging_stays_within_one_municipality(aal, user):
    stranger = household(MunicipalityFactory(), "Oksana Kovalenko")
    mine = household(aal, "Oksana Kovalenko")
    with pytest.raises(ValidationError):
        actions.merge(keep=mine, other=stranger, by=user)
    with pytest.raises(ValidationError):
        actions.merge(keep=mine, other=mine, by=user)
    assert Household.objects.count() == 2


def test_checked_and_back_again(aal, user):
    homes = [household(aal), household(aal)]
    mine = Household.objects.of(aal)
    assert set(actions.mark_checked(households=mine, by=user)) == {home.pk for home in homes}
    assert not mine.to_check().exists()
    assert actions.mark_checked(households=mine, by=user) == []
    assert actions.undo_checked(households=mine, by=user) == 2
    assert mine.to_check().count() == 2


def test_moved_on_all_or_none(aal, user):
    early = household(aal, moved_in=datetime.date(2026, 1, 1))
    household(aal, moved_in=datetime.date(2026, 10, 1))
    mine = Household.objects.of(aal)
    with pytest.raises(ValidationError):
        actions.mark_left(households=mine, on=datetime.date(2026, 9, 1), by=user)
    assert not mine.filter(state="left").exists()
    only = mine.filter(pk=early.pk)
    assert actions.mark_left(households=only, on=datetime.date(2026, 9, 1), to="Oslo", by=user) == 1
    early.refresh_from_db()
    assert (early.state, early.left_to) == ("left", "Oslo")


def test_where_a_protected_household_went_is_not_kept(aal, user):
    home = household(aal)
    actions.protect(household=home, grade="fortrolig", by=user)
    went = {"on": datetime.date(2026, 9, 1), "to": "Oslo", "why": "Til søstera på Grorud"}
    actions.mark_left(households=Household.objects.of(aal), **went, by=user)
    home.refresh_from_db()
    assert (home.state, home.left_to, home.left_why) == ("left", "", "")


def test_what_the_registry_says_is_veiled_goes_when_protection_comes(aal, user):
    """By hand and by list; where somebody has moved on, and why, as well."""
    for number, protect in enumerate([
        lambda home: actions.protect(household=home, grade="fortrolig", by=user),
        lambda home: take_in(csv(row(moved="02.01.2020", protection="kode 7")), aal),
    ]):  # fmt: skip
        home = household(
            aal, "Oksana Kovalenko", moved_from="Kyiv", moved_in=datetime.date(2020, 1, number + 1)
        )
        left = {"on": datetime.date(2027, 1, 1), "to": "Oslo", "why": "Til søstera på Grorud"}
        actions.mark_left(households=Household.objects.filter(pk=home.pk), **left, by=user)
        protect(home)
        home.refresh_from_db()
        assert home.is_protected
        veiled = {name for name, said in declaration("welcome.Household").personal.items() if said.veiled}
        assert veiled >= {"street", "moved_from", "left_to", "left_why", "address_key"}
        assert {name: getattr(home, name) for name in veiled - {"address_kind"}} == dict.fromkeys(
            veiled - {"address_kind"}, ""
        )
        assert home.address_kind == "unknown"
        home.delete()


def test_every_word_of_an_address_is_veiled_and_the_database_sees_to_it():
    said = declaration("welcome.Household").personal
    veiled = {name for name, each in said.items() if each.veiled}
    assert veiled >= {name for name, each in said.items() if each.kind == Kind.ADDRESS}
    [wall] = [c for c in Household._meta.constraints if c.name == "household_protected_holds_no_address"]
    assert {name for name, _value in wall.condition.children[1].children} == veiled


def test_what_was_written_about_an_address_goes_with_the_answer(aal, user):
    home = household(aal)
    words = {"household": home, "wrote": "Vi bor i Hemmeleggata 3.", "answer": "Hemmeleggata 3 er rettet."}
    settled = DataRequestFactory(**words, handled_at=timezone.now(), outcome="done")
    open_one = DataRequestFactory(household=home, wrote="Det er Hemmeleggata 3.")
    to_mail = DataRequestFactory(
        **words, handled_at=timezone.now(), outcome="done", answer_to="o@dalen.example"
    )
    actions.protect(household=home, grade="fortrolig", by=user)
    for row_ in (settled, open_one, to_mail):
        row_.refresh_from_db()
    assert (settled.wrote, settled.answer) == ("", "")
    assert open_one.wrote, "somebody must answer it yet"
    assert to_mail.answer, "it is on its way to them"
    requests.answer(request=open_one, outcome="done", words="Hemmeleggata 3.", to="", by=user)
    assert answers.mail_waiting() == 1
    assert "emmeleg" not in repr(list(DataRequest.objects.values()))
