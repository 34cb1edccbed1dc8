"""What is done with a run's deliveries: begun, fallen back to paper, settled by people, handed to the printer.

Each takes the run's lock before it touches a row, as every step of a run does.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.letters import links, nudges
from welcome.letters.channels import Channel
from welcome.letters.delivery_models import Delivery, DeliveryQuerySet, DeliveryState, Reason
from welcome.letters.models import (
    LETTERS_A_FILE,
    Letter,
    LetterQuerySet,
    LetterRun,
    LetterState,
    PrintFile,
    RunState,
)
from welcome.letters.withdrawal import Refused

BATCH = 1000
# The columns of a delivery that no worker holds.
FREE: dict[str, Any] = {"lease_token": None, "lease_expires_at": None}


def begin(run: LetterRun) -> None:
    """A row for each letter that has none; the caller holds the run's lock."""
    lacking = _without_one(run).values_list("pk", "channel")
    _create(run, lacking.iterator(chunk_size=BATCH))


def hand_over(run: LetterRun) -> None:
    """The printer has the files: all that was to be printed is sent. The caller holds the run's lock."""
    begin(run)
    now = timezone.now()
    run.deliveries.on_paper().filter(state=DeliveryState.WAITING).update(
        state=DeliveryState.SENT, sending_at=now, sent_at=now, settled_at=now
    )


def _without_one(run: LetterRun) -> LetterQuerySet:
    letters: LetterQuerySet = Letter.objects.filter(run=run)
    return letters.exclude(Exists(Delivery.objects.live().filter(letter=OuterRef("pk")))).order_by("number")


def _create(run: LetterRun, letters: Iterable[tuple[int, str]]) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(municipality_id=run.municipality_id, run=run, letter_id=pk, channel=channel)
            for pk, channel in letters
        ],
        batch_size=BATCH,
    )


# --- falling back to paper -----------------------------------------------------------------------


def fall_back(
    delivery: Delivery,
    *,
    reason: str,
    detail: str = "",
    token: uuid.UUID | None = None,
    states: Iterable[str] = (),
    by: User | None = None,
) -> bool:
    """This way failed, so the letter goes on paper in the same run; the row keeps why. Only while the worker
    with `token` holds it, or while it is in one of `states`: False where another has decided already."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=delivery.run_id)
        found = Delivery.objects.filter(pk=delivery.pk, letter__isnull=False)
        found = found.held(token) if token is not None else found.filter(state__in=list(states))
        failed = FREE | {
            "state": DeliveryState.FAILED, "reason": reason, "detail": detail[:80], "settled_at": timezone.now(),
        }  # fmt: skip
        if not found.update(**failed):
            return False
        if delivery.letter_id is not None:  # It is, as the query above has asked.
            # Who holds the mail, perhaps somebody else, reads it no longer: it comes on paper.
            links.end([delivery.letter_id], by_id=by.pk if by else None)
            _create(run, [(delivery.letter_id, Channel.PRINT)])
        if run.state == RunState.DONE:
            # Closed, and one letter has come back: it is open until that one is printed too.
            run.state, run.done_at = RunState.DELIVERING, None
            run.save(update_fields=["state", "done_at"])
        if by is not None:
            _note(delivery, f"on_paper {reason}", by)
    return True


def to_gather(run: LetterRun) -> LetterQuerySet:
    """Letters that are to be printed after all, and are in no file yet."""
    waiting = Delivery.objects.on_paper().filter(state=DeliveryState.WAITING, letter=OuterRef("pk"))
    letters: LetterQuerySet = Letter.objects.filter(run=run, file=None, state=LetterState.WAITING)
    return letters.filter(Exists(waiting)).order_by("number")


def gather(run: LetterRun) -> list[int]:
    """Put them into print files of their own, numbered on from the run's last, once nothing else of the run is
    being sent: so that a hundred failures are one file and not a hundred. The new files' ids."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=run.pk)
        if run.state != RunState.DELIVERING or run.deliveries.under_way().exists():
            return []
        letters = list(to_gather(run).values_list("pk", flat=True))
        last = run.files.aggregate(last=Max("sequence"))["last"] or 0
        made = []
        for start in range(0, len(letters), LETTERS_A_FILE):
            last += 1
            file = PrintFile.objects.create(municipality_id=run.municipality_id, run=run, sequence=last)
            Letter.objects.filter(pk__in=letters[start : start + LETTERS_A_FILE]).update(file=file)
            made.append(file.pk)
        nudges.after_commit(nudges.RENDER_FILE, made)
    return made


# --- what people say -----------------------------------------------------------------------------


def arrived(*, delivery: Delivery, by: User | None) -> None:
    """Somebody has asked the household or the mail server: the uncertain letter came."""
    with transaction.atomic():
        LetterRun.objects.select_for_update().get(pk=delivery.run_id)
        now = timezone.now()
        unsure = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNCERTAIN)
        if not unsure.update(
            state=DeliveryState.DELIVERED, sent_at=now, settled_at=now, reason="", detail=""
        ):
            raise Refused(_("Somebody has settled this letter already."))
        _note(delivery, "arrived", by)


def on_paper(*, delivery: Delivery, by: User | None) -> None:
    """Somebody decided not to wait: the uncertain letter is printed. It may come twice, and they know."""
    if not fall_back(delivery, reason=Reason.BY_HAND, states=[DeliveryState.UNCERTAIN], by=by):
        raise Refused(_("Somebody has settled this letter already."))


def rest_on_paper(*, run: LetterRun, by: User | None) -> int:
    """All letters that still wait for another way are printed instead. How many."""
    waiting: DeliveryQuerySet = run.deliveries.by_wire().filter(state=DeliveryState.WAITING)
    return sum(
        fall_back(delivery, reason=Reason.BY_HAND, states=[DeliveryState.WAITING], by=by)
        for delivery in waiting
    )


def bounced(*, delivery: Delivery, detail: str = "", by: User | None = None) -> bool:
    """The mail server, or whoever reads the mailbox, says that the e-mail came back: paper it is. False
    where that is known already, or the letter is no e-mail that is out."""
    if delivery.channel != Channel.EMAIL:
        return False
    out = [DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNCERTAIN]
    return fall_back(delivery, reason=Reason.BOUNCED, detail=detail, states=out, by=by)


def hold(run: LetterRun, channel: str, until: datetime.datetime) -> None:
    """The receiver wants a pause: no other letter of the run is tried there before."""
    waiting = run.deliveries.filter(channel=channel, state=DeliveryState.WAITING, not_before__lt=until)
    waiting.update(not_before=until)


def _note(delivery: Delivery, what: str, by: User | None) -> None:
    letter = delivery.letter
    if letter is not None and letter.household_id is not None:
        recording.record_each(
            action=Action.CHANGED,
            model=Household,
            ids=[letter.household_id],
            municipality_id=letter.municipality_id,
            note=f"run={letter.run_id} letter={letter.number} {what}",
            by_id=by.pk if by else None,
        )
