"""Where children and young people learn: kindergartens, schools and after-school care, each a contact point with
what one asks of it before one moves: whether there is a place, how to apply, and for which addresses it is."""

import datetime
import re
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.models import ShortText, TextSet, text_constraints

REVIEW_MONTHS = 6
LONGEST_ZONE = 20_000  # A thousand streets.
# After so long a figure of free places says nothing any more; then it is only said that one must ask.
CAPACITY_HOLDS = datetime.timedelta(days=183)


class Kind(models.TextChoices):
    KINDERGARTEN = "kindergarten", _("Kindergarten")
    SCHOOL = "school", _("School")
    AFTER_SCHOOL = "after_school", _("After-school care (SFO)")
    UPPER = "upper", _("Upper secondary school")
    ADULT = "adult", _("Adult education")


class Capacity(models.TextChoices):
    FREE = "free", _("Has free places")
    FEW = "few", _("Few places left")
    WAITING = "waiting", _("Has a waiting list")


def lines_of(zone: str) -> list[tuple[str, str]]:
    """Post code and street of each line, either of which may be empty; what is neither is left out."""
    found = []
    for line in zone.splitlines():
        known = re.fullmatch(r"\s*(\d{4})?\b\s*(.*?)\s*", line)
        if known and (known[1] or known[2]):
            found.append((known[1] or "", known[2]))
    return found


def validate_zone(value: str) -> None:
    """A line is a post code, a street's name, or both."""
    for line in value.splitlines():
        if line.strip() and not re.fullmatch(r"\s*(\d{4}\s*|(\d{4}\s+)?[^\W\d][^\d,;]{1,59})", line):
            raise ValidationError(
                _("“%(line)s” is no post code and no street; write one a line, without house numbers."),
                params={"line": line.strip()[:60]},
            )


class LearningPlaceQuerySet(OwnedQuerySet["LearningPlace"]):
    def published(self) -> Self:
        return self.filter(published=True, municipality__published=True)

    def with_content(self) -> Self:
        """All that a page shows of them, in a constant number of queries."""
        return self.select_related("municipality", "contact").prefetch_related(
            models.Prefetch("texts", queryset=LearningPlaceText.objects.select_related("changed_by")),
            "contact__opening_hours",
            "contact__special_days",
        )


class LearningPlace(MunicipalityOwned):
    public_rows = Q(published=True)

    contact = models.ForeignKey(
        ContactPoint,
        models.PROTECT,
        related_name="learning_places",
        verbose_name=_("contact point"),
        help_text=_("Its name, phone and address are kept there, once for all pages."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # Grades of a school and of after-school care, ages of a kindergarten.
    lowest = models.PositiveSmallIntegerField(
        _("from grade (kindergarten: age)"), null=True, blank=True, validators=[MaxValueValidator(13)]
    )
    highest = models.PositiveSmallIntegerField(
        _("to grade (kindergarten: age)"), null=True, blank=True, validators=[MaxValueValidator(13)]
    )
    capacity = models.CharField(_("places"), max_length=7, choices=Capacity, blank=True)
    free_places = models.PositiveSmallIntegerField(
        _("how many are free"), null=True, blank=True, validators=[MaxValueValidator(999)]
    )
    capacity_on = models.DateField(
        _("as of"), null=True, blank=True, help_text=_("Shown with it: a figure without its day misleads.")
    )
    apply_url = models.URLField(
        _("address for applying"),
        blank=True,
        help_text=_("The municipality's own service, or the national one, for instance https://www.vigo.no"),
    )
    apply_until = models.DateField(
        _("apply by"), null=True, blank=True, help_text=_("The next deadline; shown until it has passed.")
    )
    zone = models.TextField(
        _("for addresses in"),
        blank=True,
        max_length=LONGEST_ZONE,
        validators=[validate_zone],
        help_text=_(
            "One a line: a post code (3570), a street (Sundrevegen), or both (3570 Sundrevegen). A street goes"
            " before a post code. Empty: for the whole municipality, or for nobody in particular."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    published = models.BooleanField(_("shown to the public"), default=True)

    objects = LearningPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("school or kindergarten")
        verbose_name_plural = _("schools and kindergartens")
        ordering = ["kind", "order", "contact__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"],
                name="learningplace_once_per_contact_and_kind",
                violation_error_message=_("This contact point is in the list as this kind already."),
            ),
            models.CheckConstraint(
                condition=Q(capacity="", capacity_on=None, free_places=None)
                | ~Q(capacity="") & Q(capacity_on__isnull=False),
                name="learningplace_capacity_has_its_day",
                violation_error_message=_(
                    "Say how it is with places and on which day that was true, or neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(free_places=None) | ~Q(capacity=Capacity.WAITING) | Q(free_places=0),
                name="learningplace_with_a_waiting_list_has_no_free_places",
                violation_error_message=_("Where there is a waiting list, no place is free."),
            ),
            models.CheckConstraint(
                condition=Q(lowest=None, highest=None)
                | Q(lowest__isnull=False, highest__isnull=False, highest__gte=F("lowest")),
                name="learningplace_grades_run_upwards",
                violation_error_message=_("Give the lowest and the highest grade or age, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact.name} ({self.get_kind_display()})"

    @property
    def is_counted(self) -> bool:
        """Somebody has told lately how many places are free."""
        return bool(self.capacity) and self.capacity_on is not None and not self.is_old

    @property
    def is_old(self) -> bool:
        day = self.capacity_on
        return day is not None and timezone.localdate() - day > CAPACITY_HOLDS

    def has_room_for(self, children: int) -> bool:
        """As far as somebody has told lately; without a figure, room for one at least."""
        free = self.free_places
        return (
            self.is_counted
            and self.capacity != Capacity.WAITING
            and (free is None or free >= max(children, 1))
        )

    @property
    def text_set(self) -> TextSet["LearningPlaceText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language, review_months=REVIEW_MONTHS)


class LearningPlaceText(ShortText, MunicipalityOwned):
    """What it is like there, in one language; with a title where its name is another there."""

    public_through = "place"

    place = models.ForeignKey(
        LearningPlace, models.CASCADE, related_name="texts", verbose_name=_("school or kindergarten")
    )

    objects = OwnedQuerySet["LearningPlaceText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("place")
