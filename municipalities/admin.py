from municipalities.contacts.admin import ContactPointAdmin
from municipalities.login import admin as login_admin
from municipalities.municipality.admin import MunicipalityAdmin
from municipalities.tenancy.trail import AuditEntryAdmin, SystemEntryAdmin
from municipalities.tenancy.users import MembershipAdmin, UserAdmin
from municipalities.topics.admin import TopicAdmin

__all__ = [
    "AuditEntryAdmin",
    "ContactPointAdmin",
    "MembershipAdmin",
    "MunicipalityAdmin",
    "SystemEntryAdmin",
    "TopicAdmin",
    "UserAdmin",
    "login_admin",
]
