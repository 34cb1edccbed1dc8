"""Welcome meetings: when and where, who is invited by letter, and who comes."""

import datetime
from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower, Replace
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES, LANGUAGES
from municipalities.texts.models import ShortText, TextSet, text_constraints
from welcome.hosts.models import validate_spoken
from welcome.households.models import Household, Person, Protection

MOST_SEATS = 2000
MOST_ADULTS = 20
MOST_CHILDREN = 15
OF_AGE = 18
LONGEST_NEEDS = 500


class MeetingQuerySet(OwnedQuerySet["WelcomeMeeting"]):
    def held(self) -> Self:
        """Those that take place: shown, and not called off."""
        return self.filter(published=True, cancelled_at=None)

    def upcoming(self, now: datetime.datetime | None = None) -> Self:
        return self.held().filter(starts_at__gt=now or timezone.now())

    def open_after(self, day: datetime.date) -> Self:
        """For which one can still sign up when `day` is over."""
        evening = timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))
        return self.held().filter(deadline__gt=evening)


class WelcomeMeeting(MunicipalityOwned):
    public_rows = Q(published=True, cancelled_at=None)

    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(
        _("place"), max_length=80, help_text=_("For instance Ål kulturhus, the small hall.")
    )
    address = models.CharField(_("address of the place"), max_length=120, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("seats"), validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    deadline = models.DateTimeField(
        _("sign up until"),
        help_text=_("Until then people can sign up, change it and sign off by themselves."),
    )
    published = models.BooleanField(
        _("told of in letters and on the front page"),
        default=False,
        help_text=_(
            "Letters that are made ready now invite to the next one, and the public pages tell of it."
        ),
    )
    spoken = models.JSONField(
        _("languages spoken"), default=list, blank=True, db_default=[], validators=[validate_spoken]
    )
    interpreted = models.JSONField(
        _("interpreted into"), default=list, blank=True, db_default=[], validators=[validate_spoken]
    )
    child_care = models.BooleanField(_("somebody looks after the children"), default=False, db_default=False)
    food = models.BooleanField(_("food is served"), default=False, db_default=False)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("welcome meeting")
        verbose_name_plural = _("welcome meetings")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["municipality", "starts_at"], name="meeting_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="welcomemeeting_ends_after_it_begins",
                violation_error_message=_("A meeting ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(deadline__lte=F("starts_at")),
                name="welcomemeeting_deadline_before_it_begins",
                violation_error_message=_("Nobody can sign up after the meeting has begun."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=MOST_SEATS),
                name="welcomemeeting_has_seats",
                violation_error_message=_("A meeting has 1 to 2000 seats."),
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(timezone.localtime(self.starts_at), 'DATE_FORMAT')} · {self.place}"

    @property
    def text_set(self) -> TextSet["MeetingText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def spoken_names(self) -> str:
        """In the languages' own words: who looks for theirs knows it by that."""
        return own_names(self.spoken)

    @property
    def interpreted_names(self) -> str:
        return own_names(self.interpreted)

    def takes_sign_ups(self, now: datetime.datetime | None = None) -> bool:
        return self.published and not self.is_cancelled and (now or timezone.now()) < self.deadline


def own_names(codes: Iterable[str]) -> str:
    return ", ".join(LANGUAGES[code].own_name for code in codes if code in LANGUAGES)


def next_for(municipality: Municipality, *, after: datetime.date) -> WelcomeMeeting | None:
    """The first meeting that who hears of it on `after` can still sign up for the day after."""
    meetings = WelcomeMeeting.objects.of(municipality).open_after(after)
    return meetings.prefetch_related("texts").order_by("starts_at", "pk").first()


class MeetingText(ShortText, MunicipalityOwned):
    """What a meeting is called and what it is about, in one language."""

    public_through = "meeting"

    meeting = models.ForeignKey(
        WelcomeMeeting, models.CASCADE, related_name="texts", verbose_name=_("welcome meeting")
    )

    objects = OwnedQuerySet["MeetingText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("meeting")


class Invitation(MunicipalityOwned):
    """A household that is told of a meeting and has a link of its own to sign up by."""

    meeting = models.ForeignKey(
        WelcomeMeeting, models.CASCADE, related_name="invitations", verbose_name=_("welcome meeting")
    )
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="invitations", verbose_name=_("household")
    )
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    # Two households that were one were invited each; the link in either letter leads to the same sign-up.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = OwnedQuerySet["Invitation"].as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "household"],
                condition=Q(merged=False),
                name="invitation_once_per_meeting_and_household",
                violation_error_message=_("This household is invited to this meeting already."),
            )
        ]

    def __str__(self) -> str:
        return _("Invitation %(number)s") % {"number": self.pk}


class SignUpState(models.TextChoices):
    COMING = "coming", _("Coming")
    WAITING = "waiting", _("On the waiting list")
    CANCELLED = "cancelled", _("Signed off")


