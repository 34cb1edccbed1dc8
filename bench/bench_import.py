"""How fast, and in how much memory, arrivals are imported: 10 000 and 100 000 rows of CSV.

    PYTHONPATH=. .venv/bin/python bench/bench_import.py [rows …]

Each size runs in a process and an empty database of its own: read, save, and the same file again.
Prints a table and, last, one JSON line.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10_000, 100_000)
FIRST = "Oksana Taras Kari Ola Åse Bjørn Wenche Thor Ingrid Lars Mona Per Anna Jakub Amina Hanna".split()
LAST = "Kovalenko Hansen Nilsen Berg Haugen Moen Lie Bakken Strand Dahl Lund Nygård Aas Nowak Warsame".split()


def write_file(path: Path, rows: int) -> None:
    """Households of two; every name, birth date and address differs from the others' somewhere."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            "Fornavn Etternavn Fødselsdato Gatenavn Husnummer Postnummer Poststed Innflyttingsdato "
            "Språk Telefon Adressebeskyttelse".split()
        )
        for n in range(rows):
            home = n // 2
            writer.writerow([
                FIRST[n % 16], f"{LAST[home % 15]}{chr(97 + home // 26 % 26)}{chr(97 + home % 26)}",
                f"{1 + n % 28:02}.{1 + n // 28 % 12:02}.{1940 + n // 336 % 80}", f"Bakkevegen{home // 300}",
                1 + home % 300, "3570", "Ål", f"{1 + home % 28:02}.0{7 + home % 3}.2026", "nb",
                f"+4740{n:06}", "kode 7" if n % 997 == 0 else "",
            ])  # fmt: skip


def memory() -> float:
    """The most this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(rows: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    django.setup()
    from django.core.files import File
    from django.core.management import call_command

    from municipalities.municipality.models import Municipality
    from welcome.households import actions, importing

    call_command("migrate", verbosity=0)
    municipality = Municipality.objects.create(number="3328", name="Ål", slug="al")
    path = Path(os.environ["DATA_DIR"]) / "arrivals.csv"
    write_file(path, rows)
    before, result = memory(), {"rows": rows}
    for turn in ("first", "again"):
        with path.open("rb") as file:
            batch = actions.upload(municipality=municipality, file=File(file), filename=path.name, by=None)
        start = time.perf_counter()
        importing.read(batch.pk)
        read = time.perf_counter()
        batch.refresh_from_db()
        actions.start_saving(batch=batch, with_refused=True, by=None)
        importing.save(batch.pk)
        saved = time.perf_counter()
        batch.refresh_from_db()
        result[turn] = {
            "read_s": round(read - start, 1),
            "save_s": round(saved - read, 1),
            "rows_per_s": round(rows / (saved - start)),
            "counts": batch.counts,
        }
    result["memory_growth_mib"] = round(memory() - before)
    print(json.dumps(result))


def main() -> None:
    if os.environ.get("BENCH_IMPORT_ROWS"):
        measure(int(os.environ["BENCH_IMPORT_ROWS"]))
        return
    results = []
    print(f"{'rows':>8} {'turn':>6} {'read s':>8} {'save s':>8} {'rows/s':>8} {'memory':>10}")
    for rows in [int(arg) for arg in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, __file__],
                env=os.environ | {"DATA_DIR": folder, "DATABASE_URL": "", "BENCH_IMPORT_ROWS": str(rows)},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        result = json.loads(done.stdout.splitlines()[-1])
        results.append(result)
        for turn in ("first", "again"):
            told = result[turn]
            print(
                f"{rows:>8} {turn:>6} {told['read_s']:>8} {told['save_s']:>8} {told['rows_per_s']:>8}"
                f" {result['memory_growth_mib']:>6} MiB"
            )
    print(json.dumps({"bench": "import", "results": results}))


if __name__ == "__main__":
    main()
