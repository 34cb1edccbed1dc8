from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import declare, nothing_personal
from welcome.packages.models import Gift, GiftText

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
        "rule",
        "most",
        "age_from",
        "age_to",
        "valid_from",
        "valid_until",
        "order",
    ),
    declare(GiftText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=(*SHORT_TEXT, "gift")),
]
