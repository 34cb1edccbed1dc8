"""Deleting the addresses of those of whom none may be held from runs that are past taking letters back.

Who was written to stays as a number: the letter keeps its number, file and pages, and the file its hash,
so that the run still adds up.
"""

import logging

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from welcome.letters import links, sampling
from welcome.letters.models import Letter, LetterQuerySet, LetterRun, LetterRunQuerySet, PrintFile, RunState

# Letters of earlier states, and of a run that is being delivered those that are not out yet, are withdrawn
# instead, and go altogether.
PAST_RECALL = [RunState.DELIVERING, RunState.DONE, RunState.CANCELLED]

logger = logging.getLogger(__name__)


def runs_to_purge() -> LetterRunQuerySet:
    return LetterRun.objects.filter(pk__in=_to_purge().values("run"))


def purge(*, run: LetterRun) -> int:
    """Blank the letters of `run` to people who got protection or were erased since, and delete the whole
    PDF each of them stands in. How many letters. Doing it twice is doing it once."""
    return forget(run=run, letters=_to_purge())


def forget(*, run: LetterRun, letters: LetterQuerySet) -> int:
    """Blank those of `letters` that are letters of `run`, which is past taking them back, and delete every PDF
    that one of them stands in. How many letters; those that were blanked before don't count."""
    with transaction.atomic():
        LetterRun.objects.select_for_update().get(pk=run.pk)
        found = dict(letters.filter(run=run, purged_at=None).values_list("pk", "file_id"))
        if not found:
            return 0
        sampling.drop(found)
        now = timezone.now()
        blanked = Letter.objects.filter(pk__in=found)
        blanked.update(address=[], salutation="", email="", host={}, gifts=[], code="", purged_at=now)
        links.end(found)
        # A fault can quote the line of the address that did not fit.
        blanked.exclude(error="").update(error=_("Deleted."))
        files = PrintFile.objects.kept().filter(pk__in=set(found.values()) - {None})
        recording.record(action=Action.ERASED, of=run, note=f"addresses={len(found)}")
        paths = [path for path in files.values_list("file", flat=True) if path]
        files.update(file="", purged_at=now)
        transaction.on_commit(lambda: _delete(paths), robust=True)
    # Neither who nor which letter: that somebody is protected is itself confidential.
    logger.info("Letter run %s: %d addresses and %d files deleted.", run.pk, len(found), len(paths))
    return len(found)


def _to_purge() -> LetterQuerySet:
    letters: LetterQuerySet = Letter.objects.filter(run__state__in=PAST_RECALL, purged_at=None)
    still_here = Letter.objects.filter(pk=OuterRef("pk")).recallable()
    return letters.unmentionable().exclude(Exists(still_here))


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
