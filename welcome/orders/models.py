"""What people order at the door *Get to know us*: the welcome package, a host, a place at the meeting, the club."""

import datetime
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.links.confirming import ToConfirm, ToConfirmQuerySet
from municipalities.municipality.models import Municipality
from municipalities.texts.languages import CHOICES
from welcome.households.addresses import Address
from welcome.households.consents import ConsentText
from welcome.households.models import Household, Person
from welcome.households.recognition import name_key, units_agree
from welcome.meetings.models import MOST_ADULTS, MOST_CHILDREN, OF_AGE, SignUp, WelcomeMeeting
from welcome.orders.addresses import read

LONGEST_WORDS = 1000
MOST_OTHERS = 5


class OrderState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("E-mail not confirmed")
    WAITING = "waiting", _("Waits for us")
    SETTLED = "settled", _("Settled")


class Situation(models.TextChoices):
    MOVED = "moved", _("Have moved")
    PLANNING = "planning", _("Plan to move")


def validate_children(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(year, int) for year in value):
        raise ValidationError(_("Give the year in which each child was born."))


def validate_others(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(each, dict) and each.get("name") for each in value):
        raise ValidationError(_("Give a name for each adult."))


ADDRESS = ("street", "postal_code", "postal_place")
# What tells who they are: taken over by a household, or gone, once the order is settled.
WHO = (
    "given_name", "family_name", "name_key", "email", "phone", *ADDRESS, "interests", "needs",
)  # fmt: skip


class OrderQuerySet(ToConfirmQuerySet["Order"]):
    def waiting(self) -> Self:
        """The staff's queue: confirmed, or with a phone number only, which nobody can confirm but a call."""
        return self.filter(state=OrderState.WAITING)

    def open(self) -> Self:
        return self.exclude(state=OrderState.SETTLED)

    def with_address(self) -> Self:
        return self.open().exclude(street="", postal_code="", postal_place="")

    def package_to_hand_out(self) -> Self:
        return self.filter(state=OrderState.SETTLED, wants_package=True, package_given_at=None)

    def of_household(self, household: Household) -> Self:
        """Its own, and those not settled yet that one of its people has sent, by what they are reached by or by name
        and birth year."""
        theirs = Q(household=household)
        for person in household.people.all():
            if person.email:
                theirs |= Q(email__iexact=person.email)
            if person.phone:
                theirs |= Q(phone=person.phone)
            if person.birth_year:
                theirs |= Q(name_key=person.name_key, birth_year=person.birth_year)
        return self.of(household.municipality).filter(theirs)


