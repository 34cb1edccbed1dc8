"""The standard catalogue: the 18 subjects a welcome letter should cover, from the county's booklet
on receiving newcomers (Buskerud 2013, "Velkomstbrev"), each with the door it stands behind."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Door(models.TextChoices):
    """The six doors of a municipality's front page."""

    LIVE = "live", _("Live")
    WORK = "work", _("Work")
    LEARN = "learn", _("Learn")
    EXPLORE = "explore", _("Explore")
    PRACTICAL = "practical", _("Practical")
    MEET = "meet", _("Get to know us")


@dataclass(frozen=True)
class Entry:
    slug: str
    door: Door
    name: Promise


STANDARD = [
    Entry("about", Door.LIVE, _("About the municipality")),
    Entry("jobs", Door.WORK, _("Jobs")),
    Entry("housing", Door.LIVE, _("Housing")),
    Entry("school", Door.LEARN, _("School, kindergarten and after-school care")),
    Entry("leisure", Door.EXPLORE, _("Leisure and clubs")),
    Entry("maps", Door.EXPLORE, _("Brochures and maps")),
    Entry("calendar", Door.EXPLORE, _("What's on")),
    Entry("swimming", Door.EXPLORE, _("Swimming hall")),
    Entry("library", Door.EXPLORE, _("Library")),
    Entry("health-station", Door.PRACTICAL, _("Health station")),
    Entry("doctor", Door.PRACTICAL, _("Doctor and emergency doctor")),
    Entry("police", Door.PRACTICAL, _("Police")),
    Entry("nav", Door.PRACTICAL, _("NAV")),
    Entry("tax", Door.PRACTICAL, _("Tax and population register")),
    Entry("language-courses", Door.LEARN, _("Language courses and adult education")),
    Entry("post", Door.PRACTICAL, _("Post and bank")),
    Entry("transport", Door.PRACTICAL, _("Transport")),
    Entry("shops", Door.PRACTICAL, _("Shops")),
]
BY_SLUG = {entry.slug: entry for entry in STANDARD}
