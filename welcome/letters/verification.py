"""A run recounted from its written-out files and its rows, with nothing taken on trust.

The address of each letter is read back from the window of its first page. Lines are compared composed
(NFC) and without joiners, which leave no mark. Text written from right to left comes back from a PDF in
the order of the eye or of the ear, and words between two scripts may change places: a line with such
letters is compared by its characters, whatever their order.
"""

import csv
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

from municipalities.tenancy.spreadsheets import neutral
from welcome.letters import geometry
from welcome.letters.figures import file_name
from welcome.letters.geometry import MM_TO_PT
from welcome.letters.models import FileState, LetterRun, PrintFile, RunState
from welcome.letters.output import MANIFEST_CSV, MANIFEST_JSON, rows_of


def faults(run: LetterRun, folder: Path) -> Iterator[str]:
    """One sentence for each thing that is off; nothing when all is right."""
    files = list(run.files.kept().select_related("run__municipality"))
    yield from _arithmetic(run)
    yield from _names(folder, [file_name(file) for file in files])
    rows = [row for file in files for row in rows_of(file)]
    yield from _manifest_json(folder / MANIFEST_JSON, rows)
    yield from _manifest_csv(folder / MANIFEST_CSV, rows)
    for file in files:
        path = folder / file_name(file)
        if path.is_file():
            yield from _file(file, path.read_bytes())


def gaps(run: LetterRun) -> Iterator[str]:
    """What can't be recounted, though nothing is off."""
    if elsewhere := run.letters.elsewhere().count():
        yield f"{elsewhere} letters are not for print files: what became of them stands in the report."
    for file in run.files.purged().select_related("run__municipality"):
        yield (
            f"{file_name(file)} was deleted, as an address in it may no longer be held:"
            f" its {file.letters.printed().count()} letters can't be recounted from it."
        )


def _arithmetic(run: LetterRun) -> Iterator[str]:
    letters, left_out = run.letters.count(), run.left_out.count()
    if letters + left_out != run.cohort:
        yield f"The cohort is {run.cohort}, but {letters} letters and {left_out} left out are {letters + left_out}."
    printed = run.letters.printed().filter(file__state=FileState.DONE).count()
    elsewhere = run.letters.elsewhere().count()
    if printed + elsewhere != letters:
        yield f"{letters - printed - elsewhere} of {letters} letters are in no finished file."
    if run.state in (RunState.DELIVERING, RunState.DONE):
        yield from _deliveries(run, letters)


def _deliveries(run: LetterRun, letters: int) -> Iterator[str]:
    live = run.deliveries.live()
    if live.count() != letters:
        yield f"{letters} letters have {live.count()} deliveries that count."
    wrong = live.on_paper().filter(letter__file=None).count() if run.state == RunState.DONE else 0
    if wrong:
        yield f"{wrong} letters are called printed and are in no file."
    doubled = live.by_wire().filter(letter__file__isnull=False).count()
    if doubled:
        yield f"{doubled} letters are in a print file and went another way too."
    if run.state == RunState.DONE and (open_ := run.deliveries.unsettled().count()):
        yield f"The run is done, but {open_} deliveries are not settled."


def _names(folder: Path, wanted: list[str]) -> Iterator[str]:
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    expected = {*wanted, MANIFEST_CSV, MANIFEST_JSON}
    yield from (f"{name} is missing." for name in sorted(expected - there))
    yield from (f"{name} does not belong to this run." for name in sorted(there - expected))


def _manifest_json(path: Path, rows: list[dict[str, Any]]) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        listed = json.loads(path.read_text())["letters"]
        found = {row["letter"]: row for row in listed}
    except (ValueError, KeyError, TypeError) as error:
        yield f"{path.name} can't be read: {error}."
        return
    yield from _compare(path.name, len(listed), found, {row["letter"]: row for row in rows})


def _manifest_csv(path: Path, rows: list[dict[str, Any]]) -> Iterator[str]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as opened:
        listed = list(csv.DictReader(opened, delimiter=";"))
    wanted = {
        str(row["letter"]): {key: str(value) for key, value in row.items()}
        | {"address": "\n".join(neutral(line) for line in row["address"])}
        for row in rows
    }
    yield from _compare(path.name, len(listed), {row.get("letter"): row for row in listed}, wanted)


