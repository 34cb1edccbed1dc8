"""What lies on the shelf: a balance for each gift, and the movements that it is the sum of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.packages.models import Gift


class Stock(MunicipalityOwned):
    """Apart from the gift, so that saving what a gift is called never writes back an old count."""

    gift = models.OneToOneField(Gift, models.CASCADE, related_name="stock", verbose_name=_("gift"))
    balance = models.IntegerField(_("in stock"), default=0)

    objects = OwnedQuerySet["Stock"].as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__gte=0),
                name="stock_is_never_below_nothing",
                violation_error_message=_("There are not so many in stock."),
            )
        ]

    def __str__(self) -> str:
        return _("Stock of gift %(number)s") % {"number": self.gift_id}


class MovementKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    PACKED = "packed", _("Packed")
    RETURNED = "returned", _("Came back")
    CORRECTED = "corrected", _("Corrected")


class StockMovement(MunicipalityOwned):
    """Which package it went into is told by the log: a row here outlives the household."""

    append_only = True

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="movements", verbose_name=_("gift"))
    kind = models.CharField(_("what happened"), max_length=9, choices=MovementKind)
    change = models.IntegerField(_("pieces"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    # No key of the database's: an account that is deleted may neither change a movement nor be kept by it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("colleague"),
    )

    objects = OwnedQuerySet["StockMovement"].as_manager()

    class Meta:
        verbose_name = _("movement of stock")
        verbose_name_plural = _("movements of stock")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["gift", "-id"], name="stockmovement_of_a_gift")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[MovementKind.RECEIVED, MovementKind.RETURNED], change__gt=0)
                | Q(kind=MovementKind.PACKED, change__lt=0)
                | Q(kind=MovementKind.CORRECTED) & ~Q(change=0),
                name="stockmovement_goes_the_right_way",
                violation_error_message=_(
                    "What comes is more, what is packed is less, and nothing is no movement."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind=MovementKind.CORRECTED) | ~Q(reason=""),
                name="stockmovement_correction_says_why",
                violation_error_message=_("A correction says why."),
            ),
        ]

    def __str__(self) -> str:
        return _("Movement %(number)s") % {"number": self.pk}
