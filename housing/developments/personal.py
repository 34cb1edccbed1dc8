from housing.developments.models import Development, DevelopmentPhoto, DevelopmentText, Unit, UnitChange
from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.below import PHOTO, PLACED, STAFF, TEXT
from municipalities.privacy.registry import declare, nothing_personal

DECLARATIONS = [
    nothing_personal(
        Development,
        "id", "municipality", *PLACED, "name", "developer", "contact", "website", "ready_on", "published",
        "changed_at",
    ),
    declare(
        DevelopmentText,
        activity=ACCOUNTS,
        personal={"changed_by": STAFF},
        plain=[*TEXT, "municipality", "development"],
    ),
    nothing_personal(DevelopmentPhoto, *PHOTO, "development"),
    nothing_personal(
        Unit, "id", "municipality", "development", "name", "kind", "bedrooms", "area", "floor", "price", "state"
    ),
    declare(
        UnitChange,
        activity=ACCOUNTS,
        personal={"noted_by": STAFF},
        plain=["id", "municipality", "unit", "state", "since", "noted_at"],
    ),
]  # fmt: skip
