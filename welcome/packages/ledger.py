"""Movements of stock. Each is a row that nothing changes again, written with the balance in one transaction."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from welcome.packages.models import Gift
from welcome.packages.stock_models import MovementKind, Stock, StockMovement


def move(
    gift_id: int,
    municipality_id: int,
    kind: MovementKind,
    change: int,
    *,
    reason: str = "",
    by_id: int | None = None,
) -> None:
    """Raises ValidationError where there are not so many. Whoever moves several gifts does it in the order of their
    numbers, so that two who pack at once wait for each other instead of both."""
    with transaction.atomic():
        Stock.objects.get_or_create(gift_id=gift_id, defaults={"municipality_id": municipality_id})
        stock = Stock.objects.select_for_update(of=("self",)).get(gift_id=gift_id)
        if stock.balance + change < 0:
            raise ValidationError(
                _("There are only %(balance)d of “%(gift)s” in stock.")
                % {"balance": stock.balance, "gift": _called(gift_id)}
            )
        Stock.objects.filter(pk=stock.pk).update(balance=F("balance") + change)
        StockMovement.objects.create(
            municipality_id=municipality_id,
            gift_id=gift_id,
            kind=kind,
            change=change,
            reason=reason,
            by_id=by_id,
        )


def _called(gift_id: int) -> str:
    return str(Gift.objects.with_texts().get(pk=gift_id))
