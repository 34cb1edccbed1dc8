"""What an activity is about: a fixed list, so that readers can filter by it and it means the same everywhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Theme(models.TextChoices):
    SPORT = "sport", _("Sport and exercise")
    OUTDOORS = "outdoors", _("Outdoors and trips")
    MUSIC = "music", _("Music and singing")
    CULTURE = "culture", _("Theatre, film and art")
    CHILDREN = "children", _("Children and families")
    MEETING = "meeting", _("Cafés and meeting places")
    LEARNING = "learning", _("Courses and talks")
    VOLUNTEERING = "volunteer", _("Volunteering")
    FAITH = "faith", _("Faith and belief")
    OTHER = "other", pgettext_lazy("theme of an activity", "Other")
