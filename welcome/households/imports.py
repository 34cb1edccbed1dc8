"""An import of arrivals: the file as it was understood, and each row with its verdict.

What is kept of a row is only what staff need to decide; it goes when the import is saved or dropped.
"""

import datetime
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    READ = "read", _("Read, waiting for you")
    SAVING = "saving", _("Being saved")
    SAVED = "saved", _("Saved")
    REFUSED = "refused", _("Could not be read")
    DROPPED = "dropped", _("Dropped")


class Verdict(models.TextChoices):
    NEW = "new", _("New household")
    JOINS = "joins", _("Joins a household")
    CHANGED = "changed", _("Known, with news")
    KNOWN = "known", _("Known, nothing new")
    HELD = "held", _("Restricted, not saved")
    REFUSED = "refused", _("Refused")


def upload_path(instance: "ImportBatch", filename: str) -> str:
    # Not the uploader's file name: it may hold a person's name, and ends up in paths and logs.
    return f"imports/{uuid.uuid4().hex}"


class ImportBatchQuerySet(OwnedQuerySet["ImportBatch"]):
    def waiting_to_be_read(self, now: datetime.datetime) -> Self:
        """Nobody reads it, or who did let the lease run out."""
        free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
        return self.filter(free, state=ImportState.READING)

    def at_work(self) -> Self:
        return self.filter(state__in=[ImportState.READING, ImportState.SAVING])


class ImportBatch(MunicipalityOwned):
    file = models.FileField(_("file"), upload_to=upload_path, blank=True)
    filename = models.CharField(_("file name"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.READING)
    sha256 = models.CharField(max_length=64, editable=False)
    understood = models.JSONField(_("what we understood"), default=dict, editable=False)
    counts = models.JSONField(_("rows by verdict"), default=dict, editable=False)
    # {"code", "column", "params"} of a Problem: its reader's language makes the sentence.
    problem = models.JSONField(_("why it could not be read"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    saved_at = models.DateTimeField(_("saved"), null=True, editable=False)
    # Held by the worker that reads; when it runs out, another starts over.
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ImportState.SAVED, saved_at__isnull=False)
                | (~Q(state=ImportState.SAVED) & Q(saved_at=None)),
                name="importbatch_saved_has_its_time",
                violation_error_message=_("A saved import knows when it was saved."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.SAVED, ImportState.DROPPED]) | Q(file=""),
                name="importbatch_file_goes_when_it_is_over",
                violation_error_message=_("The file is deleted when the import is saved or dropped."),
            ),
            models.CheckConstraint(
                condition=Q(lease_token=None, lease_expires_at=None)
                | Q(state=ImportState.READING, lease_token__isnull=False, lease_expires_at__isnull=False),
                name="importbatch_lease_only_while_reading",
                violation_error_message=_("Only an import that is being read has a lease."),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportRow(MunicipalityOwned):
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(
        _("row"), help_text=_("As a spreadsheet numbers it: the header is row 1.")
    )
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict)
    problems = models.JSONField(_("problems"), default=list)
    values = models.JSONField(_("values"), default=dict)
    household_key = models.CharField(max_length=160, blank=True, editable=False)
    person_key = models.CharField(max_length=200, blank=True, editable=False)

    objects = OwnedQuerySet["ImportRow"].as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="importrow_once_per_batch_and_number",
                violation_error_message=_("This row has been read already."),
            )
        ]
        indexes = [
            models.Index(fields=["batch", "verdict", "number"], name="importrow_by_verdict"),
            models.Index(fields=["batch", "person_key"], name="importrow_by_person"),
        ]

    def __str__(self) -> str:
        return str(self.number)
