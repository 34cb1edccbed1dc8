from municipalities.privacy.activities import RIGHTS
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Erasure, Kind, Personal, declare, nothing_personal
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest

_UNLINKED = Personal(Kind.HOUSEHOLD, Erasure.UNLINK, shown=False)

DECLARATIONS = [
    declare(
        DataRequest,
        activity=RIGHTS,
        rows=lambda household: DataRequest.objects.filter(household=household),
        personal={
            "household": _UNLINKED,
            "wrote": Personal(Kind.FREE_TEXT, Erasure.BLANK, veiled=True),
            "answer": Personal(Kind.FREE_TEXT, Erasure.BLANK, veiled=True),
            "answer_to": Personal(Kind.CONTACT, Erasure.BLANK),
            "handled_by": STAFF,
        },
        plain=["id", "municipality", "kind", "received_at", "due_on", "handled_at", "outcome"],
    ),
    nothing_personal(
        RetentionRun, "id", "municipality", "day", "started_at", "finished_at", "counts", "failed"
    ),
]
