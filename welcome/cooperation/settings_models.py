from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet

MOST_ROLES = 3
MOST_TO_SET = 20


class CooperationSettings(MunicipalityOwned):
    """What a municipality has decided otherwise; without a row the portal's own number holds."""

    most_roles = models.PositiveSmallIntegerField(
        _("roles and tasks one person may carry"),
        default=MOST_ROLES,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TO_SET)],
        help_text=_(
            "Whoever carries more is named with a warning: a reception that hangs on one person falls."
        ),
    )

    objects = OwnedQuerySet["CooperationSettings"].as_manager()

    class Meta:
        verbose_name = _("how the cooperation is shared")
        verbose_name_plural = _("how the cooperation is shared")
        ordering = ["municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                name="cooperationsettings_once_per_municipality",
                violation_error_message=_("This municipality has said so already."),
            ),
            models.CheckConstraint(
                condition=Q(most_roles__gte=1, most_roles__lte=MOST_TO_SET),
                name="cooperationsettings_roles_can_be_carried",
                violation_error_message=_("One person carries 1 to 20 roles and tasks."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.municipality)


def most_roles(municipality: Municipality) -> int:
    rows = CooperationSettings.objects.of(municipality)
    return rows.values_list("most_roles", flat=True).first() or MOST_ROLES
