"""Addresses above the languages."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from welcome.portal import crawlers, public

urlpatterns = [
    path("", crawlers.way_in, name="way-in"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("arms/<slug:slug>", public.arms, name="arms"),
    path("sitemap.xml", sitemap, {"sitemaps": crawlers.SITEMAPS}, name="sitemap"),
]
