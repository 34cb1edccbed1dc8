"""Taking hosts out of letters who are gone, or have said that they may not be named any more (GDPR art. 7 and 17).

What is not handed over yet is made anew without them; of a run that is over, the words go from the rows and the PDFs
that hold them are deleted, as for who may not be written to.
"""

import logging

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from welcome.hosts.models import Host
from welcome.letters import proofs, sampling
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import Letter, LetterQuerySet, LetterRun, LetterRunQuerySet, PrintFile, RunState
from welcome.letters.withdrawal import recall

logger = logging.getLogger(__name__)


def runs_to_mend() -> LetterRunQuerySet:
    return LetterRun.objects.filter(pk__in=_telling_in_vain().values("run"))


def take_out(*, run: LetterRun) -> int:
    """From how many letters of `run` a host was taken. Doing it twice is doing it once."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=run.pk)
        letters = _telling_in_vain().filter(run=run)
        waiting = set(letters.recallable().values_list("pk", flat=True))
        found = dict(letters.values_list("pk", "file_id"))
        if not found:
            return 0
        Letter.objects.filter(pk__in=found).update(host={})
        # What the links that were mailed show is another letter from now on.
        Delivery.objects.filter(letter__in=found, as_link=True).update(sha256="")
        sampling.drop(found)
        if run.state == RunState.FROZEN:
            proofs.begin(run, None)
        for file in PrintFile.objects.filter(pk__in={found[pk] for pk in waiting} - {None}):
            recall(file, run)
        over = {file for pk, file in found.items() if pk not in waiting} - {None}
        _delete(PrintFile.objects.kept().filter(pk__in=over))
        recording.record(action=Action.ERASED, of=run, note=f"hosts={len(found)}")
    logger.info("Letter run %s: a host was taken out of %d letters.", run.pk, len(found))
    return len(found)


def _delete(files: models.QuerySet[PrintFile]) -> None:
    paths = [path for path in files.values_list("file", flat=True) if path]
    files.update(file="", purged_at=timezone.now())
    transaction.on_commit(lambda: _forget(paths), robust=True)


def _forget(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def _telling_in_vain() -> LetterQuerySet:
    """Letters that tell of a host whom nobody may name: gone, or without a day on which they agreed."""
    told = Cast(KT("host__id"), models.BigIntegerField())
    named = Host.objects.filter(
        pk=OuterRef("told"), municipality=OuterRef("municipality"), named_since__isnull=False
    )
    telling: LetterQuerySet = (
        Letter.objects.exclude(host={}).annotate(told=told).filter(~Exists(named), told__isnull=False)
    )
    return telling
