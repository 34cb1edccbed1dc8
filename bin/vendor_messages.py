#!/usr/bin/env python3
"""Keeps locale/vendor/: what the libraries say on our screens and have no Norwegian for.

After an upgrade of a library in PACKAGES: `.venv/bin/python bin/vendor_messages.py`. It gathers the
libraries' strings, takes away those that a catalogue of theirs has, and writes exactly the rest: new
ones come empty, those no longer needed go. It prints what is left to translate, and then exits 1.
A translation under the comment `# Corrected` stays, for it is better than the library's own.
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
PACKAGES = (
    "django",
    "allauth",
    "unfold",
    "import_export",
    "phonenumber_field",
    "csp",
    "crispy_forms",
    "django_htmx",
)

# Folders that no page of ours shows, that speak to developers, or that hold somebody else's scripts.
CONTRIB = {"admindocs", "flatpages", "gis", "postgres", "redirects", "sitemaps", "sites", "syndication"}
UNUSED = (
    {f"django/contrib/{part}" for part in CONTRIB}
    | {f"unfold/contrib/{part}" for part in ("constance", "guardian", "location_field", "simple_history")}
    | {f"allauth/{part}" for part in ("headless", "idp", "socialaccount", "templates")}  # Ours replace these.
    | {f"allauth/account/{part}.py" for part in ("admin", "apps")}
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


def entries(po: Path, *chosen: str) -> dict[str, str]:
    """Whole entries of a catalogue by what is looked up: context, msgid, plural.

    The plural belongs to it: a catalogue that has the msgid without it has nothing for `ngettext`.
    """
    text = run("msgattrib", "--no-wrap", "--no-location", "--no-obsolete", "--force-po", *chosen, po)
    found = {}
    for entry in text.strip().split("\n\n"):
        looked_up = re.search(r"(?ms)^(msgctxt|msgid) .*?(?=^msgstr)", entry)
        if looked_up and looked_up[0] != 'msgid ""\n':
            found[looked_up[0]] = entry
    return found


def update(template: Path, language: str, domain: str) -> list[str]:
    """Writes one catalogue of locale/vendor; returns what it has no translation for."""
    own_path = f"{language}/LC_MESSAGES/{domain}.po"
    theirs: set[str] = set()
    for package in PACKAGES:
        for catalogue in home(package).rglob(f"locale/{own_path}"):
            if not CONTRIB & set(catalogue.parts):
                theirs.update(entries(catalogue, "--translated", "--no-fuzzy"))
    target = VENDOR / own_path
    ours = entries(target, "--no-fuzzy") if target.exists() else {}

    kept = [HEADER.replace("LANGUAGE", language)]
    for looked_up, empty in sorted(entries(template).items()):
        entry = ours.get(looked_up, empty)
        if looked_up not in theirs or entry.startswith("# Corrected"):
            kept.append(entry + "\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(kept))
    run("msgfmt", "--check-format", "-o", "/dev/null", target)
    return list(entries(target, "--untranslated"))


def main() -> int:
    left = []
    with tempfile.TemporaryDirectory() as name:
        copy_sources(Path(name, "sources"))
        for domain in DOMAINS:
            template = gather(Path(name, "sources"), domain)
            for language in LANGUAGES:
                left += [
                    f"{language} {domain}: {words.strip()}" for words in update(template, language, domain)
                ]
    print("\n".join(left) or "Nothing is left to translate.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
