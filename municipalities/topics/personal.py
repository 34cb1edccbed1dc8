from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.below import STAFF, TEXT
from municipalities.privacy.registry import declare, nothing_personal
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

DECLARATIONS = [
    declare(
        Topic,
        activity=ACCOUNTS,
        personal={"owner": STAFF},
        plain=["id", "municipality", "slug", "door", "order", "published", "in_letter", "review_months"],
    ),
    declare(
        TopicText,
        activity=ACCOUNTS,
        personal={"changed_by": STAFF},
        plain=[*TEXT, "municipality", "topic", "brief", "escalated_on"],
    ),
    nothing_personal(TopicContact, "id", "municipality", "topic", "contact", "order"),
    nothing_personal(TopicLink, "id", "municipality", "topic", "label", "url", "language", "order"),
]
