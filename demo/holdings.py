"""Empty farms of Ål with the talks about them: invented names and owners, numbers that nobody has."""

import datetime
from decimal import Decimal

from django.utils import timezone

from housing.holdings import actions
from housing.holdings.models import (
    Holding,
    HoldingContact,
    HoldingOwner,
    HoldingReason,
    HoldingTask,
    Outcome,
    OwnerNotice,
    Reached,
    Reason,
    Source,
    Stage,
    Way,
)
from municipalities.municipality.models import Municipality

_NAMES = ["Nedre Vangen", "Øvre Brattlia", "Sørgarden", "Kvernstua", "Nystølen", "Lia", "Rudningen", "Bakkane",
          "Tufta", "Heimre Åsen", "Nordigarden", "Slettemoen"]  # fmt: skip
_STAGES = [Stage.SETTLED, Stage.SETTLED, Stage.SETTLED, Stage.OFFERED, Stage.WILLING, Stage.DIALOGUE, Stage.DIALOGUE,
           Stage.CONTACTED, Stage.OWNER_FOUND, Stage.DECLINED, Stage.UNSUITED, Stage.REGISTERED]  # fmt: skip
_TORPO = (
    Decimal("60.659"),
    Decimal("8.690"),
)  # On the slope above the church, roughly; the farms are invented.
_WAY = [Stage.OWNER_FOUND, Stage.CONTACTED, Stage.DIALOGUE, Stage.WILLING, Stage.OFFERED, Stage.SETTLED]


def add_holdings(municipality: Municipality) -> None:
    today = timezone.localdate()
    for number, (name, stage) in enumerate(zip(_NAMES, _STAGES, strict=True)):
        holding = Holding(
            municipality=municipality, gnr=900 + number // 4, bnr=number + 1, name=name, village="Torpo",
            source=Source.TIP if number % 3 else Source.REGISTER, buildings="Våningshus, låve, stabbur",
            condition=1 + number % 3, land=20 + number * 7, empty_since=2008 + number,
            registered_on=today - datetime.timedelta(days=420 - number * 9),
            latitude=_TORPO[0] + Decimal(number % 4) / 250, longitude=_TORPO[1] + Decimal(number) / 300,
        )  # fmt: skip
        actions.register(holding=holding, by=None)
        _go(holding, stage, number, today)
        if stage != Stage.REGISTERED:
            HoldingOwner.objects.create(
                municipality=municipality, holding=holding, name=f"Eigar {name}", share=1, share_of=1 + number % 3,
                reached=Reached.REACHED if stage != Stage.OWNER_FOUND else Reached.NOT_TRIED,
            )  # fmt: skip
        if stage in {Stage.DIALOGUE, Stage.DECLINED}:
            HoldingContact.objects.create(
                municipality=municipality, holding=holding, way=Way.PHONE, on=today - datetime.timedelta(days=30),
                text="Ein hyggeleg prat. Vil tenkje på det og snakke med dei andre.",
            )  # fmt: skip
    declined = Holding.objects.of(municipality).get(stage=Stage.DECLINED)
    for reason in (Reason.FEELINGS, Reason.HEIRS):
        HoldingReason.objects.create(municipality=municipality, holding=declined, reason=reason)
    Holding.objects.filter(pk=declined.pk).update(ask_again_on=today)
    talking = Holding.objects.of(municipality).filter(stage=Stage.DIALOGUE).order_by("pk").first()
    if talking is not None:
        HoldingTask.objects.create(
            municipality=municipality, holding=talking, what="Ring etter helga",
            due_on=today - datetime.timedelta(days=2),
        )  # fmt: skip
    OwnerNotice.objects.create(
        municipality=municipality, name="Gudrun Stølen", phone="+4731992877", where="Nistova i Leveld",
        thought="let", text="Huset har stått tomt sidan mor flytta. Vi er tre sysken.", sending="demo",
    )  # fmt: skip


def _go(holding: Holding, stage: Stage, number: int, today: datetime.date) -> None:
    """Step by step to `stage`, each some weeks after the one before."""
    way = _WAY[: _WAY.index(stage) + 1] if stage in _WAY else [Stage.OWNER_FOUND, Stage.CONTACTED, stage]
    for place, step in enumerate([] if stage == Stage.REGISTERED else way):
        since = min(holding.registered_on + datetime.timedelta(days=(25 + number) * (place + 1)), today)
        outcome = (Outcome.SOLD, Outcome.LET, Outcome.FAMILY)[number % 3] if step == Stage.SETTLED else ""
        actions.move(holding=holding, stage=step, outcome=outcome, since=since, by=None)
