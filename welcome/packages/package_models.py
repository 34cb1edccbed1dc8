"""The package of one household: what is in it, how far it has come, and the vouchers that belong to it."""

import datetime
import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from municipalities.texts.languages import CHOICES
from welcome.households.models import Household, Protection
from welcome.packages import ledger
from welcome.packages.models import Gift
from welcome.packages.stock_models import MovementKind

# What nobody takes for another when it is read from a label: no 0 and O, no 1, I and L.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
SHORTEST_CODE, LONGEST_CODE = 6, 40
UNCOLLECTED_DAYS = 21
ORDERED = "order-"  # Before the order's number: what it was composed for.


def new_code(length: int = CODE_LENGTH) -> str:
    """Not to be guessed: five bits a letter."""
    return "".join(secrets.choice(LETTERS) for _each in range(length))


def as_key(typed: str) -> str:
    """How a code is compared: as it is read out, with whatever somebody puts between its letters."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


class PackageState(models.TextChoices):
    WAITING = "waiting", _("To be packed")
    PACKED = "packed", _("Packed, not collected")
    HANDED_OUT = "handed_out", _("Handed out")
    POSTED = "posted", _("Posted")
    RETURNED = "returned", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")


HELD = [PackageState.WAITING, PackageState.PACKED]
OUT = [PackageState.HANDED_OUT, PackageState.POSTED]
ENDED = [PackageState.RETURNED, PackageState.CANCELLED]


class PackageQuerySet(OwnedQuerySet["Package"]):
    def open_to_all(self) -> Self:
        """Without those of protected households: what lists, searches and papers start from. Of an erased one
        nothing but the number is left, and what was packed for it must go back to the shelf."""
        return self.filter(Q(household=None) | Q(household__protection=Protection.NONE))

    def to_pack(self) -> Self:
        rows = self.filter(state=PackageState.WAITING, merged=False, household__isnull=False)
        return rows.filter(household__held_at=None)

    def packed(self) -> Self:
        return self.filter(state=PackageState.PACKED)

    def uncollected(self, now: datetime.datetime | None = None) -> Self:
        before = (now or timezone.now()) - datetime.timedelta(days=UNCOLLECTED_DAYS)
        return self.packed().filter(packed_at__lt=before)

    def for_occasion(self, occasion: str) -> Self:
        """With those that were ordered: nobody gets both."""
        return self.filter(Q(occasion=occasion) | Q(occasion__startswith=ORDERED))

    def running(self) -> Self:
        return self.exclude(state__in=ENDED)

    def with_items(self) -> Self:
        return self.select_related("household").prefetch_related(
            "household__people",
            "items__gift__texts",
            "items__gift__municipality",
            "items__gift__stock",
            "items__vouchers",
        )


def _colleague(words: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=words,
    )


class Package(MunicipalityOwned):
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, related_name="packages", verbose_name=_("household")
    )
    # Two households that were one had a package each for this: that of the household that stayed counts.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)
    occasion = models.CharField(
        _("what for"),
        max_length=20,
        help_text=_("The quarter whose letter tells of it, as in 2026-3, or an order."),
    )
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, default=new_code, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=PackageState, default=PackageState.WAITING)
    composed_at = models.DateTimeField(_("composed"), default=timezone.now, editable=False)
    packed_at = models.DateTimeField(_("packed"), null=True, editable=False)
    out_at = models.DateTimeField(_("handed out or posted"), null=True, editable=False)
    ended_at = models.DateTimeField(_("came back or cancelled"), null=True, editable=False)
    packed_by = _colleague(_("packed by"))
    out_by = _colleague(_("handed out or posted by"))
    ended_by = _colleague(_("taken back by"))

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-composed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "occasion"],
                condition=Q(merged=False) & ~Q(state=PackageState.CANCELLED),
                name="package_once_per_household_and_occasion",
                violation_error_message=_("This household has its package already."),
            ),
            models.UniqueConstraint(
                fields=["municipality", "code"],
                name="package_code_once_per_municipality",
                violation_error_message=_("This code is taken."),
            ),
            models.CheckConstraint(
                condition=Q(state=PackageState.WAITING, packed_at=None, out_at=None, ended_at=None)
                | Q(state=PackageState.PACKED, packed_at__isnull=False, out_at=None, ended_at=None)
                | Q(state__in=OUT, packed_at__isnull=False, out_at__isnull=False, ended_at=None)
                | Q(state=PackageState.RETURNED, packed_at__isnull=False, out_at__isnull=False)
                & Q(ended_at__isnull=False)
                | Q(state=PackageState.CANCELLED, out_at=None, ended_at__isnull=False),
                name="package_state_has_its_times",
                violation_error_message=_(
                    "Each step of a package has its time, and none comes before the last."
                ),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the household: no names.
        return _("Package %(number)s") % {"number": self.pk}

    @classmethod
    def end_with_household(cls, households: list[int]) -> dict[int, list[int]]:
        """As `households.ties` asks for it: what waits on the shelf goes back, and its codes are worth nothing any
        more. What is out stays out; it holds no address."""
        held = cls.objects.filter(household__in=households, state__in=HELD)
        return cancel_each(list(held.values_list("pk", flat=True)), by_id=None)


def cancel_each(ids: list[int], *, by_id: int | None) -> dict[int, list[int]]:
    """Those of these packages that still wait or lie packed, by municipality; what was packed goes back to its shelf.
    A constant number of statements, and one for each gift."""
    with transaction.atomic():
        rows = (
            Package.objects.filter(pk__in=ids, state__in=HELD).order_by("pk").select_for_update(of=("self",))
        )
        ended: dict[int, list[int]] = {}
        for pk, place in list(rows.values_list("pk", "municipality")):
            ended.setdefault(place, []).append(pk)
        found = [pk for each in ended.values() for pk in each]
        put_back(found, by_id=by_id)
        Package.objects.filter(pk__in=found).update(
            state=PackageState.CANCELLED, ended_at=timezone.now(), ended_by=by_id
        )
    return ended


def put_back(ids: list[int], *, by_id: int | None) -> None:
    """What these packages, whose locks the caller holds, took from stock; their codes that nobody used end."""
    taken = PackageItem.objects.filter(package__in=ids, taken__gt=0)
    counted = taken.values_list("gift", "municipality").annotate(n=Sum("taken")).order_by("gift")
    for gift, place, count in list(counted):
        ledger.move(gift, place, MovementKind.RETURNED, count, by_id=by_id)
    taken.update(taken=0)
    # Locked first: one that is redeemed at this moment stays redeemed.
    codes = (
        Voucher.objects.unused().filter(item__package__in=ids).order_by("pk").select_for_update(of=("self",))
    )
    Voucher.objects.filter(pk__in=list(codes.values_list("pk", flat=True))).update(
        state=VoucherState.CANCELLED, cancelled_at=timezone.now()
    )


class PackageItem(MunicipalityOwned):
    """Frozen as the letter tells of it: title and terms in the letter's language, and what one was worth that day."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="items", verbose_name=_("package"))
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="items", verbose_name=_("gift"))
    title = models.CharField(_("title"), max_length=200)
    giver = models.CharField(_("given by"), max_length=80, blank=True)
    note = models.CharField(_("terms"), max_length=220, blank=True)
    count = models.PositiveSmallIntegerField(_("pieces"))
    value = models.PositiveIntegerField(_("value in kroner"), default=0)
    # What was taken from stock for it and has not come back: whatever becomes of the gift's own rules.
    taken = models.PositiveSmallIntegerField(_("taken from stock"), default=0, editable=False)

    objects = OwnedQuerySet["PackageItem"].as_manager()

    class Meta:
        verbose_name = _("content of a package")
        verbose_name_plural = _("content of packages")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "gift"],
                name="packageitem_once_per_package_and_gift",
                violation_error_message=_("This gift is in the package already."),
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1),
                name="packageitem_is_something",
                violation_error_message=_("None of a gift is nothing to pack."),
            ),
            models.CheckConstraint(
                condition=Q(taken=0) | Q(taken=F("count")),
                name="packageitem_is_taken_whole",
                violation_error_message=_("All of a gift is taken from stock, or none."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class VoucherState(models.TextChoices):
    UNUSED = "unused", _("Not used")
    REDEEMED = "redeemed", _("Redeemed")
    CANCELLED = "cancelled", _("Cancelled")


class VoucherQuerySet(OwnedQuerySet["Voucher"]):
    def unused(self) -> Self:
        return self.filter(state=VoucherState.UNUSED)

    def pooled(self) -> Self:
        """The sponsor's codes that nobody has been given yet."""
        return self.unused().filter(item=None, issued_at=None)

    def issued(self) -> Self:
        return self.exclude(issued_at=None)

    def redeemed(self) -> Self:
        return self.filter(state=VoucherState.REDEEMED)


class Voucher(MunicipalityOwned):
    """A code that is worth a gift, once. It says nothing of whose it is; who accepts it has a link of their own."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="vouchers", verbose_name=_("gift"))
    item = models.ForeignKey(
        PackageItem,
        models.SET_NULL,
        null=True,
        related_name="vouchers",
        verbose_name=_("content of a package"),
    )
    code = models.CharField(_("code"), max_length=LONGEST_CODE, editable=False)
    key = models.CharField(max_length=LONGEST_CODE, editable=False)  # As it is compared: `as_key`.
    state = models.CharField(_("state"), max_length=9, choices=VoucherState, default=VoucherState.UNUSED)
    value = models.PositiveIntegerField(_("value in kroner"), default=0)
    # When it was given to a household; erasing the household takes the item away, and this stays.
    issued_at = models.DateTimeField(_("given out"), null=True, editable=False)
    redeemed_at = models.DateTimeField(_("redeemed"), null=True, editable=False)
    redeemed_by = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="redeemed_vouchers",
        verbose_name=_("redeemed at"),
    )
    # Of the form that redeemed it, kept when that is taken back: a phone that sends the form again when it has found
    # its network is told what became of it, and redeems nothing twice.
    stamp = models.CharField(max_length=40, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["pk"]
        indexes = [models.Index(fields=["gift", "state", "id"], name="voucher_of_a_gift")]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "key"],
                name="voucher_code_once_per_municipality",
                violation_error_message=_("This code is there already."),
            ),
            models.CheckConstraint(
                condition=Q(key__regex=rf"^.{{{SHORTEST_CODE},}}$"),
                name="voucher_code_is_long_enough",
                violation_error_message=_("A code has at least six letters and digits."),
            ),
            models.CheckConstraint(
                condition=Q(state=VoucherState.REDEEMED, redeemed_at__isnull=False, redeemed_by__isnull=False)
                & ~Q(stamp="")
                | ~Q(state=VoucherState.REDEEMED) & Q(redeemed_at=None, redeemed_by=None),
                name="voucher_redeemed_has_its_time",
                violation_error_message=_("A redeemed voucher says when and where, and no other does."),
            ),
            models.CheckConstraint(
                condition=Q(state=VoucherState.CANCELLED) ^ Q(cancelled_at=None),
                name="voucher_cancelled_has_its_time",
                violation_error_message=_("A cancelled voucher says when, and no other does."),
            ),
            models.CheckConstraint(
                condition=~Q(state=VoucherState.REDEEMED) | Q(issued_at__isnull=False),
                name="voucher_redeemed_was_given_out",
                violation_error_message=_("What nobody was given can't be redeemed."),
            ),
        ]

    def __str__(self) -> str:
        # Its code is worth something and stands in no log.
        return _("Voucher %(number)s") % {"number": self.pk}
