"""Plots ready to build on."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from housing.shown.models import (
    DEAREST,
    Availability,
    Photo,
    Placed,
    area_field,
    photo_constraints,
    placed_constraints,
    price_field,
)
from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.models import Text, TextSet, text_constraints

LARGEST_PLOT = 100_000


class PlotQuerySet(OwnedQuerySet["Plot"]):
    def shown(self) -> Self:
        return self.filter(published=True, municipality__published=True)

    def free(self) -> Self:
        return self.filter(state=Availability.FREE)

    def with_content(self) -> Self:
        return self.select_related("municipality", "contact").prefetch_related(
            models.Prefetch("texts", queryset=PlotText.objects.select_related("changed_by")), "photos"
        )


class Plot(Placed, MunicipalityOwned):
    public_rows = Q(published=True)

    name = models.CharField(_("name"), max_length=60, help_text=_("For instance Plot 14."))
    field = models.CharField(_("housing field"), max_length=60, blank=True)
    area = area_field(_("square metres"), LARGEST_PLOT)
    price = price_field(_("price in kroner"), help_text=_("Empty: not told."))
    connection = price_field(_("connection fees in kroner"))
    leased = models.BooleanField(_("leased, not sold"), default=False)
    has_road = models.BooleanField(_("road up to it"), default=False)
    has_water = models.BooleanField(_("water and sewer"), default=False)
    has_power = models.BooleanField(_("power and fibre"), default=False)
    view = models.CharField(_("view and sun"), max_length=120, blank=True)
    plan_url = models.URLField(_("address of the zoning plan"), max_length=500, blank=True)
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plots",
        verbose_name=_("contact point"),
    )
    state = models.CharField(_("state"), max_length=8, choices=Availability, default=Availability.FREE)
    state_on = models.DateField(_("state since"), default=timezone.localdate)
    order = models.PositiveSmallIntegerField(_("order"), default=100, validators=[MaxValueValidator(9999)])
    published = models.BooleanField(_("shown to the public"), default=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("plot")
        verbose_name_plural = _("plots")
        ordering = ["field", "order", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "field", "name"],
                name="plot_once_per_field_and_name",
                violation_error_message=_("The field has a plot of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__isnull=False, price__lte=DEAREST),
                name="plot_price_can_be_paid",
                violation_error_message=_("A price is 0 to 100 million kroner."),
            ),
            *placed_constraints(),
        ]

    def __str__(self) -> str:
        return f"{self.field}, {self.name}" if self.field else self.name

    @property
    def is_ready(self) -> bool:
        """One can begin to build."""
        return self.has_road and self.has_water and self.has_power

    @property
    def text_set(self) -> TextSet["PlotText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)


class PlotText(Text, MunicipalityOwned):
    public_through = "plot"

    plot = models.ForeignKey(Plot, models.CASCADE, related_name="texts", verbose_name=_("plot"))

    objects = OwnedQuerySet["PlotText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("plot")


class PlotPhoto(Photo):
    public_through = "plot"

    plot = models.ForeignKey(Plot, models.CASCADE, related_name="photos", verbose_name=_("plot"))

    objects = OwnedQuerySet["PlotPhoto"].as_manager()

    class Meta(Photo.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = photo_constraints()
