"""The call list of a meeting: who of the staff calls which household before when, and what came of it."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.models import User
from welcome.households.models import Household, HouseholdQuerySet
from welcome.meetings import actions, seats
from welcome.meetings.actions import Party
from welcome.meetings.models import SignUp, WelcomeMeeting

BATCH = 500


class Outcome(models.TextChoices):
    COMES = "comes", _("Comes")
    DECLINES = "declines", _("Doesn't come")
    NOT_REACHED = "not_reached", _("Not reached")
    AGAIN = "again", _("Wants to be called again")
    WRONG_NUMBER = "wrong_number", _("Wrong number")


# After these there is nobody to call any more.
SETTLED = (Outcome.COMES, Outcome.DECLINES, Outcome.WRONG_NUMBER)


class CallQuerySet(OwnedQuerySet["Call"]):
    def listed(self) -> Self:
        """Without households that are protected or may only be kept since they were put on the list."""
        return self.filter(merged=False, household__in=callable_homes(Household.objects.all()))

    def with_answers(self) -> Self:
        """`answered`: they have signed up, or off, without having been called."""
        theirs = SignUp.objects.filter(meeting=OuterRef("meeting"), household=OuterRef("household"))
        return self.annotate(answered=Exists(theirs))

    def open(self) -> Self:
        return self.with_answers().filter(answered=False).exclude(outcome__in=SETTLED)

    def made(self) -> Self:
        return self.filter(merged=False).exclude(called_at=None)


class Call(MunicipalityOwned):
    meeting = models.ForeignKey(
        WelcomeMeeting, models.CASCADE, related_name="calls", verbose_name=_("welcome meeting")
    )
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="meeting_calls", verbose_name=_("household")
    )
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who calls"),
    )
    due_on = models.DateField(_("to be called by"))
    outcome = models.CharField(_("what came of it"), max_length=12, choices=Outcome, blank=True)
    called_at = models.DateTimeField(_("called"), null=True, editable=False)
    # Two households that were one stood on the list each: the other's row counts.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "household"],
                condition=Q(merged=False),
                name="call_once_per_meeting_and_household",
                violation_error_message=_("This household stands on the call list already."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", called_at=None) | (~Q(outcome="") & Q(called_at__isnull=False)),
                name="call_with_an_outcome_has_its_time",
                violation_error_message=_(
                    "A call that was made was made at some time, and nothing else was."
                ),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Call %(number)s") % {"number": self.pk}

    @property
    def is_settled(self) -> bool:
        return self.outcome in SETTLED

    @property
    def is_late(self) -> bool:
        return not self.is_settled and self.due_on < timezone.localdate()


def callable_homes(homes: HouseholdQuerySet) -> HouseholdQuerySet:
    return homes.living().open_to_all().not_held()


def plan(
    *,
    meeting: WelcomeMeeting,
    homes: HouseholdQuerySet,
    callers: Sequence[User],
    due_on: datetime.date,
    by: User,
) -> int:
    """Shares these households out among the callers, one each in turn. Who stands on the list, has signed up or has
    signed off is left out. How many were added. Raises ValidationError for a day that is over or past the meeting."""
    with transaction.atomic():
        meeting = seats.locked(meeting)
        _refuse_over(meeting)
        if not timezone.localdate() <= due_on <= timezone.localdate(meeting.starts_at):
            raise ValidationError(gettext("Choose a day from today until the meeting."))
        known = Call.objects.filter(meeting=meeting).values("household")
        answered = SignUp.objects.filter(meeting=meeting, household__isnull=False).values("household")
        free = callable_homes(homes).filter(municipality=meeting.municipality_id)
        wanted = free.exclude(pk__in=known).exclude(pk__in=answered).order_by("moved_in", "pk")
        return _add(meeting, wanted.values_list("pk", flat=True), callers, due_on, by)


def _add(
    meeting: WelcomeMeeting, homes: Iterable[int], callers: Sequence[User], due_on: datetime.date, by: User
) -> int:
    made = Call.objects.bulk_create(
        [
            Call(
                municipality_id=meeting.municipality_id,
                meeting=meeting,
                household_id=home,
                caller=caller,
                due_on=due_on,
            )
            for home, caller in zip(homes, cycle(callers), strict=False)
        ],
        batch_size=BATCH,
    )
    recording.record_each(
        action=Action.ADDED, model=Call, ids=[call.pk for call in made], municipality_id=meeting.municipality_id,
        note=f"meeting={meeting.pk}", by_id=by.pk,
    )  # fmt: skip
    return len(made)


def note(*, call: Call, outcome: str, by: User, party: Party | None = None) -> Call:
    """Who comes is signed up in the same moment, and gets a seat or a place in the line as anybody. Noted again, the
    last word counts. Raises ValidationError once the meeting has begun, and for who is on no list by now."""
    with transaction.atomic():
        meeting = seats.locked(call.meeting)
        _refuse_over(meeting)
        row = Call.objects.listed().filter(pk=call.pk).select_related("household").first()
        if row is None:
            raise ValidationError(gettext("This household is not to be called any more."))
        if outcome == Outcome.COMES and party is not None:
            actions.sign_up(meeting=meeting, household=row.household, party=party, by=by)
        row.outcome, row.called_at = Outcome(outcome), timezone.now()
        row.save(update_fields=["outcome", "called_at"])
        recording.record(
            action=Action.CHANGED,
            of=row,
            fields=["outcome"],
            note=f"meeting={meeting.pk} outcome={row.outcome}",
            by_id=by.pk,
        )
    return row


def _refuse_over(meeting: WelcomeMeeting) -> None:
    if meeting.is_cancelled or meeting.starts_at <= timezone.now():
        raise ValidationError(gettext("This meeting is over or called off."))
