"""What homes, plots and projects have in common when they are shown: where they lie, and pictures."""

import uuid
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.municipality.models import MunicipalityOwned

DEAREST = 100_000_000  # Kroner.
LARGEST = 2_000  # Square metres of a home.
MOST_PHOTOS = 20
LONGEST_ALT = 200
HIDDEN_TO = Decimal("0.01")  # About a kilometre: the village, not the house.


class HomeKind(models.TextChoices):
    FLAT = "flat", _("Flat")
    HOUSE = "house", _("Detached house")
    ROW = "row", _("Terraced or semi-detached house")
    ROOM = "room", _("Room or bedsit")
    HOLIDAY = "holiday", _("Holiday home that may be lived in")
    FARM = "farm", _("Farm or smallholding")


class Availability(models.TextChoices):
    """Of a plot, and of a unit of a project."""

    COMING = "coming", _("Comes later")
    FREE = "free", pgettext_lazy("home", "Free")
    RESERVED = "reserved", _("Reserved")
    TAKEN = "taken", _("Sold or let")


class Placed(models.Model):
    """Where it lies. `shows_address` says whether everybody may see the house, or the village only."""

    street_address = models.CharField(_("address"), max_length=80, blank=True)
    postal_code = models.CharField(
        _("post code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}\Z", _("Four digits."))]
    )
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    village = models.CharField(
        _("village or part of town"), max_length=60, blank=True, help_text=_("Lists can be narrowed by it.")
    )
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    shows_address = models.BooleanField(
        _("show the address"),
        default=True,
        help_text=_("Otherwise only the village is shown, and on the map a point about a kilometre off."),
    )

    class Meta:
        abstract = True

    @property
    def point(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude as everybody may see them."""
        if self.latitude is None or self.longitude is None:
            return None
        if self.shows_address:
            return self.latitude, self.longitude
        return self.latitude.quantize(HIDDEN_TO), self.longitude.quantize(HIDDEN_TO)

    @property
    def where(self) -> str:
        """In one line, as everybody may see it."""
        street = self.street_address if self.shows_address else ""
        town = " ".join(part for part in (self.postal_code, self.postal_place) if part)
        village = self.village if self.village.casefold() != self.postal_place.casefold() else ""
        return ", ".join(part for part in (street, village, town) if part)


def placed_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            # A comparison with NULL is neither true nor false, and what isn't false passes a check.
            condition=Q(latitude=None, longitude=None)
            | Q(latitude__isnull=False, longitude__isnull=False)
            & Q(latitude__range=(57, 81), longitude__range=(4, 32)),
            name="%(class)s_map_point_lies_in_norway",
            violation_error_message=_("The map point needs latitude and longitude, in Norway."),
        ),
    ]


def photo_path(instance: Any, filename: str) -> str:
    # Not the uploader's name for it: that may hold a person's, and would be read in the address.
    return f"homes/{instance.municipality_id}/{uuid.uuid4().hex}{PurePath(filename).suffix}"


class Photo(MunicipalityOwned):
    """A picture, drawn anew when it came (`pictures.py`): no EXIF. What it shows is told in words too."""

    file = models.FileField(_("picture"), upload_to=photo_path)
    alt = models.CharField(
        _("what it shows"),
        max_length=LONGEST_ALT,
        help_text=_("For those who don't see it: “Kitchen with a window to the fjord”."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.alt


def photo_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=~Q(alt=""),
            name="%(class)s_says_what_it_shows",
            violation_error_message=_("Say in words what the picture shows."),
        ),
        models.CheckConstraint(
            condition=Q(width__gte=1, height__gte=1),
            name="%(class)s_has_a_size",
            violation_error_message=_("A picture has a width and a height."),
        ),
    ]


def price_field(words: Any, **more: Any) -> Any:
    return models.PositiveIntegerField(
        words, null=True, blank=True, validators=[MaxValueValidator(DEAREST)], **more
    )


def area_field(words: Any, most: int, **more: Any) -> Any:
    """Square metres."""
    return models.PositiveIntegerField(
        words, null=True, blank=True, validators=[MaxValueValidator(most)], **more
    )
