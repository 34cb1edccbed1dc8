"""What the fault tests have counted: a table at the end of the run and, last of all, one JSON line.

A test says which fault it brings about by `@pytest.mark.fault("F1", "what is done")`, and what it counted by
`count(kills=30, letters=60, lost=0, doubled=0)`, before it asserts. A fault that no test brought about stands
in the table as well.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

FAULTS = {
    "F1": "SIGKILL at each point",
    "F2": "random kills of children and parents",
    "F3": "Redis emptied, restarted, gone",
    "F4": "every message three times, shuffled",
    "F5": "killed between commit and publish",
    "F6": "two clocks, DST, quarter's edge, a day without a clock",
    "F7": "paused past the lease, then resumed",
    "F8": "providers that fail",
    "F9": "poison letters",
    "F10": "database restarted, disk full, storage failing",
    "F11": "deploys",
}
_rows: list[dict[str, Any]] = []


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[..., None]:
    def count(**counted: Any) -> None:
        request.node.user_properties += list(counted.items())

    return count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Any:
    report = yield
    if marker := item.get_closest_marker("fault"):
        report.fault = marker.args  # Comes along when the test ran in another process.
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if (
        not hasattr(report, "fault")
        or (report.when == "setup" and report.passed)
        or report.when == "teardown"
    ):
        return
    fault, what = report.fault
    counted = dict(report.user_properties)
    verdict = {"passed": "held", "failed": "BROKEN", "skipped": "not run"}[report.outcome]
    if report.skipped:
        counted = {"why": str(report.longrepr[2]).removeprefix("Skipped: ")}  # type: ignore[index]
    _rows.append(
        {"fault": fault, "what": what, "verdict": verdict, **counted, "seconds": round(report.duration, 1)}
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """After pytest's own last line. Nothing where nothing was tried, as when tests are only listed."""
    if not _rows or hasattr(config, "workerinput"):
        return
    tried = {row["fault"] for row in _rows}
    rows = _rows + [
        {"fault": fault, "what": what, "verdict": "not run"}
        for fault, what in FAULTS.items() if fault not in tried
    ]  # fmt: skip
    rows.sort(key=lambda row: int(row["fault"][1:]))
    lines = [("", "what was done", "", "lost", "doubled", "s", "counted")]
    for row in rows:
        named = {"fault", "what", "verdict", "lost", "doubled", "seconds"}
        more = ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in row.items() if name not in named
        )
        lines.append((
            row["fault"], row["what"], row["verdict"], str(row.get("lost", "")), str(row.get("doubled", "")),
            str(row.get("seconds", "")), more,
        ))  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    out = ["", *("  ".join([*(cell.ljust(w) for cell, w in zip(line, widths, strict=False)), line[6]]).rstrip()
                 for line in lines)]  # fmt: skip
    whole = {
        "faults": os.environ["FAULTS"],
        "held": sum(row["verdict"] == "held" for row in rows),
        "broken": [f"{row['fault']}: {row['what']}" for row in rows if row["verdict"] == "BROKEN"],
        "not_run": sorted({row["fault"] for row in rows if row["verdict"] == "not run"}),
        "lost": sum(row.get("lost", 0) for row in rows),
        "doubled": sum(row.get("doubled", 0) for row in rows),
        "seconds": round(sum(row.get("seconds", 0) for row in rows)),
        "tests": rows,
    }
    print(*out, json.dumps(whole, ensure_ascii=False), sep="\n", flush=True)  # noqa: T201
