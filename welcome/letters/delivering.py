"""The work on deliveries: claimed with a lease, made sure of once more, sent, and the outcome written.

A worker may die, or fall asleep, at any point. Before anything leaves, `sending_at` is written; whoever finds a
row so asks the receiver before the letter is sent again, and SvarUt's "not here" counts only when all that
was sent to it has come to rest (`svarut.SETTLED`). A mail server can't be asked: then a person decides. Every
write asks for the worker's own token, and nobody sends on a lease that is about to end.
"""

import datetime
import hashlib
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from municipalities.links.actions import issue
from municipalities.national import svarut
from municipalities.tenancy.logs import where
from welcome.households.consents import Consent, ConsentPurpose
from welcome.households.models import Household, Person
from welcome.letters import by_email, by_svarut, deliveries, nudges, rendering, watching
from welcome.letters.channels import Channel, EmailAs, Later, MaybeTaken, NotTaken, settings_of
from welcome.letters.deliveries import FREE, fall_back
from welcome.letters.delivery_models import Delivery, DeliveryState, Reason
from welcome.letters.layout import LayoutError
from welcome.letters.links import LETTER
from welcome.letters.models import Letter, LetterRun, RunState
from welcome.letters.stock import Stock
from welcome.letters.withdrawal import withdraw_changed

# Longer than a letter takes to be made (30 s) and to be sent (120 s) by far: who is silent so long is dead.
LEASE = datetime.timedelta(minutes=5)
SPARE = datetime.timedelta(seconds=svarut.SEND_SECONDS + 30)
# Tried so often, and for so long, before it goes on paper: 1, 2, 4 … 60 minutes between.
ATTEMPTS, PATIENCE = 8, datetime.timedelta(hours=4)
DEATHS = 3  # So many workers may die on one letter.
LONGEST_PAUSE = datetime.timedelta(hours=1)
ASK_AGAIN = datetime.timedelta(minutes=1)
# Then the rest is another message's: a worker that is told to stop at a deploy gets two minutes.
SECONDS_AT_WORK = 30
IDS_AT_A_TIME = 50

logger = logging.getLogger(__name__)

SENDERS: dict[str, Callable[[Delivery, Letter, bytes], str]] = {
    Channel.SVARUT: by_svarut.send,
    Channel.EMAIL: by_email.send,
}


class LeaseLost(Exception):
    """Another has the delivery now, or it was taken back."""


def is_due(run: LetterRun) -> bool:
    """There is something to do that nobody does: one who is at work goes on by themselves."""
    now = timezone.now()
    busy = run.deliveries.filter(state=DeliveryState.CLAIMED, lease_expires_at__gte=now).exists()
    waiting = run.deliveries.claimable(now).exists() or run.deliveries.to_ask_about(now).exists()
    return not busy if waiting else deliveries.to_gather(run).exists()


def work(run: LetterRun) -> int:
    """Deliver what is due of a run, one after the other. How many this call took in hand."""
    until, taken = time.monotonic() + SECONDS_AT_WORK, 0
    stock: Stock | None = None
    while time.monotonic() < until:
        # Those that failed before come last: a letter that kills its workers must not stand in the way.
        due = run.deliveries.claimable(timezone.now()).order_by("attempts", "pk")
        ids = due.values_list("pk", flat=True)
        held = next((found for pk in ids[:IDS_AT_A_TIME] if (found := claim(pk))), None)
        if held is None:
            break
        watching.alive()
        stock = stock or Stock(run)
        deliver(held, stock)
        taken += 1
    else:
        nudges.send(nudges.DELIVER, [run.pk], expires=nudges.SECONDS_TO_LIVE)
    return taken


def claim(delivery_id: int) -> Delivery | None:
    """The delivery with a new lease, or None where another has it or it isn't due. What a dead worker may have
    e-mailed is left to people: nobody can be asked."""
    now, token = timezone.now(), uuid.uuid4()
    due = Delivery.objects.filter(pk=delivery_id).claimable(now)
    lost = due.filter(channel=Channel.EMAIL, state=DeliveryState.CLAIMED, sending_at__isnull=False)
    if lost.update(state=DeliveryState.UNCERTAIN, reason=Reason.WORKER_DIED, **FREE):
        return None
    worn = due.filter(state=DeliveryState.CLAIMED, sending_at=None, attempts__gte=DEATHS).first()
    if worn is not None:
        fall_back(worn, token=worn.lease_token, reason=Reason.NOT_MADE, detail="workers died")
        return None
    asked = When(state=DeliveryState.UNCERTAIN, then=F("attempts"))  # A question is no attempt.
    taken = due.update(
        state=DeliveryState.CLAIMED,
        lease_token=token,
        lease_expires_at=now + LEASE,
        attempts=Case(asked, default=F("attempts") + Value(1)),
    )
    if not taken:
        return None
    rows = Delivery.objects.select_related("run__municipality", "letter")
    return rows.filter(pk=delivery_id).held(token).first()


