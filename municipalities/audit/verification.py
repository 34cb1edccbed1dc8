"""Whether the log is still what was written: every entry read again and hashed along the chain."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

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
from municipalities.audit.vocabulary import Fault

MOST_TOLD = 50


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


def verify(chain: Chain, kept: Iterable[Head] = (), tell: Callable[[int], None] | None = None) -> Verdict:
    """At most 50 breaks are told. `kept` are heads that were noted earlier: they must still stand in the
    chain, or its end was cut off; of those in a stretch that was taken away since nothing can be said.
    `tell` hears now and then how many entries were read."""
    kept = list(kept)
    with reach(chain):
        while True:
            floor = chain.floor()
            verdict = _verify(chain, kept, floor, tell)
            if chain.floor() == floor:
                return verdict
            # Shortened while it was read: what was not there would look as if it were taken out.


def _verify(chain: Chain, kept: list[Head], floor: Any, tell: Callable[[int], None] | None) -> Verdict:
    breaks: list[Break] = []
    before, sequence = (floor.hash, floor.sequence) if floor else (BEGINNING, 0)
    missing = {
        (head.sequence, head.hash)
        for head in kept
        if head.sequence > sequence or (floor and head.sequence == sequence and head.hash != before)
    }
    round_now: datetime.datetime | None = floor and floor.sealed_at
    round_before: datetime.datetime | None = None
    last, checked = None, 0
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
        if tell and checked % BATCH == 0:
            tell(checked)
    if floor and last is None:
        missing.add((floor.sequence, floor.hash))  # A shortening leaves the newest round.
    breaks += [Break(Fault.CUT, place) for place, _hash in sorted(missing)]
    outside = _outside(chain, last)
    breaks += outside + _below(chain, floor)
    waiting = chain.unsealed(None).count() - len(outside)
    head = last and Head(chain.municipality_id, last.sequence, last.hash)
    return Verdict(checked, max(waiting, 0), breaks[:MOST_TOLD], head)


def _outside(chain: Chain, last: Any) -> list[Break]:
    """Entries that the sealer will never look at: dated long before its last round."""
    if last is None:
        return []
    late = chain.unsealed(None).filter(at__lt=last.sealed_at - LONGEST_TRANSACTION).order_by("pk")
    return [Break(Fault.OUTSIDE, 0, pk) for pk in late.values_list("pk", flat=True)[:MOST_TOLD]]


def _below(chain: Chain, floor: Any) -> list[Break]:
    """What stands where all was taken away: put in since, or a shortening that took nothing."""
    if floor is None:
        return []
    late = chain.seals().filter(sequence__lte=floor.sequence).order_by("sequence")[:MOST_TOLD]
    return [Break(Fault.OUTSIDE, seal.sequence, seal.entry_number) for seal in late]


def _pairs(chain: Chain, at: int) -> Iterator[tuple[Any, Any]]:
    """Each seal behind place `at` with its entry, None where that is gone; a thousand are held at a time."""
    while seals := list(chain.seals().filter(sequence__gt=at).order_by("sequence")[:BATCH]):
        entries = chain.entries().in_bulk([seal.entry_number for seal in seals])
        for seal in seals:
            yield seal, entries.get(seal.entry_number)
        at = seals[-1].sequence
