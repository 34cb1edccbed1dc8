"""`manage.py demo`: the county that the README walks through. The data lie in `demo/`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import files, loader, staff
from municipalities.municipality import scope


class Command(BaseCommand):
    help = (
        "Load the demo county: Buskerud's 18 municipalities with invented people, and Ål's letters of 2026Q3"
        " waiting for approval. A second call changes nothing. Refused where other municipalities are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-people",
            action="store_true",
            help="Municipalities, topics, contact points and logins only: to import"
            " demo/arrivals-3328-2026Q3.csv into. A later call without this adds people if there are none.",
        )
        parser.add_argument(
            "--write-files",
            action="store_true",
            help="Only write demo/arrivals-3328-2026Q3.csv and .xlsx anew from the demo's people.",
        )

    @scope.everywhere()
    def handle(self, *args: Any, **options: Any) -> None:
        if options["write_files"]:
            for path in files.write():
                self.stdout.write(str(path))
            return
        try:
            new_places, new_people = loader.load(with_people=not options["without_people"])
        except loader.RealPortal as found:
            raise CommandError(
                f"This portal holds municipalities that are not the demo's ({found}). The demo is only loaded"
                " into an empty portal: set DATA_DIR or DATABASE_URL to another one."
            ) from found
        if options["verbosity"] > 0:
            self.stdout.write(
                f"Municipalities: {'loaded' if new_places else 'were there'}."
                f" People: {'loaded' if new_people else 'left as they are'}.\n"
                + "".join(f"  {login}\n" for login in staff.LOGINS)
                + f"  password {staff.password()}"
            )
