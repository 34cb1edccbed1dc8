"""Contact points: kept once, used in topics, letters and listings alike."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet


class ContactPointQuerySet(OwnedQuerySet["ContactPoint"]):
    def with_hours(self) -> Self:
        """What `open now` is reckoned from."""
        return self.prefetch_related("opening_hours", "special_days")


class ContactPoint(MunicipalityOwned):
    public_rows = Q()

    name = models.CharField(_("name"), max_length=80, help_text=_("For instance the office or the school."))
    person = models.CharField(_("person"), max_length=60, blank=True)
    role = models.CharField(_("the person's role"), max_length=60, blank=True)
    # Plain text: emergency numbers such as 116 117 and 02800 are no subscriber numbers.
    short_number = models.CharField(
        _("short number"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[0-9]( ?[0-9]){2,5}\Z", _("Three to six digits."))],
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    street_address = models.CharField(_("address"), max_length=80, blank=True)
    postal_code = models.CharField(
        _("post code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}$", _("Four digits."))]
    )
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    front_desk = models.BooleanField(
        _("first to ask"), default=False, help_text=_("Shown on the front page as somebody one can call.")
    )

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["name", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name", "person"],
                name="contactpoint_once_per_municipality_name_and_person",
                violation_error_message=_("This contact point is there already."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is neither true nor false, and what isn't false passes a check.
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(57, 81), longitude__range=(4, 32)),
                name="contactpoint_map_point_lies_in_norway",
                violation_error_message=_("The map point needs latitude and longitude, in Norway."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.person}" if self.person else self.name

    @property
    def number_to_call(self) -> str:
        """As people write it: `32 08 50 00`, with country code only from abroad."""
        if self.short_number:
            return self.short_number
        if not self.phone:
            return ""
        return self.phone.as_national if self.phone.country_code == 47 else self.phone.as_international


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class OpeningHours(MunicipalityOwned):
    """One opening of one weekday, local time; a place that closes for lunch has two rows."""

    public_through = "contact"

    contact = models.ForeignKey(
        ContactPoint, models.CASCADE, related_name="opening_hours", verbose_name=_("contact point")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    objects = OwnedQuerySet["OpeningHours"].as_manager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "weekday", "opens"],
                name="openinghours_once_per_contact_weekday_and_time",
                violation_error_message=_("This opening is there already."),
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="openinghours_open_before_they_close",
                violation_error_message=_("It must open before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7),
                name="openinghours_weekday_is_a_day_of_the_week",
                violation_error_message=_("The weekday is Monday (1) to Sunday (7)."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class SpecialDay(MunicipalityOwned):
    """One day on which the week's hours don't hold: other hours, or closed. It goes before the calendar of
    public holidays too, so that half days and open holidays can be told."""

    public_through = "contact"

    contact = models.ForeignKey(
        ContactPoint, models.CASCADE, related_name="special_days", verbose_name=_("contact point")
    )
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed all day."))
    closes = models.TimeField(_("closes"), null=True, blank=True)

    objects = OwnedQuerySet["SpecialDay"].as_manager()

    class Meta:
        verbose_name = _("day with other hours")
        verbose_name_plural = _("days with other hours")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "day"],
                name="specialday_once_per_contact_and_day",
                violation_error_message=_("This day is there already."),
            ),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                name="specialday_opens_before_it_closes_or_is_closed",
                violation_error_message=_("Say when it opens and, later, closes; or leave both empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
