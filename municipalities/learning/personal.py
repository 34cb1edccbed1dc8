from municipalities.learning.models import LearningPlace, LearningPlaceText
from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.below import STAFF, TEXT
from municipalities.privacy.registry import declare, nothing_personal

DECLARATIONS = [
    nothing_personal(
        LearningPlace,
        "id", "municipality", "contact", "kind", "lowest", "highest", "capacity", "free_places", "capacity_on",
        "apply_url", "apply_until", "zone", "order", "published",
    ),
    declare(
        LearningPlaceText,
        activity=ACCOUNTS,
        personal={"changed_by": STAFF},
        plain=[*(name for name in TEXT if name != "body"), "brief", "municipality", "place"],
    ),
]  # fmt: skip
