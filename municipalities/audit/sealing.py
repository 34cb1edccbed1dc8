"""The chain over the entries: each seal hashes the one before and its entry, so that whatever is changed,
taken out or put in afterwards shows.

Sealing runs each minute, behind the work. Whoever writes an entry therefore waits for no lock, and an entry
that is committed late gets a later place. Two sealers at once can't make two chains: a place in the chain
is unique, and the second one finds it taken.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import (
    AuditEntry,
    AuditPruning,
    AuditSeal,
    SystemEntry,
    SystemPruning,
    SystemSeal,
)
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality

# No transaction lasts longer, so no honest entry is dated earlier than this before the last sealing.
LONGEST_TRANSACTION = datetime.timedelta(hours=2)
BATCH = 1000
BEGINNING = "0" * 64  # What stands for the hash before the first.
_TOLD = (
    "pk", "at", "actor", "user_id", "actor_name", "action", "model", "object_id", "fields", "note", "ip",
    "request_id", "route",
)  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """That of one municipality, or with None the installation's own."""

    municipality_id: int | None

    def __str__(self) -> str:
        return "installation" if self.municipality_id is None else str(self.municipality_id)

    def entries(self) -> models.QuerySet[Any]:
        if self.municipality_id is None:
            return SystemEntry.objects.all()
        return AuditEntry.objects.filter(municipality_id=self.municipality_id)

    def seals(self) -> models.QuerySet[Any]:
        if self.municipality_id is None:
            return SystemSeal.objects.all()
        return AuditSeal.objects.filter(municipality_id=self.municipality_id)

    def seal(self, **values: Any) -> models.Model:
        if self.municipality_id is None:
            return SystemSeal(**values)
        return AuditSeal(municipality_id=self.municipality_id, **values)

    def prunings(self) -> models.QuerySet[Any]:
        if self.municipality_id is None:
            return SystemPruning.objects.all()
        return AuditPruning.objects.filter(municipality_id=self.municipality_id)

    def pruning(self, **values: Any) -> models.Model:
        if self.municipality_id is None:
            return SystemPruning(**values)
        return AuditPruning(municipality_id=self.municipality_id, **values)

    def floor(self) -> Any:
        """The last shortening, behind which the chain begins; None where nothing was ever taken away."""
        return self.prunings().order_by("-sequence").first()

    def checks(self) -> Any:
        if self.municipality_id is None:
            return SystemCheck.objects.all()
        return AuditCheck.objects.filter(municipality_id=self.municipality_id)

    def check(self, **values: Any) -> Any:
        if self.municipality_id is None:
            return SystemCheck(**values)
        return AuditCheck(municipality_id=self.municipality_id, **values)

    def unsealed(self, since: datetime.datetime | None) -> models.QuerySet[Any]:
        found = self.entries().filter(
            ~Exists(self.seals().model._default_manager.filter(entry_number=OuterRef("pk")))
        )
        return found if since is None else found.filter(at__gte=since)


@dataclass(frozen=True)
class Head:
    """The chain's end: its place and hash, to be kept where nobody who could change the log can."""

    municipality_id: int | None
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{Chain(self.municipality_id)}:{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Raises ValueError for what no head looks like."""
        where, sequence, digest = text.strip().split(":")
        if len(digest) != 64:
            raise ValueError(text)
        return cls(None if where == "installation" else int(where), int(sequence), digest)


def canonical(entry: Any, municipality_id: int | None) -> str:
    """One spelling of an entry, the same on every database and for ever: changing it breaks all chains."""
    told = {name: getattr(entry, name) for name in _TOLD}
    told["at"] = entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    told["municipality"] = municipality_id
    return json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def link_hash(before: str, sequence: int, sealed_at: datetime.datetime, words: str) -> str:
    """SHA-256 over the hash before, the place, the time of sealing and the entry's canonical form."""
    when = sealed_at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{before}\n{sequence}\n{when}\n{words}".encode()).hexdigest()


def chains() -> Iterator[Chain]:
    yield Chain(None)
    for pk in Municipality.objects.order_by("pk").values_list("pk", flat=True):
        yield Chain(pk)


def seal_all() -> int:
    """How many entries got their place. The caller's scope is everywhere."""
    return sum(seal(chain) for chain in list(chains()))


def seal(chain: Chain) -> int:
    """Give each entry that has none its place. How many; 0 too where another sealer was quicker."""
    with reach(chain):
        try:
            with transaction.atomic():
                return _seal(chain)
        except IntegrityError:
            # The place was taken: whoever took it seals these entries.
            return 0


def _seal(chain: Chain) -> int:
    last = chain.seals().order_by("-sequence").first()
    before, sequence = (last.hash, last.sequence) if last else (BEGINNING, 0)
    since, now, count = last and last.sealed_at - LONGEST_TRANSACTION, timezone.now(), 0
    while chunk := list(chain.unsealed(since).order_by("pk")[:BATCH]):
        seals = []
        for entry in chunk:
            sequence += 1
            before = link_hash(before, sequence, now, canonical(entry, chain.municipality_id))
            seals.append(chain.seal(entry_number=entry.pk, sequence=sequence, sealed_at=now, hash=before))
        type(seals[0])._default_manager.bulk_create(seals)
        count += len(seals)
    return count


def head(chain: Chain) -> Head | None:
    with reach(chain):
        last = chain.seals().order_by("-sequence").first()
    return last and Head(chain.municipality_id, last.sequence, last.hash)


def reach(chain: Chain) -> Any:
    return scope.of() if chain.municipality_id is None else scope.of(chain.municipality_id)
