"""Hosts: dedicated locals who receive newcomers, and whom each of them receives."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES, LANGUAGES
from welcome.households.models import Household, Protection

MOST_HOUSEHOLDS = 20
# Who reads one of them reads the others; anybody else gets no text that they can't read.
_READ_TOGETHER = {"nb", "nn", "se"}


def validate_spoken(value: object) -> None:
    if not isinstance(value, list) or any(code not in LANGUAGES for code in value):
        raise ValidationError(_("Choose among the languages that are listed."))


class HostQuerySet(OwnedQuerySet["Host"]):
    def active(self) -> Self:
        return self.filter(active=True)

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
    about_language = models.CharField(_("language of the text"), max_length=5, choices=CHOICES, default="nb")
    capacity = models.PositiveSmallIntegerField(
        _("households at a time"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOUSEHOLDS)],
    )
    active = models.BooleanField(
        _("takes households now"), default=True, help_text=_("Untick for a pause; whom they have stays.")
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


class AssignmentState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    ENDED = "ended", _("Ended")


class EndReason(models.TextChoices):
    HAND = "hand", _("Ended by a colleague")
    # Moved on or protected: which of them is told by the household to who may know, and not here.
    HOUSEHOLD = "household", _("Something has changed with the household")


RUNNING = [AssignmentState.PROPOSED, AssignmentState.AGREED]
_RUNNING_OF_HOST = Q(assignments__state__in=RUNNING, assignments__merged=False)


class HostAssignmentQuerySet(OwnedQuerySet["HostAssignment"]):
    def running(self) -> Self:
        return self.filter(state__in=RUNNING, merged=False)

    def of_household(self, household: Household) -> Self:
        return self.filter(household=household)

    def of_host(self, host: Host) -> Self:
        return self.filter(host=host)

    def open_to_all(self) -> Self:
        """Without those of protected households: what lists and letters start from."""
        return self.filter(household__protection=Protection.NONE)

    def tellable(self) -> Self:
        """Those that a letter may tell of: both have agreed, the host to being named as well."""
        agreed = self.running().filter(state=AssignmentState.AGREED, host__named_since__isnull=False)
        return agreed.open_to_all()


class HostAssignment(MunicipalityOwned):
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="host_assignments", verbose_name=_("household")
    )
    host = models.ForeignKey(Host, models.CASCADE, related_name="assignments", verbose_name=_("host"))
    state = models.CharField(
        _("state"), max_length=8, choices=AssignmentState, default=AssignmentState.PROPOSED
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    ended_why = models.CharField(
        _("why it ended"), max_length=9, choices=EndReason, blank=True, db_default="", editable=False
    )
    # Two households that were one had a host each: this one's household was merged into that of the other,
    # whose host holds.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = HostAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("host of a household")
        verbose_name_plural = _("hosts of households")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(state__in=RUNNING, merged=False),
                name="hostassignment_one_running_per_household",
                violation_error_message=_("This household has a host already."),
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ENDED, until__isnull=False)
                | (~Q(state=AssignmentState.ENDED) & Q(until=None)),
                name="hostassignment_ended_has_its_day",
                violation_error_message=_("What has ended has a day of it, and nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ENDED, ended_why__in=EndReason.values)
                | (~Q(state=AssignmentState.ENDED) & Q(ended_why="")),
                name="hostassignment_ended_says_why",
                violation_error_message=_("What has ended says why, and nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="hostassignment_ends_after_it_began",
                violation_error_message=_("It can't have ended before it began."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the household: no names.
        return _("Host of a household %(number)s") % {"number": self.pk}

    @classmethod
    def end_with_household(cls, households: list[int]) -> dict[int, list[int]]:
        """As `households.ties` asks for it. None of these comes back by itself: staff find a host anew. No host is
        locked, as ending only makes room; whoever gives one at the same moment holds the household's lock."""
        running = cls.objects.filter(household__in=households, state__in=RUNNING).select_for_update(
            of=("self",)
        )
        ended: dict[int, list[int]] = {}
        for pk, place in running.values_list("pk", "municipality"):
            ended.setdefault(place, []).append(pk)
        cls.objects.filter(pk__in=[pk for ids in ended.values() for pk in ids]).update(
            state=AssignmentState.ENDED,
            ended_why=EndReason.HOUSEHOLD,
            until=Greatest(F("since"), Value(timezone.localdate()), output_field=models.DateField()),
        )
        return ended

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING and not self.merged
