from django.contrib.admin.apps import AdminConfig


class StaffSiteConfig(AdminConfig):
    default = False
    default_site = "municipalities.tenancy.site.StaffSite"
