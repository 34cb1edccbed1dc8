from municipalities.activities.feed_models import CalendarFeed, FeedFetch
from municipalities.activities.models import Activity, ActivityText, Occurrence, Submission
from municipalities.privacy.activities import ACCOUNTS, SUBMISSIONS
from municipalities.privacy.below import STAFF, TEXT
from municipalities.privacy.registry import Kind, declare, nothing_personal

DECLARATIONS = [
    declare(
        Activity,
        activity=SUBMISSIONS,
        personal={"sign_up_phone": Kind.CONTACT},
        plain=[
            "id", "municipality", "uid", "state", "theme", "organisation", "arranger", "age_from", "age_to", "contact",
            "place", "latitude", "longitude", "price", "sign_up_url", "starts_at", "ends_at", "all_day", "rule",
            "exceptions",
            "more_times", "last_at", "created_at", "changed_at", "version", "waiting_since", "published_at",
            "withdrawn_at", "feed", "source_uid", "source_state", "gone_from_source",
        ],
    ),
    declare(
        ActivityText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=[*TEXT, "municipality", "activity"]
    ),
    nothing_personal(Occurrence, "id", "municipality", "activity", "starts_at", "ends_at"),
    declare(
        Submission,
        activity=SUBMISSIONS,
        personal={
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "language": Kind.CHOICE,
            "sent_at": Kind.TRACE,
            "confirmed_at": Kind.TRACE,
            "word": Kind.FREE_TEXT,
            "answered_by": STAFF,
        },
        plain=["id", "municipality", "activity", "news", "answered_at"],
    ),
    nothing_personal(
        CalendarFeed, "id", "municipality", "organisation", "address", "theme", "active", "etag", "modified"
    ),
    declare(
        FeedFetch,
        activity=ACCOUNTS,
        personal={"asked_by": STAFF},
        plain=[
            "id", "municipality", "feed", "asked_at", "as_it_is", "attempts", "begun_at", "finished_at", "outcome",
            "why", "added", "changed", "withdrawn", "unchanged", "refused", "more_refused",
        ],
    ),
]  # fmt: skip
