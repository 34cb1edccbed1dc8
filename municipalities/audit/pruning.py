"""Taking away the log's oldest stretch when its time is over, so that what is left can still be checked.

A stretch is whole rounds of sealing, each of them older than the months that were decided. The hash of the last
place stays in a `Pruning`, and the chain goes on from there. Only the owner of the tables can do this: the
portal's own role can add to the log and no more. Whoever keeps heads elsewhere keeps a new one afterwards.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from municipalities.audit import verification
from municipalities.audit.recording import record
from municipalities.audit.sealing import Chain, reach
from municipalities.audit.vocabulary import Action
from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import months_before


class Refused(Exception):
    """Nothing was taken away; the message is for who sits at the server."""


@dataclass(frozen=True)
class Stretch:
    """What would go: entries up to and with the place of `last`, a seal."""

    chain: Chain
    months: int
    entries: int
    last: Any
    oldest: datetime.datetime  # When the first and the last of it were sealed.

    @property
    def newest(self) -> datetime.datetime:
        when: datetime.datetime = self.last.sealed_at
        return when


def months_of(chain: Chain) -> int:
    if chain.municipality_id is None:
        return int(settings.AUDIT_MONTHS)
    return Municipality.objects.get(pk=chain.municipality_id).retention_audit_months


def foresee(chain: Chain, today: datetime.date | None = None) -> Stretch | None:
    """None where nothing is old enough. The newest round stays whatever its age: the next seal hashes it."""
    months = months_of(chain)
    day = months_before(today or timezone.localdate(), months)
    before = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    with reach(chain):
        seals = chain.seals().order_by("sequence")
        first, end = seals.first(), seals.last()
        if first is None or end is None:
            return None
        last = seals.filter(sealed_at__lt=min(before, end.sealed_at)).last()
        if last is None:
            return None
        return Stretch(chain, months, last.sequence - first.sequence + 1, last, first.sealed_at)


def prune(stretch: Stretch) -> Any:
    """Takes the stretch away, keeps its last hash, and says so in the log itself. Raises Refused where the chain
    is broken, for then the old entries are what shows it; DatabaseError for who may not."""
    chain, last = stretch.chain, stretch.last
    with reach(chain), transaction.atomic():
        verdict = verification.verify(chain)
        if not verdict.holds:
            first = verdict.breaks[0]
            raise Refused(f"{chain}: place {first.sequence}, entry {first.entry}: {first.fault.value}")
        gone = chain.seals().filter(sequence__lte=last.sequence)
        kept = chain.pruning(
            sequence=last.sequence,
            hash=last.hash,
            sealed_at=last.sealed_at,
            entries=stretch.entries,
            months=stretch.months,
        )
        kept.save()
        chain.entries().filter(pk__in=gone.values("entry_number")).delete()
        gone.delete()
        record(
            action=Action.DELETED,
            of=kept,
            municipality_id=chain.municipality_id,
            note=f"rows={stretch.entries} place={last.sequence} hash={last.hash}",
        )
    return kept
