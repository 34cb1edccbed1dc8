"""What happens to an empty farm or house, as it is noted."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from housing.holdings.models import (
    FIRST_DAY,
    Holding,
    HoldingContact,
    HoldingOwner,
    Outcome,
    OwnerNotice,
    Reached,
    Source,
    Stage,
    StageChange,
    Way,
)
from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User


def register(*, holding: Holding, by: User | None) -> Holding:
    """A new one, with its first stage. Raises IntegrityError where the number is registered already."""
    with transaction.atomic():
        holding.save()
        StageChange.objects.create(
            municipality_id=holding.municipality_id, holding=holding, stage=holding.stage,
            since=holding.registered_on, noted_by=by,
        )  # fmt: skip
    return holding


def move(
    *, holding: Holding, stage: Stage, outcome: str = "", since: datetime.date | None = None, by: User | None
) -> bool:
    """To another stage since that day, today where none is given; `outcome` belongs to what is settled. What is noted
    for a day before the newest change is history only. False where it is there already."""
    since = since or timezone.localdate()
    if not FIRST_DAY <= since <= timezone.localdate():
        raise ValueError("A stage is noted for a day that has been.")
    with transaction.atomic():
        found = Holding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
        if found.stage == stage and outcome in {"", found.outcome} and found.stage_on <= since:
            return False
        StageChange.objects.create(
            municipality_id=found.municipality_id, holding=found, stage=stage, since=since, noted_by=by
        )
        newest = _newest(found)
        settled = newest.stage == Stage.SETTLED
        changes = {
            "stage": newest.stage,
            "stage_on": newest.since,
            "outcome": (outcome or found.outcome or Outcome.MOVED_IN) if settled else "",
        }
        Holding.objects.filter(pk=found.pk).update(**changes)
        for name, value in changes.items():
            setattr(holding, name, value)
        recording.record(
            action=Action.CHANGED, of=found, fields=["stage"], note=f"stage={stage.value}",
            by_id=by.pk if by else None,
        )  # fmt: skip
    return True


def _newest(holding: Holding) -> StageChange:
    """The stage it stands at. That it was entered here today says nothing of talks that began long ago: its first
    row gives way to any other."""
    changes = list(StageChange.objects.filter(holding=holding).order_by("-since", "-pk"))
    first = min(changes, key=lambda change: change.pk)
    return next((change for change in changes if change is not first), first)


def come_forward(*, municipality: Municipality, sending: str, **said: str) -> OwnerNotice:
    """`sending` is the number of the form: what is sent twice is one notice."""
    try:
        with transaction.atomic():
            return OwnerNotice.objects.create(municipality=municipality, sending=sending, **said)
    except IntegrityError:
        return OwnerNotice.objects.get(municipality=municipality, sending=sending)


def take_up(*, notice: OwnerNotice, holding: Holding, by: User) -> bool:
    """An owner who came forward becomes one of the holding's, and the talk has begun. False where a colleague has
    settled it."""
    now = timezone.now()
    with transaction.atomic():
        rows = OwnerNotice.objects.filter(pk=notice.pk, settled_at=None)
        if not rows.update(settled_at=now, settled_by=by, holding=holding):
            return False
        recording.record(action=Action.CHANGED, of=notice, fields=["settled_at"], by_id=by.pk)
        HoldingOwner.objects.create(
            municipality_id=holding.municipality_id, holding=holding, name=notice.name, phone=notice.phone,
            email=notice.email, reached=Reached.REACHED,
        )  # fmt: skip
        words = f"{notice.get_thought_display()}. {notice.text}".strip()
        HoldingContact.objects.create(
            municipality_id=holding.municipality_id, holding=holding, way=Way.EMAIL, text=words[:2000],
            on=timezone.localdate(notice.sent_at), noted_by=by,
        )  # fmt: skip
        if holding.stage in {Stage.REGISTERED, Stage.OWNER_FOUND, Stage.CONTACTED}:
            move(holding=holding, stage=Stage.DIALOGUE, by=by)
    return True


def register_from(*, notice: OwnerNotice, gnr: int, bnr: int, by: User) -> Holding:
    """The holding an owner came forward with: the one that is there, or a new one."""
    with transaction.atomic():
        holding = Holding.objects.filter(
            municipality=notice.municipality_id, gnr=gnr, bnr=bnr, fnr=0, snr=0
        ).first()
        if holding is None:
            holding = Holding(
                municipality_id=notice.municipality_id, gnr=gnr, bnr=bnr, source=Source.OWNER,
                street_address=notice.where[:80],
            )  # fmt: skip
            register(holding=holding, by=by)
        take_up(notice=notice, holding=holding, by=by)
    return holding


def set_aside(*, notice: OwnerNotice, by: User) -> bool:
    """It came to nothing. False where a colleague has settled it."""
    rows = OwnerNotice.objects.filter(pk=notice.pk, settled_at=None)
    with transaction.atomic():
        done = bool(rows.update(settled_at=timezone.now(), settled_by=by))
        if done:
            recording.record(action=Action.CHANGED, of=notice, fields=["settled_at"], by_id=by.pk)
    return done


def forget_owners(*, holding: Holding) -> None:
    """Who owns it and what was said; the holding and its stages stay."""
    with transaction.atomic():
        holding.owners.all().delete()
        holding.contacts.all().delete()
        holding.reasons.exclude(words="").update(words="")
        Holding.objects.filter(pk=holding.pk).update(notes="")
