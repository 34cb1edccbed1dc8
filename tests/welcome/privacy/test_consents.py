import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import ConsentFactory, HouseholdFactory
from tests.welcome.privacy.test_retention import planning, stay
from welcome.households import actions, consents
from welcome.households.consents import Consent, ConsentText
from welcome.privacy import retention

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return HouseholdFactory(needs="tolk", interests="kor")


def give(home, purpose="needs"):
    return consents.give(household=home, purpose=purpose, how="phone", by=None)


def test_it_keeps_the_words_it_was_given_to(home):
    before = give(home)
    assert home.municipality.name in before.text.words
    consents.write(municipality=home.municipality, purpose="needs", language="nb", words="Nye ord.")
    after = give(HouseholdFactory(municipality=home.municipality))
    before.refresh_from_db()
    assert (before.text.version, after.text.version, after.text.words) == (1, 2, "Nye ord.")
    assert before.text.words != after.text.words


def test_of_two_that_are_merged_one_counts_and_both_are_taken_back(home):
    other = HouseholdFactory(municipality=home.municipality)
    mine, theirs = give(home), give(other)
    actions.merge(keep=home, other=other, by=None)
    assert list(Consent.objects.running()) == [mine]
    assert give(home) == mine
    theirs.refresh_from_db()
    consents.withdraw(consent=theirs, by=None)
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    home.refresh_from_db()
    assert (home.needs, home.interests) == ("", "")
    again = give(home)
    assert again not in (mine, theirs)


def test_agreeing_twice_is_agreeing_once(home):
    assert give(home) == give(home)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentFactory(household=home, purpose="needs")


def test_taking_it_back_empties_needs_and_is_in_the_log(home):
    consent = give(home)
    consents.withdraw(consent=consent, by=None)
    consents.withdraw(consent=consent, by=None)
    home.refresh_from_db()
    assert (home.needs, home.interests) == ("", "")
    notes = AuditEntry.objects.filter(action="consented").values_list("note", flat=True)
    assert sorted(notes) == ["given needs", "withdrawn needs"]


def test_who_takes_back_the_consent_to_plan_is_gone_the_next_night():
    home = planning(MunicipalityFactory(), timezone.localdate())
    consents.withdraw(consent=give(home, "planning"), by=None)
    retention.clean(home.municipality, timezone.localdate())
    assert stay(home) == []


def test_words_of_another_municipality_are_not_taken(home):
    consents.write(municipality=MunicipalityFactory(), purpose="needs", language="nb", words="Andres ord.")
    assert give(home).text.words != "Andres ord."


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def page(home, client):
    client.force_login(MembershipFactory(municipality=home.municipality).user)
    return reverse("admin:welcome_household_consents", args=[home.pk])


def test_it_is_noted_and_taken_back_on_the_page(home, page, client):
    client.get(page)
    assert not ConsentText.objects.exists(), "Looking keeps nothing."
    client.post(page, {"purpose": "needs", "how": "paper"})
    consent = Consent.objects.get()
    assert consent.text.words in client.get(page).content.decode()
    client.post(page, {"withdraw": consent.pk})
    assert not Consent.objects.running().exists()


def test_what_they_have_agreed_to_is_not_offered_again(home, page, client):
    give(home)
    assert b'<option value="needs"' not in client.get(page).content
    assert client.post(page, {"purpose": "needs", "how": "paper"}).status_code == 422
    give(home, "planning")
    give(home, "email")
    assert b"<select" not in client.get(page).content.partition(b"<main")[2]


def test_a_wrong_choice_is_told_and_another_households_consent_is_not_found(home, page, client):
    assert client.post(page, {"purpose": "x", "how": "paper"}).status_code == 422
    theirs = ConsentFactory(household=HouseholdFactory(municipality=home.municipality))
    for number in (theirs.pk, "x", "9" * 30):
        assert client.post(page, {"withdraw": number}).status_code == 404
    assert Consent.objects.running().count() == 1
