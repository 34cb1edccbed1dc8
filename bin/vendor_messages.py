#!/usr/bin/env python3
"""Keeps locale/vendor/: what the libraries say on our screens and have no Norwegian for.

After an upgrade of a library in PACKAGES: `.venv/bin/python bin/vendor_messages.py`. It gathers the
libraries' own strings, takes away those that one of their catalogues has in the language, and writes
exactly the rest: new strings come empty, those no longer needed go. It prints what is left to
translate, and exits 1 when that is anything.

A translation under the comment `# Corrected` stays although the library has one of its own; it is
for theirs that a reader would stumble over.
The project's own strings never meet these: `makemessages` writes only right below locale/.
"""

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

VENDOR = Path(__file__).resolve().parent.parent / "locale" / "vendor"
LANGUAGES = ("nb", "nn")
DOMAINS = ("django", "djangojs")  # Pages, and the staff site's scripts.
PACKAGES = ("django", "unfold", "import_export", "phonenumber_field", "csp", "crispy_forms", "django_htmx")

# Folders that no page of ours shows, that speak to developers, or that hold somebody else's scripts.
CONTRIB = {"admindocs", "flatpages", "gis", "postgres", "redirects", "sitemaps", "sites", "syndication"}
UNUSED = (
    {f"django/contrib/{part}" for part in CONTRIB}
    | {f"unfold/contrib/{part}" for part in ("constance", "guardian", "location_field", "simple_history")}
    | {"__pycache__", "locale", "management", "tests", "vendor"}
    | {"alpine", "chart", "htmx", "nouislider", "simplebar", "trix", "wnumb"}
)
HEADER = f"""\
msgid ""
msgstr ""
"Project-Id-Version: {", ".join(PACKAGES)}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: LANGUAGE\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
LAYOUT = ("--no-wrap", "--no-location", "--sort-output", "--force-po")


def run(*words: object, folder: Path | None = None) -> str:
    command = [str(word) for word in words]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def home(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        sys.exit(f"{package} is not installed; `make test` sets up what this needs.")
    return Path(found.origin).parent


def copy_sources(folder: Path) -> None:
    """The packages without their catalogues: makemessages would write into those."""
    for package in PACKAGES:
        root = home(package).parent

        def leave_out(where: str, names: list[str], root: Path = root) -> set[str]:
            below = Path(where).relative_to(root).as_posix()
            return {name for name in names if name in UNUSED or f"{below}/{name}" in UNUSED}

        copytree(root / package, folder / package, ignore=leave_out)
    (folder / "locale").mkdir()


def gather(sources: Path, domain: str) -> Path:
    """A template with every string of the copied packages."""
    # -P: run the installed Django, not the copy in the working folder.
    django = (sys.executable, "-P", "-m", "django", "makemessages", "-v", "0", "-l", "en", "--keep-pot")
    run(*django, "-d", domain, "-i", "i18n_catalog.js", "--no-location", "--no-wrap", folder=sources)
    return sources / "locale" / f"{domain}.pot"


def update(template: Path, language: str, domain: str, folder: Path) -> list[str]:
    """Writes one catalogue of locale/vendor; returns what it has no translation for."""
    empty, theirs, gap, fresh = (folder / f"{name}.po" for name in ("empty", "theirs", "gap", "fresh"))
    empty.write_text(HEADER.replace("LANGUAGE", language))
    target = VENDOR / language / "LC_MESSAGES" / f"{domain}.po"
    ours = target if target.exists() else empty
    known = [
        catalogue
        for package in PACKAGES
        for catalogue in sorted(home(package).rglob(f"locale/{language}/LC_MESSAGES/{domain}.po"))
        if not CONTRIB & set(catalogue.parts)
    ]
    run("msgcat", "--use-first", "-o", theirs, empty, *known)
    run("msgattrib", "--translated", "--no-fuzzy", "--no-obsolete", "-o", theirs, theirs)
    corrected = run("msggrep", "--comment", "--fixed-strings", "--regexp=Corrected", "--force-po", ours)
    ours_wins = folder / "corrected.po"
    ours_wins.write_text(corrected)
    run("msgcat", "--less-than=2", "--force-po", "-o", theirs, theirs, ours_wins, ours_wins)
    run("msgmerge", "-q", "--no-fuzzy-matching", "-o", gap, theirs, template)
    run("msgattrib", "--untranslated", "--no-obsolete", "--force-po", "-o", gap, gap)
    run("msgmerge", "-q", "--no-fuzzy-matching", *LAYOUT, "-o", fresh, ours, gap)
    run("msgattrib", "--no-obsolete", "--clear-fuzzy", *LAYOUT, "-o", fresh, fresh)
    target.parent.mkdir(parents=True, exist_ok=True)
    changing = r'(?m)^"(POT-Creation-Date|PO-Revision-Date|Report-Msgid).*\n'
    target.write_text(re.sub(changing, "", fresh.read_text()))
    run("msgfmt", "--check-format", "-o", "/dev/null", target)
    missing = run("msgattrib", "--untranslated", "--no-wrap", target)
    return re.findall(r"(?m)^msgid (?!\"\"$)(.*)", missing)


def main() -> int:
    left = []
    with tempfile.TemporaryDirectory() as name:
        copy_sources(Path(name, "sources"))
        for domain in DOMAINS:
            template = gather(Path(name, "sources"), domain)
            for language in LANGUAGES:
                words = update(template, language, domain, Path(name))
                left += [f"{language} {domain}: {word}" for word in words]
    print("\n".join(left) or "Nothing is left to translate.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
