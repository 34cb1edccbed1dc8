"""Addresses above the languages."""

from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from welcome.portal import api, crawlers, elsewhere, own_login, public, share_pages

urlpatterns = [
    path("", crawlers.way_in, name="way-in"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("arms/<slug:slug>", public.arms, name="arms"),
    path("share/<str:token>.png", share_pages.picture, name="share"),
    # Registered at ID-porten, so it must stay as it is.
    path("idporten/<str:number>/back/", own_login.back, name="own_login_back"),
    path("embed/v1.js", elsewhere.block, name="block"),
    path("api/v1/", include((api.urlpatterns, "api-v1"))),
    path("sitemap.xml", sitemap, {"sitemaps": crawlers.SITEMAPS}, name="sitemap"),
]
