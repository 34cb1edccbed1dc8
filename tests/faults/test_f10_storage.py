"""F10: what the portal keeps things in fails: the database, the disk, storage that says yes and keeps another file."""

import hashlib
import os
import subprocess
import time

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.utils import InterfaceError

from tests.faults.cohorts import approved, is_ready, lost_and_doubled, municipality, numbered, on_paper
from tests.faults.portal import until
from welcome.letters import runs, sampling
from welcome.letters.models import FileState, LetterRun, PrintFile, RunState

SMALL = "256k"


def wrong_files(run) -> int:
    """Files that are called done, and whose content is not what their row says."""
    wrong = 0
    for file in run.files.filter(state=FileState.DONE):
        try:
            with file.file.open("rb") as content:
                wrong += hashlib.file_digest(content, "sha256").hexdigest() != file.sha256
        except OSError:
            wrong += 1
    return wrong


@pytest.fixture
def folder():
    """Where print files go, from a run's folder upwards."""
    place = os.path.join(settings.DATA_DIR, "files", "letters")
    os.makedirs(place, exist_ok=True)
    settings.MEDIA_ROOT = os.path.dirname(place)
    return place


@pytest.mark.fault("F10", "PostgreSQL restarted mid-run, by crash and in order")
def test_the_database_restarts(portal, own_postgresql, is_long, count, monkeypatch, tmp_path, folder):
    if own_postgresql is None:
        pytest.skip("this machine has no PostgreSQL server to restart")
    files, restarts = (400, 10) if is_long else (16, 2)
    run = approved(municipality(2 * files), monkeypatch, a_file=2)
    worker = portal.worker(FAULT_SLOW="0.2")
    portal.sweep_each_second()
    worker.until_ready()
    for number in range(restarts):
        before = done(run)
        until(lambda before=before: done(run) > before, 60, portal.tail)
        own_postgresql.stop("immediate" if number % 2 == 0 else "fast")
        time.sleep(0.5)
        own_postgresql.start()
        connection.close()
    began = done(run)
    until(lambda: is_ready(run), 240, portal.tail)
    found = on_paper(run, tmp_path / "out")
    again = sum(attempts - 1 for attempts in run.files.values_list("attempts", flat=True))
    count(restarts=restarts, letters=2 * files, again=again, wrong_files=wrong_files(run),
          **lost_and_doubled(found, numbered(2 * files)))  # fmt: skip
    assert began < files, "all was done before the last restart"
    assert wrong_files(run) == 0
    assert lost_and_doubled(found, numbered(2 * files)) == {"lost": 0, "doubled": 0}


def done(run) -> int:
    try:
        return run.files.filter(state=FileState.DONE).count()
    except (OperationalError, InterfaceError):
        connection.close()
        return 0


@pytest.fixture
def small_disk(folder):
    """The folder on a disk of its own that the test makes small. Returns the worker's environment: where nothing may be
    mounted, a limit on a file's size does as if."""
    words = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]
    if os.geteuid() == 0 and not subprocess.run(words, capture_output=True).returncode:
        yield {}
        subprocess.run(["umount", "-l", folder], check=True)
    else:
        yield {"FAULT_LONGEST_FILE": "60000"}


@pytest.mark.fault("F10", "the disk is full")
def test_the_disk_is_full(portal, small_disk, folder, is_long, count, monkeypatch, tmp_path):
    files = 60 if is_long else 10
    run = approved(municipality(4 * files), monkeypatch, a_file=4)
    sampling.drop_of(run)  # Its proof took room that the print files are to fill.
    if not small_disk:
        subprocess.run(["mount", "-o", f"remount,size={SMALL}", folder], check=True)
    worker = portal.worker(**small_disk)
    portal.sweep_each_second()
    until(lambda: is_ready(run), 120, portal.tail)
    aside = run.files.filter(state=FileState.SET_ASIDE)
    full, named = aside.count(), {path for path in run.files.values_list("file", flat=True) if path}
    there = {f"letters/{run.pk}/{name}" for name in default_storage.listdir(f"letters/{run.pk}")[1]}
    wrong, half = wrong_files(run), len(there - named)
    try:
        runs.finish(run=run, by=None)
        refused = False
    except runs.Refused:
        refused = True
    if not small_disk:
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    else:
        worker.kill()
        portal.worker()
    for file in aside:
        runs.retry(file=file, by=None)
    until(lambda: is_ready(run), 120, portal.tail)
    found = on_paper(run, tmp_path / "out")
    count(by="a small disk" if not small_disk else "RLIMIT_FSIZE", files=files, set_aside=full, half_files=half,
          wrong_files=wrong, **lost_and_doubled(found, numbered(4 * files)))  # fmt: skip
    assert 0 < full
    assert (wrong, half, refused) == (0, 0, True)
    assert lost_and_doubled(found, numbered(4 * files)) == {"lost": 0, "doubled": 0}


@pytest.mark.fault("F10", "storage that keeps half a file and says nothing; a file that goes bad later")
def test_storage_that_lies(portal, is_long, count, monkeypatch, tmp_path, folder):
    files, lies = (100, 60) if is_long else (10, 4)
    run = approved(municipality(2 * files), monkeypatch, a_file=2)
    portal.issue("lie", lies)
    portal.worker()
    portal.sweep_each_second()
    until(lambda: is_ready(run), 120, portal.tail)
    told = len(portal.hits("lie"))
    wrong = wrong_files(run)
    spoilt = PrintFile.objects.filter(run=run).first()
    path, content = default_storage.path(spoilt.file.name), spoilt.file.open("rb").read()
    with open(path, "wb") as opened:
        opened.write(content[:-1])
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    assert LetterRun.objects.get(pk=run.pk).state == RunState.READY
    with open(path, "wb") as opened:
        opened.write(content)
    assert runs.finish(run=run, by=None).state == RunState.DONE
    found = on_paper(run, tmp_path / "out")
    count(lies=told, files=files, wrong_files=wrong, **lost_and_doubled(found, numbered(2 * files)))
    assert told == lies
    assert wrong == 0
    assert lost_and_doubled(found, numbered(2 * files)) == {"lost": 0, "doubled": 0}
