#!/usr/bin/env python3
"""Writes into locale/vendor/ what the libraries say on our screens and nobody translated for them.

Run it after an upgrade of a library named in PACKAGES: `.venv/bin/python bin/vendor_messages.py`.
It gathers the libraries' own strings, takes away those that one of their catalogues has in the
language, and keeps in locale/vendor/ exactly the rest: new ones come empty, those no longer needed
go. Prints what is left to translate; exits 1 when that is anything.

The project's own strings never meet these: `makemessages` stops at the first folder called
`locale`, and writes only into its nb/ and nn/.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "locale" / "vendor"
LANGUAGES = ("nb", "nn")
DOMAINS = ("django", "djangojs")  # Pages, and the admin's scripts.
PACKAGES = ("django", "unfold", "import_export", "phonenumber_field", "csp", "crispy_forms", "django_htmx")

# Folders in which the packages bring somebody else's scripts, or what speaks to developers.
SKIPPED = {"__pycache__", "locale", "management", "tests"} | {
    *("vendor", "alpine", "chart", "htmx", "nouislider", "simplebar", "trix", "wnumb")
}
# Parts of the packages that no page of ours shows.
UNUSED = {
    "django/contrib": {
        "admindocs",
        "flatpages",
        "gis",
        "postgres",
        "redirects",
        "sitemaps",
        "sites",
        "syndication",
    },
    "unfold/contrib": {"constance", "guardian", "location_field", "simple_history"},
}
HEADER = f"""\
msgid ""
msgstr ""
"Project-Id-Version: {", ".join(PACKAGES)}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: LANGUAGE\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def run(*words: object, folder: Path | None = None) -> str:
    return subprocess.run(
        [str(word) for word in words], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def home(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        sys.exit(f"{package} is not installed; `make test` sets up what this needs.")
    return Path(found.origin).parent


def copy_sources(folder: Path) -> None:
    """The packages without catalogues: makemessages would write beside a library's own."""
    for package in PACKAGES:
        source = home(package)

        def leave_out(where: str, names: list[str], source: Path = source) -> set[str]:
            part = Path(where).relative_to(source.parent).as_posix()
            return SKIPPED | UNUSED.get(part, set())

        shutil.copytree(source, folder / package, ignore=leave_out)


def gather(sources: Path, domain: str) -> Path:
    """A template with every string of the copied packages."""
    (sources / "locale").mkdir(exist_ok=True)
    makemessages = [sys.executable, "-P", "-m", "django", "makemessages", "-l", "en", "-d", domain, "-v", "0"]
    run(*makemessages, "--keep-pot", "--no-location", "--no-wrap", folder=sources)
    return sources / "locale" / f"{domain}.pot"


def update(template: Path, language: str, domain: str, folder: Path) -> int:
    """Writes one catalogue of locale/vendor; returns how many of its strings lack a translation."""
    own = f"locale/{language}/LC_MESSAGES/{domain}.po"
    known = sorted(
        po
        for package in PACKAGES
        for po in home(package).rglob(own)
        if not any(part in po.parts for part in UNUSED["django/contrib"])
    )
    theirs, gap, fresh = (folder / f"{language}.{domain}.{name}.po" for name in ("theirs", "gap", "fresh"))
    empty = folder / f"{language}.empty.po"
    empty.write_text(HEADER.replace("LANGUAGE", language))
    run("msgcat", "--use-first", "-o", theirs, empty, *known)
    run("msgattrib", "--translated", "--no-fuzzy", "--no-obsolete", "-o", theirs, theirs)
    run("msgmerge", "-q", "--no-fuzzy-matching", "-o", gap, theirs, template)
    run("msgattrib", "--untranslated", "--no-obsolete", "--force-po", "-o", gap, gap)

    target = VENDOR / language / "LC_MESSAGES" / f"{domain}.po"
    target.parent.mkdir(parents=True, exist_ok=True)
    ours = target if target.exists() else empty
    layout = ("--no-wrap", "--no-location", "--sort-output")
    run("msgmerge", "-q", "--no-fuzzy-matching", *layout, "-o", fresh, ours, gap)
    run("msgattrib", "--no-obsolete", "--no-fuzzy", "--force-po", *layout, "-o", fresh, fresh)
    words = re.sub(
        r'(?m)^(#\..*|"(POT|PO)-.*Date.*|"Report-Msgid.*|"Last-Tr.*|"Language-T.*)\n', "", fresh.read_text()
    )
    target.write_text(words)
    run("msgfmt", "--check-format", "-o", "/dev/null", target)
    left = run("msgattrib", "--untranslated", "--no-wrap", target)
    for line in re.findall(r"(?m)^msgid (?!\"\"$).*", left):
        print(f"{language} {domain}: {line.removeprefix('msgid ')}")
    return len(re.findall(r"(?m)^msgid (?!\"\"$)", left))


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name, "sources")
        copy_sources(sources)
        left = 0
        for domain in DOMAINS:
            template = gather(sources, domain)
            left += sum(update(template, language, domain, Path(name)) for language in LANGUAGES)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
