from housing.wishes.models import Match, Wish, WishField, WishPosition
from municipalities.privacy.activities import WISHES
from municipalities.privacy.registry import Kind, declare, nothing_personal

DECLARATIONS = [
    declare(
        Wish,
        activity=WISHES,
        personal={
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "language": Kind.CHOICE,
            "text": Kind.FREE_TEXT,
            **dict.fromkeys(
                ["wants_home", "offer", "kind", "village", "bedrooms", "area", "price", "pets", "step_free", "animals",
                 "extent", "often", "package"],
                Kind.CHOICE,
            ),
            "sent_at": Kind.TRACE,
            "confirmed_at": Kind.TRACE,
            "stopped_at": Kind.TRACE,
        },
        plain=["id", "municipality", "by_staff", "sending", "asked_at", "expires_on", "told_at", "key", "most"],
    ),
    declare(
        WishField,
        activity=WISHES,
        personal={"field": Kind.CHOICE},
        plain=["id", "municipality", "wish"],
    ),
    nothing_personal(Match, "id", "municipality", "wish", "listing", "vacancy", "found_at", "told_at"),
    nothing_personal(WishPosition, "id", "until"),
]  # fmt: skip
