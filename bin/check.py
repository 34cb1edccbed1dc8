#!/usr/bin/env python3
"""`make check`: everything that can be judged without running the portal. All checks run; red when one is."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
MANAGE = [sys.executable, "manage.py"]

# As in docker-compose.yml, so that `check --deploy` judges what will stand on the internet.
PRODUCTION = {
    "DATABASE_URL": "postgres://tilflytter:nobody@127.0.0.1:5432/tilflytter",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SITE_URL": "https://tilflytter.example",
    "SECRET_KEY": "only-for-the-check-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "FIELD_KEYS": "b25seS1mb3ItdGhlLWNoZWNrLW5vdC1mb3ItdXNlLi4=",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}
LINES = 40  # of what a red check says
EMBEDDED = dict.fromkeys(
    ("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY", "FIELD_KEYS", "EMAIL_URL"), ""
)

CHECKS: list[tuple[str, Sequence[str | Path], dict[str, str]]] = [
    ("format", [BIN / "ruff", "format", "--check", "-q", "--output-format", "concise", "."], EMBEDDED),
    ("lint", [BIN / "ruff", "check", "-q", "--output-format", "concise", "."], EMBEDDED),
    ("types", [BIN / "mypy"], EMBEDDED),
    ("import contracts", [BIN / "lint-imports"], EMBEDDED),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], EMBEDDED),
    ("translations", [sys.executable, "bin/translations.py", "check"], EMBEDDED),
    ("templates", [BIN / "djlint", "templates", "--lint", "--quiet"], EMBEDDED),
    ("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("locks", [sys.executable, "bin/locks.py"], EMBEDDED),
]


def main() -> int:
    chosen = [check for check in CHECKS if not sys.argv[1:] or check[0] in sys.argv[1:]]
    red = []
    with tempfile.TemporaryDirectory(prefix="tilflytter-check.") as scratch:
        for name, command, env in chosen:
            words = [str(word) for word in command]
            began = time.monotonic()
            done = subprocess.run(
                words,
                cwd=ROOT,
                env={**os.environ, **env, "DEBUG": "", "DATA_DIR": scratch},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            print(
                f"{'✗' if done.returncode else '✓'} {name:<18}{time.monotonic() - began:5.1f} s", flush=True
            )
            if done.returncode:
                red.append(name)
                lines = done.stdout.strip().splitlines()
                more = (
                    [f"… {len(lines) - LINES} lines more: {shlex.join(words)}"] if len(lines) > LINES else []
                )
                print("\n".join(f"    {line}" for line in lines[:LINES] + more), flush=True)
    print(f"\nred: {', '.join(red)}" if red else "\nall green")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
