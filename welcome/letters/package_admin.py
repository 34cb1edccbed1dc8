"""Packages and sponsors stand below letters and know nothing of printing; their papers are added here."""

from django.contrib import admin
from django.urls import URLPattern, path

from municipalities.organisations.admin import OrganisationAdmin
from municipalities.organisations.models import Organisation
from welcome.letters import package_paper
from welcome.packages.package_admin import PackageAdmin
from welcome.packages.package_models import Package

admin.site.unregister([Package, Organisation])


@admin.register(Package)
class PackageOnPaperAdmin(PackageAdmin):
    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path(
                "pick-list.pdf", staff_only(package_paper.pick_list_pdf), name="welcome_package_pick_list_pdf"
            ),
            path("vouchers.pdf", staff_only(package_paper.vouchers_pdf), name="welcome_package_vouchers_pdf"),
            *super().get_urls(),
        ]


@admin.register(Organisation)
class SponsorAdmin(OrganisationAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/statement.pdf",
                self.admin_site.admin_view(package_paper.statement_pdf),
                name="municipalities_organisation_statement",
            ),
            *super().get_urls(),
        ]
