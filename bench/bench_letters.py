"""What a letter costs: the plain way, this engine, and what else one could take, side by side in one run.

    PYTHONPATH=. .venv/bin/python bench/bench_letters.py [letters]

Letters of six pages of one municipality, the same texts for all ways, in rounds that take turns, so that whatever
else the machine does meets each of them. Everything is measured in processor time of one process; medians of
the rounds. In a database of its own: SQLite in an empty folder, or the one that BENCH_DATABASE_URL names, which must
be empty. Typst comes with the development requirements; LibreOffice is measured where `soffice` is.
"""

import html
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LETTERS = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
ROUNDS = 3
NAIVE, ALONE, TYPST, BATCH = 3, 60, 10, 50  # Letters a round.
FIRST = (
    "Oksana Taras Kari Ola Åse Bjørn Wenche Thor Ingrid Lars Mona Per Anna Jakub Amina Hanna Solveig Mohammed Nguyễn"
    " Kristoffer Magnhild Piotr Agnieszka Yusuf Leila Torbjørg Sigrid Halvor Gunnhild Eirik Maximiliane Øystein"
).split()
LAST = (
    "Kovalenko Hansen Nilsen Berg Haugen Moen Lie Bakken Strand Dahl Lund Nygård Aas Nowak Warsame Østerhus"
    " Kowalczyk Hohenzollern-Sigmaringen Skogheim Gulbrandsen Trần Ahmed Sletteberg Brekke Rukke Tufte Aalrust"
).split()
STREETS = ["Øvre Ålsgata", "Torget", "Vestlivegen", "Strandavegen", "Nedre Ålsgata", "Myhregardane"]
SENTENCES = (
    "Her står det viktigste, og hvem dere kan ringe til når dere lurer på noe mer. Kontoret er åpent hver dag, og dere"
    " trenger ikke bestille time. Ta gjerne med barna. Skjemaet finner dere på kommunens sider, og vi hjelper dere med"
    " å fylle det ut. Fristen er den første i måneden, men kom likevel om den er gått ut."
)
TIMES = 4  # So often the standard topics, that a letter has six pages.


def cpu() -> float:
    return time.process_time()


def memory() -> float:
    """The most this process has held so far, in MiB. Not `getrusage`, which counts what its parent held."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


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
    MunicipalityText.objects.create(
        municipality=place, kind=TextKind.GREETING, language="nb",
        body="<p>Så fint at dere har valgt å bo her. Vi vil gjerne bli kjent med dere fort.</p>" * 4,
    )  # fmt: skip
    for order in range(len(STANDARD) * TIMES):
        entry = STANDARD[order % len(STANDARD)]
        topic = Topic.objects.create(municipality=place, slug=f"{entry.slug}-{order}", order=order)
        TopicText.objects.create(
            municipality=place, topic=topic, language="nb", title=str(entry.name), brief=SENTENCES[:165]
        )
    households = Household.objects.bulk_create(
        [
            Household(
                municipality=place, street=STREETS[number % 6], house_number=str(number % 190 + 1),
                postal_code="3570", postal_place="Ål", moved_in="2026-08-15", language="nb",
            )
            for number in range(LETTERS)
        ],
        batch_size=500,
    )  # fmt: skip
    Person.objects.bulk_create(
        [
            Person(
                municipality=place, household=household, order=order, birth_year=1980,
                given_name=FIRST[(number * 7 + order) % 32] + (f" {FIRST[number % 31]}" if number % 5 == 0 else ""),
                family_name=LAST[(number // 3 + order * (number % 2)) % 27],
            )
            for number, household in enumerate(households)
            for order in range(1 + number % 2)
        ],
        batch_size=500,
    )  # fmt: skip
    return place


# --- the ways ------------------------------------------------------------------------------------


def naive(stock, letter) -> bytes:
    """One document a letter, all of its pages laid out for it, as a plain loop would. It is told how many
    pages there are, so that it lays out each once."""
    from welcome.letters.press import _topic

    press, text = stock.press, stock.press._texts[letter.language]
    personal = press.personal(letter)
    enclosure = press._lay_out(
        "print/enclosure.html", letter.language, total=press.enclosed(letter.language, before=1) + 1, first_page=2,
        introduction_rtl=False, topics=[_topic(topic) for topic in text.enclosure],
    )  # fmt: skip
    return personal.copy([*personal.pages, *enclosure.pages]).write_pdf()


def typst_source(stock, letters) -> str:
    """The same texts in a plain layout of Typst's own, a letter each."""
    text = stock.press._texts[letters[0].language]

    def plain(content: str) -> str:
        return re.sub(r"([\\#$*_`<>@\[\]])", r"\\\1", html.unescape(re.sub("<[^>]+>", " ", content)))

    topics = "\n".join(f"== {plain(topic['title'])}\n{plain(topic['body'])}\n" for topic in text.enclosure)
    head = (
        '#set page(paper: "a4", margin: 24mm)\n#set text(font: "Inter", size: 10.5pt)\n'
        f"#let enclosure = [#set text(size: 9pt)\n= {plain(text.words['enclosure_title'])}\n#columns(2)[{topics}]]\n"
    )
    return head + "#pagebreak(weak: true)\n".join(
        f"#v(25mm)\n{' #linebreak() '.join(map(plain, letter.address))}\n#v(20mm)\n"
        f"= {plain(stock.press.heading(letter))}\n"
        f"{plain(text.greeting['body'])}\n#pagebreak()\n#enclosure\n"
        for letter in letters
    )


