import datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from municipalities.activities.models import State
from municipalities.municipality.models import FactKind, Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.models import Topic, TopicText
from tests.database import as_owner
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    ContactPointFactory,
    FactFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    OrganisationFactory,
    OrganisationTextFactory,
    TopicFactory,
    TopicTextFactory,
)
from welcome.portal import index
from welcome.portal.search import Results, find, snippet
from welcome.portal.searched import Kind
from welcome.portal.words import fold, stem, terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def ål():
    return MunicipalityFactory(slug="al", name="Ål")


def add(municipality, slug, **titles):
    topic = TopicFactory(municipality=municipality, slug=slug)
    for language, (title, body) in titles.items():
        TopicTextFactory(topic=topic, language=language, title=title, body=f"<p>{body}</p>")
    return topic


@pytest.fixture
def topics(ål):
    return [
        add(ål, "school", nb=("Skole og barnehage", "Søk plass."), nn=("Skule og barnehage", "Søk plass.")),
        add(ål, "doctor", nb=("Lege og legevakt", "Bytt lege på Helsenorge."), en=("Doctor", "Choose a GP.")),
        add(ål, "library", nn=("Biblioteket på Ål", "Lån bøker gratis, og sjå Cafébordet.")),
        add(ål, "transport", nb=("Buss og tog", "Bussen går fra skolen.")),
    ]


def search(query: str, language: str = "nb", **how) -> Results:
    with translation.override(language):
        return find(query, Municipality.objects.get(slug="al"), **how)


def slugs(query: str, language: str = "nb") -> list[str]:
    return [answer.path.split("/")[-2] for answer in search(query, language).of_kind(Kind.TOPIC)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("skoler", "school"),
        ("SKOLE", "school"),
        ("skular", "school"),  # Nynorsk, asked of the bokmål page.
        ("barnehageplass", "school"),
        ("legen", "doctor"),
        ("doctor", "doctor"),
        ("docktor", "doctor"),  # Misspelt.
        ("biblotek", "library"),
        ("boker", "library"),
        ("bøker", "library"),
        ("boeker", "library"),
        ("bo\u0308ker", "library"),  # Decomposed letters.
        ("café", "library"),
        ("cafe", "library"),
        ("aal", "library"),
        ("ål", "library"),
        ("Hvordan bytter jeg lege?", "doctor"),
        ("buss til skolen", "transport"),
    ],
)
def test_a_search_finds_what_was_meant(topics, query, first):
    assert slugs(query)[:1] == [first]


def test_title_comes_before_mention(topics):
    assert slugs("skole") == ["school", "transport"]


def test_a_short_part_of_a_compound_is_not_its_subject(ål, topics):
    add(ål, "tax", nb=("Skatt", "Adressen styrer hvor barna hører til."))
    assert slugs("barnehageplass") == ["school"]


def test_a_question_of_two_words_wants_both(topics):
    assert slugs("buss skole") == ["transport"]


@pytest.mark.parametrize("query", ["qwertyuiop", "%", "_", "' OR 1=1", "?!", "   ", "🙂"])
def test_what_is_nowhere_is_not_found(topics, query):
    assert search(query).count == 0


def test_contact_points_are_found_by_office_and_person(ål, topics):
    ContactPointFactory(municipality=ål, name="Øvre Ål skole", person="Åse Bjørkås")
    ContactPointFactory(municipality=ål, name="Teknisk etat")
    assert [found.place.contact.person for found in search("aase bjorkas").of_kind(Kind.CONTACT)] == [
        "Åse Bjørkås"
    ]
    assert [found.title for found in search("teknisk").of_kind(Kind.CONTACT)] == ["Teknisk etat"]


def test_letters_are_folded_alike_however_they_are_typed():
    assert fold("Åse") == fold("AASE") == fold("A\u030ase") == fold("ase")
    assert fold("Kárášjohka") == "karasjohka"


def test_a_short_word_keeps_its_ending():
    assert stem("tog") == "tog"
    assert stem("buss") == stem("bus")


# --- everything there is -----------------------------------------------------------------------


