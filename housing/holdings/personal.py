from housing.holdings.models import (
    Holding,
    HoldingContact,
    HoldingOwner,
    HoldingReason,
    HoldingTask,
    OwnerNotice,
    StageChange,
)
from municipalities.privacy.activities import HOLDINGS
from municipalities.privacy.below import PLACED, STAFF
from municipalities.privacy.registry import Kind, declare

DECLARATIONS = [
    declare(
        Holding,
        activity=HOLDINGS,
        personal={"responsible": STAFF, "notes": Kind.FREE_TEXT},
        plain=[
            "id", "municipality", *PLACED, "gnr", "bnr", "fnr", "snr", "name", "kind", "buildings", "condition", "land",
            "empty_since", "source", "may_be_let", "ask_again_on", "stage", "stage_on", "registered_on", "outcome",
            "listing",
        ],
    ),
    declare(
        StageChange,
        activity=HOLDINGS,
        personal={"noted_by": STAFF},
        plain=["id", "municipality", "holding", "stage", "since", "noted_at"],
    ),
    declare(
        HoldingOwner,
        activity=HOLDINGS,
        personal={
            "name": Kind.IDENTITY,
            "role": Kind.IDENTITY,
            "share": Kind.IDENTITY,
            "share_of": Kind.IDENTITY,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "address": Kind.ADDRESS,
            "reached": Kind.CHOICE,
        },
        plain=["id", "municipality", "holding"],
    ),
    declare(
        HoldingContact,
        activity=HOLDINGS,
        personal={"text": Kind.FREE_TEXT, "on": Kind.TRACE, "way": Kind.TRACE, "noted_by": STAFF},
        plain=["id", "municipality", "holding"],
    ),
    declare(
        HoldingReason,
        activity=HOLDINGS,
        personal={"reason": Kind.CHOICE, "words": Kind.FREE_TEXT},
        plain=["id", "municipality", "holding"],
    ),
    declare(
        HoldingTask,
        activity=HOLDINGS,
        personal={"who": STAFF},
        plain=["id", "municipality", "holding", "what", "due_on", "done_on"],
    ),
    declare(
        OwnerNotice,
        activity=HOLDINGS,
        personal={
            "name": Kind.IDENTITY,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "where": Kind.ADDRESS,
            "thought": Kind.CHOICE,
            "text": Kind.FREE_TEXT,
            "sent_at": Kind.TRACE,
            "settled_by": STAFF,
        },
        plain=["id", "municipality", "sending", "settled_at", "holding"],
    ),
]  # fmt: skip
