#!/usr/bin/env python3
"""Runs the benchmarks in bench/: all, or those named.  bin/bench.py [letters] [web] [scale] [load]

Each bench/bench_NAME.py prints its table and, last, one JSON line. A subject that has no benchmark
yet is said to have none. The last line of all is one JSON object of the JSON lines by name.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure(script: Path) -> dict[str, object] | None:
    """The JSON line of one benchmark; None when it failed."""
    print(f"\n== {script.stem.removeprefix('bench_')} ==", flush=True)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    last = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        last = line.strip() or last
    try:
        return json.loads(last) if process.wait() == 0 else None
    except json.JSONDecodeError:
        print(f"{script.name} did not end with a JSON line")
        return None


def main() -> int:
    there = {path.stem.removeprefix("bench_"): path for path in sorted((ROOT / "bench").glob("bench_*.py"))}
    wanted = sys.argv[1:] or list(there)
    results = {name: measure(there[name]) for name in wanted if name in there}
    for name in wanted:
        if name not in there:
            print(f"There is no benchmark of {name} yet: it comes with the issue that asks for it.")
    if not wanted:
        print("There is no benchmark yet.")
    print(json.dumps(results))
    return 1 if None in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
