"""The mailbox that people write to, and what was taken in from it."""

import datetime
import uuid
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.enquiries.models import Enquiry
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.privacy.encryption import EncryptedTextField

# Such a sign would end the line, and what follows would be a command of its own.
_ONE_LINE = RegexValidator(r"^[^\x00-\x1f\x7f]*\Z", _("Only what can be typed on one line."))


class Fault(models.TextChoices):
    REACH = "reach", _("The mail server does not answer at this host and port.")
    PROOF = (
        "proof",
        _("The mail server can't prove that it is itself: its certificate is not valid for this host."),
    )
    LOGIN = "login", _("The mail server does not let this user in with this password.")
    FOLDER = "folder", _("There is no such folder in the mailbox.")
    TALK = "talk", _("The mail server broke off, or answered something that can't be understood.")
    OWN = "own", _("The portal could not save what it had read; it tries again by itself.")


class MailboxQuerySet(OwnedQuerySet["Mailbox"]):
    def due(self, now: datetime.datetime) -> Self:
        """Nobody reads them, or who did is gone."""
        free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
        return self.active().filter(free, not_before__lte=now)

    def active(self) -> Self:
        return self.filter(active=True)

    def held(self, token: uuid.UUID) -> Self:
        return self.filter(lease_token=token)

    def troubled(self) -> Self:
        return self.active().exclude(fault="")


class Mailbox(MunicipalityOwned):
    """Read by IMAP. `last_uid` counts within `uid_validity` (RFC 3501, 2.3.1.1): if the server gives a new one, all
    since `since` is read again, and what was taken in is known by `TakenMail`."""

    address = models.EmailField(_("address that people write to"))
    host = models.CharField(
        _("mail server"),
        max_length=200,
        validators=[
            RegexValidator(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z", _("The name of a server only."))
        ],
        help_text=_("For IMAP, for instance imap.example.no."),
    )
    port = models.PositiveIntegerField(
        _("port"),
        default=993,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text=_("993, with encryption from the first byte. There is no way without."),
    )
    username = models.CharField(_("user name"), max_length=200, validators=[_ONE_LINE])
    password = EncryptedTextField(_("password"), blank=True)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX", validators=[_ONE_LINE])
    since = models.DateField(
        _("e-mails from this day on"), default=timezone.localdate,
        help_text=_("What came before stays with whoever reads the mailbox today."),
    )  # fmt: skip
    mark_read = models.BooleanField(
        _("mark as read what was taken in"), default=False,
        help_text=_("Otherwise nothing in the mailbox is changed. Nothing is ever deleted there."),
    )  # fmt: skip
    receipts = models.BooleanField(
        _("tell people that their question has come"), default=True,
        help_text=_("At most one such e-mail a day to an address, and none to programs."),
    )  # fmt: skip
    active = models.BooleanField(_("read each minute"), default=True)

    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read last"), null=True, editable=False)
    fault = models.CharField(_("what is wrong"), max_length=6, choices=Fault, blank=True, editable=False)
    failing_since = models.DateTimeField(_("not read since"), null=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox for enquiries")
        verbose_name_plural = _("mailboxes for enquiries")
        ordering = ["municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                name="mailbox_once_per_municipality",
                violation_error_message=_("The municipality has a mailbox already: change that instead."),
            ),
            models.CheckConstraint(
                condition=Q(lease_token=None, lease_expires_at=None)
                | Q(lease_token__isnull=False, lease_expires_at__isnull=False),
                name="mailbox_lease_has_its_end",
                violation_error_message=_("Whoever reads a mailbox does so until a time."),
            ),
            models.CheckConstraint(
                condition=Q(fault="", failing_since=None) | ~Q(fault="") & Q(failing_since__isnull=False),
                name="mailbox_fault_has_its_time",
                violation_error_message=_("What is wrong has been so since some time."),
            ),
        ]

    def __str__(self) -> str:
        return _("Mailbox %(number)s") % {"number": self.pk}


class Taken(models.TextChoices):
    ASKED = "asked", _("A new enquiry")
    BACK = "back", _("Written back in an enquiry")
    OTHER = "other", _("A note: from another address than the asker's")
    ALONE = "alone", _("None: sent by a program, not by a person")
    FAILED = "failed", _("Not taken in: read it in the mailbox")
    SEEN = "seen", _("Not taken in; a colleague has read it in the mailbox")


class TakenMailQuerySet(OwnedQuerySet["TakenMail"]):
    def failed(self) -> Self:
        return self.filter(became=Taken.FAILED)


class TakenMail(MunicipalityOwned):
    """That an e-mail was read, and what it became. It stays when the enquiry goes: what was erased doesn't come
    back from the mailbox. `mark` is a keyed digest of the Message-ID, or of all of it where it has none."""

    mark = models.CharField(max_length=64, editable=False)
    became = models.CharField(_("what it became"), max_length=6, choices=Taken)
    enquiry: Any = models.ForeignKey(
        Enquiry, models.SET_NULL, null=True, blank=True, related_name="mails_in", verbose_name=_("enquiry")
    )
    at = models.DateTimeField(_("read"), default=timezone.now)
    sent_on = models.DateField(_("dated"), null=True)
    uid = models.BigIntegerField(_("number in the mailbox"), null=True)
    detail = models.CharField(_("code"), max_length=80, blank=True)

    objects = TakenMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail that came")
        verbose_name_plural = _("e-mails that came")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "mark"],
                name="takenmail_once",
                violation_error_message=_("This e-mail was taken in already."),
            ),
            models.CheckConstraint(
                condition=~Q(became__in=[Taken.ALONE, Taken.FAILED, Taken.SEEN]) | Q(enquiry=None),
                name="takenmail_of_no_enquiry_names_none",
                violation_error_message=_("What became no enquiry names none."),
            ),
        ]

    def __str__(self) -> str:
        return _("E-mail %(number)s that came") % {"number": self.pk}
