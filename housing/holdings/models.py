"""Farms and houses where nobody lives, and the talks with those who own them: "Lys i alle glas".

What is known of owners is personal: it is seen by those who may read about people, each look is noted, and none of it
is ever public.
"""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from housing.listings.models import MOST_LAND, Listing, Standard
from housing.shown.models import Placed, placed_constraints
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet

LARGEST_NUMBER = 99_999
FIRST_DAY = datetime.date(1990, 1, 1)


class HoldingKind(models.TextChoices):
    FARM = "farm", _("Farm")
    SMALL = "small", _("Smallholding")
    HOUSE = "house", _("House")
    OTHER = "other", _("Other")


class Stage(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    OWNER_FOUND = "owner_found", _("Owner found")
    CONTACTED = "contacted", _("Contacted")
    DIALOGUE = "dialogue", _("In dialogue")
    WILLING = "willing", _("Willing")
    OFFERED = "offered", _("Offered")
    SETTLED = "settled", _("Settled")
    DECLINED = "declined", _("Declined")
    UNSUITED = "unsuited", _("Not suited")


ENDED = [Stage.SETTLED, Stage.DECLINED, Stage.UNSUITED]


class Outcome(models.TextChoices):
    SOLD = "sold", _("Sold")
    LET = "let", _("Let")
    FAMILY = "family", _("Handed over in the family")
    MOVED_IN = "moved_in", _("The owner moved in")


class Source(models.TextChoices):
    REGISTER = "register", _("The land register")
    LIST = "list", _("A list of the municipality's")
    OWNER = "owner", _("The owner came forward")
    TIP = "tip", _("A neighbour or somebody else")


class Reason(models.TextChoices):
    """Why not, as owners tell it."""

    FEELINGS = "feelings", _("Memories and feelings")
    HEIRS = "heirs", _("The heirs don't agree")
    LEISURE = "leisure", _("It is used for leisure")
    NEXT = "next", _("Kept for the next generation")
    CONDITION = "condition", _("The house is in too poor a state")
    PRICE = "price", _("The price")
    LAND = "land", _("The land is let to a neighbour")
    TAX = "tax", _("Taxes and fees")
    BOTHER = "bother", _("Too much bother")
    OTHER = "other", _("Something else")


class HoldingQuerySet(OwnedQuerySet["Holding"]):
    def in_talks(self) -> Self:
        return self.exclude(stage__in=ENDED)

    def changed(self) -> Self:
        """Where somebody lives again, or will."""
        return self.filter(stage=Stage.SETTLED)

    def to_ask_again(self, today: datetime.date | None = None) -> Self:
        return self.filter(ask_again_on__lte=today or timezone.localdate()).exclude(stage=Stage.SETTLED)

    def over(self, *, settled_before: datetime.date, declined_before: datetime.date) -> Self:
        """Whose owners need not be known any longer."""
        settled = Q(stage__in=[Stage.SETTLED, Stage.UNSUITED], stage_on__lte=settled_before)
        declined = Q(stage=Stage.DECLINED, stage_on__lte=declined_before)
        waits = Q(ask_again_on__gt=timezone.localdate())
        return self.filter(settled | declined).exclude(waits)


class Holding(Placed, MunicipalityOwned):
    """Known by its number in the land register (matrikkelen): gårdsnummer, bruksnummer, and where there is one
    festenummer and seksjonsnummer."""

    gnr = models.PositiveIntegerField(
        _("gårdsnummer"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)]
    )
    bnr = models.PositiveIntegerField(
        _("bruksnummer"), validators=[MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)]
    )
    fnr = models.PositiveIntegerField(
        _("festenummer"), default=0, validators=[MaxValueValidator(LARGEST_NUMBER)]
    )
    snr = models.PositiveIntegerField(
        _("seksjonsnummer"), default=0, validators=[MaxValueValidator(LARGEST_NUMBER)]
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=5, choices=HoldingKind, default=HoldingKind.FARM)
    buildings = models.CharField(
        _("buildings"),
        max_length=300,
        blank=True,
        help_text=_("For instance house from 1912, barn, storehouse."),
    )
    condition = models.PositiveSmallIntegerField(_("condition"), choices=Standard, null=True, blank=True)
    land = models.DecimalField(
        _("land in decares"), max_digits=8, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_LAND)],
    )  # fmt: skip
    empty_since = models.PositiveSmallIntegerField(
        _("empty since the year"), null=True, blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )  # fmt: skip
    source = models.CharField(_("known from"), max_length=8, choices=Source, default=Source.LIST)
    may_be_let = models.BooleanField(_("letting or leasing may be a way"), null=True, blank=True)
    ask_again_on = models.DateField(_("ask again on"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    stage = models.CharField(
        _("stage"), max_length=11, choices=Stage, default=Stage.REGISTERED, editable=False
    )
    stage_on = models.DateField(_("stage since"), default=timezone.localdate, editable=False)
    registered_on = models.DateField(_("registered"), default=timezone.localdate, editable=False)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True, editable=False)
    listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="holdings",
        verbose_name=_("offered as the home"),
    )

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("empty farm or house")
        verbose_name_plural = _("empty farms and houses")
        ordering = ["gnr", "bnr", "fnr", "snr", "pk"]
        indexes = [models.Index(fields=["municipality", "stage", "stage_on"], name="holding_by_stage")]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "gnr", "bnr", "fnr", "snr"],
                name="holding_once_per_number",
                violation_error_message=_("This number is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(gnr__gte=1, bnr__gte=1),
                name="holding_numbers_begin_at_one",
                violation_error_message=_("Gårdsnummer and bruksnummer begin at 1."),
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.SETTLED) ^ Q(outcome=""),
                name="holding_settled_has_its_outcome",
                violation_error_message=_("What is settled has an outcome, and nothing else has one."),
            ),
            *placed_constraints(),
        ]

    def __str__(self) -> str:
        # Its number, not its owner's name.
        return f"{self.number} {self.name}".strip()

    @property
    def number(self) -> str:
        """`34/7`, with festenummer and seksjonsnummer where there are some: `34/7/2/1`."""
        parts = [
            self.gnr,
            self.bnr,
            *([self.fnr] if self.fnr or self.snr else []),
            *([self.snr] if self.snr else []),
        ]
        return "/".join(map(str, parts))