def _compare(name: str, count: int, found: dict[Any, Any], wanted: dict[Any, Any]) -> Iterator[str]:
    if count != len(wanted):
        yield f"{name} has {count} rows; the run has {len(wanted)} printed letters."
    for number in wanted.keys() - found.keys():
        yield f"{name} lacks letter {number}."
    for number in found.keys() - wanted.keys():
        yield f"{name} has a letter {number}, which the run has not."
    for number in found.keys() & wanted.keys():
        if found[number] != wanted[number]:
            yield f"{name}: letter {number} is listed otherwise than it was printed."


def _file(file: PrintFile, content: bytes) -> Iterator[str]:
    name = file_name(file)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        yield f"{name} is not the file that was made: its SHA-256 differs."
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        yield f"{name} can't be read as a PDF."
        return
    try:
        yield from _pages(file, name, pdf)
    finally:
        pdf.close()


def _pages(file: PrintFile, name: str, pdf: pypdfium2.PdfDocument) -> Iterator[str]:
    if len(pdf) != file.pages:
        yield f"{name} has {len(pdf)} pages; {file.pages} were made."
    next_page = 1
    words = {text.language: text.words["page"] for text in file.run.texts.all()}
    for letter in file.letters.printed().order_by("first_page"):
        first, pages = letter.first_page or 0, letter.pages
        if first != next_page:
            yield f"{name}: letter {letter.number} begins on page {first}, not on {next_page}."
        next_page = first + pages + pages % 2  # Printed on both sides, each letter begins on a front.
        if first + pages - 1 > len(pdf):
            yield f"{name}: letter {letter.number} has pages that are not there."
            continue
        read = window_text(pdf[first - 1])
        if not same_lines(read, letter.address):
            yield f"{name}: the window of letter {letter.number} does not show its address."
        for page in range(pages):
            number = words[letter.language].replace("{page}", str(page + 1)).replace("{pages}", str(pages))
            bottom = _bottom_text(pdf[first - 1 + page])
            if number not in bottom and _other_way(number) not in bottom:
                yield f"{name}: page {page + 1} of letter {letter.number} is not numbered {number!r}."
    if next_page - 1 != file.pages:
        yield f"{name}: its letters take {next_page - 1} pages, the file has {file.pages}."


def window_text(page: pypdfium2.PdfPage) -> list[str]:
    """The lines that show through the window, from the top."""
    return _bounded(page, geometry.WINDOW)


def _bottom_text(page: pypdfium2.PdfPage) -> str:
    lowest = geometry.Rectangle(0, geometry.PAGE_HEIGHT - 32, geometry.PAGE_WIDTH, geometry.PAGE_HEIGHT)
    return "\n".join(_bounded(page, lowest))


def _bounded(page: pypdfium2.PdfPage, place: geometry.Rectangle) -> list[str]:
    text = page.get_textpage().get_text_bounded(
        left=place.left * MM_TO_PT,
        right=place.right * MM_TO_PT,
        top=(geometry.PAGE_HEIGHT - place.top) * MM_TO_PT,
        bottom=(geometry.PAGE_HEIGHT - place.bottom) * MM_TO_PT,
    )
    return [line.strip() for line in text.splitlines() if line.strip()]


def _other_way(number: str) -> str:
    """`4 من 1` for `1 من 4`: the order of the eye where words run from right to left."""
    return " ".join(reversed(number.split()))


def same_lines(read: list[str], written: list[str]) -> bool:
    return len(read) == len(written) and all(map(_same_line, read, written))


def _same_line(read: str, written: str) -> bool:
    read, written = _bare(read), _bare(written)
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in written):
        return Counter(read.replace(" ", "")) == Counter(written.replace(" ", ""))
    return read == written


def _bare(line: str) -> str:
    """Composed, without joiners; forms of joined letters as the letters they are forms of."""
    composed = unicodedata.normalize("NFKC" if _has_forms(line) else "NFC", line)
    return " ".join(composed.replace("\u200c", "").replace("\u200d", "").split())


def _has_forms(line: str) -> bool:
    return any("\ufb1d" <= character <= "\ufdff" or "\ufe70" <= character <= "\ufeff" for character in line)