@pytest.fixture
def everything(ål, topics):
    """Something of each kind that is called Sølvfaks, and the same again where nobody may find it."""
    for here, shown in ((ål, True), (MunicipalityFactory(slug="rollag", name="Rollag"), True), (ål, False)):
        topic = TopicFactory(municipality=here, slug=f"faks-{shown}", published=shown)
        TopicTextFactory(topic=topic, language="nb", title="Sølvfaks", body="<p>Om Sølvfaks.</p>")
        club = OrganisationFactory(
            municipality=here, name=f"Sølvfaks {shown}", slug=str(shown), published=shown
        )
        OrganisationTextFactory(organisation=club, language="nn", body="<p>Me ser etter sølvfaks.</p>")
        activity = ActivityFactory(municipality=here, state=State.PUBLISHED if shown else State.DRAFT)
        ActivityTextFactory(activity=activity, language="nb", title="Sølvfaksdagen")
    past = timezone.now() - datetime.timedelta(days=3)
    over = ActivityFactory(municipality=ål, starts_at=past, ends_at=past + datetime.timedelta(hours=1))
    ActivityTextFactory(activity=over, language="nb", title="Sølvfaks i fjor")
    ContactPointFactory(municipality=ål, name="Sølvfakskontoret")
    FactFactory(municipality=ål, kind=FactKind.OTHER, label="sølvfaks i kommunen", value=12)
    MunicipalityTextFactory(municipality=ål, kind="front", language="nb", body="<p>Sølvfaks bur her.</p>")
    MunicipalityTextFactory(
        municipality=ål, kind="greeting", language="nb", body="<p>Sølvfaks, sa ordføraren.</p>"
    )
    return ål


def test_a_search_finds_what_is_public_of_every_kind_and_nothing_else(everything):
    found = search("sølvfaks")
    assert {group.kind: group.total for group in found.groups} == dict.fromkeys(Kind, 1)
    assert found.groups[0].kind in {Kind.TOPIC, Kind.ORGANISATION}


def test_a_search_asks_the_database_a_limited_number_of_times(
    client, everything, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        page = client.get(reverse("portal:search", args=["al"], query={"q": "sølvfaks"}))
    assert page.context["results"].count == 6
    assert "<mark>Sølvfaks</mark> bur her" in page.content.decode()


def test_what_was_saved_is_found_at_once_and_what_it_replaced_no_more(ål, topics):
    text = TopicText.objects.get(topic__slug="transport")
    TopicText.objects.filter(pk=text.pk).update(title="Ferje", body="<p>Båten går klokka ni.</p>")
    assert slugs("ferje") == slugs("båt") == ["transport"]
    assert slugs("tog") == []
    Topic.objects.filter(slug="transport").update(published=False)
    assert slugs("ferje") == []
    club = OrganisationFactory(municipality=ål, name="Turlaget", slug="turlaget")
    assert search("turlag").count == 1
    Organisation.objects.filter(pk=club.pk).update(name="Koret")
    assert search("turlag").count == 0
    club.delete()
    assert search("koret").count == 0


def test_words_of_the_other_written_form_and_of_english_are_known(ål, topics):
    add(ål, "housing", nn=("Bustad og tomter", "Sjå kva som er ledig."))
    assert slugs("bolig")[:1] == slugs("house", "en")[:1] == ["housing"]


def test_a_misspelling_is_put_right_and_that_is_said(topics):
    assert search("barnehgae").corrected == "barnehage"
    assert search("barnehage").corrected == ""


def test_while_somebody_types_the_beginning_of_a_word_is_enough(topics):
    assert [found.title for found in search("bibl", partial=True).of_kind(Kind.TOPIC)] == [
        "Biblioteket på Ål"
    ]
    assert [found.title for found in search("le", partial=True).of_kind(Kind.TOPIC)][:1] == [
        "Lege og legevakt"
    ]


def test_the_suggestions_are_titles_with_their_addresses(client, everything):
    answer = client.get(reverse("portal:suggest", args=["al"], query={"q": "søl"}))
    found = answer.json()["suggestions"]
    assert {"Sølvfaks", "Sølvfaksdagen", "Sølvfaks True", "Sølvfakskontoret"} <= {
        each["title"] for each in found
    }
    assert all(each["path"].startswith("/nb/al/") for each in found)
    assert client.get(reverse("portal:suggest", args=["al"], query={"q": "s"})).json() == {"suggestions": []}
    assert client.get(reverse("portal:suggest", args=["nowhere"])).status_code == 404


def test_a_snippet_shows_the_place_that_answers_and_no_markup_of_others():
    text = f"{'Innledning uten innhold. ' * 20}Se <b>skulane</b> i bygda. {'Mer om noe annet. ' * 20}"
    shown = snippet(text, terms("skule"))
    assert "&lt;b&gt;<mark>skulane</mark>&lt;/b&gt;" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 260
    assert snippet("Kort.", terms("skule")) == "Kort."


def test_the_index_is_made_anew_and_found_wanting(ål):
    if connection.vendor != "postgresql":
        assert index.build(connection, anew=True) == index.faults(connection) == []
        return
    with as_owner():
        assert index.faults(connection) == []
        index.take_down(connection)
        assert set(index.faults(connection)) == set(index.COLUMNS)
        assert set(index.build(connection)) == set(index.COLUMNS)
        assert index.build(connection) == []
        assert len(index.build(connection, anew=True)) == len(index.COLUMNS)
    add(ål, "school", nb=("Skole og barnehage", "Søk plass."))
    assert slugs("skoler") == ["school"]
