from municipalities.privacy.registry import nothing_personal
from welcome.portal.models import MissedSearch, PageDay

DECLARATIONS = [
    nothing_personal(
        PageDay, "id", "municipality", "path", "language", "day", "views", "found", "missed", "asked"
    ),
    # Words with something personal in them are not kept; docs/privacy.md tells how that is known.
    nothing_personal(
        MissedSearch, "id", "municipality", "week", "fingerprint", "words", "language", "times", "days", "last_on"
    ),
]  # fmt: skip
