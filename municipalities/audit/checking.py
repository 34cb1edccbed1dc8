"""The work on a check of the log: asked for once, claimed with a lease, counted in its row.

A worker may die at any point. What it leaves is a lease that runs out; the next one reads from the beginning.
Three deaths, and the check is called off: somebody must look at the server.
"""

import datetime
import logging
import time
import uuid
from typing import Any

from celery import current_app
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import KombuError

from municipalities.audit import verification
from municipalities.audit.recording import record
from municipalities.audit.sealing import Chain, Head, chains, reach, seal
from municipalities.audit.vocabulary import Action, Finding

LEASE = datetime.timedelta(seconds=90)  # A thousand entries are read between two signs of life: a moment.
ATTEMPTS = 3
SECONDS_BETWEEN_SIGNS = 1.0
# A check that found nothing; the others stay, and the newest that did is what the next one begins from.
KEPT = datetime.timedelta(days=365)
CHECK = "municipalities.tenancy.tasks.check_chain"
CHECK_INSTALLATION = "municipalities.tenancy.tasks.check_installation"
SECONDS_TO_LIVE = 120  # The sweep sends another message each minute.
FREE = {"lease_token": None, "lease_expires_at": None}

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another has the check now."""


# --- asking --------------------------------------------------------------------------------------


def ask(*, chain: Chain, by: Any) -> Any:
    """A new check, or the one that is not done yet. Without `by` it is the nightly one, which leaves no entry."""
    with reach(chain):
        try:
            with transaction.atomic():
                check = chain.check(asked_by=by)
                check.save()
                if by is not None:
                    record(action=Action.ADDED, of=check)
                # Robust: if the broker is away, the sweep finds it within a minute.
                transaction.on_commit(lambda: nudge(chain, check.pk), robust=True)
        except IntegrityError:
            # One is open; or was until this moment, and then it is the newest.
            return chain.checks().order_by(F("finished_at").desc(nulls_first=True), "-pk").first()
    return check


def ask_all() -> None:
    """Each night; what is over of earlier checks goes."""
    for chain in list(chains()):
        with reach(chain):
            _forget_old(chain)
        ask(chain=chain, by=None)


def _forget_old(chain: Chain) -> None:
    """But for the newest that says what was found, and the newest that knows where the chain ended: without them
    a chain that nobody has checked for a year would pass for one that never was, and could be cut unseen."""
    old = chain.checks().filter(finding=Finding.HOLDS, asked_at__lt=timezone.now() - KEPT)
    newest = chain.checks().exclude(finished_at=None).order_by("-pk").first()
    kept = {check.pk for check in (newest, _last_whole(chain)) if check is not None}
    old.exclude(pk__in=kept).delete()


def nudge(chain: Chain, check_id: int) -> None:
    task = CHECK_INSTALLATION if chain.municipality_id is None else CHECK
    try:
        current_app.send_task(task, [check_id], retry=False, expires=SECONDS_TO_LIVE)
    except (KombuError, OSError) as error:
        logger.warning("No worker could be told of check %s: %s", check_id, type(error).__name__)


def sweep(chain: Chain) -> None:
    """Tell the workers of what nobody is at; call off what three have died on."""
    with reach(chain):
        free = chain.checks().claimable(timezone.now())
        free.filter(attempts__gte=ATTEMPTS).update(
            finding=Finding.STOPPED, finished_at=timezone.now(), **FREE
        )
        for pk in free.values_list("pk", flat=True):
            nudge(chain, pk)


# --- the work ------------------------------------------------------------------------------------


def run(chain: Chain, check_id: int) -> Any:
    """Do one check, if it is free: the finished row, or None where another has it or it is to be done again."""
    # What was written a moment ago is read too, and a sealing that stands still does not pass for an empty log.
    seal(chain)
    with reach(chain):
        check = _claim(chain, check_id)
        if check is None:
            return None
        try:
            signs = _Signs(chain, check)
            return _keep(chain, check, verification.verify(chain, _heads(chain), signs))
        except LeaseLost:
            logger.warning("Check %s: another worker has it; this one steps back.", check_id)
        except DatabaseError as error:
            # The words of a database's error can be a whole row.
            logger.error("Check %s could not be done: %s", check_id, type(error).__name__)
            _held(chain, check).update(**FREE)
    return None


def _claim(chain: Chain, check_id: int) -> Any:
    now = timezone.now()
    seals = chain.seals().order_by("sequence")
    first, last = seals.first(), seals.last()
    taken = (
        chain.checks()
        .claimable(now)
        .filter(pk=check_id, attempts__lt=ATTEMPTS)
        .update(
            lease_token=uuid.uuid4(),
            lease_expires_at=now + LEASE,
            attempts=F("attempts") + 1,
            first_entry=first.entry_number if first else 0,
            last_entry=last.entry_number if last else 0,
            total=last.sequence - first.sequence + 1 if first and last else 0,
            counted=0,
        )
    )
    return chain.checks().get(pk=check_id) if taken else None


def _held(chain: Chain, check: Any) -> Any:
    return chain.checks().open().filter(pk=check.pk, lease_token=check.lease_token)


def _heads(chain: Chain) -> list[Head]:
    """Where the chain ended when it was last found whole: it must still have been there."""
    last = _last_whole(chain)
    return [Head(chain.municipality_id, last.head_place, last.head_hash)] if last else []


def _last_whole(chain: Chain) -> Any:
    return chain.checks().filter(finding=Finding.HOLDS, head_place__gt=0).order_by("-pk").first()


class _Signs:
    """Signs of life while the chain is read: they renew the lease and say how far it has come."""

    def __init__(self, chain: Chain, check: Any) -> None:
        self._chain, self._check = chain, check
        self._next = 0.0

    def __call__(self, counted: int) -> None:
        if time.monotonic() < self._next:
            return
        # Entries that were sealed since it began are read as well; they are not among those to read.
        counted = min(counted, self._check.total)
        if not _held(self._chain, self._check).update(
            counted=counted, lease_expires_at=timezone.now() + LEASE
        ):
            raise LeaseLost
        self._next = time.monotonic() + SECONDS_BETWEEN_SIGNS


def _keep(chain: Chain, check: Any, verdict: verification.Verdict) -> Any:
    found = {"finding": Finding.HOLDS, "total": verdict.checked, "counted": verdict.checked}
    if verdict.breaks:
        first = verdict.breaks[0]
        found |= {
            "finding": Finding.BROKEN,
            "fault": first.fault.value,
            "fault_place": first.sequence,
            "fault_entry": first.entry,
            "faults": len(verdict.breaks),
        }
    if verdict.head is not None:
        found |= {"head_place": verdict.head.sequence, "head_hash": verdict.head.hash}
    if not _held(chain, check).update(finished_at=timezone.now(), **FREE, **found):
        raise LeaseLost
    check.refresh_from_db()
    return check
