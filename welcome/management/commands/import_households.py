"""`manage.py import_households FILE --municipality 3328`; docs/import.md tells the exit codes."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households import actions, importing
from welcome.households.imports import ImportBatch, ImportState, Verdict
from welcome.households.report import conclusion, report
from welcome.management.asked_for import municipality_numbered

SAVED, FAILED, NOT_READ, WITH_REFUSALS, NOTHING_SAVED = 0, 1, 2, 3, 4


class Command(BaseCommand):
    help = "Imports arrivals from a CSV or XLSX file; needs no worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", required=True, help="its number, such as 3328")
        parser.add_argument("--dry-run", action="store_true", help="say what would be saved, save nothing")
        parser.add_argument("--report", type=Path, help="write the result as JSON to this file")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="save nothing if any row is refused"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        municipality = municipality_numbered(options["municipality"], FAILED)
        with scope.of(municipality.pk):
            self._import(municipality, options)

    def _import(self, municipality: Municipality, options: dict[str, Any]) -> None:
        batch = self._read(municipality, options["file"])
        wanted = not options["dry_run"] and batch.state == ImportState.READ
        refused = batch.counts.get(Verdict.REFUSED.value, 0)
        good = sum(batch.counts.values()) - refused - batch.counts.get(Verdict.HELD.value, 0)
        if wanted and good and not (refused and options["all_or_nothing"]):
            actions.start_saving(batch=batch, with_refused=True, by=None)
            importing.save(batch.pk)
            batch.refresh_from_db()
        self._tell(batch)
        if options["report"]:
            text = json.dumps(report(batch), ensure_ascii=False, indent=2)
            options["report"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(conclusion(batch))
        code = self._exit_code(batch, dry_run=options["dry_run"])
        # What was not saved is forgotten: nobody comes back to it from a command line.
        importing.drop(batch)
        if code:
            raise SystemExit(code)

    def _read(self, municipality: Municipality, path: Path) -> ImportBatch:
        try:
            with path.open("rb") as file:
                batch = actions.upload(
                    municipality=municipality, file=File(file), filename=path.name, by=None
                )
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.", returncode=FAILED) from error
        importing.read(batch.pk)
        batch.refresh_from_db()
        return batch

    def _tell(self, batch: ImportBatch) -> None:
        told = report(batch)
        if batch.state != ImportState.REFUSED:
            understood = ", ".join(filter(None, (told["encoding"], repr(told["delimiter"]).strip("'"))))
            self.stdout.write(f"{told['file']}: {told['rows']} rows ({understood or 'XLSX'})")
            for column in told["unknown_columns"]:
                self.stdout.write(f"  not used: {column}")
            for verdict in Verdict:
                self.stdout.write(f"  {told['counts'][verdict.value]:>6}  {verdict.label}")
        for remark in (*told["told"], *told["refused"]):
            column = f", {remark['column']}" if remark["column"] else ""
            self.stdout.write(f"  row {remark['row']}{column}: {remark['reason']} [{remark['code']}]")

    def _exit_code(self, batch: ImportBatch, *, dry_run: bool) -> int:
        if batch.state == ImportState.REFUSED:
            return NOT_READ
        if batch.state != ImportState.SAVED and not dry_run:
            return NOTHING_SAVED
        return WITH_REFUSALS if batch.counts.get(Verdict.REFUSED.value) else SAVED
