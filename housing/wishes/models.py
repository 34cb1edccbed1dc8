"""What people look for: the demand side. Who is told by e-mail when something fits has confirmed the address."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from housing.listings.models import Listing, Offer
from housing.shown.models import DEAREST, LARGEST, HomeKind
from municipalities.jobs.catalogue import Extent, Field
from municipalities.jobs.models import Vacancy
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES

RUNS = datetime.timedelta(days=183)
NO_LIMIT = DEAREST + 1  # A price that everything is below.


class Often(models.TextChoices):
    INSTANT = "instant", _("As soon as there is something")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("No e-mail")


class WishQuerySet(OwnedQuerySet["Wish"]):
    def active(self, today: datetime.date | None = None) -> Self:
        return self.filter(stopped_at=None, expires_on__gte=today or timezone.localdate())

    def told(self) -> Self:
        """Those who are written to."""
        return self.filter(confirmed_at__isnull=False).exclude(often=Often.NEVER)

    def to_confirm(self) -> Self:
        return self.filter(confirmed_at=None, asked_at=None, stopped_at=None).exclude(email="")

    def over(self, *, unconfirmed_before: datetime.datetime, ended_before: datetime.datetime) -> Self:
        day = timezone.localdate(ended_before)
        never = Q(confirmed_at=None, sent_at__lte=unconfirmed_before, by_staff=False)
        return self.filter(never | Q(stopped_at__lte=ended_before) | Q(expires_on__lte=day))


class Wish(MunicipalityOwned):
    """A home, and jobs in some fields. What is left open is open.

    `key` and `most` are what a new home is held against (`matching.py`): the parts that are the same or not, in one
    word, and the dearest it may be.
    """

    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    text = models.CharField(_("in their words"), max_length=500, blank=True)
    wants_home = models.BooleanField(_("looks for a home"), default=True)
    offer = models.CharField(_("to rent or to buy"), max_length=4, choices=Offer, blank=True)
    kind = models.CharField(_("kind"), max_length=7, choices=HomeKind, blank=True)
    village = models.CharField(_("village or part of town"), max_length=60, blank=True)
    bedrooms = models.PositiveSmallIntegerField(
        _("bedrooms, at least"), null=True, blank=True, validators=[MaxValueValidator(20)]
    )
    area = models.PositiveIntegerField(
        _("square metres, at least"), null=True, blank=True, validators=[MaxValueValidator(LARGEST)]
    )
    price = models.PositiveIntegerField(
        _("kroner, at most"), null=True, blank=True, validators=[MaxValueValidator(DEAREST)]
    )
    pets = models.BooleanField(_("brings a pet"), default=False)
    step_free = models.BooleanField(_("needs it without steps"), default=False)
    animals = models.BooleanField(_("needs room for animals"), default=False)
    extent = models.CharField(_("extent of the job"), max_length=4, choices=Extent, blank=True)
    # As the public search for home, jobs and school together has it in its address.
    package = models.CharField(
        _("search for all of it together"), max_length=2000, blank=True, editable=False
    )
    often = models.CharField(_("how often to write"), max_length=7, choices=Often, default=Often.INSTANT)
    by_staff = models.BooleanField(_("entered by staff"), default=False, editable=False)
    sending = models.CharField(_("form"), max_length=40, editable=False, blank=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("asked to confirm"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, editable=False)
    expires_on = models.DateField(_("looks until"))
    told_at = models.DateTimeField(_("last written to"), null=True, editable=False)
    key = models.CharField(max_length=80, editable=False)
    most = models.PositiveIntegerField(default=NO_LIMIT, editable=False)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(
                fields=["municipality", "key", "most"], name="wish_by_key",
                condition=Q(stopped_at=None, wants_home=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "sending"],
                condition=~Q(sending=""),
                name="wish_once_per_form",
                violation_error_message=_("This was sent already."),
            ),
            models.CheckConstraint(
                condition=~Q(email="", phone=""),
                name="wish_can_be_answered",
                violation_error_message=_("Give a phone number or an e-mail, so that we can answer."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(email=""),
                name="wish_confirmed_has_its_address",
                violation_error_message=_("What is confirmed is an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Wish %(number)s") % {"number": self.pk}


class WishField(MunicipalityOwned):
    """A field of work that one of the household looks for a job in."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="fields", verbose_name=_("wish"))
    field = models.CharField(_("field of work"), max_length=10, choices=Field)

    objects = OwnedQuerySet["WishField"].as_manager()

    class Meta:
        verbose_name = _("field of work")
        verbose_name_plural = _("fields of work")
        ordering = ["wish", "field"]
        indexes = [models.Index(fields=["municipality", "field"], name="wishfield_by_field")]
        constraints = [
            models.UniqueConstraint(
                fields=["wish", "field"],
                name="wishfield_once_per_wish_and_field",
                violation_error_message=_("This field is there already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_field_display())


class MatchQuerySet(OwnedQuerySet["Match"]):
    def to_tell(self) -> Self:
        """What is still there and nobody has been told of."""
        today = timezone.localdate()
        there = Q(listing__state="published", listing__expires_on__gte=today) | Q(
            vacancy__state="published", vacancy__expires_on__gte=today
        )
        return self.filter(there, told_at=None)


class Match(MunicipalityOwned):
    """A home or a vacancy that fits a wish."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="matches", verbose_name=_("wish"))
    listing = models.ForeignKey(
        Listing, models.CASCADE, null=True, related_name="matches", verbose_name=_("home")
    )
    vacancy = models.ForeignKey(
        Vacancy, models.CASCADE, null=True, related_name="matches", verbose_name=_("vacancy")
    )
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    told_at = models.DateTimeField(_("told"), null=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["wish", "listing"],
                condition=Q(listing__isnull=False),
                name="match_once_per_wish_and_home",
                violation_error_message=_("This home was found for this wish already."),
            ),
            models.UniqueConstraint(
                fields=["wish", "vacancy"],
                condition=Q(vacancy__isnull=False),
                name="match_once_per_wish_and_vacancy",
                violation_error_message=_("This vacancy was found for this wish already."),
            ),
            models.CheckConstraint(
                condition=Q(listing__isnull=False) ^ Q(vacancy__isnull=False),
                name="match_is_of_one_thing",
                violation_error_message=_("A match is a home or a vacancy."),
            ),
        ]

    def __str__(self) -> str:
        return _("Match %(number)s") % {"number": self.pk}


class WishPosition(models.Model):
    """Until when changes of homes and vacancies were held against the wishes: one row."""

    until = models.DateTimeField(_("held until"))

    class Meta:
        verbose_name = _("how far wishes are matched")
        verbose_name_plural = _("how far wishes are matched")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="wishposition_is_one",
                violation_error_message=_("Wishes are matched in one place."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M}"