def deliver(delivery: Delivery, stock: Stock | None = None) -> None:
    """Take a claimed delivery one step on. Whatever happens, its row says what is known."""
    token = delivery.lease_token
    assert token is not None  # noqa: S101 - the constraint of a claimed delivery
    try:
        if delivery.sending_at is not None and not _is_free_again(delivery, token):
            return
        _send(delivery, token, stock)
    except LeaseLost:
        logger.warning("%s: another has it, or it was taken back; this one steps back.", delivery)
    except MaybeTaken as fault:
        _write(delivery, token, state=DeliveryState.UNCERTAIN, not_before=timezone.now() + ASK_AGAIN,
               reason=fault.reason, detail=fault.detail)  # fmt: skip
    except Later as fault:
        _put_off(delivery, token, fault)
    except NotTaken as fault:
        fall_back(delivery, token=token, reason=fault.reason, detail=fault.detail)
    except Exception as error:
        # Before it was sent it is tried again; after that the lease runs out, and the receiver is asked.
        logger.error("%s could not be delivered: %s", delivery, where(error))
        if delivery.sending_at is None:
            _put_off(delivery, token, Later(Reason.NOT_MADE, type(error).__name__))


def _is_free_again(delivery: Delivery, token: uuid.UUID) -> bool:
    """It may be out: ask SvarUt. True where it certainly is not, so that it may be sent again."""
    assert delivery.sending_at is not None  # noqa: S101 - the caller has looked
    try:
        external_id = by_svarut.find(delivery)
    except Later as fault:
        _write(delivery, token, state=DeliveryState.UNCERTAIN, reason=delivery.reason or Reason.WORKER_DIED,
               not_before=timezone.now() + _pause(fault, 5))  # fmt: skip
        return False
    if external_id:
        _sent(delivery, token, external_id)
        return False
    if timezone.now() < delivery.sending_at + svarut.SETTLED:
        _write(delivery, token, state=DeliveryState.UNCERTAIN, reason=delivery.reason or Reason.WORKER_DIED,
               not_before=timezone.now() + ASK_AGAIN)  # fmt: skip
        return False
    held = Delivery.objects.filter(pk=delivery.pk).held(token)
    if not held.update(sending_at=None, reason="", detail="", attempts=F("attempts") + 1):
        raise LeaseLost
    delivery.sending_at, delivery.attempts = None, delivery.attempts + 1
    if delivery.attempts > ATTEMPTS:
        raise NotTaken(Reason.REFUSED, "never-kept")
    return True


def _send(delivery: Delivery, token: uuid.UUID, stock: Stock | None) -> None:
    """Make the letter, read again that it may go, and give it away. Raises what came of it."""
    letter = delivery.letter
    if letter is None:
        raise LeaseLost
    try:
        content = rendering.render_letter(letter, stock=stock)
    except LayoutError:
        raise NotTaken(Reason.NOT_MADE) from None
    _make_sure(delivery, token, letter, hashlib.sha256(content).hexdigest())
    if timezone.now() > delivery.lease_expires_at - SPARE:  # type: ignore[operator]
        raise LeaseLost  # Asleep meanwhile: others may have asked already, and been told that it is not there.
    external_id = SENDERS[delivery.channel](delivery, letter, content)
    _sent(delivery, token, external_id)


