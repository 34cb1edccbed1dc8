"""Files of arrivals for the tests, as people's programs write them."""

import io
from typing import Any

import openpyxl
from django.core.files.base import ContentFile

from municipalities.municipality.models import Municipality
from welcome.households import actions, importing
from welcome.households.imports import ImportBatch

HEADER = [
    "Fornavn", "Etternavn", "Fødselsdato", "Gatenavn", "Husnummer", "Husbokstav", "Bruksenhet", "Postnummer",
    "Poststed", "Innflyttingsdato", "Flyttet fra", "Språk", "Telefon", "E-post", "Adressebeskyttelse", "Flytteårsak",
]  # fmt: skip


def row(**changes: Any) -> list[Any]:
    """An arrival; `changes` are named by position in HEADER: given, family, born, street, …"""
    values: dict[str, Any] = {
        "given": "Oksana", "family": "Kovalenko", "born": "14.02.1988", "street": "Øvre Ålsgata", "number": "12",
        "letter": "B", "unit": "", "code": "3570", "place": "Ål", "moved": "15.08.2026", "origin": "Kyiv",
        "language": "uk", "phone": "", "email": "", "protection": "", "reason": "",
    }  # fmt: skip
    unknown = changes.keys() - values.keys()
    assert not unknown, unknown
    return [*(values | changes).values()]


def csv(
    *rows: list[Any], header: list[str] | None = None, delimiter: str = ";", encoding: str = "utf-8"
) -> bytes:
    lines = [
        delimiter.join(f'"{cell}"' if any(c in str(cell) for c in '"\n;,\t') else str(cell) for cell in line)
        for line in [header or HEADER, *rows]
    ]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx(*rows: list[Any], header: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for line in [header or HEADER, *rows]:
        sheet.append(line)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def read(content: bytes, municipality: Municipality, name: str = "arrivals.csv") -> ImportBatch:
    batch = actions.upload(municipality=municipality, file=ContentFile(content), filename=name, by=None)
    importing.read(batch.pk)
    batch.refresh_from_db()
    return batch


def save(batch: ImportBatch) -> ImportBatch:
    actions.start_saving(batch=batch, with_refused=True, by=None)
    importing.save(batch.pk)
    batch.refresh_from_db()
    return batch


def take_in(content: bytes, municipality: Municipality) -> ImportBatch:
    return save(read(content, municipality))


def codes(batch: ImportBatch) -> dict[int, list[str]]:
    """Row number to the codes of what was wrong or told."""
    return {
        number: [problem["code"] for problem in problems]
        for number, problems in batch.rows.values_list("number", "problems")
        if problems
    }
