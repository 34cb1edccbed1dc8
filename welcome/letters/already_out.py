"""Letters that were out of the house when address protection came to who they were for. Nobody can call them back:
staff are told which, so that they can speak with the household. That somebody is protected is itself confidential,
so it is told to those only who may know, as numbers, and nothing of the address with them."""

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch

from welcome.households.models import Protection
from welcome.letters.channels import Channel
from welcome.letters.delivery_models import Delivery, DeliveryState
from welcome.letters.models import Letter, LetterQuerySet, LetterRun, RunState

MOST_SHOWN = 50


@dataclass(frozen=True)
class Out:
    letter: int  # Its number in the run.
    household: int
    way: str
    state: str
    sent_at: datetime.datetime | None


@dataclass(frozen=True)
class AlreadyOut:
    count: int
    letters: list[Out]  # At most fifty, by number.


def already_out(run: LetterRun) -> AlreadyOut:
    """Whether the rows still hold the address or it was deleted since: they were sent with it."""
    if run.state not in (RunState.DELIVERING, RunState.DONE):
        return AlreadyOut(0, [])
    letters: LetterQuerySet = Letter.objects.of(run.municipality)
    protected = letters.filter(run=run, household__isnull=False).exclude(
        household__protection=Protection.NONE
    )
    gone = protected.exclude(pk__in=letters.filter(run=run).recallable())
    ways = Prefetch("deliveries", Delivery.objects.live().order_by("pk"), to_attr="live")
    rows = gone.order_by("number").prefetch_related(ways)[:MOST_SHOWN]
    return AlreadyOut(gone.count(), [_told(letter) for letter in rows])


def _told(letter: Letter) -> Out:
    # What was handed over before each letter had a delivery went to the printer.
    live: list[Delivery] = letter.live  # type: ignore[attr-defined]
    way = live[-1] if live else None
    return Out(
        letter=letter.number,
        household=letter.household_id or 0,
        way=str(Channel(way.channel if way else letter.channel).label),
        state=str(DeliveryState(way.state if way else DeliveryState.SENT).label),
        sent_at=way.sent_at or way.sending_at if way else None,
    )
