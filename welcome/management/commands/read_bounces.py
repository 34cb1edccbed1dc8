import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from welcome.letters import bounces


class Command(BaseCommand):
    help = (
        "Read reports of e-mails that could not be delivered (RFC 3464), and print those letters instead. "
        "Without files one report is read from standard input, as a mail server's pipe gives it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reports", nargs="*", metavar="FILE", type=Path)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Never fails on a report: a mail server would send the failure back, and that one too."""
        counted = {"printed instead": 0, "known already or delayed": 0, "not of our letters": 0}
        for content in _contents(options["reports"]):
            bounce = bounces.read(content)
            if bounce is None:
                counted["not of our letters"] += 1
            elif bounces.record(bounce):
                counted["printed instead"] += 1
            else:
                counted["known already or delayed"] += 1
        self.stdout.write(", ".join(f"{count} {what}" for what, count in counted.items()))


def _contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths] if paths else [sys.stdin.buffer.read()]
