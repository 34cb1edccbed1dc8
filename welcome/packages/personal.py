from django.utils.translation import gettext_lazy as _

from municipalities.privacy.activities import ACCOUNTS, WELCOME
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Erasure, Kind, Personal, declare, nothing_personal
from welcome.packages.models import Gift, GiftText
from welcome.packages.package_models import Package, PackageItem, Voucher
from welcome.packages.stock_models import Stock, StockMovement

_ADDS_UP = _("So that the sponsors' statements add up; the row names nobody")
_COUNTED = Personal(Kind.HOUSEHOLD, Erasure.KEEP, keep=_ADDS_UP)

SHORT_TEXT = (
    "id", "municipality", "language", "title", "brief", "version", "source_language", "source_version", "reviewed_on",
    "reminded_on", "change_wanted", "changed_at",
)  # fmt: skip

DECLARATIONS = [
    nothing_personal(
        Gift,
        "id",
        "municipality",
        "giver",
        "sponsor",
        "value",
        "fulfilment",
        "shelf",
        "warn_below",
        "rule",
        "most",
        "age_from",
        "age_to",
        "valid_from",
        "valid_until",
        "order",
    ),
    declare(GiftText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=(*SHORT_TEXT, "gift")),
    nothing_personal(Stock, "id", "municipality", "gift", "balance"),
    declare(
        StockMovement,
        activity=ACCOUNTS,
        personal={"by": Personal(Kind.STAFF, Erasure.KEEP, keep=_("A ledger is not rewritten"), shown=False)},
        plain=["id", "municipality", "gift", "kind", "change", "reason", "at"],
    ),
    declare(
        Package,
        activity=WELCOME,
        rows=lambda household: Package.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, Erasure.UNLINK, shown=False),
            "occasion": _COUNTED,
            "language": _COUNTED,
            "state": _COUNTED,
            "composed_at": _COUNTED,
            "packed_at": _COUNTED,
            "out_at": _COUNTED,
            "ended_at": _COUNTED,
            "packed_by": STAFF,
            "out_by": STAFF,
            "ended_by": STAFF,
        },
        plain=["id", "municipality", "merged", "code"],
    ),
    declare(
        PackageItem,
        activity=WELCOME,
        rows=lambda household: PackageItem.objects.filter(package__household=household),
        personal={
            "package": Personal(Kind.HOUSEHOLD, Erasure.KEEP, keep=_ADDS_UP, shown=False),
            "title": _COUNTED,
            "count": _COUNTED,
            "giver": _COUNTED,
            "note": _COUNTED,
        },
        plain=["id", "municipality", "gift", "value", "taken"],
    ),
    declare(
        Voucher,
        activity=WELCOME,
        rows=lambda household: Voucher.objects.filter(item__package__household=household),
        personal={
            "item": Personal(Kind.HOUSEHOLD, Erasure.KEEP, keep=_ADDS_UP, shown=False),
            "state": _COUNTED,
            "issued_at": _COUNTED,
            "redeemed_at": _COUNTED,
        },
        plain=["id", "municipality", "gift", "code", "key", "value", "redeemed_by", "stamp", "cancelled_at"],
    ),
]
