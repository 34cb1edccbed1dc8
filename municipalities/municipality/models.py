"""The municipality itself: what its letters, pages and rules need to know of it."""

import re
from decimal import Decimal
from typing import ClassVar, Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality import retention
from municipalities.municipality.colour import WHITE, contrast
from municipalities.texts.languages import LANGUAGES
from municipalities.texts.models import Text, TextSet, text_constraints

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: white text on the accent colour.


class LanguageForm(models.TextChoices):
    """Målform, decided by the municipality under the language act (språklova)."""

    NB = "nb", _("Bokmål")
    NN = "nn", _("Nynorsk")
    NEUTRAL = "neutral", _("Neutral")


def validate_languages(value: object) -> None:
    if not isinstance(value, list) or not value:
        raise ValidationError(_("Choose at least one language."))
    if unknown := [code for code in value if code not in LANGUAGES]:
        raise ValidationError(
            _("Unknown languages: %(codes)s"), params={"codes": ", ".join(map(str, unknown))}
        )
    if len(set(value)) != len(value):
        raise ValidationError(_("Each language can be chosen once."))


def validate_accent(value: str) -> None:
    if re.fullmatch(r"#[0-9a-f]{6}", value) and contrast(value, WHITE) < LEAST_CONTRAST:
        raise ValidationError(_("White text can't be read on this colour; choose a darker one."))


def validate_rhythm(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(days, int) and 0 < days <= 3650 for days in value):
        raise ValidationError(_("Give days after moving in, for instance [7, 30, 90, 365, 730]."))
    if value != sorted(set(value)):
        raise ValidationError(_("Give the days in rising order, each once."))


def default_languages() -> list[str]:
    return ["nb", "nn", "en"]


def default_rhythm() -> list[int]:
    return [7, 30, 91, 365, 730]


def image_path(instance: "Municipality", filename: str) -> str:
    return f"municipalities/{instance.number}/{filename}"


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def visible_to(self, user: object) -> Self:
        """Those in which `user` is staff; the public pages use `published()`."""
        if not getattr(user, "is_active", False):  # Nobody, a visitor without login, or locked out.
            return self.none()
        if getattr(user, "is_superuser", False):
            return self.all()
        memberships = self.model.objects.filter(membership__user_id=getattr(user, "pk", 0))
        return self.filter(pk__in=memberships.values("pk"))

    def published(self) -> Self:
        return self.filter(published=True)


