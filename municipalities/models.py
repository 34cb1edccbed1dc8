from municipalities.audit.models import AuditEntry, AuditSeal, SystemEntry, SystemSeal
from municipalities.contacts.models import ContactPoint, OpeningHours
from municipalities.links.models import Link
from municipalities.municipality.models import Fact, Municipality, MunicipalityText
from municipalities.tenancy.models import Membership, User
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "ContactPoint",
    "Fact",
    "Link",
    "Membership",
    "Municipality",
    "MunicipalityText",
    "OpeningHours",
    "SystemEntry",
    "SystemSeal",
    "Topic",
    "TopicContact",
    "TopicLink",
    "TopicText",
    "User",
]
