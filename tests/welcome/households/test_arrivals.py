"""One row: what is understood, and what is refused with its column (I2 and I3 of names and addresses)."""

import datetime

import pytest

from tests.welcome.households.files import HEADER, row
from welcome.households.arrivals import Arrival, read_arrival
from welcome.households.columns import SYNONYMS, header_key, understand
from welcome.households.reading import Unreadable

TODAY = datetime.date(2026, 11, 22)


def arrive(**changes):
    return read_arrival(row(**changes), understand(HEADER), today=TODAY)


def of(header, *cells):
    return read_arrival(cells, understand(header), today=TODAY)


def refused(**changes):
    arrival, problems = arrive(**changes)
    assert arrival is None
    return [(problem.code, problem.column) for problem in problems]


def test_no_header_name_means_two_things():
    keys = [header_key(name) for names in SYNONYMS.values() for name in names]
    per_field = [{header_key(name) for name in names} for names in SYNONYMS.values()]
    assert len(set(keys)) == sum(map(len, per_field))


def test_headers_without_case_spaces_and_punctuation():
    header = [
        "FORNAMN ",
        " etternavn:",
        "foedselsdato",
        "Gate-navn",
        "post nr.",
        "PostSted",
        "innflyttings dato",
    ]
    assert set(understand(header).names) == {
        "given_name", "family_name", "birth_date", "street", "postal_code", "postal_place", "moved_in",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("whole", "given", "family"),
    [
        ("Kovalenko, Oksana", "Oksana", "Kovalenko"),
        ("Oksana Kovalenko", "Oksana", "Kovalenko"),
        ("Joost van den Berg", "Joost", "van den Berg"),
        ("Suharto", "Suharto", ""),
    ],
)
def test_whole_names_and_whole_addresses_in_english(whole, given, family):
    header = ["Full name", "Year of birth", "Address", "Post code and place", "Moved in"]
    arrival, _ = of(header, whole, "1988", "Øvre Ålsgata 12 B H0101", "3570 Ål", "2026-08-15")
    assert (arrival.given_name, arrival.family_name, arrival.birth_year) == (given, family, 1988)
    address = arrival.address
    assert (address.street, address.house_number, address.house_letter, address.unit) == (
        "Øvre Ålsgata", "12", "B", "H0101",
    )  # fmt: skip
    assert (address.postal_code, address.postal_place) == ("3570", "Ål")


@pytest.mark.parametrize(
    "written",
    ["22.11.2026", "2026-11-22", "22/11/2026", "22-11-2026", "20261122", "2026-11-22T00:00:00", 46348],
)  # fmt: skip
def test_dates(written):
    arrival, _ = arrive(moved=written)
    assert arrival.moved_in == TODAY


@pytest.mark.parametrize(
    ("moved", "code"),
    [
        ("31.02.2026", "date_impossible"), ("22.11.26", "date_short_year"), ("i går", "date_unreadable"),
        ("", "moved_in_missing"), ("31.12.1899", "moved_in_too_early"), ("01.03.2027", "moved_in_too_late"),
    ],
)  # fmt: skip
def test_dates_refused(moved, code):
    assert refused(moved=moved) == [(code, "Innflyttingsdato")]


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"given": "", "family": ""}, "name_missing", "Fornavn"),
        ({"given": "Oksana 🙂"}, "name_characters", "Fornavn"),
        ({"given": "Oksana 2"}, "name_characters", "Fornavn"),
        ({"given": "-"}, "name_characters", "Fornavn"),
        ({"family": "\u202eoknelavoK"}, "name_direction", "Etternavn"),
        ({"family": "Kova\x07lenko"}, "control_characters", "Etternavn"),
        ({"given": "x" * 81}, "too_long", "Fornavn"),
        ({"born": "14028812345"}, "birth_is_identity_number", "Fødselsdato"),
        ({"born": "01.01.2030"}, "birth_impossible", "Fødselsdato"),
        ({"born": "1850"}, "birth_impossible", "Fødselsdato"),
        ({"street": "x" * 200}, "too_long", "Gatenavn"),
        ({"street": "", "number": "", "letter": ""}, "street_missing", "Gatenavn"),
        ({"number": "12-14"}, "house_number_wrong", "Husnummer"),
        ({"letter": "BC"}, "house_letter_wrong", "Husbokstav"),
        ({"unit": "H01"}, "unit_wrong", "Bruksenhet"),
        ({"code": "35700"}, "post_code_wrong", "Postnummer"),
        ({"code": ""}, "post_code_missing", "Postnummer"),
        ({"place": ""}, "post_place_missing", "Poststed"),
        ({"place": "x" * 41}, "too_long", "Poststed"),
        ({"origin": "x" * 61}, "too_long", "Flyttet fra"),
        ({"protection": "kanskje"}, "protection_unknown", "Adressebeskyttelse"),
    ],
)  # fmt: skip
def test_rows_refused_with_their_column(change, code, column):
    assert refused(**change) == [(code, column)]