def timed(work: Callable[[], object], count: int) -> float:
    began = cpu()
    work()
    return (cpu() - began) * 1000 / count


def ways(stock, letters, number: int) -> list[tuple[str, int, Callable[[], object]]]:
    """Name, letters a round and work of each way that makes one letter after the other."""
    from welcome.letters import rendering

    some = letters[number * ALONE : (number + 1) * ALONE]
    found: list[tuple[str, int, Callable[[], object]]] = [
        ("naive", NAIVE, lambda: [naive(stock, letter) for letter in some[:NAIVE]]),
        ("tagged", ALONE, lambda: [rendering.render_letter(letter, stock=stock) for letter in some]),
    ]
    try:
        import typst
    except ImportError:
        return found
    source = Path(os.environ["DATA_DIR"]) / "letters.typ"

    def by_typst(chosen) -> bytes:
        source.write_text(typst_source(stock, chosen))
        return typst.compile(str(source))

    if number == 0:
        by_typst(letters[:1])  # Reads the fonts of the machine.
    return [
        *found,
        ("typst", TYPST, lambda: [by_typst([letter]) for letter in some[:TYPST]]),
        ("typst_batch", BATCH, lambda: by_typst(some[:BATCH])),
    ]


def libre_office(letters, stock) -> float | None:
    """Merged HTML to PDF, as an office would; wall-clock time, since it is a process of its own."""
    if not shutil.which("soffice"):
        return None
    folder = Path(os.environ["DATA_DIR"])
    text = stock.press._texts[letters[0].language]
    enclosure = "".join(f"<h2>{topic['title']}</h2><p>{topic['body']}</p>" for topic in text.enclosure)
    merged = folder / "merged.html"
    merged.write_text(
        '<meta charset="utf-8">'
        + "".join(
            f"<p>{'<br>'.join(letter.address)}</p><h1>{stock.press.heading(letter)}</h1>{text.greeting['body']}{enclosure}"
            '<p style="page-break-after: always"></p>'
            for letter in letters
        )
    )
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(merged)]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000 / len(letters)


