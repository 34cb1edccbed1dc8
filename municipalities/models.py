from municipalities.audit.models import AuditEntry, AuditSeal, SystemEntry, SystemSeal
from municipalities.contacts.models import ContactPoint, OpeningHours
from municipalities.links.models import Link
from municipalities.login.providers import Identity, IdentityProvider, RoleClaim
from municipalities.municipality.models import Fact, Municipality, MunicipalityText
from municipalities.tenancy.models import Membership, User
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "ContactPoint",
    "Fact",
    "Identity",
    "IdentityProvider",
    "Link",
    "Membership",
    "Municipality",
    "MunicipalityText",
    "OpeningHours",
    "RoleClaim",
    "SystemEntry",
    "SystemSeal",
    "Topic",
    "TopicContact",
    "TopicLink",
    "TopicText",
    "User",
]