def validate_ages(value: object) -> None:
    fine = isinstance(value, list) and all(isinstance(age, int) and 0 <= age < OF_AGE for age in value)
    if not fine or len(value) > MOST_CHILDREN:  # type: ignore[arg-type]
        raise ValidationError(_("Give the age of each child, 0 to 17."))


class SignUpQuerySet(OwnedQuerySet["SignUp"]):
    def coming(self) -> Self:
        return self.filter(state=SignUpState.COMING, merged=False)

    def waiting(self) -> Self:
        """In the order in which they are offered a seat."""
        return self.filter(state=SignUpState.WAITING, merged=False).order_by("asked_at", "pk")

    def offered(self) -> Self:
        """Those whose seat is kept until they answer."""
        return self.coming().exclude(answer_by=None)

    def standing(self) -> Self:
        return self.filter(merged=False).exclude(state=SignUpState.CANCELLED)

    def for_files(self) -> Self:
        """Without those of households that are protected, whose row would tell that they are, or that may only be
        kept, and who is reached as one of them is: they go out in no file."""
        open_ones = Q(household__protection=Protection.NONE, household__held_at=None, household__isnull=False)
        hidden = Person.objects.in_no_file().filter(municipality=OuterRef("municipality"))
        by_email = Q(_same=OuterRef("_contact")) & ~Q(_same="")
        by_phone = (Q(phone=OuterRef("_contact")) | Q(phone=OuterRef("_norwegian"))) & ~Q(phone="")
        bare = Replace(Replace(Lower("contact"), Value(" ")), Value("\u00a0"))
        rows = self.annotate(_contact=bare, _norwegian=Concat(Value("+47"), bare)).exclude(
            Exists(hidden.annotate(_same=Lower("email")).filter(by_email | by_phone))
        )
        return rows.filter(Q(household=None) | open_ones)


class SignUp(MunicipalityOwned):
    meeting = models.ForeignKey(
        WelcomeMeeting, models.CASCADE, related_name="sign_ups", verbose_name=_("welcome meeting")
    )
    household = models.ForeignKey(
        Household,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sign_ups",
        verbose_name=_("household"),
    )
    # Of somebody who called and whose household is not known here.
    name = models.CharField(_("name"), max_length=80, blank=True)
    contact = models.CharField(_("phone or e-mail"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    adults = models.PositiveSmallIntegerField(
        _("adults"), default=1, validators=[MaxValueValidator(MOST_ADULTS)]
    )
    children = models.JSONField(
        _("ages of the children"), default=list, blank=True, validators=[validate_ages]
    )
    # Adults and children, counted where the sign-up is written: so the database can add them up.
    seats = models.PositiveSmallIntegerField(_("seats"), editable=False)
    needs = models.TextField(_("what we should know"), max_length=LONGEST_NEEDS, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=SignUpState, editable=False)
    asked_at = models.DateTimeField(_("signed up"), default=timezone.now, editable=False)
    moved_up_at = models.DateTimeField(_("moved up"), null=True, editable=False)
    # When the mail went that says so; until when the seat is kept for their yes; when they said it.
    told_at = models.DateTimeField(_("told of the seat"), null=True, editable=False)
    answer_by = models.DateTimeField(_("seat kept until"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("signed off"), null=True, editable=False)
    # Two households that were one signed up each: this one's was merged into that of the other, whose holds.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "household"],
                condition=Q(merged=False),
                name="signup_once_per_meeting_and_household",
                violation_error_message=_("This household has signed up already."),
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, name="", contact="")
                | (Q(household=None) & ~Q(name="") & ~Q(contact="")),
                name="signup_is_a_households_or_has_name_and_contact",
                violation_error_message=_(
                    "Who is no known household gives a name and a phone number or e-mail."
                ),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=MOST_ADULTS + MOST_CHILDREN) & Q(seats__gte=F("adults")),
                name="signup_is_for_somebody",
                violation_error_message=_("Say how many adults and children come."),
            ),
            models.CheckConstraint(
                condition=Q(state=SignUpState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=SignUpState.CANCELLED) & Q(cancelled_at=None)),
                name="signup_cancelled_has_its_time",
                violation_error_message=_("Who has signed off did so at some time."),
            ),
            models.CheckConstraint(
                condition=Q(moved_up_at=None) | ~Q(state=SignUpState.WAITING),
                name="signup_moved_up_waits_no_more",
                violation_error_message=_("Who has moved up is not on the waiting list."),
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(moved_up_at__isnull=False),
                name="signup_told_of_a_seat_has_moved_up",
                violation_error_message=_("Only who has moved up is told of a seat."),
            ),
            models.CheckConstraint(
                condition=Q(answer_by=None)
                | Q(state=SignUpState.COMING, told_at__isnull=False, confirmed_at=None),
                name="signup_kept_seat_waits_for_an_answer",
                violation_error_message=_("A seat is kept for who was told of it and has not answered."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(state=SignUpState.COMING, told_at__isnull=False),
                name="signup_confirmed_was_told",
                violation_error_message=_("Only who was told of a seat confirms it."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the household: no names.
        return _("Sign-up %(number)s") % {"number": self.pk}
