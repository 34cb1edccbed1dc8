"""A host for each of a thousand households that wait, out of a thousand hosts, on PostgreSQL: what the whole costs,
reading and reasons included, beside the bare assignment on the finished matrix.

    .venv/bin/python bin/services.py env PYTHONPATH=. .venv/bin/python bench/bench_matching.py

Fills a database of its own. The two take turns in rounds, so that whatever else the machine does falls on both; each
figure is the median of its rounds, and what is told is a ratio. Prints a table and, last, one JSON line.
"""

import datetime
import json
import os
import random
import statistics
import sys
import time
from typing import Any
from urllib.parse import urlsplit

DATABASE = "tilflytter_bench_matching"
HOUSEHOLDS, HOSTS, ROUNDS = 1_000, 1_000, 15
TARGET = 4.0
PLACES = ["Ål", "Torpo", "Leveld", "Vats", "Votndalen", "Kvinnegardslia"]
LIKED = [
    "fjellturar",
    "ski",
    "musikk",
    "fotball",
    "baking",
    "strikking",
    "jakt",
    "fiske",
    "hage",
    "sjakk",
    "korsong",
]
SPOKEN = ["nb", "nn", "en", "uk", "pl", "lt", "de", "ar", "so", "ti"]


def _fill() -> Any:
    from django.utils import timezone

    from municipalities.municipality.models import Municipality
    from welcome.hosts.models import Host
    from welcome.households.kinds import Reason
    from welcome.households.models import Household, Person

    dice, today = random.Random(7), timezone.localdate()
    place = Municipality.objects.create(
        number="4000", name="Bygd", slug="bygd", street_address="Torget 1", postal_code="3570", postal_place="Bygd",
        mayor_name="Solveig Berg", published=True,
    )  # fmt: skip

    def liked() -> str:
        return ", ".join(dice.sample(LIKED, dice.randint(0, 4)))

    homes = Household.objects.bulk_create(
        Household(
            municipality=place, street="Torget", house_number=str(n + 1), postal_code="3570",
            postal_place=dice.choice(PLACES), language=dice.choice(SPOKEN), interests=liked(),
            reason=dice.choice(Reason.values), moved_in=today - datetime.timedelta(days=dice.randint(1, 400)),
        )
        for n in range(HOUSEHOLDS)
    )  # fmt: skip
    Person.objects.bulk_create(
        Person(
            municipality=place, household=home, given_name="Ola", name_key="ola", language=dice.choice(SPOKEN),
            birth_year=today.year - dice.choice([3, 6, 9, 14, 30, 35, 41, 60]),
        )
        for home in homes
        for _person in range(dice.randint(1, 5))
    )  # fmt: skip
    Host.objects.bulk_create(
        Host(
            municipality=place, name=f"Vert {n}", phone="+4799951234", languages=dice.sample(SPOKEN, 2),
            place=dice.choice(PLACES), interests=liked(), moved_for=dice.choice(["", *Reason.values]),
            children=[today.year - dice.randint(1, 17) for _child in range(dice.randint(0, 3))],
            capacity=dice.randint(1, 3),
        )
        for n in range(HOSTS)
    )  # fmt: skip
    return place


def run() -> dict[str, Any]:
    from django.db import connection
    from django.utils import timezone
    from scipy.optimize import linear_sum_assignment

    from welcome.hosts import fitting, matching

    place, day = _fill(), timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    homes, hosts = matching._homes(place, day), matching._hosts(place, day)
    table = fitting.fit(homes, hosts, [])
    worth, _columns = fitting.places(
        table.score, table.allowed, [host.load for host in hosts], [host.free for host in hosts]
    )
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        linear_sum_assignment(worth, maximize=True)
        times[0].append((time.perf_counter() - begun) * 1000)
        matching.words_of.cache_clear()
        begun = time.perf_counter()
        assert len(matching.suggest(place).pairs) == HOUSEHOLDS
        times[1].append((time.perf_counter() - begun) * 1000)
    bare, whole = map(statistics.median, times)
    print(f"{'':44}{'bare':>10}{'whole':>10}{'ratio':>8}{'target':>8}")
    words = f"{HOUSEHOLDS:,} households, {HOSTS:,} hosts, {worth.shape[1]:,} places"
    print(f"{words:44}{bare:8.1f}ms{whole:8.1f}ms{whole / bare:8.2f}{TARGET:8.1f}")
    return {"bare_ms": round(bare, 1), "whole_ms": round(whole, 1), "ratio": round(whole / bare, 2)}


def main() -> int:
    import psycopg2

    given = urlsplit(os.environ["DATABASE_URL"].partition("?")[0])
    server = psycopg2.connect(given._replace(path="/postgres").geturl())
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tilflytter_app'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE tilflytter_app NOLOGIN")
    os.environ |= {"DATABASE_URL": given._replace(path=f"/{DATABASE}").geturl(), "DATABASE_APP_ROLE": ""}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from municipalities.municipality import scope

    try:
        call_command("migrate", verbosity=0)
        with scope.everywhere():
            figures = run()
    finally:
        connection.close()
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    print(json.dumps({"matching": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
