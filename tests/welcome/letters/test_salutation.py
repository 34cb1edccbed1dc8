import pytest

from tests.factories.welcome import PersonFactory
from welcome.letters import salutation
from welcome.letters.geometry import ADDRESS_LINES
from welcome.letters.problems import measure_address

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")


def people(*names: tuple[str, str]):
    return [PersonFactory.build(given_name=given, family_name=family) for given, family in names]


KARI, OLA = ("Kari", "Nordmann"), ("Ola", "Nordmann")
OKSANA, ASE = ("Oksana", "Kovalenko"), ("Åse Marie", "Østerhus")


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ([KARI], ["Kari Nordmann"]),
        ([("Suharto", "")], ["Suharto"]),
        ([KARI, OLA], ["Kari and Ola Nordmann"]),
        ([KARI, ("Ola", "NORDMANN")], ["Kari and Ola NORDMANN"]),
        ([OKSANA, ASE], ["Oksana Kovalenko and", "Åse Marie Østerhus"]),
        ([("Suharto", ""), ("Sukarno", "")], ["Suharto and", "Sukarno"]),
        ([KARI, OLA, ASE], ["Kari Nordmann,", "Ola Nordmann and", "Åse Marie Østerhus"]),
    ],
)
def test_the_window_names_the_adults(names, lines):
    assert salutation.window_names(people(*names), "en", "nb")[0] == lines


@pytest.mark.parametrize(
    ("language", "greeting"), [("en", "Kari and Ola"), ("nb", "Kari og Ola"), ("nn", "Kari og Ola")]
)
def test_the_word_between_names_is_that_of_the_letters_language(language, greeting):
    if language != "en" and salutation.enumerate_names(["a", "b"], language) == "a and b":
        pytest.skip("The portal's messages are not compiled here.")
    assert salutation.greeting_names(people(KARI, OLA), language) == greeting


def test_all_given_names_are_greeted_as_they_are_held():
    assert salutation.greeting_names(people(OKSANA, ASE, KARI), "en") == "Oksana, Åse Marie and Kari"


def test_a_crowd_is_greeted_together():
    assert salutation.greeting_names(people(*[KARI] * 5), "en") == "all of you"
    assert salutation.greeting_names(people(("Maximiliane " * 11, "N")), "en") == "all of you"


def test_long_names_wrap_at_spaces_and_lose_nothing():
    long = ("Maximiliane-Charlotte Elisabeth Wilhelmina", "von Hohenzollern-Sigmaringen")
    lines = salutation.window_lines(people(long), ["Torget 1", "3570 Ål"], "en", "nb", measure_address)
    assert " ".join(lines) == " ".join([*long, "Torget 1", "3570 Ål"])
    assert len(lines) == 4


def test_many_adults_share_lines_where_one_a_line_would_not_fit():
    five = people(*[(f"Kari{n}", "Li") for n in range(5)])
    lines = salutation.window_lines(five, ["Torget 1", "3570 Ål"], "en", "nb", measure_address)
    assert len(lines) <= ADDRESS_LINES
    assert " ".join(lines).startswith("Kari0 Li, Kari1 Li, Kari2 Li, Kari3 Li and Kari4 Li")


@pytest.mark.parametrize("home", ["nb", "nn"])
def test_the_window_of_a_language_the_portal_lacks_says_and_as_the_municipality(home):
    """Not in English, which is neither the reader's nor the postman's."""
    assert salutation.window_names(people(KARI, OLA), "ar", home)[0] == ["Kari og Ola Nordmann"]
    assert salutation.window_names(people(OKSANA, ASE), "uk", home)[0][0] == "Oksana Kovalenko og"
    assert salutation.window_names(people(KARI, OLA), "en", home)[0] == ["Kari and Ola Nordmann"]
