"""A worker's child that wants ever more memory gets an error of its own, and the machine goes on."""

import os
import subprocess
import sys

WANTS_IT_ALL = """
from tilflytter.celery import limit_memory
limit_memory()
held = []
try:
    while len(held) < 40:
        held.append(bytearray(1 << 26))
except MemoryError:
    print(len(held) * 64)
"""


def test_a_child_gets_no_more_than_the_setting_says(repository, tmp_path):
    env = {**os.environ, "DATA_DIR": str(tmp_path), "WORKER_MEMORY_MB": "1024"}
    env["DJANGO_SETTINGS_MODULE"] = "tilflytter.settings"
    ended = subprocess.run(
        [sys.executable, "-c", WANTS_IT_ALL], cwd=repository, env=env, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert 256 <= int(ended.stdout) < 1024
