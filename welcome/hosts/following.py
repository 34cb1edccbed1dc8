"""What becomes of an assignment: the host's notes, the mails about it, and how it was in the end."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.hosts.kinds import IN_TOUCH, ContactKind, MailKind, Side
from welcome.hosts.models import HostAssignment

LONGEST_NOTE = 300
MOST_MINUTES = 24 * 60


class HostContactQuerySet(OwnedQuerySet["HostContact"]):
    def in_touch(self) -> Self:
        return self.filter(kind__in=IN_TOUCH)


class HostContact(MunicipalityOwned):
    """Only added: what was noted is not written over."""

    assignment = models.ForeignKey(
        HostAssignment, models.CASCADE, related_name="contacts", verbose_name=_("host of a household")
    )
    kind = models.CharField(_("what happened"), max_length=6, choices=ContactKind)
    at = models.DateTimeField(_("noted"), default=timezone.now, editable=False)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=0, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    # Nobody: the host, on their own page.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("noted by"),
    )

    objects = HostContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a host")
        verbose_name_plural = _("contacts of hosts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__lte=MOST_MINUTES),
                name="hostcontact_is_of_one_day",
                violation_error_message=_("A contact takes a day at most."),
            ),
        ]

    def __str__(self) -> str:
        return _("Contact of a host %(number)s") % {"number": self.pk}


class HostReply(MunicipalityOwned):
    """Two questions at the end, to each of the two."""

    assignment = models.ForeignKey(
        HostAssignment, models.CASCADE, related_name="replies", verbose_name=_("host of a household")
    )
    side = models.CharField(_("who"), max_length=9, choices=Side)
    score = models.PositiveSmallIntegerField(_("how it was, 1 to 5"))
    words = models.CharField(_("what could be better"), max_length=1000, blank=True)
    at = models.DateTimeField(_("answered"), default=timezone.now, editable=False)

    objects = OwnedQuerySet["HostReply"].as_manager()

    class Meta:
        verbose_name = _("answer about a host")
        verbose_name_plural = _("answers about hosts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "side"],
                name="hostreply_once_a_side",
                violation_error_message=_("This is answered already."),
            ),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5),
                name="hostreply_score_is_one_to_five",
                violation_error_message=_("Choose one of the five."),
            ),
        ]

    def __str__(self) -> str:
        return _("Answer about a host %(number)s") % {"number": self.pk}


class HostMailQuerySet(OwnedQuerySet["HostMail"]):
    def waiting(self) -> Self:
        return self.filter(sending_at=None, failed_at=None)

    def sent(self) -> Self:
        return self.exclude(sent_at=None)

    def unsettled(self) -> Self:
        """Those of which nobody knows whether they came: they are not sent again."""
        return self.filter(sending_at__isnull=False, sent_at=None, failed_at=None)


class HostMail(MunicipalityOwned):
    """One mail to one side, once. `sending_at` is written before it leaves: whoever finds it set and nothing after it
    does not send it again."""

    assignment = models.ForeignKey(
        HostAssignment, models.CASCADE, related_name="mails", verbose_name=_("host of a household")
    )
    side = models.CharField(_("to"), max_length=9, choices=Side)
    kind = models.CharField(_("what for"), max_length=8, choices=MailKind)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    sending_at = models.DateTimeField(_("leaves"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    failed_at = models.DateTimeField(_("refused"), null=True, editable=False)

    objects = HostMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail about a host")
        verbose_name_plural = _("mails about hosts")
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(
                fields=["made_at"], condition=Q(sending_at=None, failed_at=None), name="hostmail_waiting"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "side", "kind"],
                name="hostmail_once",
                violation_error_message=_("This mail is made already."),
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(sending_at__isnull=False, failed_at=None),
                name="hostmail_sent_has_left",
                violation_error_message=_("What was sent has left, and was not refused."),
            ),
        ]

    def __str__(self) -> str:
        return _("Mail about a host %(number)s") % {"number": self.pk}
