"""Newcomers: the people who moved together to one address, and what may be held about them."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES
from welcome.households.imports import ImportBatch, ImportRow
from welcome.households.kinds import (
    AddressKind,
    HoldReason,
    HouseholdState,
    Protection,
    Reason,
    Source,
)
from welcome.households.quarters import Quarter

__all__ = [
    "ADDRESS_FIELDS", "TELLS_WHERE", "AddressKind", "HoldReason", "Household", "HouseholdQuerySet", "HouseholdState",
    "ImportBatch", "ImportRow", "Person", "PersonQuerySet", "PersonRole", "Protection", "Reason", "Source",
]  # fmt: skip


ADDRESS_FIELDS = (
    "extra_line", "street", "house_number", "house_letter", "unit", "postal_code", "postal_place", "foreign_address",
)  # fmt: skip
# Where they came from and where they went: of a protected household as little is held as of the address.
TELLS_WHERE = ("moved_from", "left_to", "left_why")


class HouseholdQuerySet(OwnedQuerySet["Household"]):
    def living(self) -> Self:
        return self.filter(state=HouseholdState.LIVING)

    def arrived_in(self, quarter: Quarter) -> Self:
        return self.filter(moved_in__gte=quarter.first_day, moved_in__lte=quarter.last_day)

    def protected(self) -> Self:
        return self.exclude(protection=Protection.NONE)

    def open_to_all(self) -> Self:
        """Without protected households: what lists, searches, exports and figures start from."""
        return self.filter(protection=Protection.NONE)

    def held(self) -> Self:
        """Those whose data may only be stored (GDPR art. 18)."""
        return self.exclude(held_at=None)

    def not_held(self) -> Self:
        """What deletion, matching with hosts and files that go out start from."""
        return self.filter(held_at=None)

    def to_check(self) -> Self:
        """New ones that nobody at the service office has looked at yet."""
        return self.filter(checked_at=None).exclude(state=HouseholdState.LEFT)

    def with_people(self) -> Self:
        return self.prefetch_related("people")


class Household(MunicipalityOwned):
    state = models.CharField(_("state"), max_length=8, choices=HouseholdState, default=HouseholdState.LIVING)
    source = models.CharField(_("how we know"), max_length=8, choices=Source, default=Source.HAND)
    protection = models.CharField(
        _("address protection"), max_length=16, choices=Protection, blank=True, default=""
    )

    address_kind = models.CharField(
        _("kind of address"), max_length=8, choices=AddressKind, default=AddressKind.STREET
    )
    extra_line = models.CharField(
        _("c/o or farm name"), max_length=60, blank=True, help_text=_("Printed above the street.")
    )
    street = models.CharField(_("street"), max_length=80, blank=True)
    house_number = models.CharField(
        _("number"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^\d+$", _("Digits only; the letter has its own field."))],
    )
    house_letter = models.CharField(_("house letter"), max_length=1, blank=True)
    unit = models.CharField(
        _("unit"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^[HUKL]\d{4}$", _("One of H, U, K, L and four digits, such as H0101."))],
        help_text=_("The register's number of the dwelling, such as H0101."),
    )
    postal_code = models.CharField(
        _("post code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}$", _("Four digits."))]
    )
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    foreign_address = models.TextField(_("address abroad"), max_length=300, blank=True)
    # Made by households.recognition from the address; people who arrive there later are found by it.
    address_key = models.CharField(max_length=120, blank=True, editable=False)

    moved_in = models.DateField(_("moved in"), null=True, blank=True)
    moved_from = models.CharField(_("moved from"), max_length=60, blank=True)
    reason = models.CharField(_("why they moved"), max_length=9, choices=Reason, blank=True)
    language = models.CharField(_("language for letters"), max_length=5, choices=CHOICES, default="nb")
    needs = models.TextField(_("needs"), max_length=2000, blank=True)
    interests = models.TextField(_("interests"), max_length=2000, blank=True)
    contact_wish = models.CharField(_("wish for contact"), max_length=200, blank=True)
    no_letter = models.BooleanField(_("has asked not to get letters"), default=False)

    left_on = models.DateField(_("moved on"), null=True, blank=True)
    left_to = models.CharField(_("moved to"), max_length=60, blank=True)
    left_why = models.CharField(_("why they moved on"), max_length=200, blank=True)
    # GDPR art. 6: who only plans to move is held on consent, and that runs out.
    consent_until = models.DateField(_("consent until"), null=True, blank=True)

    # Restriction of processing: while it lasts nothing is done with the household but keeping it.
    held_at = models.DateTimeField(_("restricted"), null=True, editable=False)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("restricted by"),
    )
    held_why = models.CharField(
        _("why it is restricted"), max_length=9, choices=HoldReason, blank=True, db_default="", editable=False
    )

    created_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["-moved_in", "-pk"]
        indexes = [
            models.Index(fields=["municipality", "moved_in"], name="household_by_arrival"),
            models.Index(fields=["municipality", "address_key"], name="household_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HouseholdState.PLANNING, moved_in=None)
                | (~Q(state=HouseholdState.PLANNING) & Q(moved_in__isnull=False)),
                name="household_moved_in_unless_planning",
                violation_error_message=_("Who lives here has a date of moving in; who only plans has none."),
            ),
            models.CheckConstraint(
                condition=Q(state=HouseholdState.LEFT, left_on__isnull=False)
                | (~Q(state=HouseholdState.LEFT) & Q(left_on=None)),
                name="household_left_has_its_date",
                violation_error_message=_("Who has moved on has a date of it, and nobody else."),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("moved_in")),
                name="household_left_after_moving_in",
                violation_error_message=_("They can't have moved on before they moved in."),
            ),
            models.CheckConstraint(
                condition=~Q(state=HouseholdState.PLANNING) | Q(consent_until__isnull=False),
                name="household_planning_has_consent_that_ends",
                violation_error_message=_("Who only plans to move is held on a consent with an end."),
            ),
            models.CheckConstraint(
                condition=Q(protection="")
                | Q(
                    address_kind=AddressKind.UNKNOWN,
                    address_key="",
                    **dict.fromkeys((*TELLS_WHERE, *ADDRESS_FIELDS), ""),
                ),
                name="household_protected_holds_no_address",
                violation_error_message=_("Nothing of a protected address may be held."),
            ),
            models.CheckConstraint(
                condition=~Q(address_kind=AddressKind.UNKNOWN)
                | Q(address_key="", **dict.fromkeys(ADDRESS_FIELDS, "")),
                name="household_unknown_address_is_empty",
                violation_error_message=_("An unknown address is empty."),
            ),
            models.CheckConstraint(
                condition=~Q(address_kind=AddressKind.STREET)
                | (~Q(street="") & ~Q(postal_code="") & ~Q(postal_place="")),
                name="household_street_address_is_whole",
                violation_error_message=_("A street address has street, post code and place."),
            ),
            models.CheckConstraint(
                condition=~Q(address_kind=AddressKind.CADASTRE)
                | (~Q(extra_line="") & ~Q(postal_code="") & ~Q(postal_place="")),
                name="household_holding_has_name_and_post_place",
                violation_error_message=_("A holding without street has its name, post code and place."),
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None, held_why="")
                | Q(held_at__isnull=False, held_by__isnull=False, held_why__in=HoldReason.values),
                name="household_held_says_who_when_and_why",
                violation_error_message=_("A restriction says who set it, when and why."),
            ),
            models.CheckConstraint(
                condition=Q(address_kind=AddressKind.FOREIGN) ^ Q(foreign_address=""),
                name="household_foreign_address_is_abroad",
                violation_error_message=_("An address abroad is written in its own field, and only there."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the household: no names.
        return _("Household %(number)s") % {"number": self.pk}

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def street_line(self) -> str:
        """`Øvre Ålsgata 12 B`."""
        return " ".join(part for part in (self.street, self.house_number, self.house_letter) if part)

    @property
    def address_lines(self) -> list[str]:
        """The address as it stands on an envelope, without names; empty if there is none to write to."""
        if self.address_kind == AddressKind.FOREIGN:
            return [line.strip() for line in self.foreign_address.splitlines() if line.strip()]
        if self.address_kind == AddressKind.UNKNOWN:
            return []
        return [
            line
            for line in (self.extra_line, self.street_line, f"{self.postal_code} {self.postal_place}")
            if line
        ]


class PersonRole(models.TextChoices):
    ADULT = "adult", _("Adult")
    CHILD = "child", _("Child")


class PersonQuerySet(OwnedQuerySet["Person"]):
    def alive(self) -> Self:
        return self.filter(died_on=None)

    def in_no_file(self) -> Self:
        """Whose household's address is protected, or whose data may only be kept."""
        return self.exclude(household__protection=Protection.NONE, household__held_at=None)


