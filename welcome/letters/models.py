"""The quarter's letters: a run, its frozen letters, and the files they are printed from.

A letter is a record: address, names, language and letterhead are frozen with the run. Keys to
households only say where it came from, and go when a household is erased.
"""

import datetime
import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.privacy.encryption import EncryptedTextField
from municipalities.texts.languages import CHOICES
from welcome.households.models import Household, Protection
from welcome.letters.channels import Channel
from welcome.letters.run_models import RECALLABLE, LetterRun, LetterRunQuerySet, RunState, RunText

__all__ = [
    "LETTERS_A_FILE", "FileState", "LeftOut", "LeftOutReason", "Letter", "LetterQuerySet", "LetterRun",
    "LetterRunQuerySet", "LetterState", "PrintFile", "PrintFileQuerySet", "RunState", "RunText",
]  # fmt: skip
LETTERS_A_FILE = 500


class FileState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being made")
    DONE = "done", _("Done")
    SET_ASIDE = "set_aside", _("Set aside")


def print_file_path(instance: "PrintFile", filename: str) -> str:
    return f"letters/{instance.run_id}/{filename}"


class PrintFileQuerySet(OwnedQuerySet["PrintFile"]):
    def claimable(self, now: datetime.datetime) -> Self:
        """Nobody has it, or who had it let the lease run out; the run is to be printed. While it is delivered
        too: letters that can't go another way are printed then."""
        free = Q(state=FileState.WAITING) | Q(state=FileState.CLAIMED, lease_expires_at__lt=now)
        return self.filter(free, run__state__in=[RunState.APPROVED, RunState.RENDERING, RunState.DELIVERING])

    def held(self, token: uuid.UUID) -> Self:
        """The file, as long as this worker's lease on it was not given to another."""
        return self.filter(state=FileState.CLAIMED, lease_token=token)

    def unfinished(self) -> Self:
        return self.filter(state__in=[FileState.WAITING, FileState.CLAIMED])

    def kept(self) -> Self:
        """Finished, and its PDF is still there."""
        return self.filter(state=FileState.DONE, purged_at=None)

    def purged(self) -> Self:
        return self.exclude(purged_at=None)


