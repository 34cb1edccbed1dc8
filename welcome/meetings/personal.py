from django.utils.translation import gettext_lazy as _

from municipalities.privacy.activities import ACCOUNTS, MEETINGS, WELCOME
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Basis, Erasure, Kind, Personal, declare, nothing_personal
from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import Invitation, MeetingText, SignUp, WelcomeMeeting
from welcome.meetings.programme import ProgrammeItem
from welcome.packages.personal import SHORT_TEXT

_COUNTED = Personal(
    Kind.HOUSEHOLD,
    Erasure.KEEP,
    keep=_("so that it is known how many came to the meeting; it is told of nobody"),
)

DECLARATIONS = [
    nothing_personal(
        WelcomeMeeting, "id", "municipality", "starts_at", "ends_at", "place", "address", "capacity", "deadline",
        "published", "spoken", "interpreted", "child_care", "food", "cancelled_at", "changed_at",
    ),
    # Who speaks does so in public, for the office or the club that is theirs.
    declare(
        ProgrammeItem,
        activity=ACCOUNTS,
        personal={"speaker": Kind.IDENTITY},
        plain=["id", "municipality", "meeting", "starts_at", "subject", "title"],
    ),
    declare(MeetingText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=(*SHORT_TEXT, "meeting")),
    declare(
        Invitation,
        activity=WELCOME,
        rows=lambda household: Invitation.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "meeting": Kind.HOUSEHOLD,
            "created_at": Kind.HOUSEHOLD,
        },
        plain=["id", "municipality", "merged"],
    ),
    declare(
        SignUp,
        activity=MEETINGS,
        rows=lambda household: SignUp.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "meeting": Kind.HOUSEHOLD,
            "name": Kind.IDENTITY,
            "contact": Kind.CONTACT,
            "language": Kind.HOUSEHOLD,
            "adults": Kind.HOUSEHOLD,
            "children": Kind.HOUSEHOLD,
            "needs": Personal(Kind.SPECIAL, basis=Basis.EXPLICIT_CONSENT),
            "state": Kind.CHOICE,
            "asked_at": Kind.TRACE,
            "moved_up_at": Kind.TRACE,
            "told_at": Kind.TRACE,
            "answer_by": Kind.TRACE,
            "confirmed_at": Kind.TRACE,
            "reminded_at": Kind.TRACE,
            "cancelled_at": Kind.TRACE,
        },
        plain=["id", "municipality", "seats", "merged"],
    ),
    declare(
        Call,
        activity=MEETINGS,
        rows=lambda household: Call.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "meeting": Kind.HOUSEHOLD,
            "caller": STAFF,
            "due_on": Kind.TRACE,
            "outcome": Kind.CHOICE,
            "called_at": Kind.TRACE,
        },
        plain=["id", "municipality", "merged"],
    ),
    # The numbers stay when who they are of is deleted.
    declare(
        Attendance,
        activity=MEETINGS,
        rows=lambda household: Attendance.objects.filter(sign_up__household=household),
        personal={
            "sign_up": Personal(Kind.HOUSEHOLD, Erasure.UNLINK, shown=False),
            "meeting": _COUNTED,
            "adults": _COUNTED,
            "children": _COUNTED,
            "noted_at": _COUNTED,
        },
        plain=["id", "municipality"],
    ),
]  # fmt: skip
