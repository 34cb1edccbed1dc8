"""I1: whatever file is uploaded, it is read or refused by name."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from tests.factories.municipalities import MunicipalityFactory
from tests.welcome.households.files import HEADER, codes, csv, read, row, save, take_in, xlsx
from welcome.households import importing
from welcome.households.imports import ImportState
from welcome.households.models import Household, Person
from welcome.households.reading import MOST_ROWS

pytestmark = pytest.mark.django_db


@pytest.fixture
def aal():
    return MunicipalityFactory()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters(aal, encoding, delimiter):
    content = csv(row(given="Åse-Marie", family="Østby"), delimiter=delimiter, encoding=encoding)
    batch = take_in(content, aal)
    assert batch.state == ImportState.SAVED
    assert batch.understood["delimiter"] == delimiter
    person = Person.objects.get()
    assert (person.given_name, person.family_name) == ("Åse-Marie", "Østby")
    assert person.household.street == "Øvre Ålsgata"


def test_utf_16_of_both_orders_with_a_mark(aal):
    text = csv(row()).decode()
    assert read(b"\xff\xfe" + text.encode("utf-16-le"), aal).state == ImportState.READ
    assert read(b"\xfe\xff" + text.encode("utf-16-be"), aal).state == ImportState.READ


def test_a_line_break_in_quotes_does_not_shift_the_numbers(aal):
    batch = read(csv(row(origin="Kyiv\nUkraine"), row(given="12", born="1990")), aal)
    assert codes(batch) == {3: ["name_characters"]}


def test_empty_rows_are_counted_as_a_spreadsheet_counts_them(aal):
    content = csv(row()) + b"\r\n;;;\r\n" + csv(row(given="7", born="1990")).split(b"\r\n", 1)[1]
    assert codes(read(content, aal)) == {5: ["name_characters"]}


def test_excels_hint_and_a_title_above_the_header(aal):
    assert read(b"sep=,\r\n" + csv(row(given="7"), delimiter=","), aal).rows.get().number == 2
    batch = read(b"Innflyttere tredje kvartal;;\r\n\r\n" + csv(row(given="7")), aal)
    assert batch.understood["header_row"] == 3
    assert batch.rows.get().number == 4


def test_spreadsheet_with_numbers_and_dates(aal):
    batch = take_in(
        xlsx(row(born=datetime.date(1988, 2, 14), code=620, number=12.0, moved=datetime.date(2026, 8, 15))),
        aal,
    )
    assert batch.understood["kind"] == "xlsx"
    person = Person.objects.get()
    assert person.birth_date == datetime.date(1988, 2, 14)
    assert (person.household.postal_code, person.household.house_number) == ("0620", "12")
    assert person.household.moved_in == datetime.date(2026, 8, 15)


def test_a_formula_nobody_calculated_is_named_not_taken_as_empty(aal):
    batch = read(xlsx(row(family='=CONCATENATE("Kova","lenko")'), row(given="Ola")), aal)
    assert codes(batch) == {2: ["no_value"]}
    assert batch.rows.get(number=2).problems[0]["column"] == "Etternavn"


def test_a_formula_with_its_result_is_read(aal):
    book = openpyxl.load_workbook(io.BytesIO(xlsx(row())))
    book.active["B2"] = "=1"
    output = io.BytesIO()
    book.save(output)
    # Excel keeps the result beside the formula; openpyxl doesn't, so it is put there by hand.
    changed = io.BytesIO()
    with zipfile.ZipFile(output) as source, zipfile.ZipFile(changed, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.endswith("sheet1.xml"):
                content = content.replace(
                    b'<c r="B2"><f>1</f><v />', b'<c r="B2" t="str"><f>1</f><v>Melnyk</v>'
                )
                content = content.replace(
                    b'<c r="B2"><f>1</f><v></v>', b'<c r="B2" t="str"><f>1</f><v>Melnyk</v>'
                )
                assert b"Melnyk" in content
            target.writestr(info, content)
    take_in(changed.getvalue(), aal)
    assert Person.objects.get().family_name == "Melnyk"


def bomb() -> bytes:
    output, zeros = io.BytesIO(), b"0" * (90 * 1024 * 1024)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for number in range(5):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", zeros)
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\r\n\r\n  \r\n", "file_empty"),
        (csv(), "file_no_rows"),
        (b"Fornavn;Etternavn\r\nOksana;Kovalenko\r\n", "file_headers_missing"),
        (b"hei\r\n", "file_headers_missing"),
        (csv([*row(), "Ola"], header=[*HEADER, "FORNAVN:"]), "file_headers_doubled"),
        (xlsx(row())[:-300], "file_broken"),
        (xlsx(row())[:1000], "file_broken"),
        (b"PK\x03\x04" + b"x" * 100, "file_broken"),
        (b"%PDF-1.7 ...", "file_other_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_other_kind"),
        (csv(row(origin="x" * 40_000)), "file_cell_too_long"),
        (csv(row()) + b'"never closed;' + b"x" * 40_000, "file_cell_too_long"),
    ],
)
def test_files_refused_by_name(aal, content, code):
    batch = read(content, aal)
    assert (batch.state, batch.problem.get("code")) == (ImportState.REFUSED, code)
    assert not batch.rows.exists()
    assert not batch.file
    assert not Household.objects.exists()


def test_a_zip_bomb_is_not_opened(aal):
    assert read(bomb(), aal).problem["code"] == "file_bomb"


def test_a_zip_of_something_else(aal):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("holiday.jpg", b"...")
    assert read(output.getvalue(), aal).problem["code"] == "file_other_kind"


def test_missing_and_doubled_headers_are_named(aal):
    batch = read(b"Fornavn;Etternavn;Gate\r\nOla;Hansen;Storgata\r\n", aal)
    assert batch.problem["params"]["columns"] == "Innflyttingsdato, Postnr, Poststed"
    batch = read(csv([*row(), "Ola"], header=[*HEADER, "First name"]), aal)
    assert batch.problem["params"]["columns"] == "Fornavn / First name"


def test_unknown_headers_are_named_and_not_used(aal):
    batch = read(csv([*row(), "14028812345", "x"], header=[*HEADER, "Fødselsnummer", "Rart"]), aal)
    assert batch.understood["unknown_columns"] == ["Fødselsnummer", "Rart"]
    assert "14028812345" not in str(batch.rows.get().values)


def test_ten_thousand_empty_columns(aal):
    content = b"\r\n".join(line + b";" * 10_000 for line in csv(row()).split(b"\r\n") if line)
    assert read(content, aal).counts == {"new": 1}
    assert read(xlsx([*row(), *[None] * 9_000, ""]), aal).counts == {"new": 1}


def test_a_nul_in_a_name_refuses_that_row_only(aal):
    batch = save(read(csv(row(given="Ok\0sana"), row(given="Taras", born="01.01.2015")), aal))
    assert codes(batch) == {2: ["control_characters"]}
    assert Person.objects.get().given_name == "Taras"


def test_one_row_too_many_saves_nothing(aal):
    line = csv(row()).split(b"\r\n")[1] + b"\r\n"
    batch = read(csv() + line * (MOST_ROWS + 1), aal)
    assert (batch.state, batch.problem["code"]) == (ImportState.REFUSED, "file_too_many_rows")
    assert not batch.rows.exists()


def test_as_many_rows_as_are_allowed_and_one_more(aal, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    people = [row(given=name) for name in ("Oksana", "Taras", "Ola", "Kari")]
    for content in (csv, xlsx):
        assert read(content(*people[:3]), aal).counts == {"new": 1, "joins": 2}
        batch = read(content(*people), aal)
        assert batch.problem == {"code": "file_too_many_rows", "column": "", "params": {"limit": 3}}
        assert not batch.rows.exists()
    titled = b"Innflyttere;;\r\n\r\n" + csv(*people[:3]) + b"\r\n;;;\r\n"
    assert read(titled, aal).state == ImportState.READ, "neither titles nor empty rows count"
