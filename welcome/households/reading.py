"""What a file is: CSV or XLSX, its encoding and delimiter, and its rows as a spreadsheet numbers them.

Nothing is loaded whole: a file of 100 000 rows is read row by row.
"""

import codecs
import csv
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

import openpyxl

from welcome.households.problems import Problem

Cell = str | int | float | datetime.date | None

MOST_ROWS = 100_000
MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
# All of it is held in memory; the texts of 100,000 arrivals are a fifth of this.
MOST_SHARED_BYTES = 64 * 1024**2
MOST_COLUMNS = 16_384  # As many as a spreadsheet has.
LAST_ROW = 1_048_576  # The same.
LONGEST_CELL = 32_767
DELIMITERS = ";,\t|"
_BLOCK = 1024 * 1024


class Unreadable(Exception):
    """The file as a whole can't be taken in; `problem` says why, in the reader's language."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.problem = Problem(code, params=params)


class NoValue:
    """A cell whose value isn't in the file: a formula that nobody calculated, or that went wrong."""

    def __bool__(self) -> bool:
        return True  # Not empty: it must be named, not passed over.


NO_VALUE = NoValue()
Row = tuple[int, Sequence[Any]]  # The number as a spreadsheet shows it, and its `Cell`s or NO_VALUE.


class Table:
    """One file. `encoding` and `delimiter` are empty for XLSX, `sheet` for CSV."""

    def __init__(self, file: BinaryIO) -> None:
        """Looks at the beginning of `file`, which stays the caller's to close. Raises Unreadable."""
        self.kind = self.encoding = self.delimiter = self.sheet = ""
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        if not self._size:
            raise Unreadable("file_empty")
        if self._size > MOST_BYTES:
            raise Unreadable("file_too_big", limit=MOST_BYTES // 1024 // 1024)
        file.seek(0)
        start = file.read(8)
        if start.startswith(b"PK"):
            self.kind = "xlsx"
            _guard_zip(file)
        elif start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"{\\rtf")):
            raise Unreadable("file_other_kind")
        else:
            self.kind = "csv"
            self.encoding = _encoding_of(file)
            self.delimiter = _delimiter_of(file, self.encoding)

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, without its empty end. Raises Unreadable, also half-way."""
        source = self._csv_rows() if self.kind == "csv" else self._xlsx_rows()
        for number, cells in source:
            if number > LAST_ROW:  # A row far down would be read as all the empty ones before it.
                raise Unreadable("file_broken")
            end = len(cells)
            while end and (cells[end - 1] is None or cells[end - 1] == ""):
                end -= 1
            if end > MOST_COLUMNS:
                raise Unreadable("file_too_wide", limit=MOST_COLUMNS)
            if end:
                yield number, cells[:end]

    def share_read(self) -> float:
        """0.0 to 1.0; what the bar shows while nobody knows how many rows there are."""
        return min(self._file.tell() / self._size, 1.0) if not self._file.closed else 1.0

    def _csv_rows(self) -> Iterator[Row]:
        self._file.seek(0)
        # newline="": a line break within quotes belongs to the cell.
        text = io.TextIOWrapper(self._file, self.encoding, errors="strict", newline="")
        try:
            csv.field_size_limit(LONGEST_CELL)
            yield from self._records(csv.reader(text, delimiter=self.delimiter, skipinitialspace=True))
        except csv.Error as error:
            raise Unreadable("file_cell_too_long", limit=LONGEST_CELL) from error
        except UnicodeError as error:
            raise Unreadable("file_encoding") from error
        finally:
            text.detach()  # The file stays open: it is the caller's.

    def _records(self, records: Iterator[list[str]]) -> Iterator[Row]:
        number = 0
        for cells in records:
            # Excel's own hint about the delimiter is not shown as a row by it.
            if number == 0 and len("".join(cells)) <= 5 and "".join(cells).lower().startswith("sep="):
                continue
            number += 1
            yield number, cells

    def _xlsx_rows(self) -> Iterator[Row]:
        try:
            has_formulas = _has_formulas(self._file)
            with closing(_workbook(self._file, values=True)) as book:
                sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
                if sheet is None:
                    raise Unreadable("file_empty")
                self.sheet = sheet.title
                sheet.reset_dimensions()  # A file may claim any size; only what is there counts.
                if not has_formulas:
                    yield from enumerate(map(_known_values, sheet.iter_rows(values_only=True)), 1)
                    return
                with closing(_workbook(self._file, values=False)) as source_book:
                    source = source_book[sheet.title]
                    source.reset_dimensions()
                    both = zip(sheet.iter_rows(), source.iter_rows(), strict=True)
                    yield from enumerate((_calculated(values, cells) for values, cells in both), 1)
        except Unreadable:
            raise
        except Exception as error:
            # Broken zips and XML raise classes of many kinds; whichever, the fault is the file's.
            raise Unreadable("file_broken") from error


def _workbook(file: BinaryIO, *, values: bool) -> Any:
    file.seek(0)
    return openpyxl.load_workbook(file, read_only=True, data_only=values, keep_links=False)


_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}


def _known_values(cells: tuple[Any, ...]) -> list[Any]:
    return [NO_VALUE if cell in _ERRORS else cell for cell in cells]


def _calculated(values: Sequence[Any], sources: Sequence[Any]) -> list[Any]:
    """The stored results; a formula that no spreadsheet has calculated yet has none."""
    return [
        NO_VALUE
        if value.value in _ERRORS or (value.value is None and source.data_type == "f")
        else value.value
        for value, source in zip(values, sources, strict=True)
    ]


def _guard_zip(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.infolist()
            if not any(info.filename.startswith("xl/") for info in names):
                raise Unreadable("file_other_kind")
            # Reading stops at the size that is declared here, so a lie doesn't help.
            unpacked = sum(info.file_size for info in names)
            shared = sum(info.file_size for info in names if info.filename.endswith("sharedStrings.xml"))
            if len(names) > 2000 or unpacked > MOST_UNPACKED_BYTES or shared > MOST_SHARED_BYTES:
                raise Unreadable("file_bomb")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("file_broken") from error


def _has_formulas(file: BinaryIO) -> bool:
    """Looks for `<f>` in the sheets, because asking openpyxl for formulas means reading all twice."""
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with archive.open(name) as sheet:
                tail = b""
                while block := sheet.read(_BLOCK):
                    if b"<f>" in tail + block or b"<f " in tail + block or b"<f/" in tail + block:
                        return True
                    tail = block[-3:]
    return False


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _encoding_of(file: BinaryIO) -> str:
    """By its mark, else UTF-16 by its many NULs, else UTF-8 if all of it is, else Windows' Latin."""
    file.seek(0)
    start = file.read(4096)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # A Latin letter in UTF-16 has a NUL beside it; a stray NUL or two is a damaged file instead.
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = start[offset::2]
        if len(half) > 4 and half.count(0) > len(half) * 0.6:
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        file.seek(0)
        undefined = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])  # Not in Windows-1252; Latin-1 has them.
        while block := file.read(_BLOCK):
            if any(byte in block for byte in undefined):
                return "latin-1"
        return "cp1252"
    return "utf-8"


def _delimiter_of(file: BinaryIO, encoding: str) -> str:
    """The one that makes most cells of the first lines, and says so with `sep=` if Excel wrote it."""
    file.seek(0)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(file.read(256 * 1024))
    lines = [line for line in text.splitlines() if line.strip()][:3]
    if not lines:
        raise Unreadable("file_empty")
    if lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    counted = {sign: max(_unquoted(line).count(sign) for line in lines) for sign in DELIMITERS}
    return max(counted, key=lambda sign: counted[sign]) if any(counted.values()) else ";"


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])
