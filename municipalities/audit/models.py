"""Who did or saw what, when and from where: rows that are written once and never again.

An entry names things, never what they hold: fields by their names, people by their household's number. So
it may outlive what it tells of, and tells nothing of an address to whoever reads it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.audit.vocabulary import Action, Actor
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.municipality.retention import LEAST, TOO_SHORT

__all__ = [
    "Action", "Actor", "AuditEntry", "AuditPruning", "AuditSeal", "SystemEntry", "SystemPruning", "SystemSeal",
]  # fmt: skip


# Words of a code and their counts, such as `rows=50 letters=3`. A sentence or a name has no place here.
NOTE = r"^[a-z0-9_.=:-]*( [a-z0-9_.=:-]+)*$"


class Entry(models.Model):
    """What every entry tells, wherever it belongs."""

    append_only = True

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    actor = models.CharField(_("kind of actor"), max_length=7, choices=Actor, editable=False)
    # No key of the database's: an account that is deleted may neither change an entry nor be kept by it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("colleague"),
    )
    # The task's, the command's or the link's purpose.
    actor_name = models.CharField(_("name of the task or link"), max_length=80, blank=True, editable=False)
    action = models.CharField(_("what was done"), max_length=12, choices=Action, editable=False)
    model = models.CharField(_("kind of thing"), max_length=60, blank=True, editable=False)
    object_id = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    fields = models.JSONField(_("fields"), default=list, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True, editable=False)
    ip = models.CharField(_("from where"), max_length=45, blank=True, editable=False)
    request_id = models.CharField(_("number of the request"), max_length=32, blank=True, editable=False)
    route = models.CharField(_("page"), max_length=80, blank=True, editable=False)

    class Meta:
        abstract = True


def _entry_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(note__regex=NOTE),
            name="%(class)s_note_is_a_code",
            violation_error_message=_("A note holds codes and counts, no sentences."),
        ),
        models.CheckConstraint(
            condition=Q(action__in=Action.values, actor__in=Actor.values),
            name="%(class)s_action_and_actor_are_known",
            violation_error_message=_("This is no action, or nobody who could do it."),
        ),
    ]


class AuditEntry(Entry, MunicipalityOwned):
    """Something done in a municipality, for its coordinators to read."""

    objects = OwnedQuerySet["AuditEntry"].as_manager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log of looks and changes")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["municipality", "model", "object_id"], name="auditentry_by_object"),
            models.Index(fields=["municipality", "user", "at"], name="auditentry_by_user"),
            models.Index(fields=["municipality", "at"], name="auditentry_by_time"),
        ]
        constraints = _entry_constraints()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class SystemEntry(Entry):
    """Something that belongs to no municipality: a login that failed, the system administrator's work."""

    class Meta:
        verbose_name = _("entry of the installation's log")
        verbose_name_plural = _("log of the installation")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="systementry_by_time")]
        constraints = _entry_constraints()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Seal(models.Model):
    """One link of the chain: an entry's place and the hash of all up to it. Written soon after the entry
    (`sealing.py`), so that whoever is at work waits for nobody."""

    append_only = True

    # No key: that an entry is gone is what the chain is to show.
    entry_number = models.BigIntegerField(_("entry"), unique=True, editable=False)
    sequence = models.BigIntegerField(_("place in the chain"), editable=False)
    sealed_at = models.DateTimeField(_("sealed"), editable=False)
    hash = models.CharField(_("hash"), max_length=64, editable=False)

    class Meta:
        abstract = True


class AuditSeal(Seal, MunicipalityOwned):
    objects = OwnedQuerySet["AuditSeal"].as_manager()

    class Meta:
        verbose_name = _("seal of the log")
        verbose_name_plural = _("seals of the log")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "sequence"],
                name="auditseal_sequence_once_per_municipality",
                violation_error_message=_("This place in the chain is taken."),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sequence}"


class SystemSeal(Seal):
    class Meta:
        verbose_name = _("seal of the installation's log")
        verbose_name_plural = _("seals of the installation's log")
        constraints = [
            models.UniqueConstraint(
                fields=["sequence"],
                name="systemseal_sequence_once",
                violation_error_message=_("This place in the chain is taken."),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sequence}"


class Pruning(models.Model):
    """A stretch of the chain whose time is over and that was taken away whole, up to a place. The hash of that
    place stays, so what comes behind it is counted from there (`pruning.py`)."""

    append_only = True

    sequence = models.BigIntegerField(_("place in the chain"), editable=False)
    hash = models.CharField(_("hash"), max_length=64, editable=False)
    sealed_at = models.DateTimeField(_("sealed"), editable=False)
    entries = models.PositiveBigIntegerField(_("entries taken away"), editable=False)
    months = models.PositiveSmallIntegerField(_("months the log is kept"), editable=False)
    pruned_at = models.DateTimeField(_("taken away"), default=timezone.now, editable=False)

    class Meta:
        abstract = True


def _pruning_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(months__gte=LEAST["audit"]),
            name="%(class)s_of_what_is_a_year_old",
            violation_error_message=TOO_SHORT["audit"],
        ),
        models.CheckConstraint(
            condition=Q(entries__gte=1, sequence__gte=1),
            name="%(class)s_takes_something",
            violation_error_message=_("Nothing was taken away."),
        ),
    ]


class AuditPruning(Pruning, MunicipalityOwned):
    objects = OwnedQuerySet["AuditPruning"].as_manager()

    class Meta:
        verbose_name = _("shortening of the log")
        verbose_name_plural = _("shortenings of the log")
        constraints = [
            *_pruning_constraints(),
            models.UniqueConstraint(
                fields=["municipality", "sequence"],
                name="auditpruning_place_once_per_municipality",
                violation_error_message=_("The log was shortened to this place already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sequence}"


class SystemPruning(Pruning):
    class Meta:
        verbose_name = _("shortening of the installation's log")
        verbose_name_plural = _("shortenings of the installation's log")
        constraints = [
            *_pruning_constraints(),
            models.UniqueConstraint(
                fields=["sequence"],
                name="systempruning_place_once",
                violation_error_message=_("The log was shortened to this place already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sequence}"
