"""Lists that staff hand in as CSV or XLSX, read by django-import-export with limits of ours.

Nothing is believed that a file says of itself: neither its ending nor its size. Each row carries the number that a
spreadsheet shows beside it (`LINE`), so that an error is found again in the file.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2_000
LAST_ROW = 10 * MOST_ROWS  # Empty ones between them counted.
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # As a spreadsheet has it.
# Lists of so many rows stay far below; a bomb doesn't.
MOST_UNPACKED = 30 * 1024 * 1024
DELIMITERS = ";,\t|"
LINE = "#"  # The heading of the row's own number; no heading of a file is kept as it stands.

OTHER_KIND = _("This is neither CSV nor XLSX. Save it as one of them, without a password, and try again.")
BROKEN = _("The file is damaged or cut off. Save it again and upload it once more.")
EMPTY = _("The file is empty.")


def is_workbook(start: bytes) -> bool:
    return start.startswith(b"PK")


class CSVFile(CSV):
    """In any of the encodings and with any of the separators that Norwegian spreadsheets write."""

    def is_binary(self) -> bool:
        return True  # Its bytes tell the encoding; the library would take them for UTF-8.

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> Dataset:
        """Raises ValidationError with what is wrong with the file as a whole."""
        csv.field_size_limit(LONGEST_CELL)
        text = _text_of(in_stream)
        lines = [line for line in text.splitlines()[:20] if line.strip()]
        if not lines:
            raise ValidationError(EMPTY)
        delimiter = _delimiter_of(lines)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        try:
            return _dataset(_numbered(records))
        except csv.Error as error:
            raise ValidationError(
                _(
                    "A cell is longer than %(limit)s characters; often a quotation mark is opened and never closed."
                ),
                params={"limit": LONGEST_CELL},
            ) from error


class XLSXFile(XLSX):
    """The first sheet that is shown."""

    def create_dataset(self, in_stream: bytes) -> Dataset:
        """Raises ValidationError with what is wrong with the file as a whole."""
        try:
            _guard(in_stream)
            # Read twice: a formula's stored result, and its own words where no spreadsheet has calculated it.
            results, formulas = (_workbook(in_stream, results=wanted) for wanted in (True, False))
            sheet = next((each for each in results.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise ValidationError(EMPTY)
            source = formulas[sheet.title]
            for each in (sheet, source):
                each.reset_dimensions()  # A file may claim any size; only what is there counts.
            # One column more than may be, so that it is seen; a cell far to the right would make each row as wide.
            both = zip(
                *(each.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1) for each in (sheet, source)),
                strict=True,
            )
            return _dataset(enumerate((list(map(_cell, *rows)) for rows in both), 1))
        except ValidationError:
            raise
        except Exception as error:
            # Broken zips and XML raise classes of many kinds; whichever, the fault is the file's.
            raise ValidationError(BROKEN) from error


def _dataset(rows: Iterable[tuple[int, Sequence[Any]]]) -> Dataset:
    """The first row that is not empty holds the headings; empty rows are left out, their numbers are not."""
    data: Dataset | None = None
    for number, cells in rows:
        if number > LAST_ROW:  # A row far down would be read as all the empty ones before it.
            raise ValidationError(
                _("The file has more than %(limit)s rows. Divide it and import the parts."),
                params={"limit": MOST_ROWS},
            )
        full = _without_end(cells)
        if not full:
            continue
        if len(full) > MOST_COLUMNS:
            raise ValidationError(
                _("The file has more than %(limit)s columns."), params={"limit": MOST_COLUMNS}
            )
        if data is None:
            data = Dataset(headers=[LINE, *("" if cell is None else str(cell) for cell in full)])
            continue
        if len(full) >= data.width:
            raise ValidationError(
                _("Row %(row)s has more cells than there are headings; often a separator stands in a text."),
                params={"row": number},
            )
        if len(data) == MOST_ROWS:
            raise ValidationError(
                _("The file has more than %(limit)s rows. Divide it and import the parts."),
                params={"limit": MOST_ROWS},
            )
        data.append([number, *full, *[None] * (data.width - 1 - len(full))])
    if data is None:
        raise ValidationError(EMPTY)
    if not len(data):
        raise ValidationError(_("The file has a header but no rows."))
    return data


def _without_end(cells: Sequence[Any]) -> list[Any]:
    end = len(cells)
    while end and (cells[end - 1] is None or not str(cells[end - 1]).strip()):
        end -= 1
    return list(cells[:end])


def _numbered(records: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for cells in records:
        # Excel's own hint about the separator is not shown as a row by it.
        if not number and _hint("".join(cells)) is not None:
            continue
        number += 1
        yield number, cells


def _hint(line: str) -> str | None:
    """`sep=;` as Excel writes it; the reader has taken the sign away."""
    bare = line.strip().lower()
    return bare[4:] if bare.startswith("sep=") and len(bare) <= 5 else None


def _text_of(data: bytes) -> str:
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"{\\rtf", b"\xff\xd8", b"\x89PNG")):
        raise ValidationError(OTHER_KIND)
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if utf16 else ["utf-8-sig", "cp1252", "latin-1"]:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" in text:
            raise ValidationError(OTHER_KIND)
        return text
    raise ValidationError(_("Some characters of the file can't be read. Save it as CSV UTF-8 or XLSX."))


def _delimiter_of(lines: list[str]) -> str:
    """The one that stands most often in the headings, and what `sep=` says goes before that."""
    if (hinted := _hint(lines[0])) and hinted in DELIMITERS:
        return hinted
    bare = "".join(lines[0].split('"')[::2])
    return max(DELIMITERS, key=bare.count)  # The semicolon where there is but one column.


def _guard(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if not any(part.filename.startswith("xl/") for part in parts):
            raise ValidationError(OTHER_KIND)
        # Reading stops at the size that is declared here, so a lie doesn't help.
        if len(parts) > 500 or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise ValidationError(
                _("The file unpacks to far more than %(limit)s rows hold. It was not opened."),
                params={"limit": MOST_ROWS},
            )


def _workbook(data: bytes, *, results: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=results, keep_links=False)


def _cell(result: Any, source: Any) -> Any:
    """A formula that nobody has calculated is the text it was typed as, so that it is seen and not lost."""
    return getattr(source, "text", source) if result is None else result
