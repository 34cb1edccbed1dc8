"""Hosts: dedicated locals who receive newcomers, and when they are away."""

import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES, LANGUAGES
from welcome.hosts.kinds import RUNNING
from welcome.households.kinds import Reason

MOST_HOUSEHOLDS = 20
MOST_CHILDREN = 12
_RUNNING_OF_HOST = Q(assignments__state__in=RUNNING, assignments__merged=False)
# Who reads one of them reads the others; anybody else gets no text that they can't read.
_READ_TOGETHER = {"nb", "nn", "se"}


def validate_spoken(value: object) -> None:
    if not isinstance(value, list) or any(code not in LANGUAGES for code in value):
        raise ValidationError(_("Choose among the languages that are listed."))


def validate_children(value: object) -> None:
    if not isinstance(value, list) or not all(type(year) is int and 1900 <= year <= 2100 for year in value):
        raise ValidationError(_("Give the year in which each child was born."))
    if len(value) > MOST_CHILDREN:
        raise ValidationError(_("That is more children than there is room for here."))


class HostQuerySet(OwnedQuerySet["Host"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def at_home(self, day: datetime.date) -> Self:
        """Without those who have said that they are away on `day`."""
        away = HostAway.objects.filter(first_day__lte=day, last_day__gte=day)
        return self.exclude(pk__in=away.values("host"))

    def with_load(self) -> Self:
        """Each with `load`: how many households the host has now."""
        return self.annotate(load=Count("assignments", filter=_RUNNING_OF_HOST))

    def with_room(self) -> Self:
        return self.active().with_load().filter(load__lt=F("capacity"))


class Host(MunicipalityOwned):
    name = models.CharField(_("name"), max_length=80)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True, validators=[validate_spoken])
    place = models.CharField(
        _("village"), max_length=60, blank=True, help_text=_("Where they live, as people there call it.")
    )
    interests = models.CharField(
        _("interests"),
        max_length=300,
        blank=True,
        help_text=_("What they like to do: for finding whom they go well with."),
    )
    about = models.CharField(
        _("about them"),
        max_length=240,
        blank=True,
        help_text=_("A sentence or two that they would say of themselves. Stands in letters."),
    )
    story = models.TextField(
        _("their own story"),
        max_length=2000,
        blank=True,
        help_text=_("Read on their page by the household they are suggested to, before it answers."),
    )
    moved_for = models.CharField(
        _("why they moved here themselves"),
        max_length=9,
        choices=Reason,
        blank=True,
        help_text=_("Empty for who has always lived here."),
    )
    # Birth years: whose children are of an age is found by them, and no child has a name here.
    children = models.JSONField(
        _("children at home"), default=list, blank=True, validators=[validate_children]
    )
    about_language = models.CharField(_("language of the text"), max_length=5, choices=CHOICES, default="nb")
    capacity = models.PositiveSmallIntegerField(
        _("households at a time"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOUSEHOLDS)],
    )
    active = models.BooleanField(
        _("takes households now"), default=True, help_text=_("Untick for a pause; whom they have stays.")
    )
    references = models.CharField(
        _("references"),
        max_length=200,
        blank=True,
        help_text=_("Whom you have talked with about them, and when."),
    )
    trained_on = models.DateField(_("training as a host"), null=True, blank=True)
    # The law lets a municipality see a police certificate, not keep it: there is a day here and never a copy.
    certificate_seen_on = models.DateField(
        _("police certificate seen"),
        null=True,
        blank=True,
        help_text=_("The day you saw it. It is given back: no copy is kept."),
    )
    # GDPR art. 6(1)(a): name and number leave the municipality only with this.
    named_since = models.DateField(
        _("has agreed to be named in letters"),
        null=True,
        blank=True,
        help_text=_("The day they said so. Empty: no letter tells of them."),
    )

    objects = HostQuerySet.as_manager()

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="host_has_a_name",
                violation_error_message=_("A host has a name."),
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email=""),
                name="host_can_be_reached",
                violation_error_message=_("A host has a phone number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=MOST_HOUSEHOLDS),
                name="host_capacity_is_possible",
                violation_error_message=_("A host takes 1 to 20 households at a time."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken(self) -> str:
        """`Bokmål, English`: as their own speakers write them."""
        return ", ".join(LANGUAGES[code].own_name for code in self.languages if code in LANGUAGES)

    def told(self, language: str) -> dict[str, Any]:
        """As a letter in `language` tells of the host; what they say of themselves only to who can read it."""
        readable = language == self.about_language or {language, self.about_language} <= _READ_TOGETHER
        return {
            "id": self.pk,
            "name": self.name,
            "phone": self.phone.as_national if self.phone else "",
            "email": self.email,
            "languages": self.spoken,
            "about": self.about if readable else "",
        }


class HostAway(MunicipalityOwned):
    host = models.ForeignKey(Host, models.CASCADE, related_name="away", verbose_name=_("host"))
    first_day = models.DateField(_("away from"), help_text=_("The first day."))
    last_day = models.DateField(_("away until"), help_text=_("The last day."))

    objects = OwnedQuerySet["HostAway"].as_manager()

    class Meta:
        verbose_name = _("time away")
        verbose_name_plural = _("times away")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="hostaway_ends_after_it_began",
                violation_error_message=_("The last day away is not before the first."),
            ),
            models.UniqueConstraint(
                fields=["host", "first_day"],
                name="hostaway_begins_once_a_day",
                violation_error_message=_("These days away are noted already."),
            ),
        ]

    def __str__(self) -> str:
        return _("Time away %(number)s") % {"number": self.pk}
