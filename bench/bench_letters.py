"""How fast, and in how much memory, letters are made: 200 letters of a municipality with all topics.

    PYTHONPATH=. .venv/bin/python bench/bench_letters.py [letters]

Measures freezing, one letter by itself (the naive way, tagged), and a print file, in a process and an
empty database of its own. Prints a table and, last, one JSON line.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import time

LETTERS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
FIRST = "Oksana Taras Kari Ola Åse Bjørn Wenche Thor Ingrid Lars Mona Per Anna Jakub Amina Hanna".split()
LAST = "Kovalenko Hansen Nilsen Berg Haugen Moen Lie Bakken Strand Dahl Lund Nygård Aas Nowak Warsame".split()


def memory() -> float:
    """The most this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def prepare():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from municipalities.municipality.models import Municipality, MunicipalityText, TextKind
    from municipalities.topics.catalogue import STANDARD
    from municipalities.topics.models import Topic, TopicText
    from welcome.households.models import Household, Person

    place = Municipality.objects.create(
        number="3328", name="Ål", slug="aal", phone="+4732085000", website="https://aal.example",
        street_address="Torget 1", postal_code="3570", postal_place="Ål", mayor_name="Solveig Berg",
    )  # fmt: skip
    for language in ("nb", "nn", "en"):
        MunicipalityText.objects.create(
            municipality=place, kind=TextKind.GREETING, language=language,
            body="<p>Så fint at dere har valgt å bo her. Vi vil gjerne bli kjent med dere fort.</p>" * 4,
        )  # fmt: skip
    for order, entry in enumerate(STANDARD):
        topic = Topic.objects.create(municipality=place, slug=entry.slug, order=order)
        for language in ("nb", "nn", "en"):
            TopicText.objects.create(
                municipality=place, topic=topic, language=language, title=str(entry.name),
                brief="Her står det viktigste, og hvem dere kan ringe til når dere lurer på noe mer.",
            )  # fmt: skip
    for number in range(LETTERS):
        household = Household.objects.create(
            municipality=place, street="Øvre Ålsgata", house_number=str(number + 1), postal_code="3570",
            postal_place="Ål", moved_in="2026-08-15", language=("nb", "nn", "en")[number % 3],
        )  # fmt: skip
        for order in range(1 + number % 2):
            Person.objects.create(
                municipality=place, household=household, order=order, birth_year=1980,
                given_name=FIRST[(number + order) % 16], family_name=LAST[number % 15],
            )  # fmt: skip
    return place


def main() -> None:
    place = prepare()
    from welcome.households.quarters import Quarter
    from welcome.letters import figures, printing, rendering, runs
    from welcome.letters.models import Letter

    at_rest = memory()
    run = runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None)
    start = time.perf_counter()
    run = runs.freeze(run=run, by=None)
    freeze = time.perf_counter() - start
    letters = list(Letter.objects.select_related("run")[:6])
    rendering.render_letter(letters[0])  # Reads the fonts of the machine, once a process.
    start = time.perf_counter()
    for letter in letters[1:]:
        rendering.render_letter(letter)
    alone = (time.perf_counter() - start) / len(letters[1:])
    run = runs.approve(run=run, by=None)
    start = time.perf_counter()
    for pk in run.files.values_list("pk", flat=True):
        printing.render(pk)
    files = time.perf_counter() - start
    report = figures.report(run)
    size = sum(file.file.size for file in run.files.all())
    result = {
        "letters": LETTERS,
        "pages": report["pages"],
        "freeze_ms_a_letter": round(1000 * freeze / LETTERS, 2),
        "alone_ms_a_letter": round(1000 * alone, 1),
        "file_ms_a_letter": round(1000 * files / LETTERS, 1),
        "kib_a_letter": round(size / 1024 / LETTERS, 1),
        "memory_at_rest_mib": round(at_rest),
        "memory_peak_mib": round(memory()),
    }
    for name, value in result.items():
        print(f"{name.replace('_', ' '):<22}{value:>10}")
    print(json.dumps(result))


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="tilflytter-bench.")
    os.environ |= {
        "DATA_DIR": folder,
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DEBUG": "",
        "LOG_LEVEL": "WARNING",
    }
    try:
        main()
    finally:
        shutil.rmtree(folder)
