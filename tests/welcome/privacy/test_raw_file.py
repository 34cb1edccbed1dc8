"""On the embedded default: the bytes of the database's files themselves, the log of writes included."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.only_on("sqlite", why="it starts the embedded portal in any case")

PLANT_AND_ERASE = """
import datetime
from pathlib import Path
from django.conf import settings
from django.db import connection
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households.models import Household, Person
from welcome.privacy import erasure

def found():
    files = [path for path in Path(settings.DATA_DIR).glob("db.sqlite3*")]
    return sorted(word for word in ("Zvenyslava", "Kvernhusstigen", "zvenyslava@plantet.example")
                  if any(word.encode() in path.read_bytes() for path in files))

with scope.everywhere():
    place = Municipality.objects.create(number="3328", slug="aal", name="Aal")
    for number in range(50):
        home = Household.objects.create(municipality=place, street="Kvernhusstigen" if number == 25 else "Gata",
            postal_code="3570", postal_place="Aal", moved_in=datetime.date(2026, 8, 1))
        Person.objects.create(municipality=place, household=home, name_key=str(number),
            given_name="Zvenyslava" if number == 25 else "Nabo",
            email="zvenyslava@plantet.example" if number == 25 else "")
    print("before", found())
    erasure.erase(household=Household.objects.get(street="Kvernhusstigen"), by=None)
    print("after", found())
    print("wal", (Path(settings.DATA_DIR) / "db.sqlite3-wal").stat().st_size)
"""


def test_neither_the_database_nor_its_log_of_writes_holds_who_was_erased(tmp_path, repository):
    wanted = {"PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "NODE_MODULES"}
    env = {name: value for name, value in os.environ.items() if name in wanted} | {
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tilflytter.settings",
    }

    def manage(*words):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    manage("migrate", "-v", "0")
    said = manage("shell", "--no-imports", "-v", "0", "-c", PLANT_AND_ERASE)
    assert said[-3:] == [
        "before ['Kvernhusstigen', 'Zvenyslava', 'zvenyslava@plantet.example']",
        "after []",
        "wal 0",
    ]
