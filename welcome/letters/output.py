"""A run's files written out for the printer, with the list of what stands where."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from municipalities.tenancy.spreadsheets import neutral
from welcome.letters.figures import file_name, report
from welcome.letters.models import LetterRun, PrintFile

COLUMNS = ["letter", "file", "first_page", "pages", "sha256", "language", "address"]
MANIFEST_CSV, MANIFEST_JSON = "manifest.csv", "manifest.json"


class Damaged(Exception):
    """A stored file is not what was made."""


def write_out(run: LetterRun, folder: Path) -> list[str]:
    """Copies of the finished files with manifest.csv and manifest.json; the names written. Doing it again
    writes the same. Raises Damaged where a stored file's hash is not that of its row."""
    folder.mkdir(parents=True, exist_ok=True)
    files = list(run.files.kept().select_related("run__municipality"))
    for file in files:
        (folder / file_name(file)).write_bytes(_content(file))
    rows = [row for file in files for row in rows_of(file)]
    with (folder / MANIFEST_CSV).open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, delimiter=";")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"address": "\n".join(neutral(line) for line in row["address"])})
    manifest = {"run": report(run), "letters": rows}
    (folder / MANIFEST_JSON).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return [*(file_name(file) for file in files), MANIFEST_CSV, MANIFEST_JSON]


def rows_of(file: PrintFile) -> list[dict[str, Any]]:
    """The manifest's lines of one file, in the order of its pages."""
    return [
        {
            "letter": letter.number,
            "file": file_name(file),
            "first_page": letter.first_page,
            "pages": letter.pages,
            "sha256": file.sha256,
            "language": letter.language,
            "address": letter.address,
        }
        for letter in file.letters.printed().order_by("first_page")
    ]


def _content(file: PrintFile) -> bytes:
    with file.file.open("rb") as opened:
        content: bytes = opened.read()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Damaged(f"{file_name(file)} in storage is not the file that was made.")
    return content
