"""Every kind of household, with and without what a letter can tell, in four languages: laid out and read back."""

import unicodedata

import pypdfium2
import pytest

from tests.factories.municipalities import MunicipalityTextFactory, TopicTextFactory
from tests.factories.welcome import PersonFactory
from tests.welcome.letters.conftest import arrive, frozen
from welcome.letters import rendering
from welcome.letters.press import Press
from welcome.letters.stock import Stock
from welcome.letters.template_models import LetterTemplate, standard_blocks

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

HOST = {
    "name": "Torbjørg Vertsen",
    "phone": "900 11 222",
    "email": "torbjorg@example.org",
    "languages": "Bokmål, English",
    "about": "",
}
GIFTS = [
    {"title": "Kinobillett", "count": 2, "giver": "Ål kulturhus", "note": ""},
    {"title": "Hallingdølen", "count": 1, "giver": "", "note": "QZ 77"},
]
CODE = "https://tilflytter.example/l/meeting/" + "Ab3" * 13 + "/"
GREETINGS = {
    "nb": "<p>Så fint at dere kom.</p>",
    "nn": "<p>Så fint at de kom.</p>",
    "en": "<p>How good that you came.</p>",
    "ar": "<p>يسعدنا قدومكم إلى البلدية.</p>",
}
MEETING = {
    "day": "2026-12-03",
    "time": "18:00",
    "until": "20:00",
    "deadline": "2026-12-01",
    "place": "Kulturhuset",
    "address": "Torget 2, 3570 Ål",
    "texts": {code: {"title": "Velkomstmøte", "body": "", "language": code} for code in GREETINGS},
}
HOUSEHOLDS = {
    "single": (["Oksana Kovalenko"], 0),
    "couple_of_one_name": (["Kari Lien", "Ola Lien"], 0),
    "couple_of_two_names": (["Nguyễn Thị Ánh", "Per Hansen"], 0),
    "family": (["Kari Lien", "Ola Lien"], 2),
    "four_adults": (["Ali Karimi", "Sara Karimi", "Reza Amiri", "Leyla Amiri"], 0),
    "five_adults": ([f"Fornamn{n} Etternamn{n}" for n in range(5)], 3),
}
# What only a letter that tells of it says, in its language; Arabic is read back as it is written.
SAYS = {
    "host": {"nb": "tilflytterverten", "nn": "tilflyttarverten", "en": "Meet your host", "ar": "مضيفكم"},
    "meeting": {"nb": "velkomstmøtet", "nn": "velkomstmøtet", "en": "welcome meeting", "ar": "لقاء الترحيب"},
    "gifts": {"nb": "Velkomstpakken", "nn": "Velkomstpakken", "en": "welcome package", "ar": "حزمة الترحيب"},
    "family": {"nb": "Til barna", "nn": "Til borna", "en": "For the children", "ar": "ترحب"},
}


@pytest.fixture
def run(place):
    """A letter of every household, in every language."""
    for language, body in GREETINGS.items():
        if language != "nb":
            MunicipalityTextFactory(municipality=place, language=language, body=body)
            TopicTextFactory(topic=place.topic_set.get(), language=language)
    blocks = [block | {"shown": True} for block in standard_blocks()]
    LetterTemplate.objects.create(municipality=place, version=1, blocks=blocks)
    number = 0
    for language in GREETINGS:
        for names, children in HOUSEHOLDS.values():
            number += 1
            home = arrive(place, *names, language=language, house_number=str(number))
            for child in range(children):
                PersonFactory(household=home, given_name=f"Barn{child}", birth_year=2019)
    return frozen(place)


def texts_of(content):
    """The words of each page, in the order of the letters; joined Arabic forms as plain letters."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return [" ".join(unicodedata.normalize("NFKC", text).split()) for text in pages]


@pytest.mark.parametrize("told", [set(), {"host"}, {"meeting"}, {"gifts"}, {"host", "meeting", "gifts"}])
def test_each_letter_tells_what_its_household_has_and_nothing_else(run, told):
    run.meeting = MEETING if "meeting" in told else {}
    stock = Stock(run)
    letters = list(run.letters.select_related("household").order_by("number"))
    assert len(letters) == len(GREETINGS) * len(HOUSEHOLDS)
    for letter in letters:
        letter.run = run
        letter.host = HOST if "host" in told else {}
        letter.gifts = GIFTS if "gifts" in told else []
        letter.code = CODE if "meeting" in told else ""
        first = texts_of(rendering.render_letter(letter, stock=stock))[0]
        kind = list(HOUSEHOLDS)[(int(letter.household.house_number) - 1) % len(HOUSEHOLDS)]
        for line in letter.address:
            assert " ".join(line.split()) in first
        for block, words in SAYS.items():
            is_told = block in told or (block == "family" and HOUSEHOLDS[kind][1] > 0)
            assert (words[letter.language] in first) == is_told, (kind, block, first)
        assert (HOST["phone"] in first) == ("host" in told)
        assert ("QZ 77" in first) == ("gifts" in told)
        assert ("Kulturhuset" in first) == ("meeting" in told)


@pytest.mark.parametrize("language", sorted(GREETINGS))
def test_a_letter_that_tells_of_everything_stays_on_one_page(run, language):
    run.meeting = MEETING
    press = Press(run, enclosing=False)
    for letter in run.letters.filter(language=language, number__lte=24):
        letter.run, letter.host, letter.gifts, letter.code = run, HOST, GIFTS * 3, CODE
        assert len(press.personal(letter).pages) == 1


@pytest.mark.parametrize("lines", range(2, 40, 3))
def test_the_signature_never_stands_alone_on_the_last_page(run, lines):
    """However long the greeting is, what belongs before the signature comes along."""
    text = run.texts.get(language="nb")
    text.greeting["body"] = "".join(f"<p>Avsnitt {n} om bygda.</p>" for n in range(lines))
    run.meeting = MEETING
    press = Press(run, [text], enclosing=False)
    letter = run.letters.filter(language="nb").first()
    letter.run, letter.host, letter.gifts, letter.code = run, HOST, GIFTS, CODE
    pages = texts_of(press.personal(letter).write_pdf())
    assert any("Vennlig hilsen" in page and "Det praktiske ligger ved" in page for page in pages)
    if len(pages) > 1:
        assert "Velkomstpakken" in pages[-1]


def test_numbers_in_arabic_text_are_read_as_they_are_written(run):
    text = run.texts.get(language="ar")
    text.greeting["body"] = "<p>اتصلوا بنا على +47 32 08 50 00 من 09:00 إلى 15:00.</p>"
    letter = run.letters.filter(language="ar").first()
    letter.run = run
    document = Press(run, [text], enclosing=False).personal(letter)
    page = pypdfium2.PdfDocument(document.write_pdf())[0].get_textpage()
    baseline = page.get_charbox(page.search("+47").get_next()[0])[1]
    signs = [(page.get_charbox(place), page.get_text_range(place, 1)) for place in range(page.count_chars())]
    line = "".join(sign for box, sign in sorted(signs) if abs(box[1] - baseline) < 5)
    assert "+4732085000" in line.replace(" ", "")
    assert "09:00" in line
