"""Homes, vacancies and wishes in the size of the country, on PostgreSQL: what a new home costs to hold against those
who look for something, and what a narrowed list costs, with few rows and with many.

    .venv/bin/python bin/services.py env PYTHONPATH=. .venv/bin/python bench/bench_homes.py

Fills a database of its own. The small and the large measure take turns in rounds, so that whatever else the machine
does falls on both; each figure is the median of its rounds, and what is told are ratios. Prints a table and, last, one
JSON line.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

DATABASE = "tilflytter_bench_homes"
FEW_WISHES, MANY_WISHES = 1_000, 100_000
FEW_HOMES, MANY_HOMES = 1_000, 50_000
VACANCIES, MATCHES, ROUNDS = 200_000, 20, 40
TARGETS = {"wishes": 1.5, "homes": 1.5, "vacancies": 1.5, "together": 3.0}


def _places(count: int) -> list[Any]:
    from municipalities.municipality.models import Municipality

    return Municipality.objects.bulk_create(
        Municipality(
            number=f"{4000 + number}", name=f"Bygd {number}", slug=f"bygd-{number}", street_address="Torget 1",
            postal_code="3570", postal_place="Bygd", mayor_name="Solveig Berg", published=True,
        )
        for number in range(count)
    )  # fmt: skip


def _homes(place: Any, count: int) -> None:
    import datetime

    from django.utils import timezone

    from housing.listings.models import Listing, ListingText, Offer
    from housing.shown.models import HomeKind
    from municipalities.moderation.models import State

    now, until = timezone.now(), timezone.localdate() + datetime.timedelta(days=60)
    kinds = list(HomeKind)
    rows = Listing.objects.bulk_create(
        (
            Listing(
                municipality=place, state=State.PUBLISHED, offer=Offer.RENT if n % 3 else Offer.SALE,
                kind=kinds[n % 6], price=4000 + n % 9000, bedrooms=n % 5, area=20 + n % 150,
                village=f"Grend {n % 40}", published_at=now - datetime.timedelta(minutes=n), expires_on=until,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip
    ListingText.objects.bulk_create(
        (
            ListingText(municipality=place, listing=row, language="nb", title="Leilighet", body="<p>Lys.</p>")
            for row in rows
        ),
        batch_size=2000,
    )


def _vacancies(places: list[Any], count: int) -> None:
    import datetime

    from django.utils import timezone

    from municipalities.jobs.catalogue import Field
    from municipalities.jobs.models import Vacancy
    from municipalities.moderation.models import State

    now, until = timezone.now(), timezone.localdate() + datetime.timedelta(days=60)
    fields = list(Field)
    Vacancy.objects.bulk_create(
        (
            Vacancy(
                municipality=places[n % len(places)], state=State.PUBLISHED, title=f"Stilling {n}",
                employer_name="Kommunen", field=fields[n // len(places) % 13], published_at=now, expires_on=until,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip


def _wishes(place: Any, count: int) -> None:
    """All but a few look for a home in another village than the new one lies in, or pay less."""
    import datetime

    from django.utils import timezone

    from housing.listings.models import Offer
    from housing.wishes import matching
    from housing.wishes.models import Wish

    until = timezone.localdate() + datetime.timedelta(days=100)

    def made() -> Any:
        for n in range(count):
            fits = n < MATCHES
            wish = Wish(
                municipality=place, name="Jamal", phone="+4799887766", expires_on=until, offer=Offer.RENT,
                village="Ny grend" if fits else f"Grend {n % 40}", price=20_000 if fits else 5000 + n % 4000,
            )  # fmt: skip
            matching.prepare(wish)
            yield wish

    Wish.objects.bulk_create(made(), batch_size=2000)


def _new_home(place: Any) -> Any:
    from housing.listings.models import Listing, Offer
    from housing.shown.models import HomeKind

    return Listing(
        municipality=place,
        offer=Offer.RENT,
        kind=HomeKind.FLAT,
        price=12_000,
        bedrooms=2,
        area=60,
        village="Ny grend",
    )


def _side_by_side(few: Callable[[], object], many: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds, the median of each."""
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for place, measure in enumerate((few, many)):
            begun = time.perf_counter()
            measure()
            times[place].append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def run() -> dict[str, Any]:
    from django.db import connection

    from housing.wishes import matching
    from municipalities.jobs.models import Vacancy
    from welcome.portal import together
    from welcome.portal.home_forms import HomesForm
    from welcome.portal.homes import A_PAGE, rows_of
    from welcome.portal.jobs import JobsForm
    from welcome.portal.together_forms import TogetherForm

    small, large, *others = _places(20)
    print("filling …", flush=True)
    _homes(small, FEW_HOMES)
    _homes(large, MANY_HOMES)
    _vacancies([large, *others], VACANCIES)
    _vacancies([small], VACANCIES // 200)
    _wishes(small, FEW_WISHES)
    _wishes(large, MANY_WISHES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def held(place: Any) -> Callable[[], object]:
        home = _new_home(place)

        def hold() -> None:
            assert len(matching.wishes_for(home).values_list("pk", flat=True)) == MATCHES

        return hold

    def listed(place: Any) -> Callable[[], object]:
        form = HomesForm({"offer": "rent", "bedrooms": "2", "price": "9000"}, villages=[])
        assert form.is_valid()
        return lambda: list(form.narrow(rows_of(place)).with_content()[:A_PAGE])

    def advertised(place: Any) -> Callable[[], object]:
        form = JobsForm({"field": "health"})
        assert form.is_valid()
        rows = Vacancy.objects.of(place).shown().with_content().defer("body")
        return lambda: list(form.narrow(rows)[:30])

    def together_and_alone() -> tuple[Callable[[], object], Callable[[], object]]:
        """The slowest of the single searches, a page of homes, beside the whole with all that its page shows."""
        said = {"field": "health", "field2": "building", "offer": "rent", "bedrooms": "2", "price": "9000"}
        form = TogetherForm(said | {"children": "1"})
        assert form.is_valid()
        asked = form.asked(large)

        def whole() -> object:
            packages = together.find(large, asked).packages[:10]
            jobs = [near.row.pk for package in packages for near in package.jobs if near is not None]
            homes = rows_of(large).with_content().in_bulk([package.home.pk for package in packages])
            return homes, Vacancy.objects.select_related("municipality").defer("body").in_bulk(jobs)

        return listed(large), whole

    figures: dict[str, Any] = {}
    print(f"{'':34}{'few':>10}{'many':>10}{'ratio':>8}{'target':>8}")
    for name, words, measure in (
        ("wishes", f"a new home, {FEW_WISHES:,} and {MANY_WISHES:,} wishes", held),
        ("homes", f"a narrowed list, {FEW_HOMES:,} and {MANY_HOMES:,}", listed),
        ("vacancies", f"a field's list, of {VACANCIES:,} in all", advertised),
    ):
        few, many = _side_by_side(measure(small), measure(large))
        ratio = many / few
        figures[name] = {"few_ms": round(few, 2), "many_ms": round(many, 2), "ratio": round(ratio, 2)}
        print(f"{words:34}{few:8.2f}ms{many:8.2f}ms{ratio:8.2f}{TARGETS[name]:8.1f}")
    alone, whole = _side_by_side(*together_and_alone())
    figures["together"] = {
        "few_ms": round(alone, 2),
        "many_ms": round(whole, 2),
        "ratio": round(whole / alone, 2),
    }
    words, ratio, target = "slowest search alone, and together", whole / alone, TARGETS["together"]
    print(f"{words:34}{alone:8.2f}ms{whole:8.2f}ms{ratio:8.2f}{target:8.1f}")
    return figures


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
    print(json.dumps({"homes": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
