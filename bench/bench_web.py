"""The public site under load, on gunicorn with PostgreSQL and Redis, beside a view that does nothing.

    .venv/bin/python bin/services.py env PYTHONPATH=. .venv/bin/python bench/bench_web.py [small] [large]

Fills a database of its own: 18 municipalities, then 357 with 200,000 activities, a thousand of them in the one that is
asked. Pages take turns in rounds, so that whatever else the machine does falls on all of them. One gunicorn worker
with four threads; who asks is another process. `kept` pages are asked for again and again; `made` ones bear a number
that nobody has asked for before, so that each is made anew. `bare` is a view of one line behind the whole portal's
middleware, `bare_alone` the same without any. Prints a table and, last, one JSON line.
"""

import asyncio
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DATABASE, CACHE = "tilflytter_bench_web", 13
SIZES = {"small": (18, 0), "large": (357, 200_000)}
OBJECTS, ROUNDS, SECONDS = 1_000, 5, 2.0
FEW, MANY = 8, 50
PAGES = {
    "bare": "/bare/",
    "front_kept": "/nb/bygd-0/",
    "front_made": "/nb/bygd-0/?nr={n}",
    "topic_kept": "/nb/bygd-0/topics/doctor-0/",
    "topic_made": "/nb/bygd-0/topics/doctor-0/?nr={n}",
    "list_kept": "/nb/bygd-0/activities/?theme=music",
    "list_made": "/nb/bygd-0/activities/?theme=music&nr={n}",
    "search": "/nb/bygd-0/search/?q=kor",
}
TARGETS = {"front_kept": 0.6, "topic_kept": 0.6, "list_made": 0.15, "search": 0.15}
_numbers = itertools.count(1)


# --- what is asked for ---------------------------------------------------------------------------


def fill(municipalities: int, objects: int) -> None:
    import datetime

    from django.utils import timezone

    from municipalities.activities.models import Activity, ActivityText, Occurrence, State, Theme
    from municipalities.contacts.models import ContactPoint
    from municipalities.municipality.models import Municipality, MunicipalityText, TextKind
    from municipalities.topics.catalogue import STANDARD
    from municipalities.topics.models import Topic, TopicText

    places = Municipality.objects.bulk_create(
        Municipality(
            number=f"{4000 + number}", name=f"Bygd {number}", slug=f"bygd-{number}", street_address="Torget 1",
            postal_code="3570", postal_place="Bygd", mayor_name="Solveig Berg", phone="+4732085000", published=True,
        )
        for number in range(municipalities)
    )  # fmt: skip
    MunicipalityText.objects.bulk_create(
        MunicipalityText(
            municipality=place, kind=TextKind.FRONT, language="nb", body="<p>Velkommen til oss.</p>" * 5
        )
        for place in places
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(municipality=place, name="Servicekontoret", phone="+4732085000", front_desk=True)
        for place in places
    )
    topics = Topic.objects.bulk_create(
        Topic(municipality=place, slug=f"{entry.slug}-0", order=order, door=entry.door, published=True)
        for place in places
        for order, entry in enumerate(STANDARD)
    )
    words = "<p>Her står det viktigste, og hvem du kan ringe til.</p>" * 12
    TopicText.objects.bulk_create(
        (TopicText(municipality=topic.municipality, topic=topic, language="nb", title=topic.slug, body=words)
         for topic in topics), batch_size=2000,
    )  # fmt: skip
    two_hours = datetime.timedelta(hours=2)
    themes, now, rest = list(Theme), timezone.now(), max(0, objects - OBJECTS)

    def owners():
        yield from itertools.repeat(places[0], OBJECTS)
        yield from (places[1 + number % (len(places) - 1)] for number in range(rest))

    for start in range(0, OBJECTS + rest, 20_000):
        part = itertools.islice(owners(), start, start + 20_000)
        starts = [now + datetime.timedelta(days=1 + number % 90) for number in range(20_000)]
        made = Activity.objects.bulk_create(
            (
                Activity(
                    municipality=place, state=State.PUBLISHED, theme=themes[number % len(themes)], published_at=now,
                    place="Samfunnshuset", starts_at=starts[number], ends_at=starts[number] + two_hours,
                    last_at=starts[number] + two_hours,
                )
                for number, place in enumerate(part)
            ),
            batch_size=2000,
        )  # fmt: skip
        ActivityText.objects.bulk_create(
            (
                ActivityText(
                    municipality_id=row.municipality_id, activity=row, language="nb",
                    title=("Åpen korøvelse" if row.pk % 50 == 0 else "Tur") + f" {row.pk}",
                    body="<p>Kom og bli med.</p>",
                )
                for row in made
            ),
            batch_size=2000,
        )  # fmt: skip
        Occurrence.objects.bulk_create(
            (
                Occurrence(
                    municipality_id=row.municipality_id, activity=row, starts_at=row.starts_at, ends_at=row.ends_at
                )
                for row in made
            ),
            batch_size=2000,
        )  # fmt: skip


# --- who asks ------------------------------------------------------------------------------------


