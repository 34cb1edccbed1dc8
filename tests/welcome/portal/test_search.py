import pytest
from django.utils import translation

from municipalities.contacts.models import ContactPoint
from municipalities.topics.models import Topic
from tests.factories.municipalities import (
    ContactPointFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)
from welcome.portal.reading import show
from welcome.portal.search import Results, find, fold, stem

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


def search(query: str, language: str = "nb") -> Results:
    with translation.override(language):
        shown = [show(topic) for topic in Topic.objects.order_by("pk")]
        return find(query, topics=shown, contacts=ContactPoint.objects.all())


def slugs(query: str, language: str = "nb") -> list[str]:
    return [shown.topic.slug for shown in search(query, language).topics]


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
    assert [place.contact.person for place in search("aase bjorkas").places] == ["Åse Bjørkås"]
    assert [place.contact.name for place in search("teknisk").places] == ["Teknisk etat"]


def test_letters_are_folded_alike_however_they_are_typed():
    assert fold("Åse") == fold("AASE") == fold("A\u030ase") == fold("ase")
    assert fold("Kárášjohka") == "karasjohka"


def test_a_short_word_keeps_its_ending():
    assert stem("tog") == "tog"
    assert stem("buss") == stem("bus")
