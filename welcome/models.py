from welcome.club.models import Member
from welcome.cooperation.idea_models import (
    Idea,
    Vote,
)
from welcome.cooperation.measure_models import (
    GroupMember,
    Measure,
    Spending,
    Task,
)
from welcome.cooperation.models import (
    Attendee,
    CooperationMeeting,
    Participant,
)
from welcome.cooperation.settings_models import CooperationSettings
from welcome.hosts.following import (
    HostContact,
    HostMail,
    HostReply,
)
from welcome.hosts.models import (
    Host,
    HostAssignment,
    HostAway,
)
from welcome.hosts.offers import HostOffer
from welcome.hosts.rules import HostRules
from welcome.households.consents import (
    Consent,
    ConsentText,
)
from welcome.households.models import (
    Household,
    ImportBatch,
    ImportRow,
    Person,
)
from welcome.households.own_logins import OwnLogin
from welcome.letters.channels import ChannelSettings
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import (
    LeftOut,
    Letter,
    LetterRun,
    PrintFile,
    RunText,
)
from welcome.letters.proof_models import (
    Proof,
    ProofProblem,
    ProofSample,
)
from welcome.letters.template_models import LetterTemplate
from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import (
    Invitation,
    MeetingText,
    SignUp,
    WelcomeMeeting,
)
from welcome.meetings.programme import ProgrammeItem
from welcome.orders.models import Order
from welcome.packages.models import (
    Gift,
    GiftText,
)
from welcome.packages.package_models import (
    Package,
    PackageItem,
    Voucher,
)
from welcome.packages.stock_models import (
    Stock,
    StockMovement,
)
from welcome.portal.models import (
    MissedSearch,
    PageDay,
)
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest
from welcome.stories.models import (
    Story,
    Storyteller,
    StoryText,
)

__all__ = [
    "Attendance",
    "Attendee",
    "Call",
    "ChannelSettings",
    "Consent",
    "ConsentText",
    "CooperationMeeting",
    "CooperationSettings",
    "DataRequest",
    "Delivery",
    "Gift",
    "GiftText",
    "GroupMember",
    "Host",
    "HostAssignment",
    "HostAway",
    "HostContact",
    "HostMail",
    "HostOffer",
    "HostReply",
    "HostRules",
    "Household",
    "Idea",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "LeftOut",
    "Letter",
    "LetterRun",
    "LetterTemplate",
    "Measure",
    "MeetingText",
    "Member",
    "MissedSearch",
    "Order",
    "OwnLogin",
    "Package",
    "PackageItem",
    "PageDay",
    "Participant",
    "Person",
    "PrintFile",
    "ProgrammeItem",
    "Proof",
    "ProofProblem",
    "ProofSample",
    "RetentionRun",
    "RunText",
    "SignUp",
    "Spending",
    "Stock",
    "StockMovement",
    "Story",
    "StoryText",
    "Storyteller",
    "Task",
    "Vote",
    "Voucher",
    "WelcomeMeeting",
]
