from django.contrib import admin
from django.urls import URLPattern, path

from welcome.followup import timeline_pages
from welcome.households.models import Household
from welcome.privacy.admin import HouseholdWithRightsAdmin

# Households know nothing of what is told of them above; what needs all of it is added here.
admin.site.unregister(Household)


@admin.register(Household)
class HouseholdWithTimelineAdmin(HouseholdWithRightsAdmin):
    def get_urls(self) -> list[URLPattern]:
        shown = self.admin_site.admin_view(timeline_pages.shown)
        return [
            path("<int:object_id>/timeline/", shown, name="welcome_household_timeline"),
            *super().get_urls(),
        ]
