from municipalities.activities.admin import ActivityAdmin, CalendarFeedAdmin
from municipalities.contacts.admin import ContactPointAdmin
from municipalities.enquiries.admin import AnswerTemplateAdmin, EnquiryAdmin
from municipalities.enquiries.mailbox_admin import MailboxAdmin, TakenMailAdmin
from municipalities.jobs.admin import VacancyAdmin
from municipalities.learning.admin import LearningPlaceAdmin
from municipalities.login import admin as login_admin
from municipalities.municipality.admin import MunicipalityAdmin
from municipalities.organisations.admin import OrganisationAdmin
from municipalities.tenancy.trail import AuditEntryAdmin, SystemEntryAdmin
from municipalities.tenancy.users import MembershipAdmin, UserAdmin
from municipalities.topics.admin import TopicAdmin

__all__ = [
    "ActivityAdmin",
    "AnswerTemplateAdmin",
    "AuditEntryAdmin",
    "CalendarFeedAdmin",
    "ContactPointAdmin",
    "EnquiryAdmin",
    "LearningPlaceAdmin",
    "MailboxAdmin",
    "MembershipAdmin",
    "MunicipalityAdmin",
    "OrganisationAdmin",
    "SystemEntryAdmin",
    "TakenMailAdmin",
    "TopicAdmin",
    "UserAdmin",
    "VacancyAdmin",
    "login_admin",
]
