"""The newcomer's own page: what they see, what they can do, and what it never tells."""

import datetime
import html

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from municipalities.texts.languages import LANGUAGES
from tests.factories.municipalities import EnquiryFactory, MembershipFactory, MunicipalityFactory
from tests.factories.welcome import (
    DataRequestFactory,
    HouseholdFactory,
    LeftOutFactory,
    LetterFactory,
    LetterRunFactory,
    MemberFactory,
    OrderFactory,
    OwnLoginFactory,
    PersonFactory,
    StorytellerFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.households.files import csv, row, take_in
from welcome.households import actions, consents, own
from welcome.households.consents import Consent
from welcome.households.links import NEWCOMER
from welcome.households.models import Household, Protection
from welcome.households.own_logins import OwnLogin
from welcome.privacy.models import DataRequest, Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    home = HouseholdFactory(language="en", interests="Skiing", moved_from="Lviv", needs="A ramp")
    PersonFactory(household=home, given_name="Oksana", family_name="Kovalenko", email="oksana@example.org")
    PersonFactory(household=home, given_name="Daria", family_name="Kovalenko", birth_year=2020, role="child")
    return home


@pytest.fixture
def opened(home, client):
    """opened(name, *parts): an address of the page that its link has opened."""
    link = links.issue(purpose=NEWCOMER, of=home, by=None)
    slot = client.get(path_of(link))["Location"].split("/")[3]

    def address(name="my", *parts):
        return reverse(f"portal:{name}", args=[slot, *parts]).replace("/nb/", "/en/", 1)

    return address


def words_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(page.get_textpage().get_text_range() for page in document)


def text(answer):
    return answer.content.decode()


def test_it_shows_what_is_held(home, opened, client):
    run = LetterRunFactory(municipality=home.municipality)
    LetterFactory(run=run, household=home)
    page = text(client.get(opened()))
    shown = [
        "Oksana Kovalenko", "Daria Kovalenko", "1988", "oksana@example.org", "Øvre Ålsgata 12 B", "3570 Ål", "Lviv",
        "Skiing", "A ramp", "12 months", "24 months", home.municipality.name,
    ]  # fmt: skip
    assert [words for words in shown if words not in page] == []


def test_the_link_leads_to_the_page_in_their_language(home, client):
    for language, expected in (("nn", "nn"), ("nb", "nb"), ("uk", "en"), ("se", "nb")):
        assert language in LANGUAGES
        home.language = language
        home.save()
        answer = client.get(path_of(links.issue(purpose=NEWCOMER, of=home, by=None)))
        assert answer["Location"].startswith(f"/{expected}/my/")


def test_an_empty_household_is_told_so(client):
    bare = HouseholdFactory(
        address_kind="unknown", street="", house_number="", house_letter="", postal_code="", postal_place=""
    )
    answer = client.get(path_of(links.issue(purpose=NEWCOMER, of=bare, by=None)), follow=True)
    assert answer.status_code == 200


def test_the_number_of_queries_does_not_grow(home, opened, client, django_assert_max_num_queries):
    for number in range(8):
        PersonFactory(household=home)
        run = LetterRunFactory(municipality=home.municipality, year=2020 + number)
        LetterFactory(run=run, household=home)
        DataRequestFactory(household=home, wrote=str(number))
    with django_assert_max_num_queries(17):
        client.get(opened())


def test_a_look_changes_nothing_but_is_in_the_trail(home, opened, client):
    before = type(home).objects.filter(pk=home.pk).values().get()
    for name, parts in (("my", ()), ("my-change", ()), ("my-ask", ("deletion",))):
        assert client.get(opened(name, *parts)).status_code == 200
        assert client.head(opened(name, *parts)).status_code == 200
    for name in ("my-letters", "my-leave", "my-not-mine"):
        assert client.get(opened(name)).status_code == 405
    assert type(home).objects.filter(pk=home.pk).values().get() == before
    looks = AuditEntry.objects.filter(model="welcome.Household", object_id=str(home.pk), action="looked")
    assert set(looks.values_list("actor", "actor_name", "user")) == {("link", "newcomer", None)}


# --- changing what is theirs -----------------------------------------------------------------------


def filled(home, **more):
    person = home.people.get(given_name="Oksana")
    return {
        "language": "en",
        "contact_wish": "",
        "interests": "",
        f"phone_{person.pk}": "",
        f"email_{person.pk}": "",
    } | more


def test_they_change_what_is_theirs(home, opened, client):
    person = home.people.get(given_name="Oksana")
    data = filled(home, language="nn", interests="Choir", contact_wish="Call me")
    data |= {f"phone_{person.pk}": "99887766", f"email_{person.pk}": "ok@example.org"}
    for _ in range(2):  # A double click does no harm.
        answer = client.post(opened("my-change"), data)
        assert answer.status_code == 302
    assert "It is changed" in text(client.get(answer["Location"]))
    home.refresh_from_db()
    person.refresh_from_db()
    assert (home.language, home.interests, home.contact_wish) == ("nn", "Choir", "Call me")
    assert (person.phone, person.email) == ("+4799887766", "ok@example.org")
    changes = AuditEntry.objects.filter(action="changed", actor="link")
    assert sorted(changes.values_list("model", flat=True)) == ["welcome.Household", "welcome.Person"]


def test_what_was_typed_survives_an_error(home, opened, client):
    person = home.people.get(given_name="Oksana")
    data = filled(home, interests="Choir and skiing") | {
        f"phone_{person.pk}": "12",
        f"email_{person.pk}": "x@",
    }
    answer = client.post(opened("my-change"), data)
    assert answer.status_code == 422
    assert "Choir and skiing" in text(answer)
    assert 'value="12"' in text(answer)
    assert text(answer).count('aria-invalid="true"') == 2
    home.refresh_from_db()
    assert home.interests == "Skiing"


def test_nothing_else_and_nobody_else_can_be_changed(home, opened, client):
    stranger = PersonFactory(email="stranger@example.org")
    child = home.people.get(given_name="Daria")
    more = {
        "street": "Elsewhere",
        "protection": Protection.STRICT,
        "moved_in": "2020-01-01",
        f"email_{stranger.pk}": "taken@example.org",
        f"email_{child.pk}": "taken@example.org",
    }
    assert client.post(opened("my-change"), filled(home, **more)).status_code == 302
    own.change(household=home, values={}, people={stranger.pk: {"email": "taken@example.org"}})
    home.refresh_from_db()
    stranger.refresh_from_db()
    child.refresh_from_db()
    assert (home.street, home.protection) == ("Øvre Ålsgata", "")
    assert (stranger.email, child.email) == ("stranger@example.org", "")


def test_no_more_letters_can_be_undone(home, opened, client):
    for wanted, no_letter, button in (
        ("no", True, "after all"),
        ("no", True, "after all"),
        ("yes", False, "No more"),
    ):
        answer = client.post(opened("my-letters"), {"wanted": wanted}, follow=True)
        home.refresh_from_db()
        assert home.no_letter is no_letter
        assert button in text(answer)


# --- asking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["correction", "deletion", "objection", "hold"])
def test_a_request_comes_in_once_and_is_due_in_thirty_days(kind, home, opened, client):
    for _ in range(2):
        answer = client.post(opened("my-ask", kind), {"wrote": "My name is spelt Oxana."})
        assert answer.status_code == 302
    asked = DataRequest.objects.get()
    assert (asked.household, asked.municipality, asked.kind) == (home, home.municipality, kind)
    assert asked.due_on == timezone.localdate() + datetime.timedelta(days=30)
    assert "You get an answer by" in text(client.get(opened()))


def test_a_correction_without_words_is_asked_for_them(opened, client):
    answer = client.post(opened("my-ask", "correction"), {"wrote": " "})
    assert answer.status_code == 422
    assert "Write what is wrong" in text(answer)
    assert client.post(opened("my-ask", "deletion"), {"wrote": ""}).status_code == 302


def test_an_objection_without_words_is_asked_for_its_own(opened, client):
    answer = client.post(opened("my-ask", "objection"), {"wrote": ""})
    assert answer.status_code == 422
    assert "Write what you do not want us to do." in text(answer)
    assert "Write what is wrong" not in text(answer)


def test_too_many_words_are_refused_and_stay(opened, client):
    answer = client.post(opened("my-ask", "objection"), {"wrote": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in text(answer)
    assert not DataRequest.objects.exists()


def test_what_cannot_be_asked_for_is_not_there(opened, client):
    assert client.get(opened("my-ask", "money")).status_code == 404


def test_the_answer_is_on_the_page(home, opened, client):
    DataRequestFactory(
        household=home, outcome=Outcome.REFUSED, answer="The archive act.", handled_at=timezone.now()
    )
    assert "The archive act." in text(client.get(opened()))


def test_a_consent_is_shown_and_taken_back(home, opened, client):
    given = consents.give(household=home, purpose="needs", how="form", by=None)
    other = consents.give(household=HouseholdFactory(), purpose="needs", how="form", by=None)
    assert given.text.words in html.unescape(text(client.get(opened())))
    assert client.post(opened("my-withdraw", other.pk)).status_code == 404
    for _ in range(2):
        assert client.post(opened("my-withdraw", given.pk)).status_code == 302
    home.refresh_from_db()
    assert (home.needs, home.interests) == ("", "")
    assert list(Consent.objects.running()) == [other]


@pytest.mark.parametrize(
    ("purpose", "state", "told"),
    [
        ("needs", "living", "need and like to do is deleted at once"),
        ("planning", "planning", "deleted the next night"),
        ("planning", "living", "we no longer keep what you told us about your plans"),
    ],
)
def test_it_is_told_what_taking_back_a_consent_does(purpose, state, told, home, opened, client):
    if state == "planning":
        home.state, home.moved_in, home.consent_until = state, None, timezone.localdate()
        home.save()
    consents.give(household=home, purpose=purpose, how="form", by=None)
    assert told in text(client.get(opened()))


def test_all_of_it_can_be_taken_out(home, opened, client):
    held = client.get(opened("my-data", "json"))
    assert held["Content-Disposition"] == 'attachment; filename="tilflytter.json"'
    assert "Oksana" in text(held)
    assert held["Cache-Control"] == "no-store, private"
    paper = client.get(opened("my-data", "pdf"))
    assert "Kovalenko" in words_of(paper.content)
    assert client.get(opened("my-data", "csv")).status_code == 404
    taken = AuditEntry.objects.filter(action="exported", object_id=str(home.pk))
    assert sorted(taken.values_list("note", "actor")) == [("report=json", "link"), ("report=pdf", "link")]


@pytest.mark.parametrize("grade", [g for g in Protection.values if g])
def test_what_is_taken_out_tells_nothing_of_protection(grade, home, client):
    staff = MembershipFactory(municipality=home.municipality, role=Role.COORDINATOR).user
    run = LetterRunFactory(municipality=home.municipality)
    LeftOutFactory(run=run, household=home, reason="protected")
    LetterFactory(run=LetterRunFactory(municipality=home.municipality, year=2025), household=home)
    actions.protect(household=home, grade=grade, by=staff)
    link = links.issue(purpose=NEWCOMER, of=home, by=staff)
    slot = client.get(path_of(link))["Location"].split("/")[3]
    for language, secrets in (
        ("en", ["rotected", "onfidential", "lient address"]),
        ("nb", ["kjerm", "eskytt", "ortrolig"]),
    ):
        address = f"/{language}/my/{slot}/"
        held = text(client.get(address + "data/json/"))
        paper = words_of(client.get(address + "data/pdf/").content)
        for secret in [grade, "Øvre Ålsgata", "Lviv", *secrets]:
            assert secret not in held, held[max(0, held.find(secret) - 200) : held.find(secret) + 50]
            assert secret not in paper, secret


# --- ending ----------------------------------------------------------------------------------------


def test_closing_the_page_leaves_the_link(home, opened, client):
    assert client.post(opened("my-leave")).status_code == 200
    assert client.get(opened()).status_code == 410
    assert client.get(path_of(links.active(purpose=NEWCOMER, of=home))).status_code == 302


def test_a_letter_that_is_not_for_me_ends_the_link(home, opened, client):
    path = path_of(links.active(purpose=NEWCOMER, of=home))
    assert client.post(opened("my-not-mine")).status_code == 200
    assert client.get(opened()).status_code == 410
    assert client.get(path).status_code == 410
    assert links.active(purpose=NEWCOMER, of=home) is None


# --- protected addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize("grade", [g for g in Protection.values if g])
def test_protection_ends_what_was_printed_and_a_new_link_tells_nothing_of_it(grade, home, opened, client):
    staff = MembershipFactory(municipality=home.municipality, role=Role.COORDINATOR).user
    before = path_of(links.active(purpose=NEWCOMER, of=home))
    actions.protect(household=home, grade=grade, by=staff)
    assert client.get(opened()).status_code == 410
    assert client.get(before).status_code == 410
    assert links.active(purpose=NEWCOMER, of=home) is None
    fresh = links.issue(purpose=NEWCOMER, of=home, by=staff)
    page = text(client.get(path_of(fresh), follow=True))
    assert "Oksana Kovalenko" in page
    for secret in (grade, "Øvre Ålsgata", "3570", "Lviv", "rotect", "onfidential"):
        assert secret not in page.split("<main", 1)[1].split("datatilsynet")[0].replace(
            "Protection Authority", ""
        ), secret
    actions.protect(household=home, grade="", by=staff)
    assert client.get(path_of(fresh)).status_code == 410, "nor does a link outlive the protection"
    assert client.get(before).status_code == 410, "nor does the letter's come back to life"


def test_a_printed_link_stays_over_when_protection_is_lifted(home, opened, client):
    """Nobody had issued another one meanwhile, which would have ended it too."""
    before = path_of(links.active(purpose=NEWCOMER, of=home))
    actions.protect(household=home, grade="fortrolig", by=None)
    actions.protect(household=home, grade="", by=None)
    assert client.get(opened()).status_code == 410
    assert client.get(before).status_code == 410


def test_a_link_over_by_a_list_stays_over_and_one_issued_under_protection_outlives_the_next_list(client):
    place = MunicipalityFactory()
    take_in(csv(row()), place)
    home = Household.objects.get()
    before = path_of(links.issue(purpose=NEWCOMER, of=home, by=None))
    take_in(csv(row(protection="fortrolig")), place)
    assert client.get(before).status_code == 410
    fresh = path_of(links.issue(purpose=NEWCOMER, of=home, by=None))
    OwnLoginFactory(household=home)
    take_in(csv(row(protection="fortrolig", language="so")), place)
    assert Household.objects.get().language == "so", "the list has changed something of the household"
    assert client.get(fresh).status_code == 302
    assert OwnLogin.objects.exists()
    actions.protect(household=Household.objects.get(), grade="", by=None)
    assert client.get(before).status_code == 410


def test_another_household_s_link_shows_the_other(home, opened, client):
    other = HouseholdFactory(municipality=MunicipalityFactory(), street="Fjellvegen")
    page = text(client.get(path_of(links.issue(purpose=NEWCOMER, of=other, by=None)), follow=True))
    assert "Fjellvegen" in page
    assert "Oksana" not in page
    assert "Oksana" in text(client.get(opened())), "both are open, each at its own address"


def test_a_stranger_s_e_mail_written_on_the_page_brings_nothing_of_the_stranger_s(home, opened, client):
    """Nobody has confirmed what stands there; staff hand such things out to somebody they know."""
    with_it = {"municipality": home.municipality, "email": "offeret@dalen.example"}
    OrderFactory(**with_it, given_name="Vigdis", family_name="Offerdal")
    MemberFactory(**with_it, name="Vigdis Offerdal")
    EnquiryFactory(**with_it, text="Vigdis Offerdal spør om lege")
    StorytellerFactory(story__municipality=home.municipality, name="Vigdis Offerdal", email=with_it["email"])
    oksana = home.people.get(given_name="Oksana")
    own.change(household=home, values={}, people={oksana.pk: {"email": with_it["email"]}})
    taken = client.get(opened("my-data", "json")).content.decode()
    assert "Oksana" in taken
    assert "Vigdis" not in taken
    assert "Vigdis" not in words_of(client.get(opened("my-data", "pdf")).content)
