"""How hosting goes in one municipality: how long each step may take, and what a host must have shown."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet


class HostRules(MunicipalityOwned):
    """One row a municipality; without one, as the fields' defaults say."""

    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"),
        default=7,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
        help_text=_("So long has each of the two to say yes to the other."),
    )
    first_contact_days = models.PositiveSmallIntegerField(
        _("days to the first contact"),
        default=14,
        validators=[MinValueValidator(3), MaxValueValidator(60)],
        help_text=_("So long has the host to get in touch once both have agreed."),
    )
    months = models.PositiveSmallIntegerField(
        _("months that are agreed on"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
        help_text=_("Then the host is reminded to say goodbye, or to go on."),
    )
    certificate_needed = models.BooleanField(
        _("hosts show a police certificate"),
        default=False,
        help_text=_(
            "Who has shown none is given no household. You note the day you saw it, and keep no copy."
        ),
    )

    objects = OwnedQuerySet["HostRules"].as_manager()

    class Meta:
        verbose_name = _("rules for hosts")
        verbose_name_plural = _("rules for hosts")
        ordering = ["municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                name="hostrules_once_a_municipality",
                violation_error_message=_("This municipality has its rules for hosts already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    answer_days__gte=2, answer_days__lte=60, first_contact_days__gte=3, first_contact_days__lte=60,
                    months__gte=1, months__lte=36,
                ),
                name="hostrules_times_are_possible",
                violation_error_message=_(
                    "An answer takes 2 to 60 days, a first contact 3 to 60, and a period is 1 to 36 months."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("Rules for hosts %(number)s") % {"number": self.pk}


def rules_of(municipality_id: int) -> HostRules:
    known = HostRules.objects.filter(municipality=municipality_id).first()
    return known or HostRules(municipality=Municipality(pk=municipality_id))
