from welcome.club.admin import MemberAdmin
from welcome.cooperation.admin import (
    CooperationMeetingAdmin,
    CooperationSettingsAdmin,
    MeasureAdmin,
    ParticipantAdmin,
)
from welcome.followup.admin import HouseholdWithTimelineAdmin
from welcome.hosts.admin import (
    HostAdmin,
    HostRulesAdmin,
)
from welcome.hosts.offer_admin import HostOfferAdmin
from welcome.households.admin import ImportBatchAdmin
from welcome.letters.admin import LetterRunAdmin
from welcome.letters.channel_admin import ChannelSettingsAdmin
from welcome.letters.package_admin import (
    PackageOnPaperAdmin,
    SponsorAdmin,
)
from welcome.letters.template_admin import LetterTemplateAdmin
from welcome.meetings.admin import WelcomeMeetingAdmin
from welcome.orders.admin import OrderAdmin
from welcome.packages.admin import GiftAdmin
from welcome.portal.admin import (
    MissedSearchAdmin,
    PageDayAdmin,
)
from welcome.privacy.admin import RetentionRunAdmin
from welcome.privacy.request_admin import DataRequestAdmin
from welcome.stories.admin import StoryAdmin

__all__ = [
    "ChannelSettingsAdmin",
    "CooperationMeetingAdmin",
    "CooperationSettingsAdmin",
    "DataRequestAdmin",
    "GiftAdmin",
    "HostAdmin",
    "HostOfferAdmin",
    "HostRulesAdmin",
    "HouseholdWithTimelineAdmin",
    "ImportBatchAdmin",
    "LetterRunAdmin",
    "LetterTemplateAdmin",
    "MeasureAdmin",
    "MemberAdmin",
    "MissedSearchAdmin",
    "OrderAdmin",
    "PackageOnPaperAdmin",
    "PageDayAdmin",
    "ParticipantAdmin",
    "RetentionRunAdmin",
    "SponsorAdmin",
    "StoryAdmin",
    "WelcomeMeetingAdmin",
]
