from housing.listings.models import (
    ConditionCheck,
    Listing,
    ListingPhoto,
    ListingSubmission,
    ListingText,
    OwnerMessage,
    PriceChange,
)
from municipalities.privacy.activities import ACCOUNTS, HOME_MESSAGES, HOMES
from municipalities.privacy.below import MODERATED, PHOTO, PLACED, SENT_IN, SENT_IN_PLAIN, STAFF, TEXT
from municipalities.privacy.registry import Kind, declare, nothing_personal

DECLARATIONS = [
    nothing_personal(
        Listing,
        *MODERATED, *PLACED, "offer", "kind", "owner_kind", "organisation", "contact", "price", "deposit",
        "shared_costs", "includes_power", "includes_internet", "free_from", "lease_months", "bedrooms", "area",
        "floor", "built_year", "energy", "furnished", "pets", "step_free", "parking", "land", "animals",
        "must_live_there", "website", "from_owner",
    ),
    declare(
        ListingText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=[*TEXT, "municipality", "listing"]
    ),
    nothing_personal(ListingPhoto, *PHOTO, "listing"),
    nothing_personal(PriceChange, "id", "municipality", "listing", "price", "since"),
    declare(
        ConditionCheck,
        activity=ACCOUNTS,
        personal={"checked_by": STAFF},
        plain=["id", "municipality", "listing", "checked_on", "standard", "needs", "cost", "next_on"],
    ),
    declare(
        ListingSubmission,
        activity=HOMES,
        personal={**SENT_IN, "phone": Kind.CONTACT},
        plain=[*SENT_IN_PLAIN, "listing"],
    ),
    declare(
        OwnerMessage,
        activity=HOME_MESSAGES,
        personal={
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "text": Kind.FREE_TEXT,
            "answer": Kind.FREE_TEXT,
            "language": Kind.CHOICE,
            "sent_at": Kind.TRACE,
        },
        plain=["id", "municipality", "listing", "sending", "passed_on_at", "answered_at", "answer_mailed_at"],
    ),
]  # fmt: skip
