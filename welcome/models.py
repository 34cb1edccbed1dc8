from welcome.club.models import Member
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.offers import HostOffer
from welcome.households.consents import Consent, ConsentText
from welcome.households.models import Household, ImportBatch, ImportRow, Person
from welcome.households.own_logins import OwnLogin
from welcome.letters.channels import ChannelSettings
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample
from welcome.letters.template_models import LetterTemplate
from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import Invitation, MeetingText, SignUp, WelcomeMeeting
from welcome.meetings.programme import ProgrammeItem
from welcome.orders.models import Order
from welcome.packages.models import Gift, GiftText
from welcome.portal.models import MissedSearch, PageDay
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest
from welcome.stories.models import Story, Storyteller, StoryText

__all__ = [
    "Attendance",
    "Call",
    "ChannelSettings",
    "Consent",
    "ConsentText",
    "DataRequest",
    "Delivery",
    "Gift",
    "GiftText",
    "Host",
    "HostAssignment",
    "HostOffer",
    "Household",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "LeftOut",
    "Letter",
    "LetterRun",
    "LetterTemplate",
    "MeetingText",
    "Member",
    "MissedSearch",
    "Order",
    "OwnLogin",
    "PageDay",
    "Person",
    "PrintFile",
    "ProgrammeItem",
    "Proof",
    "ProofProblem",
    "ProofSample",
    "RetentionRun",
    "RunText",
    "SignUp",
    "Story",
    "StoryText",
    "Storyteller",
    "WelcomeMeeting",
]