class StageChange(MunicipalityOwned):
    """From which day it was at a stage, and who noted it."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="stages", verbose_name=_("holding"))
    stage = models.CharField(_("stage"), max_length=11, choices=Stage)
    since = models.DateField(_("since"), default=timezone.localdate)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now, editable=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("noted by"),
    )

    objects = OwnedQuerySet["StageChange"].as_manager()

    class Meta:
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        ordering = ["holding", "since", "pk"]
        indexes = [models.Index(fields=["holding", "since"], name="stagechange_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__gte=FIRST_DAY),
                name="stagechange_is_of_our_time",
                violation_error_message=_("That day is too long ago."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.since:%Y-%m-%d}"


class OwnerRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    HEIR = "heir", _("Heir")
    CONTACT = "contact", _("Speaks for the others")


class Reached(models.TextChoices):
    NOT_TRIED = "not_tried", _("Not tried yet")
    NOT_REACHED = "not_reached", _("Not reached")
    REACHED = "reached", _("Reached")
    NO_CONTACT = "no_contact", _("Wants no contact")


class HoldingOwner(MunicipalityOwned):
    """Somebody who owns a part of it, or will. `share_of` is what the share is reckoned in: 1 of 4."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="owners", verbose_name=_("holding"))
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=7, choices=OwnerRole, default=OwnerRole.OWNER)
    share = models.PositiveSmallIntegerField(
        _("share"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    share_of = models.PositiveSmallIntegerField(
        _("of"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    reached = models.CharField(_("contact"), max_length=11, choices=Reached, default=Reached.NOT_TRIED)

    objects = OwnedQuerySet["HoldingOwner"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a holding", "owner")
        verbose_name_plural = _("owners")
        ordering = ["holding", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share=None, share_of=None)
                | Q(share__isnull=False, share_of__isnull=False, share__lte=models.F("share_of")),
                name="holdingowner_share_is_a_part",
                violation_error_message=_("A share is a part of the whole, as 1 of 4; give both or neither."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Owner %(number)s") % {"number": self.pk}


class Way(models.TextChoices):
    PHONE = "phone", _("Phone")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    TALK = "talk", _("A talk")
    VISIT = "visit", _("A visit there")


class HoldingContact(MunicipalityOwned):
    """One contact with those who own it."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="contacts", verbose_name=_("holding"))
    on = models.DateField(_("day"), default=timezone.localdate)
    way = models.CharField(_("how"), max_length=6, choices=Way, default=Way.PHONE)
    text = models.TextField(_("what was said"), max_length=2000)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("noted by"),
    )

    objects = OwnedQuerySet["HoldingContact"].as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(on__gte=FIRST_DAY),
                name="holdingcontact_is_of_our_time",
                violation_error_message=_("That day is too long ago."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.on:%Y-%m-%d}"


class HoldingReason(MunicipalityOwned):
    """One of the reasons why not; there may be several."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="reasons", verbose_name=_("holding"))
    reason = models.CharField(_("why not"), max_length=9, choices=Reason)
    words = models.CharField(_("in their words"), max_length=200, blank=True)

    objects = OwnedQuerySet["HoldingReason"].as_manager()

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("why not")
        ordering = ["holding", "reason"]
        constraints = [
            models.UniqueConstraint(
                fields=["holding", "reason"],
                name="holdingreason_once_per_holding_and_reason",
                violation_error_message=_("This reason is noted already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())


class TaskQuerySet(OwnedQuerySet["HoldingTask"]):
    def overdue(self, today: datetime.date | None = None) -> Self:
        return self.filter(done_on=None, due_on__lt=today or timezone.localdate())


class HoldingTask(MunicipalityOwned):
    """What somebody shall do next."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="tasks", verbose_name=_("holding"))
    what = models.CharField(_("what"), max_length=200)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    due_on = models.DateField(_("by"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["done_on", "due_on", "pk"]

    def __str__(self) -> str:
        return _("Task %(number)s") % {"number": self.pk}


class Thought(models.TextChoices):
    """What an owner who comes forward thinks of."""

    SELL = "sell", _("Selling")
    LET = "let", _("Letting the house")
    LEASE = "lease", _("Leasing house and land")
    UNSURE = "unsure", _("I don't know yet; I would like to talk")


class NoticeQuerySet(OwnedQuerySet["OwnerNotice"]):
    def waiting(self) -> Self:
        return self.filter(settled_at=None)

    def over(self, before: datetime.datetime) -> Self:
        return self.filter(Q(settled_at__lte=before) | Q(settled_at=None, sent_at__lte=before))


class OwnerNotice(MunicipalityOwned):
    """An owner who has come forward by the public form, until staff have called."""

    name = models.CharField(_("name"), max_length=80)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    where = models.CharField(_("where it lies"), max_length=160)
    thought = models.CharField(_("thinks of"), max_length=6, choices=Thought, default=Thought.UNSURE)
    text = models.TextField(_("in their words"), max_length=2000, blank=True)
    sending = models.CharField(_("form"), max_length=40, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("settled by"),
    )
    holding = models.ForeignKey(
        Holding,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("holding"),
        editable=False,
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("owner who came forward")
        verbose_name_plural = _("owners who came forward")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "sending"],
                name="ownernotice_once_per_form",
                violation_error_message=_("This was sent already."),
            ),
            models.CheckConstraint(
                condition=~Q(phone="", email=""),
                name="ownernotice_can_be_answered",
                violation_error_message=_("Give a phone number or an e-mail, so that we can answer."),
            ),
        ]

    def __str__(self) -> str:
        return _("Notice %(number)s") % {"number": self.pk}
