"""Many municipalities' letters at once, on PostgreSQL and Redis with two workers: does a letter's cost grow?

    .venv/bin/python bin/services.py env PYTHONPATH=. .venv/bin/python bench/bench_scale.py [households …]

Makes a database of its own beside DATABASE_URL's, as its owner, and works in it as the application's role. For
each size as many municipalities as there are 280 households, in three languages, with six pages a letter. Measures
freezing, approval, the workers' time from the first message to the last run that is ready, and the reports, all by
the clock; and the most memory that a worker held. Prints a table and, last, one JSON line.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SIZES = [int(size) for size in sys.argv[1:] if size.isdecimal()] or [1_000, 10_000, 100_000]
A_MUNICIPALITY, WORKERS = 280, 2
DATABASE, BROKER = "tilflytter_bench_scale", 14
LANGUAGES = ("nb", "nn", "en")
FIRST = "Oksana Taras Kari Ola Åse Bjørn Wenche Thor Ingrid Lars Mona Per Anna Jakub Amina Hanna Solveig Nguyễn".split()
LAST = "Kovalenko Hansen Nilsen Berg Haugen Moen Lie Bakken Strand Dahl Lund Nygård Aas Nowak Warsame Trần".split()
SENTENCES = (
    "Her står det viktigste, og hvem dere kan ringe til når dere lurer på noe mer. Ta gjerne med barna. "
)
BRIEF = (SENTENCES * 3)[:165]
TIMES = 4  # So often the standard topics, that a letter has six pages.


def fill(households: int):
    from municipalities.municipality.models import Municipality, MunicipalityText, TextKind
    from municipalities.topics.catalogue import STANDARD
    from municipalities.topics.models import Topic, TopicText
    from welcome.households.models import Household, Person

    places = Municipality.objects.bulk_create(
        Municipality(
            number=f"{4000 + number}", name=f"Bygd {number}", slug=f"bygd-{number}", street_address="Torget 1",
            postal_code="3570", postal_place="Bygd", mayor_name="Solveig Berg", phone="+4732085000",
        )
        for number in range(max(1, households // A_MUNICIPALITY))
    )  # fmt: skip
    MunicipalityText.objects.bulk_create(
        MunicipalityText(
            municipality=place, kind=TextKind.GREETING, language=language,
            body="<p>Så fint at dere har valgt å bo her. Vi vil gjerne bli kjent med dere fort.</p>" * 4,
        )
        for place in places for language in LANGUAGES
    )  # fmt: skip
    topics = Topic.objects.bulk_create(
        (
            Topic(municipality=place, slug=f"{entry.slug}-{time}", order=order)
            for place in places
            for time in range(TIMES)
            for order, entry in enumerate(STANDARD)
        ),
        batch_size=2000,
    )
    TopicText.objects.bulk_create(
        (
            TopicText(municipality=topic.municipality, topic=topic, language=language, title=topic.slug, brief=BRIEF)
            for topic in topics for language in LANGUAGES
        ),
        batch_size=2000,
    )  # fmt: skip
    homes = Household.objects.bulk_create(
        (
            Household(
                municipality=places[number % len(places)], street="Bakkevegen", house_number=str(1 + number % 190),
                postal_code="3570", postal_place="Bygd", moved_in="2026-08-15",
                language=LANGUAGES[number // len(places) % 3],
            )
            for number in range(households)
        ),
        batch_size=2000,
    )  # fmt: skip
    Person.objects.bulk_create(
        (
            Person(
                municipality_id=home.municipality_id, household=home, order=order, birth_year=1980,
                given_name=FIRST[(number + order) % 18], family_name=LAST[(number // 3) % 16],
            )
            for number, home in enumerate(homes) for order in range(1 + number % 2)
        ),
        batch_size=2000,
    )  # fmt: skip
    return places


def measure(households: int, folder: Path) -> dict[str, float]:
    from django.db import connection

    from municipalities.municipality import scope
    from welcome.households.quarters import Quarter
    from welcome.letters import figures, nudges, runs
    from welcome.letters.models import Letter, LetterRun, PrintFile, RunState
    from welcome.letters.proof_models import Proof

    with scope.everywhere():
        places = fill(households)
    connection.cursor().execute("ANALYZE welcome_household; ANALYZE welcome_person")
    clock: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        clock[name] = time.perf_counter() - began

    held, send = [], nudges.send
    nudges.send = lambda task, ids, **more: held.append((task, ids))  # The workers begin all at once.
    began = time.perf_counter()
    for place in places:
        with scope.of(place.pk):
            runs.freeze(run=runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None), by=None)
    timed("freeze", began)
    nudges.send = send
    workers = [start_worker(folder, number) for number in range(WORKERS)]
    began = time.perf_counter()
    for task, ids in held:
        send(task, ids)
    with scope.everywhere():
        until_none(Proof.objects.open())
    timed("prove", began)
    held.clear()
    nudges.send = lambda task, ids, **more: held.append((task, ids))
    began = time.perf_counter()
    for place in places:
        with scope.of(place.pk):
            runs.approve(run=LetterRun.objects.get(municipality=place), by=None)
    timed("approve", began)
    nudges.send = send
    began = time.perf_counter()
    for task, ids in held:
        send(task, ids)
    with scope.everywhere():
        until_none(LetterRun.objects.exclude(state=RunState.READY))
        timed("render", began)
        peak = max(high_water(pid) for worker in workers for pid in (worker.pid, *children(worker.pid)))
        for worker in workers:
            worker.terminate()
            worker.wait()
        began = time.perf_counter()
        letters = sum(
            figures.report(run)["letters"] for run in LetterRun.objects.select_related("municipality")
        )
        timed("report", began)
        size = sum(file.file.size for file in PrintFile.objects.all())
        pages = Letter.objects.order_by("pk").values_list("pages", flat=True)[0]
    assert pages == 6, pages
    assert letters == households, (letters, households)
    per_letter = {f"{name}_ms": round(seconds * 1000 / households, 2) for name, seconds in clock.items()}
    return {
        "households": households, "municipalities": len(places), **per_letter,
        "pages_a_letter": pages,
        "seconds": round(sum(clock.values()), 1), "worker_mib": peak, "bytes_per_letter": round(size / households),
    }  # fmt: skip


def until_none(rows: Any) -> None:
    began = time.perf_counter()
    while rows.exists():
        time.sleep(0.5)
        if time.perf_counter() - began > 3600:
            raise SystemExit("Not ready within an hour.")


def start_worker(folder: Path, number: int) -> subprocess.Popen[bytes]:
    log = folder / f"worker-{number}.log"
    words = [
        "celery",
        "-A",
        "tilflytter",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "INFO",
        "-n",
        f"bench{number}@%h",
    ]
    with log.open("w") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", *words], env=os.environ, stdout=output, stderr=output
        )
    end = time.monotonic() + 60
    while " ready." not in log.read_text():
        if time.monotonic() > end:
            raise SystemExit(log.read_text())
        time.sleep(0.1)
    return worker


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def high_water(pid: int) -> int:
    """The most memory a process has held, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def main() -> None:
    import psycopg2
    import redis

    given = urlsplit(os.environ["DATABASE_URL"].partition("?")[0])
    server = psycopg2.connect(given._replace(path="/postgres").geturl())
    server.autocommit = True
    cursor = server.cursor()
    broker = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKER}").geturl()
    owner = given._replace(path=f"/{DATABASE}").geturl()
    results = []
    for size in SIZES:
        folder = Path(tempfile.mkdtemp(prefix="tilflytter-bench."))
        redis.Redis.from_url(broker).flushdb()
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tilflytter_app'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE tilflytter_app NOLOGIN")
        env = {
            "DATA_DIR": str(folder), "REDIS_URL": broker, "DEBUG": "", "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "tilflytter.settings",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            env={**os.environ, **env, "DATABASE_URL": owner},
            check=True,
        )
        # A process of its own for each size: nothing of the one before is in memory.
        told = subprocess.run(
            [sys.executable, __file__, str(size), "measure"],
            env={**os.environ, **env, "DATABASE_URL": f"{owner}?assume_role=tilflytter_app"},
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        results.append(json.loads(told.stdout.splitlines()[-1]))
        print("  ".join(f"{name} {value}" for name, value in results[-1].items()), flush=True)
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"bench": "scale", "workers": WORKERS, "sizes": results}))


if __name__ == "__main__":
    if sys.argv[2:] == ["measure"]:
        import django

        django.setup()
        print(json.dumps(measure(int(sys.argv[1]), Path(os.environ["DATA_DIR"]))))
    else:
        main()
