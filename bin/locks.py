#!/usr/bin/env python3
"""Are the locked versions in step with what is asked for?  Works without a network.

Every name in requirements*.in is pinned with a hash in its .txt; a name in both .txt files has one
version; package-lock.json holds exactly what package.json asks for, with hashes and no addresses.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(file: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and not line.startswith("-"))
    return {plain(match.group()) for match in names if match}


def pinned(file: str) -> tuple[dict[str, str], list[str]]:
    """Versions by name, and the names that have no hash."""
    text = (ROOT / file).read_text()
    versions, unhashed = {}, []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block):
            versions[plain(match[1])] = match[2]
            if "--hash=sha256:" not in block:
                unhashed.append(match[1])
    return versions, unhashed


def python_faults() -> list[str]:
    problems: list[str] = []
    all_versions: dict[str, str] = {}
    for stem in ("requirements", "requirements-dev"):
        versions, unhashed = pinned(f"{stem}.txt")
        problems += [f"{stem}.txt: {name} has no hash" for name in unhashed]
        problems += [
            f"{stem}.in asks for {name}, {stem}.txt does not pin it"
            for name in sorted(asked(f"{stem}.in") - set(versions))
        ]
        for name, version in versions.items():
            if all_versions.setdefault(name, version) != version:
                problems.append(f"{name} is pinned to {all_versions[name]} and to {version}")
    return problems


def browser_faults() -> list[str]:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    problems = []
    if lock[""].get("dependencies") != package.get("dependencies"):
        problems.append("package-lock.json is not made from this package.json")
    for place, entry in lock.items():
        if place and "integrity" not in entry:
            problems.append(f"package-lock.json: {place} has no hash")
        if "resolved" in entry:
            problems.append(f"package-lock.json: {place} names a server; see .npmrc")
    for name, version in package.get("dependencies", {}).items():
        if lock.get(f"node_modules/{name}", {}).get("version") != version:
            problems.append(f"package.json pins {name} {version}, package-lock.json another")
    return problems


if __name__ == "__main__":
    found = python_faults() + browser_faults()
    print("\n".join(found) or "in step")
    sys.exit(1 if found else 0)
