from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import (
    AuditEntry,
    AuditPruning,
    AuditSeal,
    SystemEntry,
    SystemPruning,
    SystemSeal,
)
from municipalities.contacts.models import ContactPoint, OpeningHours
from municipalities.enquiries.models import AnswerMail, AnswerTemplate, Enquiry, EnquiryMessage
from municipalities.links.models import Link
from municipalities.login.providers import Identity, IdentityProvider, RoleClaim
from municipalities.municipality.models import Fact, Municipality, MunicipalityText
from municipalities.tenancy.models import Membership, User
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

__all__ = [
    "AnswerMail",
    "AnswerTemplate",
    "AuditCheck",
    "AuditEntry",
    "AuditPruning",
    "AuditSeal",
    "ContactPoint",
    "Enquiry",
    "EnquiryMessage",
    "Fact",
    "Identity",
    "IdentityProvider",
    "Link",
    "Membership",
    "Municipality",
    "MunicipalityText",
    "OpeningHours",
    "RoleClaim",
    "SystemCheck",
    "SystemEntry",
    "SystemPruning",
    "SystemSeal",
    "Topic",
    "TopicContact",
    "TopicLink",
    "TopicText",
    "User",
]
