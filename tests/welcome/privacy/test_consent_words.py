"""The municipality writes the words that people agree to, and sees who has agreed to which, and who to none."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from municipalities.audit.models import Action, AuditEntry
from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from welcome.households import consents
from welcome.households.consents import Consent, ConsentText
from welcome.households.links import NEWCOMER
from welcome.households.models import Household, HouseholdState

pytestmark = pytest.mark.django_db

LIST = "admin:welcome_retentionrun_consent_words"
WRITE = "admin:welcome_retentionrun_consent_write"
MISSING = "admin:welcome_retentionrun_no_consent"


@pytest.fixture
def place():
    return MunicipalityFactory(name="Dalen")


def login(client, place, role=Role.ADMINISTRATOR):
    user = MembershipFactory(municipality=place, role=role, user__language="en").user
    client.force_login(user)
    return user


def planner(place, name="Oksana", **more):
    home = HouseholdFactory(
        municipality=place, state=HouseholdState.PLANNING, moved_in=None, language="nb",
        consent_until=datetime.date(2027, 1, 31), **more,
    )  # fmt: skip
    PersonFactory(household=home, given_name=name)
    return home


def text(answer):
    return " ".join(answer.content.decode().split())


def address(purpose="planning", language="nb"):
    return reverse(WRITE) + f"?purpose={purpose}&language={language}"


def test_other_words_are_a_new_version_and_who_agreed_is_counted_by_version(place, client):
    boss = login(client, place)
    page = text(client.get(reverse(LIST)))
    assert "You have written nothing yet." in page
    assert "Dalen kommune kan " in page  # The portal's own, in the language of the municipality.
    consents.give(household=planner(place), purpose="planning", how="phone", by=None)
    client.post(address(), {"words": "Vi kan skrive opp dette.", "save": "yes"})
    for name in ("Kari", "Ola"):
        consents.give(household=planner(place, name), purpose="planning", how="phone", by=None)
    words = client.get(reverse(LIST)).context["purposes"][0][1][0]
    assert [(version.text.version, version.agreed) for version in words.versions] == [(2, 2), (1, 1)]
    assert "Vi kan skrive opp dette." in text(client.get(reverse(LIST)))
    assert Consent.objects.get(text__version=1).text.words != "Vi kan skrive opp dette."
    noted = AuditEntry.objects.get(action=Action.ADDED, model="welcome.ConsentText")
    assert (noted.user, noted.fields) == (boss, ["words"])


def test_a_preview_shows_the_words_and_keeps_nothing(place, client):
    login(client, place)
    answer = client.post(address(language="nn"), {"words": "Å <b>ja</b>, då", "preview": "yes"})
    assert "Å &lt;b&gt;ja&lt;/b&gt;, då</p>" in text(answer)
    assert not ConsentText.objects.exists()


def test_the_same_words_are_no_new_version_and_none_are_refused(place, client):
    login(client, place)
    for _ in range(2):
        client.post(address(), {"words": "Ja.", "save": "yes"})
    assert ConsentText.objects.get().version == 1
    answer = client.post(address(), {"words": "  ", "save": "yes"})
    assert answer.status_code == 422
    answer = client.post(address(), {"words": "x" * 2001, "save": "yes"})
    assert (answer.status_code, "x" * 2001 in text(answer)) == (422, True)
    assert ConsentText.objects.count() == 1


def test_who_may_not_manage_reads_and_does_not_write(place, client):
    login(client, place, Role.SERVICE_OFFICE)
    page = text(client.get(address()))
    assert "What the newcomer sees" in page
    assert "<textarea" not in page
    assert client.post(address(), {"words": "Ja.", "save": "yes"}).status_code == 403
    assert not ConsentText.objects.exists()


@pytest.mark.parametrize("query", ["", "?purpose=x&language=nb", "?purpose=planning&language=vi"])
def test_what_cannot_be_written_is_not_there(place, client, query):
    login(client, place)
    assert client.get(reverse(WRITE) + query).status_code == 404


# --- planning without a consent ------------------------------------------------------------------


def test_who_plans_and_has_agreed_to_nothing_is_listed_with_the_day(place, client):
    login(client, place)
    agreed, taken_back, never = planner(place, "Enig"), planner(place, "Angret"), planner(place, "Aldri")
    PersonFactory(household=HouseholdFactory(municipality=place), given_name="Bur")
    planner(MunicipalityFactory(), "Utanfor")
    for home in (agreed, taken_back):
        consents.give(household=home, purpose="planning", how="phone", by=None)
    consents.withdraw(consent=taken_back.consents.get(), by=None)
    assert set(consents.planning_without(place)) == {taken_back, never}
    assert "2 households that plan to move here have not agreed" in text(client.get(reverse(LIST)))
    page = text(client.get(reverse(MISSING)))
    assert "Aldri" in page
    assert "2027" in page
    assert reverse("admin:welcome_household_link", args=[never.pk]) in page
    assert not {"Enig", "Bur", "Utanfor"} & set(page.replace(">", " ").replace("<", " ").split())
    looks = AuditEntry.objects.filter(note="no_consent").values_list("object_id", flat=True)
    assert set(looks) == {str(taken_back.pk), str(never.pk)}


@pytest.fixture
def own_page(place, client):
    """A household that plans, and its own page, opened by its link."""
    home = planner(place)
    link = links.issue(purpose=NEWCOMER, of=home, by=None)
    opened = client.get(link.url[link.url.index("/l/") :]).url
    return home, opened


def test_they_are_asked_on_their_own_page_and_agree_once(own_page, client):
    home, opened = own_page
    page = client.get(opened)
    assert page.context["to_agree"].words in page.content.decode()
    agree = f"{opened}agree/"
    client.post(agree, {})
    client.post(agree, {"seen": "1"})
    assert not Consent.objects.exists()
    for _ in range(2):
        client.post(agree, {"seen": page.context["to_agree"].mark})
    given = Consent.objects.get()
    assert (given.household, given.purpose, given.how, given.text.version) == (home, "planning", "page", 1)
    assert client.get(opened).context["to_agree"] is None
    assert not consents.planning_without(home.municipality).exists()


def test_words_that_changed_meanwhile_are_read_before_they_are_agreed_to(own_page, client):
    home, opened = own_page
    seen = client.get(opened).context["to_agree"].mark
    consents.write(municipality=home.municipality, purpose="planning", language="nb", words="Nye ord.")
    answer = client.post(f"{opened}agree/", {"seen": seen}, follow=True)
    assert not Consent.objects.exists()
    assert "Nye ord." in text(answer)
    client.post(f"{opened}agree/", {"seen": answer.context["to_agree"].mark})
    assert Consent.objects.get().text.words == "Nye ord."


def test_words_that_change_while_they_agree_are_shown_and_not_agreed_to(own_page, client, monkeypatch):
    _home, opened = own_page
    seen = client.get(opened).context["to_agree"].mark
    words_for = consents.words_for

    def after_another(municipality, purpose, language):
        consents.write(municipality=municipality, purpose=purpose, language="nb", words="Nye ord.")
        return words_for(municipality, purpose, language)

    monkeypatch.setattr(consents, "words_for", after_another)
    assert client.post(f"{opened}agree/", {"seen": seen}).url.endswith("?done=reworded")
    assert not Consent.objects.exists()


def test_the_same_number_in_another_language_is_other_words(own_page, client):
    home, opened = own_page
    for language, words in (("nb", "Vi får ta vare på dette."), ("en", "They may keep this.")):
        consents.write(municipality=home.municipality, purpose="planning", language=language, words=words)
    seen = client.get(opened).context["to_agree"]
    Household.objects.filter(pk=home.pk).update(language="en")
    assert (seen.words, seen.version) == ("Vi får ta vare på dette.", 1)
    assert client.post(f"{opened}agree/", {"seen": seen.mark}).url.endswith("?done=reworded")
    assert not Consent.objects.exists()


def test_the_database_changes_and_deletes_no_words(place):
    text = consents.write(
        municipality=place, purpose="needs", language="nb", words="Vi kan skrive opp dette."
    )
    rows = ConsentText.objects.filter(pk=text.pk)
    for change in (lambda: rows.update(words="Noe annet."), rows.delete, text.save):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert rows.get().words == "Vi kan skrive opp dette."


def test_who_lives_here_is_not_asked(place, client):
    home = HouseholdFactory(municipality=place)
    link = links.issue(purpose=NEWCOMER, of=home, by=None)
    opened = client.get(link.url[link.url.index("/l/") :]).url
    assert client.get(opened).context["to_agree"] is None
    seen = consents.shown_words(place, "planning", "nb").mark
    client.post(f"{opened}agree/", {"seen": seen})
    assert not Consent.objects.exists()
