"""The welcome package: gifts, who gives them, and who of a household gets how many."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from municipalities.texts.models import ShortText, TextSet, text_constraints

OF_AGE = 18


class GiftRule(models.TextChoices):
    HOUSEHOLD = "household", _("One for the household")
    ADULT = "adult", _("One for each adult")
    CHILD = "child", _("One for each child")


class Fulfilment(models.TextChoices):
    """What a household holds in its hands at the end."""

    UNCOUNTED = "uncounted", _("Not counted: the letter is enough")
    STOCK = "stock", _("From stock")
    OWN_CODES = "own_codes", _("Voucher with a code that we make")
    PARTNER_CODES = "partner_codes", _("Voucher with a code that the sponsor has given us")


BY_CODE = [Fulfilment.OWN_CODES, Fulfilment.PARTNER_CODES]


class GiftQuerySet(OwnedQuerySet["Gift"]):
    def valid_on(self, day: datetime.date) -> Self:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def with_texts(self) -> Self:
        return self.select_related("municipality", "sponsor").prefetch_related("texts")


class Gift(MunicipalityOwned):
    giver = models.CharField(
        _("given by"),
        max_length=80,
        blank=True,
        help_text=_("As it stands in the letter; empty: the municipality."),
    )
    sponsor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gifts",
        verbose_name=_("paid for by"),
        help_text=_("Who pays for it: redeems its vouchers, and gets a statement each year."),
    )
    value = models.PositiveIntegerField(
        _("value in kroner"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100_000)],
        help_text=_("Of one; 0 where nobody has set it."),
    )
    fulfilment = models.CharField(
        _("how it is given"),
        max_length=13,
        choices=Fulfilment,
        default=Fulfilment.UNCOUNTED,
        db_default=Fulfilment.UNCOUNTED,
    )
    shelf = models.CharField(
        _("shelf"),
        max_length=20,
        blank=True,
        db_default="",
        help_text=_("Where it lies; the pick list can be sorted by it."),
    )
    warn_below = models.PositiveSmallIntegerField(
        _("warn below"),
        default=0,
        db_default=0,
        help_text=_(
            "A letter run that would leave fewer than this in stock, or fewer codes, warns before it is approved."
        ),
    )
    rule = models.CharField(_("who gets it"), max_length=9, choices=GiftRule, default=GiftRule.HOUSEHOLD)
    most = models.PositiveSmallIntegerField(
        _("at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("For each adult or child: up to so many in a household. Empty: for all."),
    )
    age_from = models.PositiveSmallIntegerField(
        _("from age"), null=True, blank=True, validators=[MaxValueValidator(OF_AGE - 1)]
    )
    age_to = models.PositiveSmallIntegerField(
        _("up to and including age"), null=True, blank=True, validators=[MaxValueValidator(OF_AGE - 1)]
    )
    valid_from = models.DateField(_("given from"), default=timezone.localdate)
    valid_until = models.DateField(
        _("given until"), null=True, blank=True, help_text=_("The last day of the agreement.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(fulfilment__in=BY_CODE) | Q(sponsor__isnull=False),
                name="gift_with_codes_has_its_sponsor",
                violation_error_message=_("A voucher is redeemed at its sponsor: choose which."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="gift_ends_after_it_began",
                violation_error_message=_("A gift can't end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(rule=GiftRule.HOUSEHOLD) | Q(most=None),
                name="gift_of_a_household_is_one",
                violation_error_message=_("A household gets one; “at most” is for adults and children."),
            ),
            models.CheckConstraint(
                condition=Q(most=None) | Q(most__gte=1),
                name="gift_at_most_is_something",
                violation_error_message=_("At most none is no gift."),
            ),
            models.CheckConstraint(
                condition=Q(rule=GiftRule.CHILD) | Q(age_from=None, age_to=None),
                name="gift_ages_are_childrens",
                violation_error_message=_("Only a gift for children has ages."),
            ),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_from__lt=OF_AGE),
                name="gift_first_age_is_a_childs",
                violation_error_message=_("Who is 18 is an adult."),
            ),
            models.CheckConstraint(
                condition=Q(age_to=None)
                | Q(age_to__lt=OF_AGE) & (Q(age_from=None) | Q(age_to__gte=F("age_from"))),
                name="gift_last_age_is_a_childs",
                violation_error_message=_("The last age is at most 17 and not below the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Gift %(number)s") % {"number": self.pk})

    @property
    def title(self) -> str:
        """In the language of the screen; empty where nobody has written any."""
        text = self.text_set.best(get_language() or "nb") if self.pk else None
        return text.title if text else ""

    @property
    def text_set(self) -> TextSet["GiftText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)

    @property
    def is_by_code(self) -> bool:
        return self.fulfilment in BY_CODE

    @property
    def donor(self) -> str:
        """Who is said to have given it; empty: the municipality."""
        return self.giver or (self.sponsor.name if self.sponsor else "")

    def is_given_on(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class GiftText(ShortText, MunicipalityOwned):
    """What a gift is called in one language; `brief` is its terms, such as `valid until Easter`."""

    gift = models.ForeignKey(Gift, models.CASCADE, related_name="texts", verbose_name=_("gift"))

    objects = OwnedQuerySet["GiftText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("gift")
