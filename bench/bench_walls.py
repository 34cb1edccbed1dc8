"""What row-level security costs: the same pages behind the walls and past them, side by side.

    .venv/bin/python bin/services.py env PYTHONPATH=. .venv/bin/python bench/bench_walls.py [households] [rounds]

Makes a database of its own beside DATABASE_URL's, with 18 municipalities and people in each, and asks each
page in turn as the application's role with a scope in every statement, and as the owner without. Needs
PostgreSQL and a superuser. Prints the median of each and their ratio and, last, one JSON line.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from urllib.parse import urlsplit

DATABASE = "tilflytter_bench_walls"
HOUSEHOLDS, ROUNDS = 500, 40


def fill(households: int) -> None:
    """`households` in each municipality, of two adults; letters for a tenth of them."""
    from municipalities.municipality.models import Municipality
    from welcome.households.models import Household, Person

    for place in Municipality.objects.order_by("number"):
        homes = Household.objects.bulk_create(
            Household(
                municipality=place, street="Bakkevegen", house_number=str(1 + number), postal_code="3570",
                postal_place=place.name, moved_in=f"2026-0{1 + number % 9}-15",
            )
            for number in range(households)
        )  # fmt: skip
        Person.objects.bulk_create(
            Person(
                municipality=place, household=home, given_name=f"Kari {number}", family_name=f"Berg {home.pk}",
                name_key=f"kari {number} berg {home.pk}", birth_year=1980,
            )
            for home in homes
            for number in range(2)
        )  # fmt: skip


def pages() -> dict[str, str]:
    from django.urls import reverse

    return {
        "today": reverse("admin:index"),
        "households": reverse("admin:welcome_household_changelist"),
        "households, search": reverse("admin:welcome_household_changelist") + "?q=Berg",
        "topics": reverse("admin:municipalities_topic_changelist"),
        "letter runs": reverse("admin:welcome_letterrun_changelist"),
        "public front": "/nb/al/",
        "public topics": "/nb/al/topics/",
        "public search": "/nb/al/search/?q=skole",
    }


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    given = os.environ["DATABASE_URL"].partition("?")[0]
    os.environ["DATABASE_URL"] = urlsplit(given)._replace(path=f"/{DATABASE}").geturl()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tilflytter.settings"
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="tilflytter-bench.")
    os.environ["REDIS_URL"] = ""
    os.environ["SECOND_FACTOR"] = "0"

    import django
    import psycopg2

    server = psycopg2.connect(urlsplit(given)._replace(path="/postgres").geturl())
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tilflytter_app'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE tilflytter_app NOLOGIN")
    django.setup()
    try:
        result = measure(households, rounds)
    finally:
        from django.db import connection

        connection.close()
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    print(json.dumps({"bench": "walls", "households": households, "rounds": rounds, "pages": result}))


def measure(households: int, rounds: int) -> dict[str, dict[str, float]]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from municipalities.municipality import scope
    from municipalities.tenancy import guard
    from municipalities.tenancy.models import User

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("demo", "--without-people", verbosity=0)
    with scope.everywhere():
        fill(households)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    visitor, staff = Client(), Client()
    staff.force_login(User.objects.get(email="koordinator@al.example"))

    def behind() -> None:
        connection.cursor().execute("SET ROLE tilflytter_app")
        connection.execute_wrappers[:] = [guard.carry]

    def past() -> None:
        connection.cursor().execute("RESET ROLE")
        connection.execute_wrappers[:] = []

    print(f"{'page':<20} {'queries':>8} {'past ms':>9} {'behind ms':>10} {'ratio':>7}")
    result = {}
    for name, path in pages().items():
        client = visitor if name.startswith("public") else staff
        times: dict[str, list[float]] = {"past": [], "behind": []}
        for turn in range(rounds + 3):
            for side, enter in (
                (("past", past), ("behind", behind)) if turn % 2 else (("behind", behind), ("past", past))
            ):
                enter()
                began = time.perf_counter()
                answer = client.get(path, REMOTE_ADDR=f"127.0.{turn}.1")
                taken = 1000 * (time.perf_counter() - began)
                assert answer.status_code == 200, (path, answer.status_code)
                if turn > 2:  # The first ones compile templates.
                    times[side].append(taken)
        behind()
        connection.force_debug_cursor = True
        before = len(connection.queries_log)
        client.get(path)
        queries = len(connection.queries_log) - before
        connection.force_debug_cursor = False
        medians = {side: statistics.median(values) for side, values in times.items()}
        ratio = medians["behind"] / medians["past"]
        result[name] = {side: round(value, 1) for side, value in medians.items()} | {"ratio": round(ratio, 3)}
        print(
            f"{name:<20} {queries:>8} {medians['past']:>9.1f} {medians['behind']:>10.1f} {ratio:>7.2f}",
            flush=True,
        )
    return result


if __name__ == "__main__":
    main()
