"""What lies at which address; each slice's own addresses are in its own urls.py."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from tilflytter import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("municipalities.urls")),
    path("", include("welcome.portal.root_urls")),
    *i18n_patterns(path("", include("welcome.portal.urls"))),
]
