import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.texts.languages import LANGUAGES
from welcome.households.quarters import Quarter
from welcome.letters import deliveries, delivering, figures, output, printing, proofs, proving, runs
from welcome.letters.channels import Channel
from welcome.letters.models import LeftOutReason, LetterRun, RunState
from welcome.letters.proof_models import ProofProblem
from welcome.letters.verification import gaps
from welcome.letters.withdrawal import is_closed, withdraw_changed
from welcome.management.asked_for import municipality_numbered

AT_WORK = (RunState.APPROVED, RunState.RENDERING)
SECONDS_OF_SILENCE = 20


class Command(BaseCommand):
    help = (
        "Make a municipality's letters of a quarter: freeze, prove, show the proof, approve, print, write out. "
        "Goes on from wherever the run is. The last line is one JSON object."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("municipality", help="number, such as 3328")
        parser.add_argument("quarter", help="such as 2026Q3")
        parser.add_argument("--approve", action="store_true", help="approve the frozen run")
        parser.add_argument(
            "--deliver", action="store_true", help="send what goes by e-mail or SvarUt, once the run is ready"
        )
        parser.add_argument("--by", metavar="EMAIL", help="who approves; needed where two people must")
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process, without workers"
        )
        parser.add_argument("--out", metavar="DIR", type=Path, help="write files and manifest there")
        parser.add_argument("--timeout", type=int, default=3600, help="seconds to wait for workers")

    @no_translations  # An operator's log in one language, whatever the letters speak.
    def handle(self, *args: Any, **options: Any) -> None:
        municipality, quarter = _find(options["municipality"], options["quarter"])
        with scope.of(municipality.pk):
            self._run(municipality, quarter, options)

    def _run(self, municipality: Municipality, quarter: Quarter, options: dict[str, Any]) -> None:
        by = _user(options["by"])
        try:
            run = runs.ensure(municipality=municipality, quarter=quarter, by=by)
            if run.state == RunState.DRAFT:
                run = runs.freeze(run=run, by=by)
            if run.state == RunState.FROZEN:
                if options["here"] or options["approve"]:
                    self._prove(run, here=options["here"], timeout=options["timeout"])
                self._show_proof(run)
                if options["approve"]:
                    run = runs.approve(run=run, by=by)
        except runs.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        # Who got protection since the files were made is not in what is written out.
        withdraw_changed(run)
        run.refresh_from_db()
        if run.state in AT_WORK:
            self._make(run, here=options["here"], timeout=options["timeout"])
        run.refresh_from_db()
        if options["deliver"]:
            self._deliver(run, by, here=options["here"], timeout=options["timeout"])
            run.refresh_from_db()
        self._show_errors(run)
        if options["out"]:
            self._write_out(run, options["out"])
        self.stdout.write(json.dumps(figures.report(run), ensure_ascii=False))

    def _prove(self, run: LetterRun, *, here: bool, timeout: int) -> None:
        """Until the letters are proved as they are frozen now; with `here` by our own hands."""
        if (missing := proofs.standing(run).missing) and missing.again:
            proofs.ask(run=run, by=None)
        until, waiting = time.monotonic() + timeout, _Silence(self._say)
        while (proof := run.proofs.open().first()) is not None:
            if here:
                proving.prove(proof.pk)
            else:
                time.sleep(1)
            waiting.hear(f"{proof.counted} of {proof.total} letters and samples proved")
            if time.monotonic() > until:
                raise CommandError(f"Not proved after {timeout} seconds; run the command again to go on.")

    def _show_proof(self, run: LetterRun) -> None:
        outline = figures.outline(run)
        self._say(f"{run}: {outline.cohort} households, {outline.letters} letters")
        for language, count in outline.languages.items():
            self._say(f"  {count:>6}  {LANGUAGES[language].own_name}")
        for channel, count in figures.channels(run).items():
            self._say(f"  {count:>6}  by {Channel(channel).label}")
        for reason, count in outline.left_out.items():
            self._say(f"  {count:>6}  left out: {LeftOutReason(reason).label}")
        standing = proofs.standing(run)
        found = ProofProblem.objects.filter(proof=standing.proof).select_related("letter")
        for problem in found.in_order().iterator(chunk_size=500):
            self._say(f"  {'BLOCKS' if problem.blocking else 'note':>6}  {problem.message}")
        if standing.missing is not None and not standing.blocking:
            self._say(f"  {'BLOCKS':>6}  {standing.missing}")

    def _make(self, run: LetterRun, *, here: bool, timeout: int) -> None:
        """Until no file of the run is unfinished; with `here` by our own hands."""
        until, waiting = time.monotonic() + timeout, _Silence(self._say)
        while run.state in AT_WORK:
            if here:
                for pk in run.files.unfinished().order_by("sequence").values_list("pk", flat=True):
                    printing.render(pk)
                    self._say(_line(run))
                runs.settle(run.pk)
            run.refresh_from_db()
            if run.state not in AT_WORK:
                break
            waiting.hear(_line(run))
            if time.monotonic() > until:
                raise CommandError(f"Not done after {timeout} seconds; run the command again to go on.")
            time.sleep(1)

    def _deliver(self, run: LetterRun, by: User | None, *, here: bool, timeout: int) -> None:
        """Until all that can be sent now is sent; what is put off or followed up is the workers' to go on with."""
        if run.state == RunState.READY and run.letters.elsewhere().exists():
            try:
                run = runs.deliver(run=run, by=by)
            except runs.Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        if run.state != RunState.DELIVERING:
            return
        until = time.monotonic() + timeout
        while run.deliveries.claimable(timezone.now()).exists() or run.files.unfinished().exists():
            if here:
                delivering.work(run)
                delivering.ask_how_far(run)
                deliveries.gather(run)
                for pk in run.files.unfinished().order_by("sequence").values_list("pk", flat=True):
                    printing.render(pk)
            else:
                time.sleep(1)
            if time.monotonic() > until:
                raise CommandError(f"Not sent after {timeout} seconds; run the command again to go on.")
        now = figures.sending(run)
        self._say(f"{now.out} of {now.letters} letters sent, {now.fallen} on paper instead")
        if now.waiting or now.uncertain:
            self._say(f"{now.waiting} wait, {now.uncertain} are uncertain: see the run's page")

    def _show_errors(self, run: LetterRun) -> None:
        for message, count in figures.progress(run).errors.items():
            self.stderr.write(f"{count} × {message}")

    def _write_out(self, run: LetterRun, folder: Path) -> None:
        if run.state not in (RunState.READY, RunState.DELIVERING, RunState.DONE):
            raise CommandError(f"Nothing to write out: the run is “{run.get_state_display()}”.")
        if is_closed(run):
            raise CommandError(
                "A letter of this run may no longer be shown to anybody: its files stay closed."
            )
        try:
            names = output.write_out(run, folder)
        except (output.Damaged, OSError) as error:
            raise CommandError(str(error)) from error
        recording.record(action=Action.EXPORTED, of=run, note=f"files={len(names)}")
        self._say(f"{folder}: {', '.join(names)}")
        for gap in gaps(run):
            self._say(gap)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


class _Silence:
    """Says what is new, and once that nothing has been for long."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._heard, self._last, self._warned = say, time.monotonic(), "", False

    def hear(self, line: str) -> None:
        if line != self._last:
            self._say(line)
            self._heard, self._last, self._warned = time.monotonic(), line, False
        elif not self._warned and time.monotonic() - self._heard > SECONDS_OF_SILENCE:
            self._say("No letter for 20 seconds: it seems that no worker runs. Waiting on.")
            self._warned = True


def _line(run: LetterRun) -> str:
    now = figures.progress(run)
    rate = f", {now.rate:.1f} a second" if now.rate else ""
    left = f", {now.seconds_left} s left" if now.seconds_left is not None else ""
    return f"{now.made} of {now.letters} letters, {now.files_done} of {now.files_total} files{rate}{left}"


def _find(number: str, quarter: str) -> tuple[Municipality, Quarter]:
    try:
        return municipality_numbered(number), Quarter.parse(quarter)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _user(email: str | None) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody here has the e-mail {email}.")
    return user
