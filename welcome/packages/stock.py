"""What comes to the shelf and is counted there, and whether it is enough for what is to be given."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.packages import ledger
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import PackageItem, PackageState, Voucher
from welcome.packages.stock_models import MovementKind, Stock


def receive(*, gift: Gift, count: int, reason: str, by: User | None) -> None:
    with transaction.atomic():
        _move(gift, MovementKind.RECEIVED, count, reason, by)


def correct(*, gift: Gift, counted: int, reason: str, by: User | None) -> int:
    """Somebody has counted: the balance is `counted` from now on. By how much it was wrong. Raises ValidationError
    where the reason is missing."""
    if not reason.strip():
        raise ValidationError(_("Say why the count was wrong, such as what was found, broken or given away."))
    with transaction.atomic():
        Stock.objects.get_or_create(gift=gift, defaults={"municipality_id": gift.municipality_id})
        stock = Stock.objects.select_for_update(of=("self",)).get(gift=gift)
        change = counted - stock.balance
        if change:
            _move(gift, MovementKind.CORRECTED, change, reason, by)
    return change


def _move(gift: Gift, kind: MovementKind, change: int, reason: str, by: User | None) -> None:
    by_id = by.pk if by else None
    ledger.move(gift.pk, gift.municipality_id, kind, change, reason=reason.strip(), by_id=by_id)
    recording.record(action=Action.CHANGED, of=gift, fields=["stock"], note=f"pieces={change}", by_id=by_id)


@dataclass(frozen=True)
class Lack:
    gift: Gift
    needed: int  # For what is asked about and what waits to be packed.
    there: int

    @property
    def sentence(self) -> str:
        words = {"gift": self.gift, "needed": self.needed, "there": self.there}
        if self.gift.fulfilment == Fulfilment.PARTNER_CODES:
            return _("“%(gift)s”: %(needed)d codes are needed, and %(there)d are left.") % words
        return _("“%(gift)s”: %(needed)d are needed, and %(there)d are in stock.") % words


def lacking(municipality: Municipality, wanted: Mapping[int, int]) -> list[Lack]:
    """Of which gifts there is too little, or too little would be left, if so many were given: `wanted` by the gift's
    number. In four statements."""
    counted = [Fulfilment.STOCK, Fulfilment.PARTNER_CODES]
    gifts = Gift.objects.of(municipality).filter(pk__in=wanted, fulfilment__in=counted).with_texts()
    found = list(gifts)
    if not found:
        return []
    waiting = PackageItem.objects.of(municipality).filter(
        package__state=PackageState.WAITING, gift__in=[gift.pk for gift in found]
    )
    needed = dict(waiting.values_list("gift").annotate(n=Sum("count")).order_by())
    there = dict(Stock.objects.of(municipality).values_list("gift", "balance"))
    codes = Voucher.objects.of(municipality).pooled().values_list("gift").annotate(n=Count("pk")).order_by()
    left = dict(codes)
    rows = []
    for gift in found:
        if gift.fulfilment == Fulfilment.PARTNER_CODES:
            rows.append(Lack(gift, wanted[gift.pk], left.get(gift.pk, 0)))
        else:
            rows.append(Lack(gift, wanted[gift.pk] + needed.get(gift.pk, 0), there.get(gift.pk, 0)))
    return [row for row in rows if row.there - row.needed < row.gift.warn_below or row.there < row.needed]
