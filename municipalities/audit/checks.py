"""Checks of the log: who asked, how far it has come, what was found. The row is the work: a worker claims it
by a conditional update (`checking.py`), and counts in it."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.audit.vocabulary import Fault, Finding
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet


class CheckWords:
    """The words of both querysets below."""

    def open(self: Any) -> Any:
        return self.filter(finished_at=None)

    def claimable(self: Any, now: datetime.datetime) -> Any:
        """Nobody is at them, or whoever was has died."""
        return self.open().filter(Q(lease_expires_at=None) | Q(lease_expires_at__lt=now))

    def to_tell(self: Any) -> Any:
        """Broken logs that nobody was mailed about yet."""
        return self.filter(finding=Finding.BROKEN, told_at=None)


class Check(models.Model):
    """Of the entries as they stood when a worker began. A place of 0 is none."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,  # The nightly one.
        editable=False,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    first_entry = models.BigIntegerField(_("first entry"), default=0, editable=False)
    last_entry = models.BigIntegerField(_("last entry"), default=0, editable=False)
    total = models.PositiveBigIntegerField(_("entries to read"), default=0, editable=False)
    counted = models.PositiveBigIntegerField(_("entries read"), default=0, editable=False)
    finished_at = models.DateTimeField(_("done"), null=True, editable=False)
    finding = models.CharField(_("finding"), max_length=7, choices=Finding, blank=True, editable=False)
    fault = models.CharField(_("first fault"), max_length=9, choices=Fault, blank=True, editable=False)
    fault_place = models.BigIntegerField(_("place of the first fault"), default=0, editable=False)
    fault_entry = models.BigIntegerField(_("entry of the first fault"), default=0, editable=False)
    faults = models.PositiveSmallIntegerField(_("faults"), default=0, editable=False)
    head_place = models.BigIntegerField(_("end of the chain"), default=0, editable=False)
    head_hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)
    told_at = models.DateTimeField(_("mailed"), null=True, editable=False)

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.finished_at is None

    @property
    def waits(self) -> bool:
        """No worker has taken it yet."""
        return self.is_open and self.attempts == 0


def _check_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(finished_at=None, finding="")
            | Q(finished_at__isnull=False, finding__in=Finding.values),
            name="%(class)s_done_has_its_finding",
            violation_error_message=_("A check that is done says what it found, and no other."),
        ),
        models.CheckConstraint(
            condition=Q(finding=Finding.BROKEN, faults__gte=1, fault__in=Fault.values)
            | (~Q(finding=Finding.BROKEN) & Q(faults=0, fault="")),
            name="%(class)s_broken_names_its_fault",
            violation_error_message=_("A broken log is told with where it is broken."),
        ),
        models.CheckConstraint(
            condition=Q(lease_token=None, lease_expires_at=None)
            | Q(lease_token__isnull=False, lease_expires_at__isnull=False, finished_at=None),
            name="%(class)s_claimed_until_a_time",
            violation_error_message=_("A check is claimed until a time, and not once it is done."),
        ),
        models.CheckConstraint(
            condition=Q(counted__lte=F("total")),
            name="%(class)s_counts_no_more_than_there_is",
            violation_error_message=_("More entries were read than there are."),
        ),
    ]


class AuditCheckQuerySet(CheckWords, OwnedQuerySet["AuditCheck"]):
    pass


class AuditCheck(Check, MunicipalityOwned):
    objects = AuditCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of the log")
        verbose_name_plural = _("checks of the log")
        ordering = ["-pk"]
        constraints = [
            *_check_constraints(),
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(finished_at=None),
                name="auditcheck_one_at_a_time",
                violation_error_message=_("This log is being checked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SystemCheckQuerySet(CheckWords, models.QuerySet["SystemCheck"]):
    pass


class SystemCheck(Check):
    objects = SystemCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of the installation's log")
        verbose_name_plural = _("checks of the installation's log")
        ordering = ["-pk"]
        constraints = [
            *_check_constraints(),
            # All that are not done have the same finding: none.
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(finished_at=None),
                name="systemcheck_one_at_a_time",
                violation_error_message=_("This log is being checked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
