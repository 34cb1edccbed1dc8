"""What became of each letter on its way: a row for each try by one channel, kept when the next one begins."""

import datetime
import uuid
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.letters.channels import Channel
from welcome.letters.models import Letter, LetterRun, RunState


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    RECALLED = "recalled", _("Taken back")


# Of these a letter has one at most: it goes one way at a time.
LIVE = [
    DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.DELIVERED,
    DeliveryState.UNCERTAIN,
]  # fmt: skip
OUT = [DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNCERTAIN]
OVER = [DeliveryState.FAILED, DeliveryState.RECALLED]
_SAYS_WHY = [*OVER, DeliveryState.UNCERTAIN]


class Reason(models.TextChoices):
    REFUSED = "refused", _("SvarUt did not take the letter.")
    ADDRESS = "address", _("The address does not fit the form that SvarUt takes.")
    NOT_DELIVERED = "not_delivered", _("SvarUt could not deliver the letter.")
    MAIL_REFUSED = "mail_refused", _("The mail server did not take the letter for this address.")
    BOUNCED = "bounced", _("The e-mail came back.")
    NO_CONSENT = "no_consent", _("They don't want letters by e-mail any more, or not at this address.")
    NOT_MADE = "not_made", _("The letter could not be made.")
    CHANNEL_OFF = "channel_off", _("The municipality does not send letters this way any more.")
    LINK_ENDED = "link_ended", _("The link to the letter was ended before the e-mail had left.")
    NO_ANSWER = "no_answer", _("The connection broke after the letter was sent: it may have been taken.")
    WORKER_DIED = (
        "worker_died",
        _("The work stopped while the letter was being sent: it may have been taken."),
    )
    OUT_OF_REACH = "out_of_reach", _("The receiver is out of reach.")
    BUSY = "busy", _("The receiver asked for a pause.")
    NOT_LET_IN = "not_let_in", _("The municipality is not let in: what is entered for this channel is wrong.")
    BY_HAND = "by_hand", _("Somebody decided to send it on paper.")
    WITHDRAWN = "withdrawn", _("The letter was taken out of the run.")


class DeliveryQuerySet(OwnedQuerySet["Delivery"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def on_paper(self) -> Self:
        return self.filter(channel=Channel.PRINT)

    def by_wire(self) -> Self:
        return self.exclude(channel=Channel.PRINT)

    def claimable(self, now: datetime.datetime) -> Self:
        """What a worker may take: what waits, what SvarUt must be asked about, and what a dead worker held."""
        free = Q(state=DeliveryState.WAITING) | Q(state=DeliveryState.UNCERTAIN, channel=Channel.SVARUT)
        due = Q(free, not_before__lte=now) | Q(state=DeliveryState.CLAIMED, lease_expires_at__lt=now)
        return self.by_wire().filter(due, run__state=RunState.DELIVERING)

    def held(self, token: uuid.UUID) -> Self:
        """The delivery, as long as this worker's lease on it was not given to another."""
        return self.filter(state=DeliveryState.CLAIMED, lease_token=token)

    def to_ask_about(self, now: datetime.datetime) -> Self:
        """Taken by SvarUt, and not at their end yet."""
        return self.filter(channel=Channel.SVARUT, state=DeliveryState.SENT, not_before__lte=now).exclude(
            external_id=""
        )

    def for_people(self) -> Self:
        """Nobody but a person can tell what became of it."""
        return self.filter(channel=Channel.EMAIL, state=DeliveryState.UNCERTAIN)

    def unsettled(self) -> Self:
        """What the run waits for. E-mail that is sent is: no news is all that ever comes."""
        unfinished = Q(state__in=[DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN])
        return self.by_wire().filter(unfinished | Q(state=DeliveryState.SENT, channel=Channel.SVARUT))

    def under_way(self) -> Self:
        """Handed to nobody yet, and not at rest."""
        return self.by_wire().filter(state__in=[DeliveryState.WAITING, DeliveryState.CLAIMED])


class Delivery(MunicipalityOwned):
    """One letter by one channel. `sending_at` is written before anything leaves: from then on it may be out,
    and whoever finds the row so asks the receiver before the letter is sent again."""

    run = models.ForeignKey(
        LetterRun, models.CASCADE, related_name="deliveries", verbose_name=_("letter run")
    )
    # Gone where the letter was taken back: the row then says so, and no more.
    letter = models.ForeignKey(
        Letter, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("letter")
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel)
    state = models.CharField(_("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    # By e-mail: it brings a link that opens the letter, not the letter.
    as_link = models.BooleanField(_("as a link"), default=False, db_default=False, editable=False)
    external_id = models.CharField(_("number at the receiver"), max_length=64, blank=True, editable=False)
    # The receiver's own word for how far it is, such as SENDT_PRINT.
    stage = models.CharField(_("stage at the receiver"), max_length=30, blank=True, editable=False)
    # Of the letter as it was sent, or as the link shows it.
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)
    detail = models.CharField(_("code"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    sending_at = models.DateTimeField(_("sending since"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["run", "pk"]
        indexes = [
            models.Index(fields=["run", "channel", "state", "not_before"], name="delivery_by_what_is_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="delivery_key_is_its_own",
                violation_error_message=_("Another delivery has this key."),
            ),
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(state__in=LIVE),
                name="delivery_one_way_at_a_time",
                violation_error_message=_("This letter is on its way already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=DeliveryState.CLAIMED, lease_token__isnull=False, lease_expires_at__isnull=False
                )
                | ~Q(state=DeliveryState.CLAIMED) & Q(lease_token=None, lease_expires_at=None),
                name="delivery_claimed_has_its_lease",
                violation_error_message=_("A delivery that is being sent has a lease, and no other has one."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(letter__isnull=False),
                name="delivery_on_its_way_has_its_letter",
                violation_error_message=_("A letter that was taken back is not on its way."),
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.WAITING) | Q(sending_at=None),
                name="delivery_waiting_is_not_out",
                violation_error_message=_("What waits is not out."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OUT) | Q(sending_at__isnull=False),
                name="delivery_out_has_its_time",
                violation_error_message=_("What is out, or may be, knows since when."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DeliveryState.SENT, DeliveryState.DELIVERED]) | Q(sent_at__isnull=False),
                name="delivery_sent_has_its_time",
                violation_error_message=_("A letter that is sent knows when it was."),
            ),
            models.CheckConstraint(
                condition=Q(as_link=False) | Q(channel=Channel.EMAIL),
                name="delivery_as_link_is_an_email",
                violation_error_message=_("Only an e-mail brings a letter as a link."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_SAYS_WHY) | ~Q(reason=""),
                name="delivery_not_arrived_says_why",
                violation_error_message=_("What failed, is uncertain or was taken back says why."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("Delivery %(number)s") % {"number": self.pk}

    @property
    def reference(self) -> str:
        """What SvarUt keeps it under (`eksternReferanse`)."""
        return f"tilflytter-{self.key}"

    @property
    def message_id(self) -> str:
        return f"<{self.key}@{urlsplit(settings.SITE_URL).hostname}>"
