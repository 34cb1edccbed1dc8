"""Enquiries: questions somebody put to the municipality, and what was said since."""

import datetime
import uuid
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES

LONGEST = 4000


class Source(models.TextChoices):
    PAGE = "page", _("“Did you find what you needed?” on a page")
    FORM = "form", _("The form on the site")
    STAFF = "staff", _("Written down by a colleague")
    MAIL = "mail", _("An e-mail")


class Reply(models.TextChoices):
    NONE = "none", _("No answer wanted")
    EMAIL = "email", _("By e-mail")
    PHONE = "phone", _("By phone")


class State(models.TextChoices):
    NEW = "new", _("New")
    ASSIGNED = "assigned", _("Assigned")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    MENDED = "mended", _("The page was put right")
    PASSED_ON = "passed_on", _("Passed on to somebody else")
    NOT_OURS = "not_ours", _("Nothing we can do")
    UNREACHED = "unreached", _("Could not be reached")
    SPAM = "spam", _("No real question")


WAITING = [State.NEW, State.ASSIGNED]


class EnquiryQuerySet(OwnedQuerySet["Enquiry"]):
    def waiting(self) -> Self:
        """For an answer of ours."""
        return self.filter(state__in=WAITING)

    def overdue(self, today: datetime.date | None = None) -> Self:
        return self.waiting().filter(due_on__lt=today or timezone.localdate())

    def with_trouble(self) -> Self:
        """With an answer of which nobody but a person can tell whether it came."""
        return self.filter(pk__in=AnswerMail.objects.for_people().values("message__enquiry"))