def main() -> None:
    place = prepare()
    from django.core.cache import cache

    from welcome.households.quarters import Quarter
    from welcome.letters import figures, output, printing, proving, rendering, runs, verification
    from welcome.letters import stock as stocks
    from welcome.letters.models import Letter, LetterRun
    from welcome.letters.stock import Stock

    run = runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None)
    freezing = timed(lambda: runs.freeze(run=run, by=None), LETTERS)
    run.refresh_from_db()
    letters = list(Letter.objects.select_related("run").order_by("number")[: max(ALONE, 500)])
    proving_them = timed(lambda: proving.prove(run.proofs.get().pk), LETTERS)
    approving = timed(lambda: runs.approve(run=run, by=None), LETTERS)
    run.refresh_from_db()
    files = list(run.files.select_related("run").order_by("sequence"))
    at_rest = memory()

    cache.clear()  # The proof has left the enclosure there; here each way lays out all that it needs.
    began = cpu()
    stock = Stock(run)
    first = rendering.render_file(files[0], stock=stock)
    sharing = (cpu() - began) * 1000
    engine_sizes = [len(first.content) / len(first.placed)]

    costs: dict[str, list[float]] = {}
    engine: list[float] = []
    for number in range(ROUNDS):
        for way, count, work in ways(stock, letters, number):
            costs.setdefault(way, []).append(timed(work, count))
        for file in files[number * len(files) // ROUNDS : (number + 1) * len(files) // ROUNDS]:
            began = cpu()
            made = rendering.render_file(file, stock=stock)
            engine.append((cpu() - began) * 1000 / len(made.placed))
            engine_sizes.append(len(made.content) / len(made.placed))
    office = libre_office(letters[:BATCH], stock)
    # From the frozen row to the hashed, listed print file with all the database must know.
    ends = []
    cache.clear()
    stocks._latest.clear()
    for file in files:
        began, count = cpu(), file.letters.count()
        printing.render(file.pk)
        ends.append((cpu() - began) * 1000 / count)
    runs.settle(run.pk)
    # Each letter's address is read back from its page and compared with the manifest, and everything is counted again.
    out = Path(tempfile.mkdtemp(dir=os.environ["DATA_DIR"]))
    output.write_out(LetterRun.objects.get(pk=run.pk), out)
    off: list[str] = []
    verifying = timed(lambda: off.extend(verification.faults(LetterRun.objects.get(pk=run.pk), out)), LETTERS)
    assert not off, off[:5]
    report = figures.report(run)
    assert report["letters"] == LETTERS, report

    cost = {way: statistics.median(found) for way, found in costs.items()}
    shared_once = sharing - engine[0] * len(first.placed) if engine else 0.0
    per_letter = statistics.mean(engine) + shared_once / LETTERS
    quarter = max(1, len(engine) // 10)
    result = {
        "naive_ms": round(cost["naive"], 1),
        "engine_ms": round(per_letter, 3),
        "end_to_end_ms": round(statistics.mean(ends), 3),
        "tagged_ms": round(cost["tagged"], 2),
        "typst_ms": round(cost["typst"], 1) if "typst" in cost else None,
        "typst_batch_ms": round(cost["typst_batch"], 1) if "typst_batch" in cost else None,
        "libreoffice_ms": round(office, 1) if office else None,
        "ratio_naive": round(cost["naive"] / per_letter),
        "ratio_end_to_end": round(cost["naive"] / statistics.mean(ends)),
        "ratio_tagged": round(cost["naive"] / cost["tagged"]),
        "ratio_typst": round(cost["typst"] / per_letter) if "typst" in cost else None,
        "rss_mib": None,
        "drift": round(statistics.mean(engine[-quarter:]) / statistics.mean(engine[:quarter]), 2),
        "bytes_per_letter": round(statistics.mean(engine_sizes)),
        "tagged_bytes": len(rendering.render_letter(letters[0], stock=stock)),
        "letters": LETTERS,
        "pages_a_letter": first.placed[0].pages,
        "shared_once_ms": round(shared_once),
        "freeze_ms": round(freezing, 2),
        "prove_ms": round(proving_them, 2),
        "approve_ms": round(approving, 2),
        "verify_ms": round(verifying, 2),
        "at_rest_mib": round(at_rest),
    }
    result["rss_mib"] = _alone_memory()
    for name, value in result.items():
        print(f"{name.replace('_', ' '):<22}{value!s:>12}")
    print(json.dumps(result))


def _alone_memory() -> int:
    """The peak of a process that does nothing but make the files of this run, as a worker does."""
    told = subprocess.run(
        [sys.executable, __file__, str(LETTERS), "worker"],
        env=os.environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(told.stdout.split()[-1]))


def worker() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
    django.setup()
    from welcome.letters import rendering
    from welcome.letters.models import Letter, LetterState, PrintFile
    from welcome.letters.stock import Stock

    Letter.objects.update(state=LetterState.WAITING, first_page=None, pages=0)
    stock = None
    for file in PrintFile.objects.select_related("run").order_by("sequence"):
        stock = stock or Stock(file.run)
        rendering.render_file(file, stock=stock)
    print(memory())


if __name__ == "__main__":
    if sys.argv[2:] == ["worker"]:
        worker()
        sys.exit()
    data = tempfile.mkdtemp(prefix="tilflytter-bench.")
    os.environ |= {
        "DATA_DIR": data,
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", ""),
        "REDIS_URL": "",
        "DEBUG": "",
        "LOG_LEVEL": "WARNING",
    }
    try:
        main()
    finally:
        shutil.rmtree(data)
