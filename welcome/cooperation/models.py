"""Meetings between those who receive newcomers: who takes part, who comes, what ideas they have and vote for."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from welcome.households.models import Household, Person

MOST_VOTES = 10
MOST_IDEAS = 300  # In one meeting; the link on the wall is read by everybody in the room.
LONGEST_IDEA = 200


class Side(models.TextChoices):
    """Whom somebody speaks for. The first five are those in which the reception is to be anchored."""

    LEADERSHIP = "leadership", _("The municipality's leadership")
    SCHOOL = "school", _("School")
    KINDERGARTEN = "kindergarten", _("Kindergarten")
    BUSINESS = "business", _("Business")
    CLUBS = "clubs", _("Clubs and associations")
    NEWCOMERS = "newcomers", _("Newcomers")
    OTHER = "other", _("Others")


class ParticipantQuerySet(OwnedQuerySet["Participant"]):
    def reachable(self) -> Self:
        """By e-mail: they get invitations and tasks by link."""
        return self.exclude(email="")

    def standing_behind(self) -> Self:
        return self.exclude(stands_behind_since=None)

    def for_files(self) -> Self:
        """Without who is reached as somebody of a household that is protected or may only be kept."""
        hidden = Person.objects.in_no_file().filter(municipality=OuterRef("municipality")).exclude(email="")
        same = hidden.annotate(_same=Lower("email")).filter(_same=OuterRef("_folded"))
        return self.annotate(_folded=Lower("email")).exclude(Exists(same))

    def held(self) -> Self:
        """Who is reached as somebody whose data may only be kept (GDPR art. 18)."""
        people = Person.objects.filter(
            municipality=OuterRef("municipality"), household__held_at__isnull=False
        ).annotate(_same=Lower("email"))
        rows = self.annotate(_folded=Lower("email"))
        by_mail = people.exclude(email="").filter(_same=OuterRef("_folded"))
        by_phone = people.exclude(phone="").filter(phone=OuterRef("phone"))
        return rows.filter(Exists(by_mail) | Exists(by_phone))

    def free(self) -> Self:
        """Whose data may be used."""
        return self.exclude(pk__in=self.model.objects.held().values("pk"))

    def of_household(self, household: Household) -> Self:
        """By an e-mail or a phone that one of its people has."""
        people = household.people.all()
        emails = [email.lower() for email in people.values_list("email", flat=True) if email]
        phones = [phone for phone in people.values_list("phone", flat=True) if phone]
        rows = self.of(household.municipality).annotate(_email=Lower("email"))
        return rows.filter(Q(_email__in=emails) | Q(phone__in=phones))


class Participant(MunicipalityOwned):
    """A person of the cooperation. No account: they come by links in their mail."""

    name = models.CharField(_("name"), max_length=80)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name=_("organisation"),
    )
    works_as = models.CharField(
        _("works as"), max_length=80, blank=True, help_text=_("For instance head teacher at Ål school.")
    )
    side = models.CharField(_("speaks for"), max_length=12, choices=Side, default=Side.OTHER)
    email = models.EmailField(
        _("e-mail"),
        blank=True,
        help_text=_("Invitations and tasks go there. Who has none is called, and gets no task of their own."),
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(
        _("language of the mails"),
        max_length=2,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Empty: the municipality's own."),
    )
    is_newcomer = models.BooleanField(
        _("has moved here lately"),
        default=False,
        help_text=_("Each measure has at least one newcomer in its group."),
    )
    stands_behind_since = models.DateField(
        _("stands behind the reception since"),
        null=True,
        blank=True,
        help_text=_("The day on which they said that whom they speak for takes part."),
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("person of the cooperation")
        verbose_name_plural = _("people of the cooperation")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "municipality",
                Lower("email"),
                condition=~Q(email=""),
                name="participant_once_per_municipality_and_email",
                violation_error_message=_("Somebody with this e-mail is there already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="participant_has_a_name",
                violation_error_message=_("Somebody who takes part has a name."),
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="participant_can_be_reached",
                violation_error_message=_("Give an e-mail or a phone by which they are reached."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive them: no names.
        return _("Person %(number)s") % {"number": self.pk}

    @property
    def screen(self) -> str:
        return self.language or self.municipality.home_language


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    GATHERING = "gathering", _("Ideas are gathered")
    VOTING = "voting", _("Votes are given")
    CLOSED = "closed", _("Closed")


class CooperationMeetingQuerySet(OwnedQuerySet["CooperationMeeting"]):
    def unclosed(self) -> Self:
        return self.exclude(state=MeetingState.CLOSED)


class CooperationMeeting(MunicipalityOwned):
    """`day` and `begins` are those of the clock on the wall. `agenda` is what waited when it was closed."""

    day = models.DateField(_("day"))
    begins = models.TimeField(_("begins"), default=datetime.time(18))
    place = models.CharField(_("where you meet"), max_length=120)
    about = models.TextField(
        _("what it is about"),
        max_length=2000,
        blank=True,
        help_text=_("Stands in the invitation. What waits is put on the agenda by itself."),
    )
    votes_each = models.PositiveSmallIntegerField(
        _("votes for each"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_VOTES)],
    )
    state = models.CharField(
        _("state"), max_length=9, choices=MeetingState, default=MeetingState.PLANNED, editable=False
    )
    gathering_at = models.DateTimeField(_("ideas gathered from"), null=True, editable=False)
    voting_at = models.DateTimeField(_("votes given from"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    next_on = models.DateField(_("next meeting"), null=True, blank=True)
    said = models.TextField(_("what was said"), max_length=5000, blank=True)
    agenda = models.JSONField(_("what waited"), default=list, editable=False)

    objects = CooperationMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooperation meeting")
        verbose_name_plural = _("cooperation meetings")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MeetingState.CLOSED, closed_at__isnull=False)
                | ~Q(state=MeetingState.CLOSED) & Q(closed_at=None),
                name="cooperationmeeting_closed_has_its_time",
                violation_error_message=_("What is closed was so at some time, and nothing else is."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is neither true nor false, and what isn't false passes a check.
                condition=Q(closed_at=None) | Q(next_on__isnull=False) & Q(next_on__gt=F("day")),
                name="cooperationmeeting_closes_with_the_next_date",
                violation_error_message=_(
                    "Before a meeting closes, say on which later day you meet next to share what came of it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingState.PLANNED, gathering_at=None)
                | ~Q(state=MeetingState.PLANNED) & Q(gathering_at__isnull=False),
                name="cooperationmeeting_gathering_has_its_time",
                violation_error_message=_("What is begun was so at some time, and nothing else is."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.VOTING) | Q(voting_at__isnull=False),
                name="cooperationmeeting_voting_has_its_time",
                violation_error_message=_("Where votes are given they were so since some time."),
            ),
            models.CheckConstraint(
                condition=Q(votes_each__gte=1, votes_each__lte=MOST_VOTES),
                name="cooperationmeeting_has_votes",
                violation_error_message=_("Each has 1 to 10 votes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.day, 'DATE_FORMAT')} · {self.place}"

    @property
    def is_closed(self) -> bool:
        return self.state == MeetingState.CLOSED


class Answer(models.TextChoices):
    NONE = "", _("No answer yet")
    COMES = "comes", _("Comes")
    AWAY = "away", _("Doesn't come")
    SENDS = "sends", _("Sends somebody else")


class AttendeeQuerySet(OwnedQuerySet["Attendee"]):
    def to_mail(self) -> Self:
        """Who is yet to be told of the meeting, or of its new day."""
        unclosed = ~Q(meeting__state=MeetingState.CLOSED)
        return self.filter(unclosed, mailed_at=None).exclude(participant__email="")

    def coming(self) -> Self:
        return self.filter(answer__in=[Answer.COMES, Answer.SENDS])


class Attendee(MunicipalityOwned):
    """Somebody invited to a meeting, and what they answered behind their link."""

    meeting = models.ForeignKey(
        CooperationMeeting, models.CASCADE, related_name="attendances", verbose_name=_("cooperation meeting")
    )
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="attendances", verbose_name=_("person of the cooperation")
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)
    answer = models.CharField(_("answer"), max_length=5, choices=Answer, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    sends = models.CharField(_("who comes instead"), max_length=80, blank=True)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a cooperation meeting")
        verbose_name_plural = _("invitations to cooperation meetings")
        ordering = ["participant__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "participant"],
                name="attendee_once_per_meeting_and_participant",
                violation_error_message=_("This person is invited already."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="attendee_answer_has_its_time",
                violation_error_message=_("An answer was given at some time."),
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.SENDS) & ~Q(sends="") | ~Q(answer=Answer.SENDS) & Q(sends=""),
                name="attendee_names_who_is_sent",
                violation_error_message=_("Say who comes instead, and only then."),
            ),
        ]

    def __str__(self) -> str:
        return _("Invitation %(number)s") % {"number": self.pk}
