"""Checks the log of looks and changes, and prints the chains' heads.

`manage.py verify_audit > heads.txt` each night, kept where nobody who runs the database can write, and
`manage.py verify_audit --heads heads.txt` later: then a log whose end was cut off, or that was written
anew from its beginning, shows as well.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from municipalities.audit import sealing, verification
from municipalities.municipality import scope


class Command(BaseCommand):
    help = "Check the chain over the log; print each chain's head. Fails where something was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", help="file with heads that were printed earlier")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        kept = _read(options["heads"]) if options["heads"] else {}
        broken = 0
        with scope.everywhere():
            chains = list(sealing.chains())
        there = {chain.municipality_id for chain in chains}
        for chain in chains:
            sealing.seal(chain)
            self._tell_of_shortening(chain, kept.get(chain.municipality_id, []))
            verdict = verification.verify(chain, kept.get(chain.municipality_id, []))
            for found in verdict.breaks:
                self.stderr.write(f"{chain}: place {found.sequence}, entry {found.entry}: {found.words}")
            broken += len(verdict.breaks)
            if verdict.head is not None:
                self.stdout.write(str(verdict.head))
        for where in set(kept) - there:
            broken += 1
            self.stderr.write(f"{sealing.Chain(where)}: the whole chain is gone")
        if broken:
            raise CommandError(f"The log is not what was written: {broken} breaks.")

    def _tell_of_shortening(self, chain: sealing.Chain, kept: list[sealing.Head]) -> None:
        with sealing.reach(chain):
            floor = chain.floor()
        if floor is None:
            return
        self.stderr.write(
            f"{chain}: taken away up to place {floor.sequence} on {floor.pruned_at:%Y-%m-%d} by prune_audit"
        )
        for head in kept:
            if head.sequence < floor.sequence:
                self.stderr.write(f"{chain}: the kept head at place {head.sequence} lies there: not compared")


def _read(path: str) -> dict[int | None, list[sealing.Head]]:
    heads: dict[int | None, list[sealing.Head]] = {}
    try:
        for line in Path(path).read_text().splitlines():
            if line.strip():
                head = sealing.Head.parse(line)
                heads.setdefault(head.municipality_id, []).append(head)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} holds no heads of the log.") from error
    return heads