class Person(MunicipalityOwned):
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="people", verbose_name=_("household")
    )
    given_name = models.CharField(_("given names"), max_length=80)
    family_name = models.CharField(
        _("family name"), max_length=80, blank=True, help_text=_("Empty for who has only one name.")
    )
    # Made by households.recognition: the same for other spellings and another order of the name.
    name_key = models.CharField(max_length=200, editable=False)
    birth_date = models.DateField(_("born"), null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("birth year"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=5, choices=PersonRole, default=PersonRole.ADULT)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    died_on = models.DateField(_("died"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["household", "order", "pk"]
        indexes = [
            models.Index(fields=["municipality", "name_key"], name="person_by_name"),
            # Without it SQLite looks through all people of the municipality for those of some households.
            models.Index(fields=["municipality", "household"], name="person_by_household"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_name=""),
                name="person_has_a_name",
                violation_error_message=_("A person has a name."),
            ),
            models.CheckConstraint(
                condition=Q(birth_date=None) | Q(birth_year__isnull=False, birth_year=F("birth_date__year")),
                name="person_birth_year_is_that_of_the_date",
                violation_error_message=_("The birth year is not that of the date."),
            ),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100),
                name="person_birth_year_is_possible",
                violation_error_message=_("The birth year can't be right."),
            ),
        ]

    def __str__(self) -> str:
        return _("Person %(number)s") % {"number": self.pk}

    def get_inline_title(self) -> str:
        """The heading above this person's fields on the household's page, which nothing outlives."""
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def age_on(self, day: datetime.date) -> int | None:
        """In whole years; with only a birth year, the age they reach in the year of `day`; None without."""
        if self.birth_date:
            had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
            return day.year - self.birth_date.year - (not had_birthday)
        return day.year - self.birth_year if self.birth_year else None

    def is_adult_on(self, day: datetime.date) -> bool:
        """Of age (18) on `day`; with only a birth year, from the year they turn 18; without, as their role says."""
        age = self.age_on(day)
        return self.role == PersonRole.ADULT if age is None else age >= 18