class Enquiry(MunicipalityOwned):
    """`waiting_since` is when the person last wrote and nobody had answered; `version` grows with each change,
    so that whoever works on an old page is told."""

    source = models.CharField(_("where it came from"), max_length=5, choices=Source)
    page = models.CharField(_("page"), max_length=200, blank=True)  # Without the language: /al/topics/doctor/
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    text = models.TextField(_("what they ask"), validators=[MaxLengthValidator(LONGEST)])
    reply = models.CharField(_("answer wanted"), max_length=5, choices=Reply, default=Reply.NONE)
    email = models.EmailField(_("e-mail"), blank=True)  # In small letters.
    phone = PhoneNumberField(_("phone"), blank=True)

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, default=timezone.now, editable=False)
    due_on = models.DateField(_("answer by"))
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("assigned to"),
    )
    assigned_at = models.DateTimeField(_("assigned at"), null=True, editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("assigned by"),
    )  # fmt: skip
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("answered by"),
    )  # fmt: skip
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("closed by"),
    )  # fmt: skip
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    told_late_on = models.DateField(_("coordinator told"), null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # Of what was sent: pressed twice, it is one enquiry. Keyed, so that it tells nobody what it was made of.
    fingerprint = models.CharField(max_length=64, default="", blank=True, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["municipality", "state", "due_on"], name="enquiry_by_what_waits"),
            models.Index(fields=["municipality", "email"], name="enquiry_by_email"),
            models.Index(fields=["municipality", "phone"], name="enquiry_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "fingerprint"],
                condition=~Q(fingerprint=""),
                name="enquiry_sent_once",
                violation_error_message=_("This was sent already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NEW) | Q(assigned_to=None, assigned_at=None, assigned_by=None),
                name="enquiry_new_is_nobodys",
                violation_error_message=_("A new enquiry is assigned to nobody yet."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ASSIGNED) | Q(assigned_at__isnull=False),
                name="enquiry_assigned_has_its_time",
                violation_error_message=_("An assigned enquiry knows since when."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ANSWERED) | Q(answered_at__isnull=False),
                name="enquiry_answered_has_its_time",
                violation_error_message=_("An answered enquiry knows when it was answered."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state=State.CLOSED) & Q(closed_at=None, closed_by=None, outcome=""),
                name="enquiry_closed_has_time_and_outcome",
                violation_error_message=_("A closed enquiry has a time and an outcome, and no other has."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=WAITING, waiting_since__isnull=False)
                | ~Q(state__in=WAITING) & Q(waiting_since=None),
                name="enquiry_waits_until_it_is_answered",
                violation_error_message=_("What waits for an answer knows since when, and nothing else waits."),
            ),
            models.CheckConstraint(
                condition=(Q(assigned_by=None) | Q(assigned_at__isnull=False))
                & (Q(assigned_to=None) | Q(assigned_at__isnull=False))
                & (Q(answered_by=None) | Q(answered_at__isnull=False)),
                name="enquiry_who_has_its_time",
                violation_error_message=_("Who did something with an enquiry did so at some time."),
            ),
            models.CheckConstraint(
                condition=(Q(reply=Reply.EMAIL) | Q(email="")) & (Q(reply=Reply.PHONE) | Q(phone="")),
                name="enquiry_holds_only_the_address_it_needs",
                violation_error_message=_("Only the address for the answer that is wanted is kept."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("Enquiry %(number)s") % {"number": self.pk}

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_on < timezone.localdate()

    @property
    def contact(self) -> str:
        return self.email or (self.phone.as_international if self.phone else "")

    @property
    def address(self) -> str:
        """Of the page, in the language in which it was read; empty for what came from no page."""
        known = dict(settings.LANGUAGES)
        language = self.language if self.language in known else settings.LANGUAGE_CODE
        return f"/{language}{self.page}" if self.page else ""


class Direction(models.TextChoices):
    IN = "in", _("From the person")
    OUT = "out", _("To the person")
    NOTE = "note", _("Among colleagues")
    AUTO = "auto", _("To the person, by itself")


class EnquiryMessage(MunicipalityOwned):
    """What was said after the first question. One that goes out by e-mail has a row in the outbox."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="messages", verbose_name=_("enquiry"))
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(LONGEST)])
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )

    objects = OwnedQuerySet["EnquiryMessage"].as_manager()

    class Meta:
        verbose_name = _("message of an enquiry")
        verbose_name_plural = _("messages of enquiries")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(direction=Direction.IN) | Q(by=None),
                name="enquirymessage_from_the_person_is_no_colleagues",
                violation_error_message=_("What the person wrote was written by no colleague."),
            )
        ]

    def __str__(self) -> str:
        return _("Message %(number)s") % {"number": self.pk}


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    UNCERTAIN = "uncertain", _("Nobody knows whether it was sent")
    SETTLED = "settled", _("Settled by a colleague")


class MailReason(models.TextChoices):
    REFUSED = "refused", _("The mail server did not take it for this address.")
    OUT_OF_REACH = "out_of_reach", _("The mail server is out of reach.")
    NOT_MADE = "not_made", _("The e-mail could not be made.")
    NO_ANSWER = "no_answer", _("The connection broke after it was sent: it may have been taken.")
    WORKER_DIED = "worker_died", _("The work stopped while it was being sent: it may have been taken.")


class AnswerMailQuerySet(OwnedQuerySet["AnswerMail"]):
    def due(self, now: datetime.datetime) -> Self:
        """What a worker may take: what waits, and what a dead worker held."""
        return self.filter(
            Q(state=MailState.WAITING, not_before__lte=now)
            | Q(state=MailState.CLAIMED, lease_expires_at__lt=now)
        )

    def held(self, token: uuid.UUID) -> Self:
        return self.filter(state=MailState.CLAIMED, lease_token=token)

    def for_people(self) -> Self:
        return self.filter(state__in=[MailState.FAILED, MailState.UNCERTAIN])


class AnswerMail(MunicipalityOwned):
    """The outbox: an answer on its way by e-mail. `sending_at` is written before anything leaves; a row that is
    found so may be out, and as no mail server can be asked, a person decides."""

    message = models.OneToOneField(
        EnquiryMessage, models.CASCADE, related_name="mail", verbose_name=_("message of an enquiry")
    )
    to = models.EmailField(_("to"))
    state = models.CharField(_("state"), max_length=9, choices=MailState, default=MailState.WAITING)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    sending_at = models.DateTimeField(_("sending since"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=MailReason, blank=True)
    detail = models.CharField(_("code"), max_length=80, blank=True)

    objects = AnswerMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail with an answer")
        verbose_name_plural = _("e-mails with answers")
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "not_before"], name="answermail_by_what_is_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="answermail_key_is_its_own",
                violation_error_message=_("Another e-mail has this key."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=MailState.CLAIMED, lease_token__isnull=False, lease_expires_at__isnull=False
                )
                | ~Q(state=MailState.CLAIMED) & Q(lease_token=None, lease_expires_at=None),
                name="answermail_claimed_has_its_lease",
                violation_error_message=_("An e-mail that is being sent has a lease, and no other has one."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MailState.WAITING) | Q(sending_at=None),
                name="answermail_waiting_is_not_out",
                violation_error_message=_("What waits is not out."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MailState.SENT) | Q(sent_at__isnull=False, sending_at__isnull=False),
                name="answermail_sent_has_its_time",
                violation_error_message=_("An e-mail that is sent knows when it was."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MailState.FAILED, MailState.UNCERTAIN]) | ~Q(reason=""),
                name="answermail_not_arrived_says_why",
                violation_error_message=_("What was not sent, or perhaps not, says why."),
            ),
        ]

    def __str__(self) -> str:
        return _("E-mail %(number)s") % {"number": self.pk}

    @property
    def needs_a_person(self) -> bool:
        return self.state in {MailState.FAILED, MailState.UNCERTAIN}


class AnswerTemplate(MunicipalityOwned):
    """Words that staff use again; one row a language."""

    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(LONGEST)])

    objects = OwnedQuerySet["AnswerTemplate"].as_manager()

    class Meta:
        verbose_name = _("ready-made answer")
        verbose_name_plural = _("ready-made answers")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name", "language"],
                name="answertemplate_once_per_name_and_language",
                violation_error_message=_("There is an answer of this name in this language already."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="answertemplate_has_words",
                violation_error_message=_("An answer without words answers nothing."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
