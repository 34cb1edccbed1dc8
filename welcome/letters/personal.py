from django.utils.translation import gettext_lazy as _

from municipalities.privacy.activities import ACCOUNTS, LETTERS
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Erasure, Kind, Personal, declare, nothing_personal
from welcome.letters.channels import ChannelSettings
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample
from welcome.letters.template_models import LetterTemplate

_UNLINKED = Personal(Kind.HOUSEHOLD, Erasure.UNLINK, shown=False)
_ADDS_UP = _("A number of its run, which must add up; it points to nobody once the name and address are gone")
_COUNTED = Personal(Kind.HOUSEHOLD, Erasure.KEEP, keep=_ADDS_UP)


def told_host(letter: Letter) -> str:
    told = (letter.host.get(name, "") for name in ("name", "phone", "email"))
    return ", ".join(filter(None, told))


def told_gifts(letter: Letter) -> str:
    return ", ".join(f"{gift['count']} × {gift['title']}" for gift in letter.gifts)


DECLARATIONS = [
    declare(
        LetterRun,
        activity=ACCOUNTS,
        personal={"frozen_by": STAFF, "approved_by": STAFF},
        plain=[
            "id", "municipality", "year", "number", "state", "dated", "letterhead", "meeting", "template", "cohort",
            "created_at", "frozen_at", "announced_at", "goes_by_itself_on", "approved_at", "rendering_at",
            "ready_at", "done_at", "cancelled_at",
        ],
    ),
    declare(
        LetterTemplate,
        activity=ACCOUNTS,
        personal={"made_by": STAFF},
        plain=["id", "municipality", "version", "blocks", "made_at", "again"],
    ),
    nothing_personal(
        RunText, "id", "municipality", "run", "language", "greeting", "introduction", "enclosure", "words",
        "blocks",
    ),
    declare(
        PrintFile,
        activity=LETTERS,
        personal={
            "file": Personal(Kind.ADDRESS, Erasure.BLANK, shown=False),
            "error": Personal(Kind.FREE_TEXT, Erasure.BLANK, shown=False),
        },
        plain=[
            "id", "municipality", "run", "sequence", "state", "attempts", "lease_token", "lease_expires_at",
            "at_number", "made", "pages", "sha256", "done_at", "purged_at",
        ],
    ),
    declare(
        Letter,
        activity=LETTERS,
        rows=lambda household: Letter.objects.filter(household=household),
        personal={
            "run": _COUNTED,
            "number": _COUNTED,
            "merged": _COUNTED,
            "household": _UNLINKED,
            "language": _COUNTED,
            "wished_language": _COUNTED,
            "address": Personal(Kind.ADDRESS, Erasure.BLANK),
            "salutation": Personal(Kind.IDENTITY, Erasure.BLANK),
            "people": _COUNTED,
            "channel": _COUNTED,
            "email": Personal(Kind.CONTACT, Erasure.BLANK),
            "children": _COUNTED,
            "host": Personal(Kind.CONTACT, Erasure.BLANK, words=told_host),
            "gifts": Personal(Kind.HOUSEHOLD, Erasure.BLANK, words=told_gifts),
            # Opens a page: whoever is shown a report has a link of their own.
            "code": Personal(Kind.TRACE, Erasure.BLANK, shown=False),
            "error": Personal(Kind.FREE_TEXT, Erasure.BLANK),
        },
        plain=["id", "municipality", "file", "state", "first_page", "pages", "purged_at"],
    ),
    declare(Proof, activity=ACCOUNTS, personal={"asked_by": STAFF}, plain=[
        "id", "municipality", "run", "state", "asked_at", "made_from", "total", "counted", "finished_at", "error",
        "attempts", "lease_token", "lease_expires_at", "at_number",
    ]),
    # Both go with their letter, which an erasure takes back or empties first (`sampling.py`).
    declare(
        ProofProblem,
        activity=LETTERS,
        rows=lambda household: ProofProblem.objects.filter(letter__household=household),
        personal={
            "letter": Personal(Kind.HOUSEHOLD, shown=False),
            "details": Personal(Kind.FREE_TEXT, shown=False),
        },
        plain=["id", "municipality", "proof", "code", "blocking", "language"],
    ),
    declare(
        ProofSample,
        activity=LETTERS,
        rows=lambda household: ProofSample.objects.filter(letter__household=household),
        personal={
            "letter": Personal(Kind.HOUSEHOLD, shown=False),
            "file": Personal(Kind.ADDRESS, shown=False),
        },
        plain=["id", "municipality", "proof", "pages", "sha256", "made_from", "is_longest"],
    ),
    declare(
        LeftOut,
        activity=LETTERS,
        rows=lambda household: LeftOut.objects.filter(household=household),
        personal={"run": _COUNTED, "household": _UNLINKED, "merged": _COUNTED, "reason": _COUNTED},
        plain=["id", "municipality"],
    ),
    declare(
        Delivery,
        activity=LETTERS,
        rows=lambda household: Delivery.objects.filter(letter__household=household),
        personal={
            "letter": Personal(Kind.HOUSEHOLD, Erasure.KEEP, keep=_ADDS_UP, shown=False),
            "channel": _COUNTED,
            "as_link": _COUNTED,
            "state": _COUNTED,
            "reason": _COUNTED,
            "sent_at": _COUNTED,
        },
        plain=[
            "id", "municipality", "run", "key", "external_id", "stage", "sha256", "attempts", "lease_token",
            "lease_expires_at", "not_before", "detail", "created_at", "sending_at", "settled_at",
        ],
    ),
    nothing_personal(
        ChannelSettings, "id", "municipality", "printing", "by_email", "email_as", "account_id", "integration_id",
        "integration_password", "client_id", "key_id", "private_key", "cost_code",
    ),
]  # fmt: skip
