"""The household's page with what a person may ask for."""

from django.contrib import admin
from django.urls import URLPattern, path

from welcome.households.admin import HouseholdAdmin
from welcome.households.models import Household
from welcome.privacy import erasure_pages

# Households stand below letters and know nothing of them; what takes both is added here.
admin.site.unregister(Household)


@admin.register(Household)
class HouseholdWithRightsAdmin(HouseholdAdmin):
    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path("<int:object_id>/erase/", staff_only(erasure_pages.erase), name="welcome_household_erase"),
            *super().get_urls(),
        ]
