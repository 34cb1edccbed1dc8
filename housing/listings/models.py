"""Homes for rent and for sale, with small farms: what is offered, by whom, and what it has cost."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from housing.shown.models import (
    DEAREST,
    LARGEST,
    HomeKind,
    Photo,
    Placed,
    area_field,
    photo_constraints,
    placed_constraints,
    price_field,
)
from municipalities.contacts.models import ContactPoint
from municipalities.moderation.models import (
    OUT,
    Moderated,
    ModeratedQuerySet,
    SentIn,
    SentInQuerySet,
    State,
    moderated_constraints,
)
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from municipalities.texts.languages import CHOICES
from municipalities.texts.models import Text, TextSet, text_constraints

MOST_RENT = 200_000  # Kroner a month.
MOST_LAND = 100_000  # Decares.
OLDEST_HOUSE = 1200
KEPT_DAYS = 90  # A message to an owner.


class Offer(models.TextChoices):
    RENT = "rent", _("For rent")
    SALE = "sale", _("For sale")


class OwnerKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("The municipality")
    PRIVATE = "private", _("A private owner")
    ORGANISATION = "organisation", _("A company or an association")


class Furnished(models.TextChoices):
    NO = "no", _("Unfurnished")
    PARTLY = "partly", _("Partly furnished")
    YES = "yes", _("Furnished")


class Standard(models.IntegerChoices):
    """Of municipal homes, noted when somebody has been there."""

    POOR = 1, _("Poor: must be done up")
    SIMPLE = 2, _("Simple")
    GOOD = 3, _("Good")
    NEW = 4, _("As new")


class ListingQuerySet(ModeratedQuerySet["Listing"]):
    def farms(self) -> Self:
        return self.filter(kind=HomeKind.FARM)

    def with_content(self) -> Self:
        """All that a page shows of them, in a constant number of queries."""
        return self.select_related("municipality", "organisation", "contact").prefetch_related(
            models.Prefetch("texts", queryset=ListingText.objects.select_related("changed_by")), "photos"
        )

    def alike(self, listing: "Listing") -> Self:
        """What may be the same home once more: same street and post code, offered for the same, not gone."""
        if not listing.street_address:
            return self.none()
        return (
            self.exclude(pk=listing.pk)
            .exclude(state=State.GONE)
            .filter(
                municipality=listing.municipality_id,
                offer=listing.offer,
                street_address__iexact=listing.street_address.strip(),
                postal_code=listing.postal_code,
            )
        )


class Listing(Placed, Moderated):
    offer = models.CharField(_("offered"), max_length=4, choices=Offer)
    kind = models.CharField(_("kind"), max_length=7, choices=HomeKind)
    owner_kind = models.CharField(
        _("whose it is"), max_length=12, choices=OwnerKind, default=OwnerKind.MUNICIPALITY
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name=_("company or association"),
    )
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name=_("contact point"),
        help_text=_("Whom one asks. Empty: whoever sent it in, or the service office."),
    )
    price = price_field(_("price in kroner"), help_text=_("For rent: a month. Empty: not told."))
    deposit = price_field(_("deposit in kroner"))
    shared_costs = price_field(_("shared costs a month in kroner"))
    includes_power = models.BooleanField(_("power is included"), default=False)
    includes_internet = models.BooleanField(_("internet is included"), default=False)
    free_from = models.DateField(_("free from"), null=True, blank=True, help_text=_("Empty: at once."))
    lease_months = models.PositiveSmallIntegerField(
        _("shortest lease in months"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    bedrooms = models.PositiveSmallIntegerField(
        _("bedrooms"), null=True, blank=True, validators=[MaxValueValidator(20)]
    )
    area = area_field(_("square metres"), LARGEST)
    floor = models.SmallIntegerField(
        _("floor"), null=True, blank=True, validators=[MinValueValidator(-2), MaxValueValidator(40)]
    )
    built_year = models.PositiveSmallIntegerField(
        _("built in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(OLDEST_HOUSE), MaxValueValidator(2100)],
    )
    energy = models.CharField(
        _("energy label"), max_length=1, blank=True, choices=[(letter, letter) for letter in "ABCDEFG"]
    )
    furnished = models.CharField(_("furniture"), max_length=6, choices=Furnished, blank=True)
    pets = models.BooleanField(_("pets are welcome"), default=False)
    step_free = models.BooleanField(_("without steps"), default=False)
    parking = models.BooleanField(_("parking"), default=False)
    land = models.DecimalField(
        _("land in decares"),
        max_digits=8,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_LAND)],
        help_text=_("Of a farm; one decare is 1,000 square metres."),
    )
    animals = models.BooleanField(_("room for animals"), default=False)
    must_live_there = models.BooleanField(_("one must live there"), default=False)
    website = models.URLField(_("address of the advertisement"), max_length=500, blank=True)
    # Sent in by its owner, who can be written to. Who that is stands elsewhere, where visitors see nothing.
    from_owner = models.BooleanField(_("sent in by its owner"), default=False, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["municipality", "state", "offer", "price"], name="listing_by_price"),
            models.Index(
                F("published_at").desc(), F("id").desc(), name="listing_newest", condition=Q(state__in=OUT)
            ),
            # A narrowed list is read in its order until a page is full, however many there are.
            models.Index(
                "municipality",
                F("published_at").desc(),
                F("id").desc(),
                name="listing_shown_by_age",
                condition=Q(state__in=OUT),
            ),
            models.Index(fields=["state", "expires_on"], name="listing_by_end"),
            models.Index(fields=["state", "changed_at"], name="listing_by_change"),
        ]
        constraints = [
            *moderated_constraints(),
            *placed_constraints(),
            models.CheckConstraint(
                condition=Q(price=None)
                | Q(price__isnull=False)
                & (Q(offer=Offer.SALE, price__lte=DEAREST) | Q(offer=Offer.RENT, price__lte=MOST_RENT)),
                name="listing_price_can_be_paid",
                violation_error_message=_(
                    "A rent is 0 to 200,000 kroner a month, a price 0 to 100 million kroner."
                ),
            ),
            models.CheckConstraint(
                condition=Q(deposit=None)
                | Q(price=None)
                | Q(deposit__isnull=False, price__isnull=False, deposit__lte=F("price") * 6)
                | ~Q(offer=Offer.RENT),
                name="listing_deposit_is_six_rents_at_most",
                violation_error_message=_(
                    "A deposit is six months' rent at most (the tenancy act, husleieloven § 3-5)."
                ),
            ),
            models.CheckConstraint(
                condition=Q(owner_kind=OwnerKind.ORGANISATION) | Q(organisation=None),
                name="listing_of_an_organisation_says_so",
                violation_error_message=_("Only what a company or an association owns names one."),
            ),
        ]

    def __str__(self) -> str:
        return _("Home %(number)s") % {"number": self.pk}

    @property
    def text_set(self) -> TextSet["ListingText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)

    @property
    def is_free_now(self) -> bool:
        return self.free_from is None or self.free_from <= timezone.localdate()


class ListingText(Text, MunicipalityOwned):
    """What one should know of the home, in one language."""

    public_through = "listing"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="texts", verbose_name=_("home"))

    objects = OwnedQuerySet["ListingText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("listing")


class ListingPhoto(Photo):
    public_through = "listing"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="photos", verbose_name=_("home"))

    objects = OwnedQuerySet["ListingPhoto"].as_manager()

    class Meta(Photo.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = photo_constraints()


class PriceChange(MunicipalityOwned):
    """What it has cost since when; noted whenever the price is another than before."""

    public_through = "listing"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="prices", verbose_name=_("home"))
    price = models.PositiveIntegerField(_("price in kroner"))
    since = models.DateField(_("since"), default=timezone.localdate)

    objects = OwnedQuerySet["PriceChange"].as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["listing", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "since"],
                name="pricechange_once_per_listing_and_day",
                violation_error_message=_("There is a price of this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.since:%Y-%m-%d}"


class ConditionCheck(MunicipalityOwned):
    """Somebody has been in a municipal home: its standard, and what must be done there."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="checks", verbose_name=_("home"))
    checked_on = models.DateField(_("checked on"), default=timezone.localdate)
    standard = models.PositiveSmallIntegerField(_("standard"), choices=Standard)
    needs = models.TextField(_("what must be done"), max_length=1000, blank=True)
    cost = price_field(_("what that costs, in kroner"))
    next_on = models.DateField(_("next check"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked by"),
    )

    objects = OwnedQuerySet["ConditionCheck"].as_manager()

    class Meta:
        verbose_name = _("check of standard")
        verbose_name_plural = _("checks of standard")
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__isnull=False, next_on__gt=F("checked_on")),
                name="conditioncheck_next_comes_after",
                violation_error_message=_("The next check comes after this one."),
            ),
            models.CheckConstraint(
                condition=Q(standard__gte=1, standard__lte=4),
                name="conditioncheck_standard_is_one_of_four",
                violation_error_message=_("The standard is 1 to 4."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checked_on:%Y-%m-%d}: {self.get_standard_display()}"


class ListingSubmissionQuerySet(SentInQuerySet["ListingSubmission"]):
    pass


class ListingSubmission(SentIn):
    """Its owner, who offers it by the public form."""

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="submission", verbose_name=_("home"))
    phone = PhoneNumberField(_("phone"), blank=True)

    objects = ListingSubmissionQuerySet.as_manager()

    class Meta(SentIn.Meta):
        verbose_name = _("home that was sent in")
        verbose_name_plural = _("homes that were sent in")

    @property
    def about(self) -> Listing:
        return self.listing