def test_every_problem_of_a_row_is_told_at_once_and_none_quotes_the_cell():
    arrival, problems = arrive(given="9", code="x", moved="32.01.2026")
    assert arrival is None
    assert len(problems) == 3
    assert "32" not in " ".join(problem.sentence for problem in problems)


@pytest.mark.parametrize(
    "name",
    ["Åse", "A\u030ase", "Áhkká", "محمد", "ሰላም", "فرشته", "می\u200cنا", "Юлія", "O’Brien", "Nguyễn", "{{ name }}",
     "<script>alert(x)</script>", "Anne-Marie", "J. K."],
)  # fmt: skip
def test_names_of_the_world_are_kept_as_they_are(name):
    import unicodedata

    arrival, problems = arrive(given=name)
    assert problems == []
    assert arrival.given_name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "ring meg"}, "phone_wrong"), ({"email": "oksana@"}, "email_wrong"),
        ({"language": "klingonsk"}, "language_unknown"), ({"reason": "eventyr"}, "reason_unknown"),
    ],
)  # fmt: skip
def test_what_can_be_left_out_is_told_and_the_person_kept(change, code):
    arrival, problems = arrive(**change)
    assert arrival is not None
    assert [problem.code for problem in problems] == [code]


@pytest.mark.parametrize(
    ("word", "code"),
    [("Ukrainsk", "uk"), ("ukr", "uk"), ("Українська", "uk"), ("bokmål", "nb"), ("NN", "nn"), ("Dari", "fa"),
     ("nordsamisk", "se"), ("عربية", None), ("العربية", "ar"), ("polski", "pl"), ("", "")],
)  # fmt: skip
def test_languages_by_name_and_code(word, code):
    arrival, _ = arrive(language=word)
    assert arrival.language == (code if code is not None else "en")


def test_farms_care_of_and_addresses_abroad():
    header = [*HEADER[:3], "c/o", "Gardsnamn", "Gate", "Postnr", "Poststad", "Land", "Innflyttingsdato"]
    arrival, problems = of(
        header, "Ola", "Berg", "1990", "", "Nordgard", "", "3570", "Ål", "Norge", "15.08.2026"
    )
    assert problems == []
    assert (arrival.address.address_kind, arrival.address.extra_line) == ("cadastre", "Nordgard")
    arrival, _ = of(
        header, "Ola", "Berg", "1990", "Kari Lie", "", "Storgata 1", "3570", "Ål", "", "15.08.2026"
    )
    assert (arrival.address.extra_line, arrival.address.house_number) == ("c/o Kari Lie", "1")
    arrival, _ = of(
        header, "Ola", "Berg", "1990", "", "", "Lindenstraße 14", "10969", "Berlin", "Tyskland", "15.08.2026"
    )
    assert arrival.address.foreign_address == "Lindenstraße 14\n10969 Berlin\nTyskland"
    arrival, problems = of(header, "Ola", "Berg", "1990", "", "", "", "", "", "", "15.08.2026")
    assert [problem.code for problem in problems] == ["address_unknown"]


def test_a_row_survives_being_kept():
    arrival, _ = arrive(unit="h0101", phone="40000001", reason="jobb")
    assert Arrival.from_json(arrival.as_json()) == arrival
    assert Arrival.from_json(arrival.as_json()).address_key == arrival.address_key != ""


def test_two_columns_of_one_meaning_are_refused_by_name():
    with pytest.raises(Unreadable) as refusal:
        understand([*HEADER, "Surname"])
    assert "Etternavn / Surname" in refusal.value.problem.sentence
