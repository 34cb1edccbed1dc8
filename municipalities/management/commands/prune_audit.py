"""Takes away what the log has held longer than was decided: by each municipality for its own, by AUDIT_MONTHS
for the installation's. Shows first what would go; `--yes` does it.

Only the owner of the tables may (`docs/operations.md`). Afterwards the heads of the chains are kept anew.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import connection
from django.utils import timezone

from municipalities.audit import pruning, sealing
from municipalities.audit.models import AuditEntry, AuditSeal, SystemEntry, SystemSeal
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy import walls

TABLES = [model._meta.db_table for model in (AuditEntry, AuditSeal, SystemEntry, SystemSeal)]


class Command(BaseCommand):
    help = "Take away the oldest of the log, past the months that were decided. Without --yes only a preview."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", help="a municipality's number, or installation")
        parser.add_argument("--yes", action="store_true", help="do it")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        with scope.everywhere():
            names = dict(Municipality.objects.values_list("pk", "number"))
            chains = [
                chain
                for chain in sealing.chains()
                if options["only"] in (None, names.get(chain.municipality_id or 0, str(chain)))
            ]
        if not chains:
            raise CommandError(f"There is no municipality {options['only']}.")
        refused = 0
        for chain in chains:
            name = names.get(chain.municipality_id or 0, str(chain))
            stretch = pruning.foresee(chain)
            if stretch is None:
                self.stdout.write(f"{name}: nothing is older than {pruning.months_of(chain)} months")
                continue
            self.stdout.write(f"{name}: {_words(stretch)}")
            if options["yes"]:
                refused += not self._prune(name, stretch)
        if refused:
            raise CommandError(f"{refused} of the logs were left as they are.")
        if not options["yes"]:
            self.stdout.write("Nothing was taken away: this is the preview. Say --yes to do it.")

    def _prune(self, name: str, stretch: pruning.Stretch) -> bool:
        try:
            with walls.shortening(connection, TABLES):
                kept = pruning.prune(stretch)
        except walls.NotTheOwner:
            raise CommandError(
                "The role in DATABASE_URL may only add to the log. Connect as the owner of the tables, as for migrate."
            ) from None
        except pruning.Refused as refusal:
            self.stderr.write(
                f"{name}: left as it is, for it is not what was written, and what is old may show why: {refusal}"
            )
            return False
        head = sealing.Head(stretch.chain.municipality_id, kept.sequence, kept.hash)
        self.stdout.write(f"{name}: taken away; the chain goes on behind {head}")
        return True


def _words(stretch: pruning.Stretch) -> str:
    oldest, newest = (timezone.localdate(when) for when in (stretch.oldest, stretch.newest))
    return (
        f"{stretch.entries} entries of {oldest} to {newest} are older than {stretch.months} months"
        f" (up to place {stretch.last.sequence})"
    )