class Order(ToConfirm):
    """Once it is settled it holds nothing of who sent it; what a household has taken over stands there."""

    state = models.CharField(_("state"), max_length=11, choices=OrderState, editable=False)
    wants_package = models.BooleanField(_("the welcome package"), default=False)
    wants_host = models.BooleanField(_("a host"), default=False)
    wants_meeting = models.BooleanField(_("the welcome meeting"), default=False)
    wants_club = models.BooleanField(_("the newcomers' club"), default=False)
    # Whose wish is the meeting alone says nothing of this.
    situation = models.CharField(_("situation"), max_length=8, choices=Situation, blank=True)

    given_name = models.CharField(_("given names"), max_length=80, blank=True)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    birth_year = models.PositiveSmallIntegerField(_("birth year"), null=True, blank=True)
    # [{"name": …, "born": year or None}]
    others = models.JSONField(_("other adults"), default=list, blank=True, validators=[validate_others])
    adults = models.PositiveSmallIntegerField(
        _("adults"), default=1, validators=[MaxValueValidator(MOST_ADULTS)]
    )
    # Birth years: no names of children are asked for.
    children = models.JSONField(_("children"), default=list, blank=True, validators=[validate_children])
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    phone = PhoneNumberField(_("phone"), blank=True)

    street = models.CharField(_("street and number"), max_length=90, blank=True)
    postal_code = models.CharField(_("post code"), max_length=4, blank=True)
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    moved_on = models.DateField(_("moved in"), null=True, blank=True)
    planned_for = models.DateField(_("plan to move in"), null=True, blank=True)
    would_help = models.TextField(_("what would make them come"), max_length=LONGEST_WORDS, blank=True)
    interests = models.TextField(_("interests"), max_length=LONGEST_WORDS, blank=True)
    needs = models.TextField(_("needs"), max_length=LONGEST_WORDS, blank=True)

    planning_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", verbose_name=_("words about planning")
    )
    needs_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", verbose_name=_("words about needs")
    )
    club_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", verbose_name=_("words about the club")
    )
    meeting = models.ForeignKey(
        WelcomeMeeting, models.SET_NULL, null=True, related_name="+", verbose_name=_("welcome meeting")
    )
    sign_up = models.ForeignKey(
        SignUp, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("sign-up")
    )
    household = models.ForeignKey(
        Household,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="orders",
        verbose_name=_("household"),
    )
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("settled by"),
    )
    package_given_at = models.DateTimeField(_("package handed out"), null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta(ToConfirm.Meta):
        abstract = False
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["municipality", "state"], name="order_by_state")]
        constraints = [
            *ToConfirm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(wants_package=True)
                | Q(wants_host=True)
                | Q(wants_meeting=True)
                | Q(wants_club=True),
                name="order_wishes_for_something",
                violation_error_message=_("Say what you would like."),
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.SETTLED) | (~Q(given_name="") & (~Q(email="") | ~Q(phone=""))),
                name="order_has_a_name_and_can_be_answered",
                violation_error_message=_("An order has a name, and an e-mail address or a phone number."),
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.SETTLED)
                | Q(settled_at__isnull=False, birth_year=None, **dict.fromkeys(WHO, "")),
                name="order_settled_tells_of_nobody",
                violation_error_message=_("A settled order holds nothing of who sent it."),
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.SETTLED) | Q(settled_at=None, household=None),
                name="order_settled_has_its_time",
                violation_error_message=_("What is not settled has no day of it, and no household."),
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.UNCONFIRMED) | (Q(confirmed_at=None) & ~Q(email="")),
                name="order_unconfirmed_can_be_confirmed",
                violation_error_message=_("Only an e-mail address waits to be confirmed."),
            ),
            models.CheckConstraint(
                condition=Q(situation=Situation.MOVED, moved_on__isnull=False, planned_for=None)
                | Q(situation=Situation.PLANNING, moved_on=None)
                | Q(situation="", moved_on=None, planned_for=None),
                name="order_moved_has_its_day",
                violation_error_message=_("Who has moved says when; who plans to has not moved."),
            ),
            models.CheckConstraint(
                condition=~Q(situation=Situation.PLANNING) | Q(planning_text__isnull=False),
                name="order_planning_is_agreed_to",
                violation_error_message=_("Who plans to move is held on a consent."),
            ),
            models.CheckConstraint(
                condition=(Q(needs="") & Q(interests="")) | Q(needs_text__isnull=False),
                name="order_needs_are_agreed_to",
                violation_error_message=_("Needs and wishes are written down with consent."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the people: no names.
        return _("Order %(number)s") % {"number": self.pk}

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def name_keys(self) -> set[str]:
        return {self.name_key, *(name_key(each["name"]) for each in self.others)} - {""}

    @property
    def wishes(self) -> list[str]:
        names = ("wants_package", "wants_host", "wants_meeting", "wants_club")
        return [str(self._meta.get_field(name).verbose_name) for name in names if getattr(self, name)]  # type: ignore[union-attr]

    @property
    def is_only_for_meeting(self) -> bool:
        return self.wants_meeting and not (self.wants_package or self.wants_host or self.wants_club)

    @property
    def is_settled(self) -> bool:
        return self.state == OrderState.SETTLED

    @property
    def address(self) -> Address:
        return read(self.street, self.postal_code, self.postal_place)

    def ages_on(self, day: datetime.date) -> list[int]:
        """Of the children, as they will be in the year of `day`; who is of age by then is none any more."""
        return [min(max(day.year - year, 0), OF_AGE - 1) for year in self.children][:MOST_CHILDREN]

    def may_be_of(self, home: Household) -> bool:
        """Of a household as the database has it, with its people: one of them is reached as the order says, or it is
        ordered for their home by who came the same day or bears a name of theirs. Others there are neighbours."""
        people = list(home.people.all())
        if any(self.reaches(person) for person in people):
            return True
        place = self.address
        if not place.key or place.key != home.address_key or not units_agree(place.unit, home.unit):
            return False
        if self.moved_on is not None and self.moved_on == home.moved_in:
            return True
        words = {word for key in self.name_keys for word in key.split()}
        return any(words & set(person.name_key.split()) for person in people)

    def reaches(self, person: Person) -> bool:
        """By e-mail or phone."""
        by_email = self.email != "" and self.email.casefold() == person.email.casefold()
        return by_email or bool(self.phone and self.phone == person.phone)

    @classmethod
    def hide_waiting(
        cls, municipality: Municipality, names: Collection[str], households: Collection[int]
    ) -> int:
        """Protection has come to people of these name keys, or of these households: nothing of an address is held in
        what they may have ordered. Asked by `households.ties`. How many lost one."""
        homes = list(Household.objects.of(municipality).filter(pk__in=households).with_people())
        rows = cls.objects.of(municipality).with_address()
        found = [
            row.pk for row in rows if row.name_keys & set(names) or any(row.may_be_of(home) for home in homes)
        ]
        return cls.objects.filter(pk__in=found).update(**dict.fromkeys(ADDRESS, ""))
