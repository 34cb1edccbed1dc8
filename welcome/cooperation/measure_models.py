"""What a meeting has chosen to do: the group that does it, their tasks, and what it costs."""

import datetime
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.activities.models import Activity
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.cooperation.idea_models import Idea
from welcome.cooperation.models import CooperationMeeting, Participant

MOST_MEASURES = 3
DEAREST = 10_000_000  # Kroner.
LONGEST = Decimal("10000")  # Hours.


class MeasureState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class MeasureQuerySet(OwnedQuerySet["Measure"]):
    def open(self) -> Self:
        return self.filter(state__in=[MeasureState.PLANNED, MeasureState.RUNNING])

    def running(self) -> Self:
        return self.filter(state=MeasureState.RUNNING)


class Measure(MunicipalityOwned):
    """One of at most three of its meeting. `newcomer` is the newcomer without whom it does not run: a row of its
    group, which the database lets nobody delete meanwhile."""

    meeting = models.ForeignKey(
        CooperationMeeting, models.PROTECT, related_name="measures", verbose_name=_("cooperation meeting")
    )
    slot = models.PositiveSmallIntegerField(_("number in the meeting"), editable=False)
    idea = models.ForeignKey(
        Idea, models.SET_NULL, null=True, editable=False, related_name="measures", verbose_name=_("idea")
    )
    title = models.CharField(_("title"), max_length=120)
    what = models.TextField(_("what is done"), max_length=2000, blank=True)
    state = models.CharField(
        _("state"), max_length=7, choices=MeasureState, default=MeasureState.PLANNED, editable=False
    )
    newcomer = models.ForeignKey(
        "GroupMember",
        models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("newcomer"),
    )
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    kroner = models.PositiveIntegerField(
        _("budget in kroner"), null=True, blank=True, validators=[MaxValueValidator(DEAREST)]
    )
    hours = models.DecimalField(
        _("planned hours"),
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LONGEST)],
    )
    activity = models.OneToOneField(
        Activity,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="measure",
        verbose_name=_("activity in the calendar"),
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-meeting__day", "meeting", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "slot"],
                name="measure_once_per_meeting_and_number",
                violation_error_message=_("A meeting chooses one to three measures."),
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_MEASURES),
                name="measure_is_one_of_three",
                violation_error_message=_("A meeting chooses one to three measures."),
            ),
            models.UniqueConstraint(
                fields=["idea"],
                name="measure_once_per_idea",
                violation_error_message=_("This idea is chosen already."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="measure_has_a_title",
                violation_error_message=_("A measure has a title."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MeasureState.RUNNING) | Q(newcomer__isnull=False),
                name="measure_runs_with_a_newcomer",
                violation_error_message=_(
                    "A measure begins when there is at least one newcomer in its group."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MeasureState.PLANNED, MeasureState.DROPPED])
                | Q(started_at__isnull=False),
                name="measure_running_has_its_time",
                violation_error_message=_("What runs or is done was begun at some time."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MeasureState.DONE, MeasureState.DROPPED], ended_at__isnull=False)
                | ~Q(state__in=[MeasureState.DONE, MeasureState.DROPPED]) & Q(ended_at=None),
                name="measure_ended_has_its_time",
                violation_error_message=_("What has ended did so at some time, and nothing else has."),
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__isnull=False, hours__gte=0, hours__lte=LONGEST),
                name="measure_hours_can_be_worked",
                violation_error_message=_("Planned hours are 0 to 10,000."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in {MeasureState.PLANNED, MeasureState.RUNNING}


class GroupMember(MunicipalityOwned):
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="members", verbose_name=_("measure"))
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="groups", verbose_name=_("person of the cooperation")
    )
    leads = models.BooleanField(_("leads the group"), default=False)

    objects = OwnedQuerySet["GroupMember"].as_manager()

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        ordering = ["-leads", "participant__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "participant"],
                name="groupmember_once_per_measure_and_participant",
                violation_error_message=_("This person is in the group already."),
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(leads=True),
                name="groupmember_one_leads",
                violation_error_message=_("One person leads a group."),
            ),
        ]

    def __str__(self) -> str:
        return _("Member %(number)s") % {"number": self.pk}


class CooperationTaskQuerySet(OwnedQuerySet["Task"]):
    def open(self) -> Self:
        """Of what is dropped or done nobody is reminded."""
        measures = [MeasureState.PLANNED, MeasureState.RUNNING]
        return self.filter(done_at=None, measure__state__in=measures)

    def overdue(self, today: datetime.date | None = None) -> Self:
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def needing_help(self) -> Self:
        return self.open().exclude(help_wanted_at=None)


class Task(MunicipalityOwned):
    """`told_at`, `reminded_at` and `told_late_at` are the mails that have gone out: each once. Without an owner: who
    had it has left the group, or was forgotten."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="tasks", verbose_name=_("measure"))
    owner = models.ForeignKey(
        GroupMember, models.SET_NULL, null=True, related_name="tasks", verbose_name=_("who does it")
    )
    title = models.CharField(_("task"), max_length=160)
    due_on = models.DateField(_("by"))
    given_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    help_wanted_at = models.DateTimeField(_("asked for help"), null=True, editable=False)
    help_word = models.CharField(_("what they need"), max_length=300, blank=True, editable=False)
    told_at = models.DateTimeField(_("told of it"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    told_late_at = models.DateTimeField(_("told that it is overdue"), null=True, editable=False)

    objects = CooperationTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="cooperationtask_says_what_is_to_be_done",
                violation_error_message=_("Say what is to be done."),
            ),
            models.CheckConstraint(
                condition=Q(help_word="") | Q(help_wanted_at__isnull=False),
                name="cooperationtask_help_has_its_time",
                violation_error_message=_("Who asks for help does so at some time."),
            ),
        ]

    def __str__(self) -> str:
        return _("Task %(number)s") % {"number": self.pk}

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on < timezone.localdate()


class Spending(MunicipalityOwned):
    """A line of what a measure has used. A mistake is set right by a line below zero."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="spendings", verbose_name=_("measure"))
    day = models.DateField(_("day"), default=timezone.localdate)
    kroner = models.IntegerField(
        _("kroner"), default=0, validators=[MinValueValidator(-DEAREST), MaxValueValidator(DEAREST)]
    )
    hours = models.DecimalField(
        _("hours"),
        max_digits=6,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(-LONGEST), MaxValueValidator(LONGEST)],
    )
    note = models.CharField(_("for what"), max_length=120)

    objects = OwnedQuerySet["Spending"].as_manager()

    class Meta:
        verbose_name = _("line of the budget")
        verbose_name_plural = _("lines of the budget")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kroner=0) | ~Q(hours=0),
                name="spending_is_of_something",
                violation_error_message=_("Give kroner, hours, or both."),
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="spending_says_for_what",
                violation_error_message=_("Say what it was for."),
            ),
        ]

    def __str__(self) -> str:
        return _("Line %(number)s") % {"number": self.pk}
