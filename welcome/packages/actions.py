"""The steps of a package. Each takes the package's lock first, then the stocks in the order of their gifts, so that two
who stand at the counter at once can't take a step twice: the second one is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households import holding
from welcome.households.models import Household
from welcome.packages import ledger, vouchers
from welcome.packages.composing import GiftLine, gifts_of
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import (
    HELD,
    ORDERED,
    OUT,
    Package,
    PackageItem,
    PackageState,
    cancel_each,
    put_back,
)
from welcome.packages.stock_models import MovementKind

BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """What one household is to get, as it is told of it."""

    household_id: int
    language: str
    gifts: Sequence[GiftLine]


def compose(*, municipality: Municipality, occasion: str, wanted: Iterable[Wanted], by: User | None) -> int:
    """A package for each household that has none for this occasion yet, with its vouchers; how many were made. Some
    fifteen statements for five hundred households. Gifts that are deleted by now are left out."""
    rows = [each for each in wanted if each.gifts]
    made = 0
    with transaction.atomic():
        gifts = Gift.objects.of(municipality).in_bulk(
            {line.gift for each in rows for line in each.gifts if line.gift is not None}
        )
        for start in range(0, len(rows), BATCH):
            made += _compose_batch(municipality, occasion, rows[start : start + BATCH], gifts, by)
    return made


def compose_ordered(
    *, household: Household, order_id: int, adults: int, children: Sequence[int | None], by: User | None
) -> bool:
    """What somebody has ordered between two runs, by the rules of today; the run that comes then composes none for
    them. False where there is nothing to give, or they have it already. Raises ValidationError where they may only be
    kept; the caller holds their lock."""
    holding.refuse_held(household)
    place, today = household.municipality, timezone.localdate()
    gifts = Gift.objects.of(place).valid_on(today).with_texts()
    lines = gifts_of(gifts, adults=adults, children=children, day=today, language=household.language)
    wanted = [Wanted(household.pk, household.language, lines)]
    return bool(compose(municipality=place, occasion=f"{ORDERED}{order_id}", wanted=wanted, by=by))


def _compose_batch(
    place: Municipality, occasion: str, rows: list[Wanted], gifts: dict[int, Gift], by: User | None
) -> int:
    known = Package.objects.of(place).for_occasion(occasion).exclude(state=PackageState.CANCELLED)
    known = known.filter(household__in=[each.household_id for each in rows], merged=False)
    has_one = set(known.values_list("household", flat=True))
    new = [each for each in rows if each.household_id not in has_one]
    packages = Package.objects.bulk_create(
        Package(municipality=place, household_id=each.household_id, occasion=occasion, language=each.language)
        for each in new
    )
    items = PackageItem.objects.bulk_create(
        PackageItem(
            municipality=place, package=package, gift=gifts[line.gift], title=line.title, giver=line.giver,
            note=line.note, count=line.count, value=gifts[line.gift].value,
        )
        for package, each in zip(packages, new, strict=True)
        for line in each.gifts
        if line.gift is not None and line.gift in gifts
    )  # fmt: skip
    vouchers.issue(items)
    recording.record_each(
        action=Action.ADDED,
        model=Package,
        ids=[package.pk for package in packages],
        municipality_id=place.pk,
        by_id=by.pk if by else None,
    )
    return len(packages)


def withdraw(
    *, municipality: Municipality, occasion: str, of: tuple[int, bool] | None, by: User | None
) -> int:
    """What was composed for this occasion and is not out yet is not to be given after all: `of` one household, by its
    number and whether it is that of another one that was merged into it, or None: of all. How many."""
    rows = Package.objects.of(municipality).filter(occasion=occasion, state__in=HELD)
    if of is not None:
        rows = rows.filter(household=of[0], merged=of[1])
    by_id = by.pk if by else None
    ended = cancel_each(list(rows.values_list("pk", flat=True)), by_id=by_id)
    for place, ids in ended.items():
        _note_each(Action.CANCELLED, ids, place, by_id)
    return sum(map(len, ended.values()))


def pack(*, package: Package, by: User | None) -> bool:
    """Takes what comes from stock. False if somebody has packed it already; raises ValidationError where stock is
    short, or the household may only be kept, and then nothing is taken."""
    with transaction.atomic():
        row = _locked(package, [PackageState.WAITING])
        if row is None:
            return False
        _refuse_held(row)
        _pack(row, by)
        _save(row, Action.CHANGED, by)
    return True


def hand_out(*, package: Package, by: User | None) -> bool:
    """At the counter. Packed in the same step where it was not: small offices take it from the shelf then."""
    return _give(package, PackageState.HANDED_OUT, by)


def post(*, package: Package, by: User | None) -> bool:
    return _give(package, PackageState.POSTED, by)


def take_back(*, package: Package, by: User | None) -> bool:
    """It came back by post, or was handed out by mistake: to the shelf, and its unused codes end."""
    with transaction.atomic():
        row = _locked(package, OUT)
        if row is None:
            return False
        put_back([row.pk], by_id=by.pk if by else None)
        row.state, row.ended_at, row.ended_by = PackageState.RETURNED, timezone.now(), by
        _save(row, Action.CHANGED, by)
    return True


def cancel(*, package: Package, by: User | None) -> bool:
    """It is not to be given; what was packed goes back to the shelf."""
    by_id = by.pk if by else None
    with transaction.atomic():
        ended = cancel_each([package.pk], by_id=by_id)
        for place, ids in ended.items():
            _note_each(Action.CANCELLED, ids, place, by_id)
    return bool(ended)


def _give(package: Package, state: PackageState, by: User | None) -> bool:
    with transaction.atomic():
        row = _locked(package, HELD)
        if row is None:
            return False
        _refuse_held(row)
        if row.state == PackageState.WAITING:
            _pack(row, by)
        row.state, row.out_at, row.out_by = state, timezone.now(), by
        _save(row, Action.SENT if state == PackageState.POSTED else Action.CHANGED, by)
    return True


def _refuse_held(row: Package) -> None:
    if row.household is None or row.household.is_held:
        raise ValidationError(_("This household gets no package now; speak with whoever is in charge."))


def _pack(row: Package, by: User | None) -> None:
    counted = row.items.filter(gift__fulfilment=Fulfilment.STOCK).order_by("gift")
    for item in counted:
        ledger.move(
            item.gift_id, row.municipality_id, MovementKind.PACKED, -item.count, by_id=by.pk if by else None
        )
        item.taken = item.count
        item.save(update_fields=["taken"])
    row.state, row.packed_at, row.packed_by = PackageState.PACKED, timezone.now(), by


def _locked(package: Package, states: Sequence[PackageState]) -> Package | None:
    """As it stands now, if it is where the step begins; None where somebody was first, or where its household is
    protected by now and nobody looks for it any more."""
    rows = Package.objects.open_to_all().select_for_update(of=("self",)).select_related("household")
    found: Package | None = rows.filter(pk=package.pk, state__in=states).first()
    return found


def _save(row: Package, action: Action, by: User | None) -> None:
    row.save()
    recording.record(action=action, of=row, fields=["state"], by_id=by.pk if by else None)


def _note_each(action: Action, ids: list[int], place: int, by_id: int | None) -> None:
    recording.record_each(
        action=action, model=Package, ids=ids, municipality_id=place, fields=["state"], by_id=by_id
    )
