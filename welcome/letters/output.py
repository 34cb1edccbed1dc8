"""A run's files written out for the printer, with the list of what stands where."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from municipalities.tenancy.spreadsheets import neutral
from welcome.letters.figures import file_name, report
from welcome.letters.models import LetterRun, PrintFile

COLUMNS = ["letter", "file", "first_page", "pages", "sha256", "language", "address"]
MANIFEST_CSV, MANIFEST_JSON = "manifest.csv", "manifest.json"

PRINT_FILE = re.compile(r"\d{4}-\d{4}Q[1-4]-\d{3,}\.pdf")


class Damaged(Exception):
    """A stored file is not what was made."""


def write_out(run: LetterRun, folder: Path) -> list[str]:
    """Copies of the finished files with manifest.csv and manifest.json; the names written. Doing it again
    writes the same; PDFs that an earlier call left there and that are none of the run's any more are
    deleted. Raises Damaged where a stored file's hash is not that of its row."""
    folder.mkdir(parents=True, exist_ok=True)
    files = list(run.files.kept().select_related("run__municipality"))
    # Before the new manifest replaces the one that names them: whoever dies here leaves none unnamed.
    for name in _written_before(folder) - {file_name(file) for file in files}:
        (folder / name).unlink(missing_ok=True)
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


def _written_before(folder: Path) -> set[str]:
    """PDFs by the manifest that lies there; only names that a print file can have, and none of another folder."""
    try:
        listed = json.loads((folder / MANIFEST_JSON).read_text())["run"]["files"]
        return {file["path"] for file in listed if PRINT_FILE.fullmatch(file["path"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


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
