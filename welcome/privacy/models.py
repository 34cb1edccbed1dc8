"""What people ask of the municipality about what it holds of them."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.households.models import Household

DAYS_TO_ANSWER = 30  # GDPR art. 12(3): without undue delay, within one month.
LONGEST = 2000


def due_day() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=DAYS_TO_ANSWER)


class RequestKind(models.TextChoices):
    """Articles 16, 17, 18 and 21 of the GDPR."""

    CORRECTION = "correction", _("Correction")
    DELETION = "deletion", _("Deletion")
    OBJECTION = "objection", _("Objection")
    HOLD = "hold", _("Restriction")


class Outcome(models.TextChoices):
    DONE = "done", _("Done as asked")
    PARTLY = "partly", _("Done in part")
    REFUSED = "refused", _("Refused, with the reason")


class DataRequestQuerySet(OwnedQuerySet["DataRequest"]):
    def waiting(self) -> Self:
        return self.filter(handled_at=None)

    def to_mail(self) -> Self:
        return self.exclude(handled_at=None).exclude(answer_to="")

    def overdue(self) -> Self:
        return self.waiting().filter(due_on__lt=timezone.localdate())


class DataRequest(MunicipalityOwned):
    """Outlives its household, emptied of words: that it was asked and answered must be shown afterwards."""

    household = models.ForeignKey(
        Household,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="data_requests",
        verbose_name=_("household"),
    )
    kind = models.CharField(_("what is asked for"), max_length=10, choices=RequestKind, editable=False)
    wrote = models.TextField(
        _("what they wrote"), blank=True, editable=False, validators=[MaxLengthValidator(LONGEST)]
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    due_on = models.DateField(_("answer by"), default=due_day, editable=False)
    handled_at = models.DateTimeField(_("answered"), null=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome, blank=True)
    answer = models.TextField(
        _("answer"),
        blank=True,
        validators=[MaxLengthValidator(LONGEST)],
        help_text=_("What you tell them: what was done, or why not and where they can complain."),
    )
    # Emptied once it is mailed.
    answer_to = models.EmailField(_("mail the answer to"), blank=True, editable=False)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about own data")
        verbose_name_plural = _("requests about own data")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["municipality", "handled_at"], name="datarequest_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at=None, outcome="") | (Q(handled_at__isnull=False) & ~Q(outcome="")),
                name="datarequest_answered_with_an_outcome",
                violation_error_message=_("An answered request has an outcome, and no other."),
            ),
        ]

    @classmethod
    def forget_address(cls, households: list[int]) -> None:
        """As `households.ties` asks for it: a correction tells of an address as often as not. What still waits stays
        readable for who must answer it, and goes when the answer is given or mailed."""
        settled = cls.objects.filter(household__in=households, handled_at__isnull=False, answer_to="")
        settled.update(wrote="", answer="")

    @classmethod
    def settle(cls, household: Household | None) -> None:
        """After an answer: nothing of it stays where the address is protected."""
        if household is not None and Household.objects.filter(pk=household.pk).protected().exists():
            cls.forget_address([household.pk])

    def __str__(self) -> str:
        return _("Request %(number)s") % {"number": self.pk}

    @property
    def is_waiting(self) -> bool:
        return self.handled_at is None

    @property
    def days_left(self) -> int:
        """Until it must be answered; below zero when that is past."""
        return (self.due_on - timezone.localdate()).days
