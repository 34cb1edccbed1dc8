from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from municipalities.municipality import scope
from welcome.households.quarters import Quarter
from welcome.letters.models import LetterRun
from welcome.letters.verification import faults, gaps
from welcome.management.asked_for import municipality_numbered


class Command(BaseCommand):
    help = "Recount a letter run from the files in DIR and the rows in the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("municipality", help="number, such as 3328")
        parser.add_argument("quarter", help="such as 2026Q3")
        parser.add_argument("folder", metavar="DIR", type=Path)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        run = find_run(options["municipality"], options["quarter"])
        with scope.of(run.municipality_id):
            self._verify(run, options["folder"])

    def _verify(self, run: LetterRun, folder: Path) -> None:
        found = list(faults(run, folder))
        for gap in gaps(run):
            self.stdout.write(gap)
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{run}: {len(found)} things are off.")
        purged = run.letters.filter(file__in=run.files.purged()).count()
        self.stdout.write(f"{run}: {run.letters.count() - purged} letters recounted, all right.")


def find_run(number: str, quarter: str) -> LetterRun:
    try:
        municipality = municipality_numbered(number)
        with scope.of(municipality.pk):
            return LetterRun.objects.of(municipality).of_quarter(Quarter.parse(quarter)).get()
    except LetterRun.DoesNotExist:
        raise CommandError(f"{number} has no letter run for {quarter}.") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