class PrintFile(MunicipalityOwned):
    """Up to 500 letters in one PDF: the piece of work a worker claims, and what the printer gets."""

    run = models.ForeignKey(LetterRun, models.CASCADE, related_name="files", verbose_name=_("letter run"))
    sequence = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=9, choices=FileState, default=FileState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    # The letter that is being laid out, and how many are: who dies on a letter leaves its number behind.
    at_number = models.PositiveIntegerField(null=True, editable=False)
    made = models.PositiveIntegerField(default=0, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    file = models.FileField(_("file"), upload_to=print_file_path, blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    # Its PDF held the address of somebody of whom none may be held any more; what it was stays written here.
    purged_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = PrintFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("print file")
        verbose_name_plural = _("print files")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sequence"],
                name="printfile_once_per_run_and_number",
                violation_error_message=_("The run has this file already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=FileState.CLAIMED, lease_token__isnull=False, lease_expires_at__isnull=False
                )
                | (
                    ~Q(state=FileState.CLAIMED)
                    & Q(lease_token=None, lease_expires_at=None, at_number=None, made=0)
                ),
                name="printfile_claimed_has_its_lease",
                violation_error_message=_("A file that is being made has a lease, and no other has one."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=FileState.DONE, done_at__isnull=False, pages__gt=0, sha256__regex=r"^[0-9a-f]{64}$"
                )
                & (~Q(file="") & Q(purged_at=None) | Q(file="", purged_at__isnull=False))
                | ~Q(state=FileState.DONE) & Q(done_at=None, file="", sha256="", pages=0, purged_at=None),
                name="printfile_done_has_its_file",
                violation_error_message=_(
                    "A finished file has its pages, its SHA-256 and its time, and its PDF until that is deleted."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state=FileState.SET_ASIDE) | ~Q(error=""),
                name="printfile_set_aside_has_its_error",
                violation_error_message=_("A file that is set aside says why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.sequence}"


class LetterState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    PRINTED = "printed", _("In its print file")
    FAILED = "failed", _("Failed")


# An encrypted field has no lookups of its own; nothing stays nothing when it is encrypted.
NO_CODE = Exact(Cast(F("code"), models.TextField()), Value(""))


class LetterQuerySet(OwnedQuerySet["Letter"]):
    def printed(self) -> Self:
        return self.filter(state=LetterState.PRINTED)

    def failed(self) -> Self:
        return self.filter(state=LetterState.FAILED)

    def for_print(self) -> Self:
        """On paper from the beginning, or because no other way was left."""
        return self.filter(Q(channel=Channel.PRINT) | Q(file__isnull=False))

    def elsewhere(self) -> Self:
        """To go, or gone, by other ways than print files."""
        return self.filter(file=None).exclude(channel=Channel.PRINT)

    def recallable(self) -> Self:
        """In nobody else's hands yet, whatever their run's other letters are."""
        out = Q(
            deliveries__state__in=["claimed", "sent", "delivered", "uncertain"],
            deliveries__sending_at__isnull=False,
        )
        gone = Exists(self.model._base_manager.filter(out, pk=OuterRef("pk")))
        return self.filter(~gone, run__state__in=RECALLABLE)

    def unmentionable(self) -> Self:
        """To people whose address may be held by nobody: protected since the freezing, or erased."""
        return self.filter(Q(household=None) | ~Q(household__protection=Protection.NONE))


class Letter(MunicipalityOwned):
    run = models.ForeignKey(LetterRun, models.CASCADE, related_name="letters", verbose_name=_("letter run"))
    number = models.PositiveIntegerField(_("letter number"))
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, related_name="letters", verbose_name=_("household")
    )
    # Two households that were one had a row each in this run: this one's household was merged into that of
    # the other, whose row counts.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)
    # Frozen: what the letter says, whatever becomes of the household.
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    wished_language = models.CharField(
        _("language wished for"),
        max_length=5,
        choices=CHOICES,
        blank=True,
        help_text=_("Where the municipality has no greeting in it and another was taken."),
    )
    address = models.JSONField(_("address"), help_text=_("Lines as they stand in the window."))
    salutation = models.CharField(_("salutation"), max_length=300)
    people = models.PositiveSmallIntegerField(_("people"))
    channel = models.CharField(
        _("channel"), max_length=6, choices=Channel, default=Channel.PRINT, db_default=Channel.PRINT
    )
    # Where it goes by e-mail; "" otherwise.
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    children = models.PositiveSmallIntegerField(_("children"), default=0, help_text=_("Among these people."))
    # {"id", "name", "phone", "email", "languages", "about"}: "id" is the host's number; "languages" in their own
    # words, as "Bokmål, English";
    # "about" in the letter's language or nothing. {} where nobody may be named to this household.
    host = models.JSONField(_("host"), default=dict, blank=True)
    # [{"gift", "title", "count", "giver", "note"}, …] in the letter's language and in the order they are told of;
    # "gift" is the gift's number, None or missing in letters of before it was kept, "count" a number of at least
    # 1, "giver" and "note" may be "".
    gifts = models.JSONField(_("gifts"), default=list, blank=True)
    # The whole address that a QR code leads to, where the household signs up for the run's meeting: `https://…`;
    # "" where there is none. Encrypted, since it opens a page and a copy of the database must not.
    code = EncryptedTextField(_("address to sign up at"), default="", blank=True)

    file = models.ForeignKey(
        PrintFile, models.SET_NULL, null=True, related_name="letters", verbose_name=_("print file")
    )
    state = models.CharField(_("state"), max_length=7, choices=LetterState, default=LetterState.WAITING)
    first_page = models.PositiveIntegerField(_("first page"), null=True)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    error = models.TextField(_("error"), blank=True)
    purged_at = models.DateTimeField(_("address deleted"), null=True, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "household"],
                condition=Q(merged=False),
                name="letter_once_per_household_and_run",
                violation_error_message=_("This household already has a letter in this run."),
            ),
            models.UniqueConstraint(
                fields=["run", "number"],
                name="letter_number_once_per_run",
                violation_error_message=_("This letter number is taken."),
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.PRINTED, file__isnull=False, first_page__isnull=False)
                & Q(first_page__gte=1, pages__gte=1)
                | ~Q(state=LetterState.PRINTED) & Q(first_page=None, pages=0),
                name="letter_printed_has_its_pages",
                violation_error_message=_("A printed letter knows its file and pages."),
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.FAILED) ^ Q(error=""),
                name="letter_failed_has_its_error",
                violation_error_message=_("A failed letter says why."),
            ),
            models.CheckConstraint(
                condition=Q(email="") | Q(channel=Channel.EMAIL),
                name="letter_email_only_where_it_goes_there",
                violation_error_message=_("Only a letter that goes by e-mail holds the address for it."),
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None)
                | Q(address=[], salutation="", email="", host={}, gifts=[]) & Q(NO_CODE),
                name="letter_purged_holds_no_address",
                violation_error_message=_(
                    "A letter whose address was deleted holds neither it nor the names, host, gifts and code."
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Letter %(number)s") % {"number": self.number}


class LeftOutReason(models.TextChoices):
    PROTECTED = "protected", _("Protected address")
    NO_ADDRESS = "no_address", _("No address")
    MOVED_ON = "moved_on", _("Moved on")
    UNDER_AGE = "under_age", _("Under age without household")
    ALREADY_WELCOMED = "already_welcomed", _("Already welcomed")
    ASKED_NOT_TO = "asked_not_to", _("Asked not to")
    DECEASED = "deceased", _("Deceased")
    FOREIGN_ADDRESS = "foreign_address", _("Address abroad")
    MERGED = "merged", _("Merged with another household")


class LeftOut(MunicipalityOwned):
    """A household of the cohort that gets no letter, and why. Cohort = letters + left out, always."""

    run = models.ForeignKey(LetterRun, models.CASCADE, related_name="left_out", verbose_name=_("letter run"))
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, related_name="left_out", verbose_name=_("household")
    )
    # Two households that were one had a row each in this run: this one's household was merged into that of
    # the other, whose row counts.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=16, choices=LeftOutReason)

    objects = OwnedQuerySet["LeftOut"].as_manager()

    class Meta:
        verbose_name = _("left out")
        verbose_name_plural = _("left out")
        ordering = ["run", "reason", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "household"],
                condition=Q(merged=False),
                name="leftout_once_per_household_and_run",
                violation_error_message=_("This household is left out of this run already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
