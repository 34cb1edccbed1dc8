"""Whether the log is still what was written: every entry read again and hashed along the chain."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities.audit.sealing import (
    BATCH,
    BEGINNING,
    LONGEST_TRANSACTION,
    Chain,
    Head,
    canonical,
    link_hash,
    reach,
)

MOST_TOLD = 50


class Fault(models.TextChoices):
    GONE = "gone", _("An entry was taken out")
    CHANGED = "changed", _("An entry or its seal was changed")
    GAP = "gap", _("Seals were taken out of the chain")
    BACKDATED = "backdated", _("An entry was put in with an earlier date")
    OUTSIDE = "outside", _("An entry stands outside the chain")
    CUT = "cut", _("The end of the chain was cut off or rewritten")


@dataclass(frozen=True)
class Break:
    """`entry` and `sequence` are 0 where there is none."""

    fault: Fault
    sequence: int = 0
    entry: int = 0

    @property
    def words(self) -> str | Promise:
        return self.fault.label


@dataclass(frozen=True)
class Verdict:
    """`waiting` entries are younger than the last sealing."""

    checked: int
    waiting: int
    breaks: list[Break]
    head: Head | None

    @property
    def holds(self) -> bool:
        return not self.breaks


def verify(chain: Chain, kept: Iterable[Head] = (), newest: int | None = None) -> Verdict:
    """At most 50 breaks are told. `kept` are heads that were noted earlier: they must still stand in the
    chain, or its end was cut off. With `newest` only so many seals at the end are read again."""
    with reach(chain):
        start = _start(chain, newest) if newest is not None else None
        return _verify(chain, {(head.sequence, head.hash) for head in kept}, start)


def _start(chain: Chain, newest: int) -> Any:
    """The seal before the newest ones, from whose hash they are counted; None to begin at the beginning."""
    return chain.seals().order_by("-sequence")[newest : newest + 1].first()


def _verify(chain: Chain, missing: set[tuple[int, str]], start: Any) -> Verdict:
    breaks: list[Break] = []
    before, sequence, checked = (start.hash, start.sequence, 0) if start else (BEGINNING, 0, 0)
    round_now: datetime.datetime | None = None
    round_before: datetime.datetime | None = None
    last = None
    for seal, entry in _pairs(chain, sequence):
        if seal.sequence != sequence + 1:
            breaks.append(Break(Fault.GAP, sequence + 1))
            before = ""  # What stood before is unknown: the hash can't be counted again.
        if seal.sealed_at != round_now:
            round_before, round_now = round_now, seal.sealed_at
        if entry is None:
            breaks.append(Break(Fault.GONE, seal.sequence, seal.entry_number))
        else:
            words = canonical(entry, chain.municipality_id)
            if before and link_hash(before, seal.sequence, seal.sealed_at, words) != seal.hash:
                breaks.append(Break(Fault.CHANGED, seal.sequence, entry.pk))
            if round_before is not None and entry.at < round_before - LONGEST_TRANSACTION:
                breaks.append(Break(Fault.BACKDATED, seal.sequence, entry.pk))
        missing.discard((seal.sequence, seal.hash))
        # From here the stored hash counts, so that one break is told once.
        before, sequence, last, checked = seal.hash, seal.sequence, seal, checked + 1
    breaks += [Break(Fault.CUT, place) for place, _hash in sorted(missing)]
    breaks += _outside(chain, last)
    waiting = chain.unsealed(None).count() - sum(b.fault == Fault.OUTSIDE for b in breaks)
    head = last and Head(chain.municipality_id, last.sequence, last.hash)
    return Verdict(checked, max(waiting, 0), breaks[:MOST_TOLD], head)


def _outside(chain: Chain, last: Any) -> list[Break]:
    """Entries that the sealer will never look at: dated long before its last round."""
    if last is None:
        return []
    late = chain.unsealed(None).filter(at__lt=last.sealed_at - LONGEST_TRANSACTION).order_by("pk")
    return [Break(Fault.OUTSIDE, 0, pk) for pk in late.values_list("pk", flat=True)[:MOST_TOLD]]


def _pairs(chain: Chain, at: int) -> Iterator[tuple[Any, Any]]:
    """Each seal behind place `at` with its entry, None where that is gone; a thousand are held at a time."""
    while seals := list(chain.seals().filter(sequence__gt=at).order_by("sequence")[:BATCH]):
        entries = chain.entries().in_bulk([seal.entry_number for seal in seals])
        for seal in seals:
            yield seal, entries.get(seal.entry_number)
        at = seals[-1].sequence
