"""The words that a household's fields are chosen from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Protection(models.TextChoices):
    """Grades of the population register, `adressebeskyttelse.graderingsnivaa`. The mark is itself confidential."""

    NONE = "", _("None")
    CLIENT = "klientadresse", _("Client address")
    CONFIDENTIAL = "fortrolig", _("Confidential")
    STRICT = "strengtFortrolig", _("Strictly confidential")


class HouseholdState(models.TextChoices):
    PLANNING = "planning", _("Plans to move here")
    LIVING = "living", _("Lives here")
    LEFT = "left", _("Has moved on")


class AddressKind(models.TextChoices):
    STREET = "street", _("Street address")
    CADASTRE = "cadastre", _("Holding without street")
    FOREIGN = "foreign", _("Abroad")
    UNKNOWN = "unknown", _("Unknown")


class Reason(models.TextChoices):
    JOB = "job", _("Job")
    FAMILY = "family", _("Family")
    RETURNING = "returning", _("Coming back")
    STUDIES = "studies", _("Studies")
    REFUGE = "refuge", _("Refuge")
    HOME = "home", _("Home or farm")
    NATURE = "nature", _("Nature and leisure")
    OTHER = "other", _("Other")


class Source(models.TextChoices):
    REGISTER = "register", _("Population register")
    FILE = "file", _("File")
    FORM = "form", _("Form")
    HAND = "hand", _("By hand")


class HoldReason(models.TextChoices):
    """GDPR art. 18(1), a to d."""

    CONTESTED = "contested", _("They say that it is wrong, and it is being looked into")
    UNLAWFUL = "unlawful", _("It was held unlawfully, and they don't want it deleted")
    CLAIM = "claim", _("They need it for a legal claim")
    OBJECTION = "objection", _("They have objected, and it is not decided yet")
