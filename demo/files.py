"""`arrivals-3328-2026Q3.csv` and `.xlsx`: Ål's arrivals as an office would export them from a register."""

import csv
import datetime
import io
import zipfile
from pathlib import Path

from openpyxl import Workbook

from demo.people import DemoHousehold, DemoPerson, of_the_file
from demo.places import FOLDER
from welcome.households.models import AddressKind

NAME = "arrivals-3328-2026Q3"
HEADER = [
    "Fornavn", "Etternavn", "Fødselsdato", "c/o", "Gardsnavn", "Gatenavn", "Husnummer", "Husbokstav", "Bruksenhet",
    "Postnummer", "Poststed", "Land", "Innflyttingsdato", "Flyttet fra", "Språk", "Telefon", "E-post",
    "Adressebeskyttelse", "Flytteårsak",
]  # fmt: skip
_LANGUAGES = {
    "nb": "Bokmål", "nn": "Nynorsk", "en": "Engelsk", "uk": "Ukrainsk", "pl": "Polsk", "lt": "Litauisk",
    "de": "Tysk", "ar": "Arabisk", "fa": "Dari", "ti": "Tigrinja", "vi": "Vietnamesisk", "se": "Nordsamisk",
}  # fmt: skip
_PROTECTION = {
    "": "", "klientadresse": "Klientadresse", "fortrolig": "Fortrolig", "strengtFortrolig": "Strengt fortrolig",
}  # fmt: skip
_REASONS = {
    "": "", "job": "Jobb", "family": "Familie", "returning": "Tilbakeflytting", "studies": "Studier",
    "refuge": "Flukt", "home": "Bolig", "nature": "Natur", "other": "Annet",
}  # fmt: skip
_MADE = datetime.datetime(2026, 10, 1, 8, 0)  # noqa: DTZ001 A workbook's times have no zone.

Cell = str | datetime.date


def rows() -> list[list[Cell]]:
    return [
        _row(household, person)
        for household in of_the_file()
        if not household.happened
        for person in household.people
    ]


def _row(household: DemoHousehold, person: DemoPerson) -> list[Cell]:
    address = household.address
    care_of = address.extra_line.removeprefix("c/o ") if address.extra_line.startswith("c/o ") else ""
    farm = "" if care_of else address.extra_line
    where = [address.street, address.house_number, address.house_letter, address.unit]
    town = [address.postal_code, address.postal_place, ""]
    if address.address_kind == AddressKind.FOREIGN:
        door, city, country = address.foreign_address.splitlines()
        where = [*door.rsplit(" ", 1), "", ""]
        town = [*city.split(" ", 1), country]
    return [
        person.given_name,
        person.family_name,
        person.born,
        care_of,
        farm,
        *where,
        *town,
        household.moved_in,
        household.moved_from,
        _LANGUAGES[household.language],
        person.phone,
        person.email,
        _PROTECTION[household.protection],
        _REASONS[household.reason],
    ]


def as_csv() -> bytes:
    """As Excel saves it in Norway: semicolons, UTF-8 with a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in rows():
        writer.writerow([f"{cell:%d.%m.%Y}" if isinstance(cell, datetime.date) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    """The same bytes each time; dates are dates of Excel."""
    book = Workbook()
    book.properties.creator, book.properties.created, book.properties.modified = (
        "Servicekontoret",
        _MADE,
        _MADE,
    )
    sheet = book.worksheets[0]
    sheet.title = "Innflyttere"
    sheet.append(HEADER)
    for number, row in enumerate(rows(), start=2):
        for column, value in enumerate(row, start=1):
            # An empty cell is no cell: that is how Excel saves it.
            if value != "":
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, datetime.date):
                    cell.number_format = "DD.MM.YYYY"
    written = io.BytesIO()
    book.save(written)
    return _without_times(written.getvalue())


def _without_times(workbook: bytes) -> bytes:
    """The archive's members bear the time of writing; a file in a repository must not change by it."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _with_fixed_time(content)
            new.writestr(member, content)
    return fixed.getvalue()


def _with_fixed_time(core: bytes) -> bytes:
    # openpyxl sets the time of saving itself, after ours.
    start, end = core.index(b"<dcterms:modified"), core.index(b"</dcterms:modified>")
    opening = core.index(b">", start) + 1
    return core[:opening] + f"{_MADE:%Y-%m-%dT%H:%M:%SZ}".encode() + core[end:]


def write(folder: Path = FOLDER) -> list[Path]:
    paths = [folder / f"{NAME}.csv", folder / f"{NAME}.xlsx"]
    for path, content in zip(paths, (as_csv(), as_xlsx()), strict=True):
        path.write_bytes(content)
    return paths
