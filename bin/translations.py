#!/usr/bin/env python3
"""Are the translations complete?  `check` says so, `gather` writes new strings into locale/.

`check` gathers into a copy, so that a string nobody has translated yet shows, and one nobody uses
any more does too. Placeholders are compared by msgfmt, which refuses a translation that loses one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("nb", "nn")
SOURCES = ("municipalities", "housing", "welcome", "tilflytter", "templates")


def gather(folder: Path) -> None:
    """Writes every string of the sources below `folder` into its locale/."""
    makemessages = [
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "--no-wrap",
        "--add-location",
        "file",
        "-v",
        "0",
    ]
    for language in LANGUAGES:
        makemessages += ["-l", language]
    # Needs no settings of the portal: the locale folder below the working folder is where they go.
    plain = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(makemessages, cwd=folder, env=plain, check=True)


def entries(po: Path, kind: str) -> list[str]:
    """The msgids of one kind: untranslated, only-fuzzy or only-obsolete."""
    found = subprocess.run(
        [
            "msgattrib",
            f"--{kind}",
            "--no-wrap",
            *(["--no-obsolete"] if kind == "untranslated" else []),
            str(po),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line.removeprefix("#~ ") for line in found.splitlines()]
    return [line.removeprefix("msgid ") for line in lines if line.startswith("msgid ") and line != 'msgid ""']


def faults() -> list[str]:
    said = {
        "untranslated": "is not translated",
        "only-fuzzy": "is only guessed",
        "only-obsolete": "is not used",
    }
    problems = []
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in (*SOURCES, "locale"):
            shutil.copytree(
                ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
            )
        gather(copy)
        for language in LANGUAGES:
            po = copy / "locale" / language / "LC_MESSAGES" / "django.po"
            if not po.exists():
                return [f"{language}: there is no locale/{language}/LC_MESSAGES/django.po"]
            for kind, words in said.items():
                problems += [f"{language}: {text} {words}" for text in entries(po, kind)]
            checked = subprocess.run(
                ["msgfmt", "--check", "--check-accelerators=_", "-o", os.devnull, str(po)],
                capture_output=True,
                text=True,
            )
            if checked.returncode:
                problems += [f"{language}: {line}" for line in checked.stderr.replace(name, "").splitlines()]
    return problems


def main() -> int:
    if sys.argv[1:] == ["gather"]:
        gather(ROOT)
        return 0
    problems = faults()
    for problem in problems[:40]:
        print(problem)
    if len(problems) > 40:
        print(f"… and {len(problems) - 40} more. `make messages` writes them into locale/.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