class Municipality(models.Model):
    number = models.CharField(
        _("number"), max_length=4, unique=True, validators=[RegexValidator(r"^\d{4}$", _("Four digits."))]
    )
    slug = models.SlugField(_("address on the site"), unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    parallel_names = models.CharField(
        _("names in other languages"), max_length=120, blank=True, help_text=_("For instance the Sámi name.")
    )
    language_form = models.CharField(
        _("language form"), max_length=7, choices=LanguageForm, default=LanguageForm.NEUTRAL
    )
    languages = models.JSONField(
        _("languages offered"), default=default_languages, validators=[validate_languages]
    )
    published = models.BooleanField(_("shown to the public"), default=True)

    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    office_name = models.CharField(_("name of the service office"), max_length=60, blank=True)
    street_address = models.CharField(_("visiting address"), max_length=80, blank=True)
    postal_code = models.CharField(
        _("post code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}$", _("Four digits."))]
    )
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    # Of the municipality's centre, for the county's map; entered, not taken from anybody's map.
    latitude = models.DecimalField(
        _("latitude of the centre"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude of the centre"), max_digits=7, decimal_places=4, null=True, blank=True
    )

    arms = models.ImageField(_("coat of arms"), upload_to=image_path, blank=True)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#1f5b5e",
        validators=[
            RegexValidator(r"^#[0-9a-f]{6}$", _("Write # and six digits or letters a–f.")),
            validate_accent,
        ],
    )
    mayor_name = models.CharField(_("mayor"), max_length=60, blank=True)
    mayor_portrait = models.ImageField(_("mayor's portrait"), upload_to=image_path, blank=True)
    mayor_signature = models.ImageField(_("mayor's signature"), upload_to=image_path, blank=True)

    letter_day = models.PositiveSmallIntegerField(
        _("letter day"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
        help_text=_("The day of a quarter on which the letters of the quarter before are made ready."),
    )
    second_approver = models.BooleanField(
        _("two people approve"),
        default=False,
        help_text=_("The one who approves a run must be another than the one who froze it."),
    )
    letters_go_after_days = models.PositiveSmallIntegerField(
        _("days after which letters go by themselves"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_(
            "Empty: never, somebody approves each run. Otherwise a run that was made ready on the letter day is "
            "approved so many days later, if the proof found nothing and nobody has stopped it, and what goes by "
            "e-mail or SvarUt is sent. Coordinators are told of the day, and of what keeps it back."
        ),
    )
    followup_days = models.JSONField(
        _("follow-up rhythm, days after moving in"), default=default_rhythm, validators=[validate_rhythm]
    )
    enquiry_days = models.PositiveSmallIntegerField(
        _("working days to answer an enquiry"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Whoever asks is told this day, and the coordinator is told when it has passed."),
    )
    retention_left_months = models.PositiveSmallIntegerField(
        _("months kept after a household has left"), default=12, validators=retention.bounds("left", 120)
    )
    retention_planning_months = models.PositiveSmallIntegerField(
        _("months kept of those who only plan to move"),
        default=12,
        validators=retention.bounds("planning", 36),
    )
    retention_letters_months = models.PositiveSmallIntegerField(
        _("months letters are kept"), default=24, validators=retention.bounds("letters", 120)
    )
    retention_enquiries_months = models.PositiveSmallIntegerField(
        _("months enquiries are kept after they are closed"),
        default=12,
        validators=retention.bounds("enquiries", 60),
    )
    retention_audit_months = models.PositiveSmallIntegerField(
        _("months the log of looks and changes is kept"),
        default=36,  # Claims for damages are barred after three years (foreldelsesloven § 9).
        validators=retention.bounds("audit", 240),
        help_text=_("Whoever runs the portal takes away what is older."),
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{4}$"),
                name="municipality_number_is_four_digits",
                violation_error_message=_("A municipality's number has four digits."),
            ),
            models.CheckConstraint(
                condition=Q(letter_day__gte=1, letter_day__lte=80),
                name="municipality_letter_day_lies_in_the_quarter",
                violation_error_message=_("The letter day is a day of the quarter, 1 to 80."),
            ),
            models.CheckConstraint(
                condition=Q(accent__regex=r"^#[0-9a-f]{6}$"),
                name="municipality_accent_is_a_colour",
                violation_error_message=_("The accent colour is # and six digits or letters a–f."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is neither true nor false, and what isn't false passes a check.
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(57, 81), longitude__range=(4, 32)),
                name="municipality_centre_lies_in_norway",
                violation_error_message=_("The map point needs latitude and longitude, in Norway."),
            ),
            models.CheckConstraint(
                condition=Q(enquiry_days__gte=1, enquiry_days__lte=30),
                name="municipality_enquiries_are_answered_in_time",
                violation_error_message=_("An enquiry is answered within 1 to 30 working days."),
            ),
            models.CheckConstraint(
                condition=Q(letters_go_after_days=None)
                | Q(letters_go_after_days__isnull=False, letters_go_after_days__range=(1, 30)),
                name="municipality_letters_go_within_a_month",
                violation_error_message=_("Letters go by themselves after 1 to 30 days, or never."),
            ),
            models.CheckConstraint(
                condition=Q(letters_go_after_days=None) | Q(second_approver=False),
                name="municipality_two_approvers_are_never_nobody",
                violation_error_message=_("Where two people approve, letters don't go by themselves."),
            ),
            *retention.constraints(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def home_language(self) -> str:
        """The written form the municipality itself uses; a neutral one may use either, we take bokmål."""
        return LanguageForm.NN.value if self.language_form == LanguageForm.NN else LanguageForm.NB.value

    @property
    def accepts_letters(self) -> bool:
        """A letter without a return address or a mayor's name would be sent by nobody."""
        return bool(self.street_address and self.postal_code and self.postal_place and self.mayor_name)


M = TypeVar("M", bound=models.Model, covariant=True)


class OwnedQuerySet(models.QuerySet[M]):
    """The vocabulary every municipality-owned model shares. Nothing personal is read without one of these."""

    def of(self, municipality: Municipality) -> Self:
        return self.filter(municipality=municipality)

    def visible_to(self, user: object) -> Self:
        """Rows of the municipalities in which `user` is staff. A stranger's row is not found."""
        if getattr(user, "is_superuser", False) and getattr(user, "is_active", False):
            return self.all()
        return self.filter(municipality__in=Municipality.objects.visible_to(user))


class MunicipalityOwned(models.Model):
    """A row that belongs to one municipality. A subclass makes its manager of `OwnedQuerySet`.

    A visitor reads the rows that `public_rows` names (Q() for all), or those whose parent, the foreign key
    `public_through`, they may read; of published municipalities only. On PostgreSQL the database sees to it.
    """

    public_rows: ClassVar[Q | None] = None
    public_through: ClassVar[str] = ""
    append_only: ClassVar[bool] = False  # The database refuses changes and deletion.

    municipality = models.ForeignKey(Municipality, models.PROTECT, verbose_name=_("municipality"))

    class Meta:
        abstract = True


class TextKind(models.TextChoices):
    FRONT = "front", _("Welcome on the front page")
    GREETING = "greeting", _("The mayor's greeting in the letter")
    ENCLOSURE = "enclosure", _("Introduction to the practical enclosure")
    HOST_CAN = "host_can", _("What a host can help with")
    HOST_CANNOT = "host_cannot", _("What a host cannot help with")


class MunicipalityTextQuerySet(OwnedQuerySet["MunicipalityText"]):
    def of_kind(self, kind: TextKind) -> Self:
        return self.filter(kind=kind)


class MunicipalityText(Text, MunicipalityOwned):
    """What the municipality says in its own name: greeting, front page, what a host is for."""

    public_rows = Q(kind__in=[TextKind.FRONT, TextKind.HOST_CAN, TextKind.HOST_CANNOT])

    kind = models.CharField(_("place"), max_length=12, choices=TextKind)

    objects = MunicipalityTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of the municipality")
        verbose_name_plural = _("texts of the municipality")
        ordering = ["kind", "language"]
        constraints = text_constraints("municipality", "kind")


def texts_of(municipality: Municipality, kind: TextKind) -> TextSet[MunicipalityText]:
    """The texts of one kind, current for a year after each review."""
    texts = MunicipalityText.objects.of(municipality).of_kind(kind)
    return TextSet(texts, home=municipality.home_language, review_months=12)


class FactKind(models.TextChoices):
    POPULATION = "population", _("inhabitants")
    AREA = "area", _("square kilometres")
    TO_OSLO = "to_oslo", _("minutes to Oslo by train or car")
    KINDERGARTEN_PLACES = "kindergarten_places", _("free kindergarten places")
    SCHOOLS = "schools", _("schools")
    OTHER = "other", _("other")


class Fact(MunicipalityOwned):
    """A figure that is never shown without its source and the day it was true."""

    public_rows = Q()

    kind = models.CharField(_("figure"), max_length=20, choices=FactKind)
    label = models.CharField(
        _("what it counts"), max_length=60, blank=True, help_text=_("Only for other figures.")
    )
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=1)
    source = models.CharField(_("source"), max_length=80)
    source_url = models.URLField(_("address of the source"), blank=True)
    true_on = models.DateField(_("true on"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OwnedQuerySet["Fact"].as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["order", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "label"],
                name="fact_once_per_municipality_kind_and_label",
                violation_error_message=_("This figure is there already."),
            ),
            models.CheckConstraint(
                condition=Q(kind=FactKind.OTHER) ^ Q(label=""),
                name="fact_of_other_kind_has_a_label",
                violation_error_message=_("Say what the figure counts; a standard figure says it by itself."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="fact_has_a_source",
                violation_error_message=_("A figure needs its source."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=Decimal(0)),
                name="fact_is_not_negative",
                violation_error_message=_("A figure can't be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
