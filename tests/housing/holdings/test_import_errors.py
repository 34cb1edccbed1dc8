"""What is wrong in a list of farms is told at its row and column, and nothing of the list is saved."""

import io

import openpyxl
import pytest

from housing.holdings.models import Holding
from tests.factories.housing import HoldingFactory
from tests.housing.holdings.farm_files import counts, preview, take_in, told

pytestmark = pytest.mark.django_db
HEAD = ["Gnr", "Bnr", "Navn", "Type", "Tilstand", "Areal", "Tomt siden", "Postnr", "Spør igjen", "Eier", "Telefon",
        "E-post", "Breddegrad", "Lengdegrad", "may_be_let"]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [("Gnr", "x", "Not a whole number."), ("Gnr", "", "The number of the land register is missing."),
     ("Gnr", "0", "greater than or equal to 1"), ("Bnr", "100000", "less than or equal to 99999"),
     ("Bnr", "7,5", "Not a whole number."), ("Navn", "x" * 81, "Longer than 80 characters."),
     ("Navn", "a\x07b", "control characters"), ("Type", "Slott", "“Slott” is none of these: Farm, Smallholding"),
     ("Tilstand", "9", "none of these"), ("Areal", "1.012,5", "Not a number."),
     ("Areal", "-1", "greater than or equal to 0"),
     ("Tomt siden", "87", "greater than or equal to 1900"), ("Postnr", "35700", "four digits"),
     ("Spør igjen", "32.01.2027", "There is no such date."), ("Spør igjen", "i morgen", "Not a date."),
     ("Eier", "x" * 81, "Longer than 80"), ("Telefon", "12", "Not a phone number."), ("E-post", "a@", "Not an e-mail"),
     ("E-post", "kari@dalen.example", "Whose is it?"), ("Breddegrad", "60,5", "latitude and longitude"),
     ("may_be_let", "kanskje", "Write yes or no."), ("Navn", "#REF!", "formula without a result")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_row_and_column_and_nothing_is_saved(office, column, cell, sentence):
    good, wrong = (
        dict.fromkeys(HEAD, "") | {"Gnr": 1, "Bnr": 1},
        dict.fromkeys(HEAD, "") | {"Gnr": 1, "Bnr": 2},
    )
    wrong[column] = cell
    page = preview(office, [HEAD, list(good.values()), [], list(wrong.values())])
    assert page.status_code == 422
    assert counts(page) == (1, 0, 0, 1)
    [(row, heading, words)] = told(page)
    assert (row, heading) == (4, column), "as a spreadsheet numbers it"
    assert sentence in words
    assert page.context["lines"][0].number == 4, "what is wrong stands first"
    assert "confirm_form" not in page.context
    assert not Holding.objects.exists()


def test_a_map_point_lies_in_norway(office):
    page = preview(office, [["Gnr", "Bnr", "Breddegrad", "Lengdegrad"], [1, 1, "8,55", "60,62"]])
    assert told(page) == [(2, "Breddegrad", "The map point needs latitude and longitude, in Norway.")]


def test_several_things_wrong_in_a_row_are_all_told(office):
    page = preview(
        office, [["Gnr", "Bnr", "Type", "Areal", "Eier", "Telefon"], ["x", "", "Slott", "mye", "", "1"]]
    )
    assert {heading for _row, heading, _words in told(page)} == {"Gnr", "Type", "Areal", "Telefon", "Bnr"}


def test_the_same_number_twice_is_told_at_the_second(office):
    rows = [["Matrikkelnummer", "Navn"], ["34/7", "A"], ["34/7/0/1", "B"], ["3328-34/7/0/0", "C"]]
    assert told(preview(office, rows)) == [(4, "Matrikkelnummer", "Row 2 has the same number.")]


@pytest.mark.parametrize(
    ("rows", "heading"),
    [([["Matrikkelnummer"], ["3330-34/7"]], "Matrikkelnummer"),
     ([["Gnr", "Bnr", "Kommunenr"], [34, 7, "3330"]], "Kommunenr"),
     ([["Gnr", "Bnr", "Kommune"], [34, 7, "Gol"]], "Kommune")],
)  # fmt: skip
def test_a_number_of_another_municipality_is_refused(office, al, rows, heading):
    HoldingFactory(municipality=al, bnr=7, name="Vår gard")
    page = preview(office, rows)
    assert [(row, told_at) for row, told_at, words in told(page) if "another municipality" in words] == [
        (2, heading)
    ]


def test_ones_own_municipality_may_stand_in_the_file(office, al):
    take_in(office, [["Gnr", "Bnr", "Kommunenr", "Kommune"][:3], [34, 7, 3328], [34, 8, "ål"]])
    assert Holding.objects.filter(municipality=al).count() == 2


def test_two_numbers_in_a_row_agree(office):
    rows = [["Matrikkelnummer", "Gnr", "Bnr"], ["34/7", 34, 7], ["34/8", 34, 9], ["ni", "", ""]]
    [(row, heading, words), (second, where, why)] = told(preview(office, rows))
    assert (row, heading, words) == (3, "Bnr", "The row has two numbers that don't agree.")
    assert (second, where) == (4, "Matrikkelnummer")
    assert "Write 34/7" in why


@pytest.mark.parametrize(("row", "column", "words"), [(30_000, 1, "2000"), (2, 5_000, "ingen rader")])
def test_a_cell_far_off_is_not_read_as_all_before_it(office, al, row, column, words):
    """A file of some kilobytes would hold a worker for as long as it likes."""
    book = openpyxl.Workbook()
    book.active.append(["Gnr", "Bnr"])
    book.active.cell(row=row, column=column, value=7)
    kept = io.BytesIO()
    book.save(kept)
    page = preview(office, kept.getvalue(), al, name="bruk.xlsx")
    assert page.status_code == 422
    assert words in str(page.context["form"].errors).replace("\xa0", "")
