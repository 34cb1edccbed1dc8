"""New housing projects and their units, with how many were free on which day."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from housing.shown.models import (
    DEAREST,
    LARGEST,
    Availability,
    HomeKind,
    Photo,
    Placed,
    area_field,
    photo_constraints,
    placed_constraints,
    price_field,
)
from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from municipalities.texts.models import Text, TextSet, text_constraints


class DevelopmentQuerySet(OwnedQuerySet["Development"]):
    def shown(self) -> Self:
        return self.filter(published=True, municipality__published=True)

    def with_counts(self) -> Self:
        """`all_units` and `free_units`."""
        return self.annotate(
            all_units=Count("units", distinct=True),
            free_units=Count("units", filter=Q(units__state=Availability.FREE), distinct=True),
        )

    def with_content(self) -> Self:
        return self.select_related("municipality", "developer", "contact").prefetch_related(
            models.Prefetch("texts", queryset=DevelopmentText.objects.select_related("changed_by")), "photos"
        )


class Development(Placed, MunicipalityOwned):
    public_rows = Q(published=True)

    name = models.CharField(_("name"), max_length=80)
    developer = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="developments",
        verbose_name=_("developer"),
    )
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="developments",
        verbose_name=_("contact point"),
    )
    website = models.URLField(_("website"), max_length=500, blank=True)
    ready_on = models.DateField(_("one can move in from"), null=True, blank=True)
    published = models.BooleanField(_("shown to the public"), default=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = DevelopmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="development_once_per_municipality_and_name",
                violation_error_message=_("There is a project of this name already."),
            ),
            *placed_constraints(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def text_set(self) -> TextSet["DevelopmentText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)


class DevelopmentText(Text, MunicipalityOwned):
    public_through = "development"

    development = models.ForeignKey(
        Development, models.CASCADE, related_name="texts", verbose_name=_("project")
    )

    objects = OwnedQuerySet["DevelopmentText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("development")


class DevelopmentPhoto(Photo):
    public_through = "development"

    development = models.ForeignKey(
        Development, models.CASCADE, related_name="photos", verbose_name=_("project")
    )

    objects = OwnedQuerySet["DevelopmentPhoto"].as_manager()

    class Meta(Photo.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = photo_constraints()


class UnitQuerySet(OwnedQuerySet["Unit"]):
    def free(self) -> Self:
        return self.filter(state=Availability.FREE)


class Unit(MunicipalityOwned):
    """One home of a project. Its state is changed by `actions.move`, which keeps since when."""

    public_through = "development"

    development = models.ForeignKey(
        Development, models.CASCADE, related_name="units", verbose_name=_("project")
    )
    name = models.CharField(_("number"), max_length=20, help_text=_("For instance H0201."))
    kind = models.CharField(_("kind"), max_length=7, choices=HomeKind, default=HomeKind.FLAT)
    bedrooms = models.PositiveSmallIntegerField(
        _("bedrooms"), null=True, blank=True, validators=[MaxValueValidator(20)]
    )
    area = area_field(_("square metres"), LARGEST)
    floor = models.SmallIntegerField(
        _("floor"), null=True, blank=True, validators=[MinValueValidator(-2), MaxValueValidator(40)]
    )
    price = price_field(_("price in kroner"))
    state = models.CharField(_("state"), max_length=8, choices=Availability, default=Availability.COMING)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["development", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["development", "name"],
                name="unit_once_per_development_and_name",
                violation_error_message=_("The project has a unit of this number already."),
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__isnull=False, price__lte=DEAREST),
                name="unit_price_can_be_paid",
                violation_error_message=_("A price is 0 to 100 million kroner."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitChange(MunicipalityOwned):
    """From which day a unit was so. The newest of a day holds: the one with the highest number."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="history", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=8, choices=Availability)
    since = models.DateField(_("since"))
    noted_at = models.DateTimeField(_("noted"), default=timezone.now, editable=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("noted by"),
    )

    objects = OwnedQuerySet["UnitChange"].as_manager()

    class Meta:
        verbose_name = _("change of a unit")
        verbose_name_plural = _("changes of units")
        ordering = ["unit", "since", "pk"]
        indexes = [models.Index(fields=["unit", "since"], name="unitchange_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__gte=datetime.date(1990, 1, 1)),
                name="unitchange_is_of_our_time",
                violation_error_message=_("That day is too long ago."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.since:%Y-%m-%d}"
