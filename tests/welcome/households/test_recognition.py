import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from welcome.households.recognition import (
    Likeness,
    Trace,
    address_key,
    likeness,
    name_key,
    one_edit_apart,
)

NAMES = st.lists(
    st.text(st.characters(categories=["Lu", "Ll", "Lo"], max_codepoint=0x52F), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
)


@given(NAMES, st.randoms())
def test_order_case_hyphen_and_composition_never_matter(words, rng):
    shuffled = list(words)
    rng.shuffle(shuffled)
    for other in (
        " ".join(shuffled),
        "-".join(words),
        unicodedata.normalize("NFD", " ".join(words)),
        unicodedata.normalize("NFC", " ".join(words)),
        f"  {'   '.join(words)} ",
    ):
        assert name_key(other) == name_key(" ".join(words))


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzæøåéü", min_size=1, max_size=12), min_size=1, max_size=4))
def test_upper_case_never_matters(words):
    assert name_key(" ".join(words).upper()) == name_key(" ".join(words))


@given(st.text(max_size=300))
def test_any_text_has_a_key_that_fits_the_column(text):
    assert len(name_key(text)) <= 200
    key = address_key(street=text, house_number="1", house_letter="", postal_code="3570")
    assert len(key) <= 120


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åse-Marie Christiansen", "KRISTIANSEN, Aase Marie"),
        ("Filip Thorsen", "Philip Torsen"),
        ("Юлія Коваленко", "Yuliia Kovalenko"),
        ("Oleksandr Shcherbak", "Олександр Щербак"),
        ("Михайло Гончаренко", "Mykhailo Honcharenko"),
        ("Wenche Øy", "Venche Oey"),
        ("Bjørn Næss", "Björn Naess"),
        ("Siobhán O'Brien", "Siobhan O´Brien"),
        ("Mohammed Ali", "Mohamed Ali"),
        ("Łukasz Wójcik", "Lukasz Wojcik"),
        ("Ŋurvvagohppi Áhkká", "Nurvvagohppi Ahkka"),
        ("José van der Berg", "Jose Van Der Berg"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ida Berg", "Ada Berg"),
        ("Ole Hansen", "Ole Jensen"),
        ("Jan de Vries", "Jan Vries"),
        ("محمد", "فاطمة"),
        ("ሰላም", "ዮናስ"),
    ],
)
def test_other_names_stay_others(one, other):
    assert name_key(one) != name_key(other)
    assert name_key(one)


def key(street, number="12", letter="", code="3570", extra=""):
    return address_key(
        street=street, house_number=number, house_letter=letter, postal_code=code, extra_line=extra
    )


@pytest.mark.parametrize(
    "other",
    [("Øvre Ålsgate", "12", "b"), ("ØVRE ÅLS GT.", "012", "B"), ("Øvre-Ålsgaten", "12", "B")],
)
def test_spellings_of_one_address(other):
    assert key(*other) == key("Øvre Ålsgata", "12", "B")


def test_roads_are_roads_however_written():
    keys = {key(road) for road in ("Hallingdalsvegen", "Hallingdalsveien", "Hallingdalsvei", "Hallingdalsv.")}
    assert len(keys) == 1


def test_other_addresses_stay_others():
    keys = {
        key("Øvre Ålsgata"), key("Øvre Ålsgata", letter="A"), key("Øvre Ålsgata", code="3571"),
        key("Øvre Ålsgata", "1"), key("Nedre Ålsgata"), key("", "", extra="Nordgard"), key("", "", extra="Sørgard"),
    }  # fmt: skip
    assert len(keys) == 7


def test_no_address_has_no_key():
    assert key("", "") == ""
    assert key("", "", extra="c/o Kari Berg") == ""
    assert key("Storgata", code="") == ""


def test_one_edit():
    assert one_edit_apart("kovalenko oksana", "kovalenka oksana")
    assert one_edit_apart("kovalenko oksana", "kovalenko oskana")
    assert one_edit_apart("kovalenko oksana", "kovalnko oksana")
    assert not one_edit_apart("berg ida", "ada berg")
    assert not one_edit_apart("kovalenko oksana", "kovalenka oksanna")
    assert not one_edit_apart("kovalenko oksana", "kovalenko")


BORN = datetime.date(1988, 2, 14)
HERE = {"address_key": "3570 storgt 1", "moved_in": datetime.date(2026, 8, 1)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Trace("a b", BORN, 1988), Trace("a b", BORN, 1988), Likeness.CERTAIN),
        (Trace("a b", BORN, 1988, **HERE), Trace("a b", BORN.replace(day=15), 1988, **HERE), Likeness.OTHER),
        (Trace("a b", BORN, 1988, **HERE), Trace("a b", None, 1988, **HERE), Likeness.SAME),
        (Trace("a b", BORN, 1988, **HERE), Trace("a b", None, 1989, **HERE), Likeness.OTHER),
        (Trace("a b", None, None, **HERE), Trace("a b", None, 1989, **HERE), Likeness.SAME),
        (Trace("a b", None, 1988, **HERE), Trace("a b", None, 1988), Likeness.RESEMBLES),
        (Trace("a b", None, None, **HERE), Trace("a b", None, 1988), Likeness.OTHER),
        (Trace("hansen marianne", BORN, 1988, **HERE), Trace("hansen mariane", BORN, 1988, **HERE), Likeness.MISSPELT),
        (Trace("hansen marianne", BORN, 1988, **HERE), Trace("hansen mariane", BORN, 1988), Likeness.OTHER),
        (Trace("hansen marianne", None, None, **HERE), Trace("hansen mariane", None, None, **HERE), Likeness.OTHER),
        (Trace("berg ida", BORN, 1988, **HERE), Trace("berg ola", BORN, 1988, **HERE), Likeness.OTHER),
    ],
)  # fmt: skip
def test_who_is_one_person(one, other, expected):
    assert likeness(one, other) is expected
    assert likeness(other, one) is expected


def test_another_unit_is_another_home_and_an_unknown_one_may_be_this():
    one = Trace("a b", None, 1988, "3570 storgt 1", "H0101")
    assert likeness(one, Trace("a b", None, 1988, "3570 storgt 1", "H0102")) is Likeness.RESEMBLES
    assert likeness(one, Trace("a b", None, 1988, "3570 storgt 1", "")) is Likeness.SAME
