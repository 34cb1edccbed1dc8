#!/usr/bin/env python3
"""Brings a bare machine to where the portal, its tests or its browser tests can run.

    python3 bin/prepare.py run|test|check|browser

Only the standard library, because it runs before anything is installed. Every step keeps a stamp of
what it was made from; a step whose stamp still holds is skipped, one that was interrupted has no
stamp and is done again. System packages are judged by what is really there, not by a package list.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DATA_DIR = Path(os.environ.get("DATA_DIR", "").strip() or ROOT / "var").resolve()
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", "").strip() or DATA_DIR / "static").resolve()
LETTER_FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Sans Hebrew")
PRINT_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Stop(Exception):
    """A sentence for the person at the keyboard."""


# --- system packages ---------------------------------------------------------------------------
# what is missing -> packages on (Debian/Ubuntu, Fedora, macOS)

PACKAGES = {
    "the venv module of Python": ("python3-venv", "python3", "python@3.11"),
    "the headers of Python": ("python3-dev", "python3-devel", "python@3.11"),
    "a C compiler": ("gcc libc6-dev", "gcc", "gcc"),
    "pg_config": ("libpq-dev", "libpq-devel", "postgresql@16"),
    "npm": ("nodejs npm", "nodejs npm", "node"),
    "msgfmt": ("gettext", "gettext", "gettext"),
    "fc-list": ("fontconfig", "fontconfig", "fontconfig"),
    "pango-1.0": ("libpango-1.0-0", "pango", "pango"),
    "pangoft2-1.0": ("libpangoft2-1.0-0", "pango", "pango"),
    "harfbuzz-subset": ("libharfbuzz-subset0", "harfbuzz", "harfbuzz"),
    "the font Inter": ("fonts-inter", "rsms-inter-fonts", "font-inter"),
    "the Noto Sans fonts": (
        "fonts-noto-core",
        "google-noto-sans-fonts google-noto-sans-arabic-fonts"
        " google-noto-sans-ethiopic-fonts google-noto-sans-hebrew-fonts",
        "font-noto-sans font-noto-sans-arabic font-noto-sans-ethiopic font-noto-sans-hebrew",
    ),
    "Chromium": ("chromium", "chromium", "chromium"),
}


def _loads(library: str) -> bool:
    names = [f"lib{library}.so.0", f"lib{library}.dylib"]
    names += [f"{folder}/lib{library}.dylib" for folder in ("/opt/homebrew/lib", "/usr/local/lib")]
    for name in names:
        with contextlib.suppress(OSError):
            ctypes.CDLL(name)
            return True
    return False


def _font_families() -> set:
    if not shutil.which("fc-list"):
        return set()
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True).stdout
    return {family.strip() for line in listed.splitlines() for family in line.split(",")}


def missing(goal: str) -> list:
    """What of PACKAGES this goal needs and this machine lacks."""
    lacks = []
    if not python_is_ready(goal):  # Building the database driver is the only thing that needs these.
        if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
            lacks.append("the venv module of Python")
        if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
            lacks.append("the headers of Python")
        if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
            lacks.append("a C compiler")
        lacks += [tool for tool in ("pg_config",) if not shutil.which(tool)]
    lacks += [tool for tool in ("npm", "msgfmt", "fc-list") if not shutil.which(tool)]
    lacks += [library for library in PRINT_LIBRARIES if not _loads(library)]
    families = _font_families()
    if not families & {"Inter", "Inter Variable"}:
        lacks.append("the font Inter")
    if not families.issuperset(LETTER_FONTS):
        lacks.append("the Noto Sans fonts")
    if goal == "browser" and not chromium():
        lacks.append("Chromium")
    return lacks


def chromium() -> str:
    """Path of a Chromium, or "" where there is none."""
    given = os.environ.get("CHROMIUM", "")
    mac = "/Applications/Chromium.app/Contents/MacOS/Chromium"
    found = [shutil.which(name) for name in CHROMIUMS]
    return given or next((path for path in found if path), mac if os.path.exists(mac) else "")


def install(packages: list) -> None:
    """apt only; the caller has seen that this process may."""
    say("installing " + " ".join(packages))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "-q", "update", env=quiet)
    run("apt-get", "-qy", "install", "--no-install-recommends", *packages, env=quiet)


def may_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def lines_to_type(columns: list) -> str:
    """One install line per system for [(debian, fedora, macos), …]."""
    debian, fedora, macos = (
        " ".join(dict.fromkeys(" ".join(names).split())) for names in zip(*columns, strict=True)
    )
    return (
        f"  Debian, Ubuntu:  sudo apt-get install -y {debian}\n"
        f"  Fedora:          sudo dnf install -y {fedora}\n"
        f"  macOS:           brew install {macos}"
    )


def system(goal: str) -> None:
    lacks = missing(goal)
    if lacks and may_install():
        install(" ".join(PACKAGES[name][0] for name in lacks).split())
        lacks = missing(goal)
    if lacks:
        raise Stop(
            f"This machine lacks {', '.join(lacks)}. Install with one line, then try again:\n"
            + lines_to_type([PACKAGES[name] for name in lacks])
        )


# --- stamps ------------------------------------------------------------------------------------


def digest(*paths: Path) -> str:
    """Hash of the contents and names of files, and of all files in folders."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def holds(stamp: Path, state: str) -> bool:
    return stamp.is_file() and stamp.read_text() == state


def step(title: str, stamp: Path, state: Callable[[], str], work: Callable[[], None]) -> None:
    """Does `work` unless the stamp says that it was done from the same `state()`."""
    if holds(stamp, state()):
        return
    say(title)
    stamp.unlink(missing_ok=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state())


# --- steps -------------------------------------------------------------------------------------