def _make_sure(delivery: Delivery, token: uuid.UUID, letter: Letter, sha256: str) -> None:
    """Right before it leaves, under the run's lock: whoever may not be written to any more has no letter from
    here on, and who took the lease has it. From here on the letter may be out."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=delivery.run_id)
        withdraw_changed(run, letter=letter)
        now = timezone.now()
        held = Delivery.objects.filter(pk=delivery.pk, lease_expires_at__gt=now + SPARE).held(token)
        if run.state != RunState.DELIVERING or not held.exists():
            taken_back = True
        else:
            taken_back = False
            delivery.as_link = _is_link(delivery, letter)
            held.update(sending_at=now, sha256=sha256, as_link=delivery.as_link)
            delivery.sending_at = now
    if taken_back:
        raise LeaseLost  # After the commit: what was withdrawn stays so.


def _is_link(delivery: Delivery, letter: Letter) -> bool:
    """Whether the letter goes as a link; then that is made here. An e-mail needs the municipality's will, the
    household's consent and an address that is still theirs. The caller holds the run's lock."""
    if delivery.channel != Channel.EMAIL:
        return False
    opened = settings_of(delivery.municipality_id)
    if opened is None or not opened.by_email:
        raise NotTaken(Reason.CHANNEL_OFF)
    # Locked, so that protection that comes this very moment finds the link and ends it, or is seen here.
    home = Household.objects.select_for_update(of=("self",)).filter(letters=letter).first()
    agreed = Consent.objects.running().filter(household=home, purpose=ConsentPurpose.EMAIL)
    theirs = Person.objects.alive().filter(household=home, email=letter.email)
    if home is None or home.is_protected or not (agreed.exists() and theirs.exists()):
        raise NotTaken(Reason.NO_CONSENT)
    if opened.email_as == EmailAs.ATTACHED:
        return False
    issue(purpose=LETTER, of=letter, by=None)
    return True


def _sent(delivery: Delivery, token: uuid.UUID, external_id: str) -> None:
    now = timezone.now()
    settled = now if delivery.channel == Channel.EMAIL else None
    _write(delivery, token, state=DeliveryState.SENT, external_id=external_id[:64], sent_at=now,
           settled_at=settled, not_before=now + ASK_AGAIN, reason="", detail="")  # fmt: skip


def _put_off(delivery: Delivery, token: uuid.UUID, fault: Later) -> None:
    """Not taken: later, or on paper when it has been tried often and long enough."""
    now = timezone.now()
    if delivery.attempts >= ATTEMPTS and now - delivery.created_at >= PATIENCE:
        fall_back(delivery, token=token, reason=fault.reason, detail=fault.detail)
        return
    until = now + _pause(fault, delivery.attempts)
    _write(delivery, token, state=DeliveryState.WAITING, sending_at=None, not_before=until,
           reason=fault.reason, detail=fault.detail)  # fmt: skip
    if fault.reason != Reason.NOT_MADE:
        # What keeps one letter from being taken keeps them all: they'd only knock in vain.
        deliveries.hold(delivery.run, delivery.channel, until)


def _pause(fault: Later, attempts: int) -> datetime.timedelta:
    """As long as the receiver has asked for, or twice as long each time."""
    if fault.after is not None:
        return max(fault.after, datetime.timedelta(seconds=1))
    return min(datetime.timedelta(minutes=2 ** max(attempts - 1, 0)), LONGEST_PAUSE)


def _write(delivery: Delivery, token: uuid.UUID, **columns: Any) -> None:
    """Where the lease is lost, the other's word counts; what this one knows is found by asking."""
    held = Delivery.objects.filter(pk=delivery.pk).held(token)
    if not held.update(**(FREE | columns)):
        logger.warning("%s: the lease was lost before the outcome could be written.", delivery)


# --- how far it is at SvarUt ---------------------------------------------------------------------


def ask_how_far(run: LetterRun) -> int:
    """Ask SvarUt about all that it has taken and that has not come to an end. How many moved on."""
    moved, until = 0, time.monotonic() + SECONDS_AT_WORK
    while time.monotonic() < until:
        now = timezone.now()
        due = list(run.deliveries.to_ask_about(now).order_by("not_before")[: svarut.IDS_A_SEARCH])
        if not due:
            break
        for delivery in due:  # Those of which nothing is said wait as well.
            Delivery.objects.filter(pk=delivery.pk).update(not_before=now + _patience(delivery, now))
        watching.alive()
        by_id = {delivery.external_id: delivery for delivery in due}
        for status in by_svarut.statuses(due):
            if status.shipment_id in by_id:
                moved += _settle(by_id[status.shipment_id], status)
    return moved


def _patience(delivery: Delivery, now: datetime.datetime) -> datetime.timedelta:
    """A quarter of its age: printing and posting takes a day or two, the first news come in minutes."""
    age = now - (delivery.sent_at or now)
    return max(ASK_AGAIN, min(age / 4, LONGEST_PAUSE))


def _settle(delivery: Delivery, status: svarut.Status) -> bool:
    sent = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENT)
    if status.is_lost:
        sent.update(stage=status.state)
        return fall_back(
            delivery, reason=Reason.NOT_DELIVERED, detail=status.state, states=[DeliveryState.SENT]
        )
    if status.is_delivered:
        return bool(sent.update(stage=status.state, state=DeliveryState.DELIVERED, settled_at=timezone.now()))
    return bool(sent.exclude(stage=status.state).update(stage=status.state))
