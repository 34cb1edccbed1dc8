from typing import Any

from django.core.management.base import BaseCommand, CommandError

from municipalities.municipality import scope
from municipalities.privacy import encryption


class Command(BaseCommand):
    help = "Encrypts every encrypted field anew with the first key of FIELD_KEYS; then the others may go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scope.everywhere():
                written = encryption.rotate()
        except encryption.KeyMissing as error:
            raise CommandError(f"{error} Put it back last in FIELD_KEYS, and run this again.") from error
        for label, rows in written.items():
            self.stdout.write(f"{label}: {rows} rows")
