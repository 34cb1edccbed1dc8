"""Runs that go without anybody's approval, where the municipality has chosen that and its coordinators were told of
the day: never with a problem in the proof, never when what they tell has changed since. What is kept back waits for
somebody as any other run does, and is never tried again by itself."""

import logging
from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.municipality import scope
from welcome.letters import mailing, proofs, runs, since
from welcome.letters.models import LetterRun, RunState

logger = logging.getLogger(__name__)


def go() -> None:
    today = timezone.localdate()
    with scope.everywhere():
        due = LetterRun.objects.going_by_themselves(today).select_related("municipality").order_by("pk")
        found = list(due)
    for run in found:
        try:
            with scope.of(run.municipality_id):
                _go(run)
        except Exception:
            # The municipalities behind this one have their letters too.
            logger.exception("%s could not go by itself.", run)


def _go(run: LetterRun) -> None:
    if run.state == RunState.FROZEN:
        _approve(run)
    elif run.approved_by_id is None and run.letters.elsewhere().exists():
        runs.deliver(run=run, by=None)


def _approve(run: LetterRun) -> None:
    if not run.municipality.letters_go_after_days:
        return _keep_back(
            run, lambda: _("The municipality has chosen since that somebody approves each run.")
        )
    if since.of(run).sentences:
        return _keep_back(run, lambda: " ".join(since.of(run).sentences))
    try:
        with override(run.municipality.home_language):
            runs.approve(run=run, by=None)
    except proofs.Unproved as refusal:
        standing, words = proofs.standing(run), str(refusal)
        if refusal.again or (standing.proof is not None and standing.proof.is_open):
            return None  # It is being proved; in an hour is time enough.
        return _keep_back(run, lambda: str(standing.missing or words))
    except runs.Refused as refusal:
        words = str(refusal)
        return _keep_back(run, lambda: words)
    return None


def _keep_back(run: LetterRun, why: Callable[[], str]) -> None:
    """For somebody to look at; the coordinators are told once, each in their language."""
    kept = LetterRun.objects.filter(pk=run.pk, state=RunState.FROZEN, goes_by_itself_on__isnull=False)
    if not kept.update(goes_by_itself_on=None):
        return
    mailing.tell_coordinators(
        run,
        lambda run: _("The letters of %(run)s did not go by themselves") % {"run": run},
        lambda run: (
            _("They wait for somebody to look at them: %(why)s") % {"why": why()}
            + f"\n\n{mailing.link_to(run)}\n"
        ),
    )