def requirement_files(goal: str) -> list:
    dev = [] if goal == "run" else ["requirements-dev.txt"]
    return [ROOT / name for name in ["requirements.txt", *dev]]


def python_stamp(goal: str) -> Path:
    return VENV / ("stamp-run" if goal == "run" else "stamp-dev")


def python_state(goal: str) -> str:
    # The folder is part of it: a moved .venv has scripts that point to the old place.
    return f"{VENV} {sys.version_info[:2]} {digest(*requirement_files(goal))}"


def python_is_ready(goal: str) -> bool:
    return PYTHON.exists() and holds(python_stamp(goal), python_state(goal))


def refuse_anothers() -> None:
    """A link to a folder of one's own, on a larger disk, is fine; one to another checkout's is not: what is
    installed here would be emptied and made anew there."""
    pip = VENV / "bin" / "pip"
    is_ours = pip.exists() and str(VENV) in pip.read_text()
    if VENV.is_symlink() and VENV.is_dir() and any(VENV.iterdir()) and not is_ours:
        raise Stop(
            f"{VENV} is a link to {VENV.resolve()}, which was set up for another folder and would be emptied."
            f" Remove the link (rm {VENV}) and try again: then this folder gets a .venv of its own."
        )


def python_packages(goal: str) -> None:
    refuse_anothers()
    if not PYTHON.exists():  # Also when the interpreter it was made from has been removed.
        python_stamp(goal).unlink(missing_ok=True)

    def work() -> None:
        works = (
            PYTHON.exists()
            and not subprocess.run([PYTHON, "-m", "pip", "-V"], capture_output=True).returncode
        )
        elsewhere = (VENV / "bin" / "pip").exists() and str(VENV) not in (VENV / "bin" / "pip").read_text()
        if not works or elsewhere:
            run(sys.executable, "-m", "venv", "--clear", str(VENV))
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        for file in requirement_files(goal):
            run(*pip, "-r", str(file))

    step("installing Python packages into .venv", python_stamp(goal), lambda: python_state(goal), work)


def browser_assets() -> None:
    step(
        "installing browser assets into node_modules",
        ROOT / "node_modules" / ".stamp",
        lambda: digest(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"),
        lambda: run("npm", "ci", "--silent", "--no-progress"),
    )


def messages() -> None:
    sources = sorted((ROOT / "locale").rglob("*.po"))

    def state() -> str:
        return digest(*sources, *(po.with_suffix(".mo") for po in sources))

    def work() -> None:
        for po in sources:
            run("msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po))

    step("compiling translations", VENV / "stamp-messages", state, work)


def _database_holds() -> str:
    """What the embedded database itself says it has, so that a deleted or restored one is noticed."""
    file = DATA_DIR / "db.sqlite3"
    if not file.exists():
        return "nothing"
    with contextlib.closing(sqlite3.connect(file)) as database, contextlib.suppress(sqlite3.Error):
        applied = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        loaded = database.execute("SELECT count(*) > 0 FROM municipalities_municipality").fetchone()
        return f"{applied} {loaded}"
    return "nothing"


def portal() -> None:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    settings = ROOT / "tilflytter" / "settings.py"
    step(
        "collecting static files",
        DATA_DIR / "stamps" / "static",
        lambda: (
            digest(ROOT / "static", ROOT / "package-lock.json", ROOT / "requirements.txt", settings)
            + f"{STATIC_ROOT} {(STATIC_ROOT / 'staticfiles.json').exists()}"
        ),
        lambda: manage("collectstatic", "--noinput", "-v", "0"),
    )
    stamp = DATA_DIR / "stamps" / "database"
    if os.environ.get("DATABASE_URL", "").strip():
        stamp.unlink(missing_ok=True)  # A server is asked each time: it may be another one, or emptied.
    migrations = [ROOT / app / "migrations" for app in ("municipalities", "housing", "welcome")]
    demo = [file for file in ROOT.glob("*/management/**/*.py")] + [ROOT / "demo"]

    def load() -> None:
        # On PostgreSQL the tables belong to another role than the one the portal works as.
        owner = os.environ.get("DATABASE_OWNER_URL", "").strip()
        manage("migrate", "-v", "0", env={**os.environ, "DATABASE_URL": owner} if owner else None)
        manage("demo", "-v", "0")

    step(
        "migrating the database and loading the demo county",
        stamp,
        lambda: digest(ROOT / "requirements.txt", *migrations, *demo) + _database_holds(),
        load,
    )


def manage(*words: str, env: Optional[Mapping[str, str]] = None) -> None:
    run(str(PYTHON), str(ROOT / "manage.py"), *words, env=env)


def run(*words: str, env: Optional[Mapping[str, str]] = None) -> None:
    try:
        subprocess.run(words, check=True, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise Stop(f"`{' '.join(words)}` failed ({error.returncode}); its message is above.") from error


def say(what: str) -> None:
    print(f"· {what}", file=sys.stderr, flush=True)


def prepare(goal: str) -> None:
    with open(__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Two `make`s at once: the second waits and finds all done.
        system(goal)
        python_packages(goal)
        browser_assets()
        messages()
        if goal == "run":
            portal()


def newer_python() -> None:
    """Goes on under a Python that is new enough, where `python3` is an old one."""
    if tuple(sys.version_info) >= (3, 11):
        return
    for name in ("python3.11", "python3.12", "python3.13"):
        if shutil.which(name):
            os.execvp(name, [name, *sys.argv])
    raise Stop(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")


if __name__ == "__main__":
    try:
        newer_python()
        prepare(sys.argv[1] if len(sys.argv) > 1 else "test")
    except Stop as stop:
        sys.exit(f"\n{stop}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next call goes on from here.")