async def one_reader(port: int, path: str, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"Host: 127.0.0.1:{port}\r\nUser-Agent: Mozilla/5.0 (X11; Linux) Firefox/140.0\r\n\r\n"
    try:
        while (began := time.perf_counter()) < until:
            writer.write(f"GET {path.format(n=next(_numbers))} HTTP/1.1\r\n{head}".encode())
            answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if " 200 " not in answer[:20]:
                raise SystemExit(f"{path} answered {answer[:60]!r}")
            length = int(answer.partition("content-length:")[2].partition("\r\n")[0])
            await reader.readexactly(length)
            times.append(time.perf_counter() - began)
            if "connection: close" in answer:
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
    finally:
        writer.close()


def ask(port: int, path: str, readers: int, seconds: float) -> list[float]:
    """How long each answer took."""
    times: list[float] = []

    async def all_of_them() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(one_reader(port, path, until, times) for _ in range(readers)))

    asyncio.run(all_of_them())
    return times


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def serve(env: dict[str, str], folder: Path, name: str) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    log = (folder / f"{name}.log").open("w")
    words = ["gunicorn", "tilflytter.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    server = subprocess.Popen(
        [sys.executable, "-m", *words, "--keep-alive", "60"], env=env, stdout=log, stderr=log
    )
    end = time.monotonic() + 60
    while True:
        try:
            ask(port, "/bare/", 1, 0.05)
            return server, port
        except OSError:
            if time.monotonic() > end:
                raise SystemExit((folder / f"{name}.log").read_text()) from None
            time.sleep(0.2)


def measure(env: dict[str, str], folder: Path) -> dict[str, Any]:
    env = {**os.environ, **env, "DJANGO_SETTINGS_MODULE": "bench.web_settings", "RATE_LIMIT_FACTOR": "1000"}
    server, port = serve(env, folder, "web")
    alone, alone_port = serve({**env, "BENCH_BARE": "1"}, folder, "bare")
    try:
        for path in PAGES.values():
            ask(port, path, FEW, 1.0)  # Its templates and statements are known from now on.
        rates: dict[str, list[float]] = {name: [] for name in [*PAGES, "bare_alone"]}
        slow: dict[str, list[float]] = {name: [] for name in PAGES}
        for _ in range(ROUNDS):
            for name, path in PAGES.items():
                rates[name].append(len(ask(port, path, FEW, SECONDS)) / SECONDS)
                slow[name] += ask(port, path, MANY, SECONDS)
            rates["bare_alone"].append(len(ask(alone_port, "/bare/", FEW, SECONDS)) / SECONDS)
    finally:
        for process in (server, alone):
            process.terminate()
            process.wait()
    a_second = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    ratio = {
        name: round(
            statistics.median(one / bare for one, bare in zip(rates[name], rates["bare"], strict=True)), 3
        )
        for name in [*PAGES, "bare_alone"]
        if name != "bare"
    }
    tail = {}
    for name, times in slow.items():
        times.sort()
        tail[name] = round(times[int(len(times) * 0.99)] / statistics.median(times), 2)
    return {"a_second": a_second, "ratio_to_bare": ratio, "p99_to_median_at_50": tail}


def main() -> None:
    import psycopg2
    import redis

    given = urlsplit(os.environ["DATABASE_URL"].partition("?")[0])
    server = psycopg2.connect(given._replace(path="/postgres").geturl())
    server.autocommit = True
    cursor = server.cursor()
    cache = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{CACHE}").geturl()
    owner = given._replace(path=f"/{DATABASE}").geturl()
    results = {}
    for size in [size for size in SIZES if size in sys.argv[1:]] or SIZES:
        folder = Path(tempfile.mkdtemp(prefix="tilflytter-bench."))
        redis.Redis.from_url(cache).flushdb()
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tilflytter_app'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE tilflytter_app NOLOGIN")
        env = {"DATA_DIR": str(folder), "REDIS_URL": cache, "DEBUG": "", "LOG_LEVEL": "WARNING"}
        env["DATABASE_URL"] = owner
        run = {"env": {**os.environ, **env, "DJANGO_SETTINGS_MODULE": "tilflytter.settings"}, "check": True}
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], **run)
        env["DATABASE_URL"] = run["env"]["DATABASE_URL"] = f"{owner}?assume_role=tilflytter_app"
        subprocess.run([sys.executable, __file__, "fill", size], **run)
        cursor.execute("SELECT 1")
        analysing = psycopg2.connect(owner)
        analysing.autocommit = True
        analysing.cursor().execute("VACUUM ANALYZE")
        analysing.close()
        found = results[size] = measure(env, folder)
        print(f"{size}: {SIZES[size][0]} municipalities")
        for name, rate in found["a_second"].items():
            beside = found["ratio_to_bare"].get(name, 1)
            wanted = f"  wanted {TARGETS[name]}" if name in TARGETS else ""
            tail = found["p99_to_median_at_50"].get(name, "")
            print(
                f"  {name:<12}{rate:>9} a second  {beside:>7} of bare  p99 {tail} × median{wanted}",
                flush=True,
            )
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)
    growth = {}
    if len(results) == 2:
        small, large = (results[size]["ratio_to_bare"] for size in SIZES)
        growth = {name: round(small[name] / large[name], 2) for name in small if large[name]}
    print(json.dumps({"bench": "web", **results, "small_to_large": growth}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        import django

        django.setup()
        from municipalities.municipality import scope

        with scope.everywhere():
            fill(*SIZES[sys.argv[2]])
    else:
        main()
