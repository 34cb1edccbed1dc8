from municipalities.contacts.admin import ContactPointAdmin
from municipalities.municipality.admin import MunicipalityAdmin
from municipalities.tenancy.users import MembershipAdmin, UserAdmin
from municipalities.topics.admin import TopicAdmin

__all__ = ["ContactPointAdmin", "MembershipAdmin", "MunicipalityAdmin", "TopicAdmin", "UserAdmin"]
