from municipalities.activities.feed_models import CalendarFeed, FeedFetch
from municipalities.activities.models import Activity, ActivityText, Occurrence, Submission
from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import (
    AuditEntry,
    AuditPruning,
    AuditSeal,
    SystemEntry,
    SystemPruning,
    SystemSeal,
)
from municipalities.changes.models import PublicChange
from municipalities.contacts.models import ContactPoint, OpeningHours, SpecialDay
from municipalities.enquiries.mailbox_models import Mailbox, TakenMail
from municipalities.enquiries.models import AnswerMail, AnswerTemplate, Enquiry, EnquiryMessage
from municipalities.jobs.models import FeedPosition, Vacancy, VacancySubmission
from municipalities.learning.models import LearningPlace, LearningPlaceText
from municipalities.links.models import Link
from municipalities.login.providers import Identity, IdentityProvider, RoleClaim
from municipalities.municipality.models import Fact, Municipality, MunicipalityText
from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy.models import Membership, User
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

__all__ = [
    "Activity",
    "ActivityText",
    "AnswerMail",
    "AnswerTemplate",
    "AuditCheck",
    "AuditEntry",
    "AuditPruning",
    "AuditSeal",
    "CalendarFeed",
    "ContactPoint",
    "Enquiry",
    "EnquiryMessage",
    "Fact",
    "FeedFetch",
    "FeedPosition",
    "Identity",
    "IdentityProvider",
    "LearningPlace",
    "LearningPlaceText",
    "Link",
    "Mailbox",
    "Membership",
    "Municipality",
    "MunicipalityText",
    "Occurrence",
    "OpeningHours",
    "Organisation",
    "OrganisationText",
    "PublicChange",
    "RoleClaim",
    "SpecialDay",
    "Submission",
    "SystemCheck",
    "SystemEntry",
    "SystemPruning",
    "SystemSeal",
    "TakenMail",
    "Topic",
    "TopicContact",
    "TopicLink",
    "TopicText",
    "User",
    "Vacancy",
    "VacancySubmission",
]