class MessageQuerySet(OwnedQuerySet["OwnerMessage"]):
    def to_pass_on(self) -> Self:
        return self.filter(passed_on_at=None)

    def to_answer(self) -> Self:
        """An answer is written and not mailed yet."""
        return self.filter(answer_mailed_at=None).exclude(answer="")

    def over(self, before: datetime.datetime) -> Self:
        return self.filter(sent_at__lte=before)


class OwnerMessage(MunicipalityOwned):
    """What somebody who looks for a home wrote to its owner. Neither sees the other's address before the owner has
    answered: then the mail with the answer has the owner's as its reply address."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="messages", verbose_name=_("home"))
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    phone = PhoneNumberField(_("phone"), blank=True)
    text = models.TextField(_("message"), max_length=2000)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    sending = models.CharField(_("form"), max_length=40, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    passed_on_at = models.DateTimeField(_("passed on"), null=True, editable=False)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answer_mailed_at = models.DateTimeField(_("answer mailed"), null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to an owner")
        verbose_name_plural = _("messages to owners")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "sending"],
                name="ownermessage_once_per_form",
                violation_error_message=_("This was sent already."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="ownermessage_answer_has_its_time",
                violation_error_message=_("An answer was written at some time."),
            ),
        ]

    def __str__(self) -> str:
        return _("Message %(number)s") % {"number": self.pk}
