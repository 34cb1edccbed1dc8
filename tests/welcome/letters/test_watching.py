"""The watch over a worker, tried in a process of its own: it ends the process, also one that hears nothing."""

import subprocess
import sys

import pytest

BEGIN = "import datetime, re, time\nfrom welcome.letters import watching\n"
DEAF = "re.match(r'(a+)+$', 'a' * 80 + 'b')"  # Minutes in C, with the interpreter's lock held.


def end_of(repository, lines: str) -> subprocess.CompletedProcess[str]:
    begin = [sys.executable, "-c", BEGIN + lines]
    return subprocess.run(begin, cwd=repository, capture_output=True, text=True, timeout=50)


@pytest.mark.parametrize("lines", [DEAF, "time.sleep(60)"])
def test_who_is_silent_is_ended_and_says_where_it_stood(repository, lines):
    ended = end_of(
        repository, f"with watching.watched(datetime.timedelta(seconds=0.3)):\n {lines}\nprint('on')"
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Timeout" in ended.stderr


def test_signs_of_life_keep_it_and_afterwards_nobody_watches(repository):
    ended = end_of(
        repository,
        "with watching.watched(datetime.timedelta(seconds=2)):\n"
        " for _ in range(6):\n  time.sleep(0.5)\n  watching.alive()\n"
        "time.sleep(2.5)\nwatching.alive()\nprint('on')",
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "on\n", "")
