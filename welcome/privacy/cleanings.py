"""What the nightly cleaning did: counts by rule, and nobody's name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet


class RetentionRun(MunicipalityOwned):
    """One a day and municipality; a run that was cut off is gone on with."""

    day = models.DateField(_("day"))
    started_at = models.DateTimeField(_("began"), auto_now_add=True)
    finished_at = models.DateTimeField(_("done"), null=True, editable=False)
    # {"left": 3, …}: how many were deleted by which rule, and how many could not be.
    counts = models.JSONField(_("deleted"), default=dict, editable=False)
    failed = models.JSONField(_("not deleted"), default=dict, editable=False)

    objects = OwnedQuerySet["RetentionRun"].as_manager()

    class Meta:
        verbose_name = _("cleaning")
        verbose_name_plural = _("cleanings")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "day"],
                name="retentionrun_once_per_municipality_and_day",
                violation_error_message=_("This day has its cleaning already."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=models.F("started_at")),
                name="retentionrun_ends_after_it_began",
                violation_error_message=_("A cleaning can't end before it began."),
            ),
        ]

    def __str__(self) -> str:
        return _("Cleaning of %(day)s") % {"day": self.day}
