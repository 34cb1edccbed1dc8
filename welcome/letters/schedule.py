"""What happens by the clock: lost work is found each minute, and on the letter day a run is made ready."""

import datetime
import logging
from collections.abc import Callable

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households.quarters import Quarter
from welcome.letters import delivering, mailing, nudges, printing, proofs, purging, runs, unnaming
from welcome.letters.models import LetterRun, RunState
from welcome.letters.run_models import RECALLABLE
from welcome.letters.withdrawal import withdraw_changed

logger = logging.getLogger(__name__)


def sweep() -> None:
    """Take back the letters of who may not be written to any more, nudge the workers of every proof and file that
    nobody holds and of letters that are to be sent, and call ready what is; delete their addresses from runs that
    are over. May run at any time, any number of times at once."""
    _each(unnaming.runs_to_mend(), unnaming.take_out)
    _each(LetterRun.objects.filter(state__in=RECALLABLE), _sweep)
    _each(purging.runs_to_purge(), purging.purge)


def _sweep(*, run: LetterRun) -> None:
    withdraw_changed(run)
    proofs.ask_for_missing(run)
    unproved = run.proofs.claimable(timezone.now()).values_list("pk", flat=True)
    nudges.send(nudges.PROVE, list(unproved), expires=nudges.SECONDS_TO_LIVE)
    free = run.files.claimable(timezone.now()).values_list("pk", flat=True)
    nudges.send(nudges.RENDER_FILE, list(free), expires=nudges.SECONDS_TO_LIVE)
    runs.settle(run.pk)
    printing.tidy(run)
    if run.state == RunState.DELIVERING and delivering.is_due(run):
        nudges.send(nudges.DELIVER, [run.pk], expires=nudges.SECONDS_TO_LIVE)


def tidy() -> None:
    """Delete what dead workers left of runs that the sweep does not look at any more."""
    _each(LetterRun.objects.exclude(state__in=RECALLABLE), lambda *, run: printing.tidy(run))


def _each(runs_of_all: QuerySet[LetterRun], work: Callable[..., object]) -> None:
    """One municipality's run after the other, and at each only that municipality's rows."""
    with scope.everywhere():
        found = list(runs_of_all.select_related("municipality").order_by("pk"))
    for run in found:
        try:
            with scope.of(run.municipality_id):
                work(run=run)
        except Exception:
            # Whatever is wrong with one run: those behind it may hold letters that must be taken back.
            logger.exception("Letter run %s could not be swept.", run.pk)


def open_due_runs(today: datetime.date | None = None) -> None:
    """In each municipality whose letter day has come: freeze the run of the quarter before, and tell its
    coordinators, once. Approving is for people, unless the municipality has chosen otherwise (`by_itself.py`)."""
    today = today or timezone.localdate()
    quarter = Quarter.of(today)
    with scope.everywhere():
        municipalities = list(Municipality.objects.order_by("number"))
    for municipality in municipalities:
        if today < quarter.first_day + datetime.timedelta(days=municipality.letter_day - 1):
            continue
        with scope.of(municipality.pk):
            _open(municipality, quarter.previous)


def _open(municipality: Municipality, quarter: Quarter) -> None:
    run = runs.ensure(municipality=municipality, quarter=quarter, by=None)
    if run.announced_at is not None:
        return  # A run that staff have thawed since stays theirs.
    try:
        runs.freeze_if_draft(run=run, by=None)
    except runs.Refused as refusal:
        logger.warning("%s waits: %s", run, refusal)
    except Exception:
        # The municipalities behind this one have their letter day too.
        logger.exception("%s could not be frozen.", run)
    else:
        _announce(run)


def _announce(run: LetterRun) -> None:
    now = timezone.now()
    days = run.municipality.letters_go_after_days
    goes_on = timezone.localdate(now) + datetime.timedelta(days=days) if days else None
    first = LetterRun.objects.filter(pk=run.pk, announced_at=None, state=RunState.FROZEN)
    if not first.update(announced_at=now, goes_by_itself_on=goes_on):
        return
    run.goes_by_itself_on = goes_on
    if not mailing.tell_coordinators(run, _subject, _body):
        # Mail is down: all are tried again in an hour. Where only some failed, the others would be told twice.
        # What nobody was told of does not go by itself.
        LetterRun.objects.filter(pk=run.pk).update(announced_at=None, goes_by_itself_on=None)


def _subject(run: LetterRun) -> str:
    return _("The letters of %(run)s wait for you") % {"run": run}


def _body(run: LetterRun) -> str:
    words = {
        "place": run.municipality,
        "quarter": run.quarter,
        "link": mailing.link_to(run),
        "day": date_format(run.goes_by_itself_on, "DATE_FORMAT") if run.goes_by_itself_on else "",
    }
    asked = _(
        "The welcome letters for those who moved to %(place)s in %(quarter)s are made ready. Look at"
        " them and approve them here:\n\n%(link)s\n"
    )
    if not run.goes_by_itself_on:
        return asked % words
    by_itself = _("If nobody does, and nobody thaws or cancels the run, they go by themselves on %(day)s.")
    return f"{asked % words}\n{by_itself % words}\n"
