"""Who came: ticked at the door, on a phone. It is kept as numbers, which stay when the sign-up is deleted."""

import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.models import User
from welcome.meetings import seats
from welcome.meetings.models import MOST_ADULTS, MOST_CHILDREN, SignUp, WelcomeMeeting

# For who has the paper list, and ticks it off the days after.
DAYS_AFTER = 14


class AttendanceQuerySet(OwnedQuerySet["Attendance"]):
    def walk_ins(self) -> Self:
        """Who had not signed up, and those whose sign-up is deleted since."""
        return self.filter(sign_up=None)


class Attendance(MunicipalityOwned):
    meeting = models.ForeignKey(
        WelcomeMeeting,
        models.CASCADE,
        related_name="attendances",
        verbose_name=gettext_lazy("welcome meeting"),
    )
    # Empty for who just came; it is then told of nobody.
    sign_up = models.OneToOneField(
        SignUp,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attendance",
        verbose_name=gettext_lazy("sign-up"),
    )
    adults = models.PositiveSmallIntegerField(
        gettext_lazy("adults"), validators=[MaxValueValidator(MOST_ADULTS)]
    )
    children = models.PositiveSmallIntegerField(
        gettext_lazy("children"), validators=[MaxValueValidator(MOST_CHILDREN)]
    )
    noted_at = models.DateTimeField(gettext_lazy("noted"), default=timezone.now, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("attendance")
        verbose_name_plural = gettext_lazy("attendances")
        ordering = ["noted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adults__gte=1, adults__lte=MOST_ADULTS, children__lte=MOST_CHILDREN)
                | Q(adults=0, children__gte=1, children__lte=MOST_CHILDREN),
                name="attendance_is_of_somebody",
                violation_error_message=gettext_lazy("Say how many adults and children came."),
            )
        ]

    def __str__(self) -> str:
        return _("Attendance %(number)s") % {"number": self.pk}


def is_open(meeting: WelcomeMeeting, now: datetime.datetime | None = None) -> bool:
    """From the day of the meeting on."""
    today, day = timezone.localdate(now), timezone.localdate(meeting.starts_at)
    return not meeting.is_cancelled and 0 <= (today - day).days <= DAYS_AFTER


def came(*, sign_up: SignUp, adults: int, children: int, by: User | None) -> Attendance:
    """Who ticks twice, or on two phones, has the numbers that were given last. Who waited and came all the same is
    ticked too. Raises ValidationError before the day of the meeting, and for who has signed off."""
    with transaction.atomic():
        meeting = _open(sign_up.meeting)
        row = SignUp.objects.standing().filter(pk=sign_up.pk).first()
        if row is None:
            raise ValidationError(_("They have signed off. Note them as somebody who just came."))
        known = Attendance.objects.filter(sign_up=row).first() or Attendance(sign_up=row)
        return _noted(known, meeting, adults, children, by)


def walked_in(*, meeting: WelcomeMeeting, adults: int, children: int, by: User | None) -> Attendance:
    """Somebody who had not signed up, or stands on no list: as a number only."""
    with transaction.atomic():
        return _noted(Attendance(), _open(meeting), adults, children, by)


def undo(*, attendance: Attendance, by: User | None) -> bool:
    """False if it was undone before."""
    with transaction.atomic():
        meeting = _open(attendance.meeting)
        row = Attendance.objects.filter(pk=attendance.pk, meeting=meeting).first()
        if row is None:
            return False
        _record(Action.DELETED, row, by)
        row.delete()
    return True


def _noted(
    row: Attendance, meeting: WelcomeMeeting, adults: int, children: int, by: User | None
) -> Attendance:
    action = Action.CHANGED if row.pk else Action.ADDED
    row.meeting, row.municipality_id = meeting, meeting.municipality_id
    row.adults, row.children = adults, children
    row.full_clean(exclude=["meeting", "municipality", "sign_up"])
    row.save()
    _record(action, row, by)
    return row


def _open(meeting: WelcomeMeeting) -> WelcomeMeeting:
    meeting = seats.locked(meeting)
    if not is_open(meeting):
        raise ValidationError(_("Who came is noted on the day of the meeting and the two weeks after it."))
    return meeting


def _record(action: Action, row: Attendance, by: User | None) -> None:
    recording.record(
        action=action,
        of=row,
        fields=["adults", "children"],
        note=f"meeting={row.meeting_id}",
        by_id=by.pk if by else None,
    )
