"""A seat that came free is kept for who moved up until they answer, then it goes to the next (docs/adr/0014)."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.models import Action
from welcome.meetings import seats
from welcome.meetings.models import SignUp, WelcomeMeeting

KEPT = datetime.timedelta(hours=48)
# In the last hours before a meeting nobody else could be found for the seat.
LAST = datetime.timedelta(hours=12)
SHORTEST = datetime.timedelta(hours=6)


def kept_until(meeting: WelcomeMeeting, now: datetime.datetime) -> datetime.datetime | None:
    """For who is told of a seat `now`. None so near to the meeting that it is theirs without an answer."""
    until = min(now + KEPT, meeting.starts_at - LAST)
    return until if until - now >= SHORTEST else None


def confirm(*, sign_up: SignUp) -> bool:
    """False if it was confirmed before. As long as nobody else has the seat, who answers late gets it too. Raises
    ValidationError once it is gone."""
    with transaction.atomic():
        meeting = seats.locked(sign_up.meeting)
        row = SignUp.objects.coming().filter(pk=sign_up.pk).first()
        if row is None or meeting.is_cancelled:
            raise ValidationError(_("The seat is not kept for you any more."))
        if row.answer_by is None:
            return False
        row.answer_by, row.confirmed_at = None, timezone.now()
        row.save(update_fields=["answer_by", "confirmed_at"])
        seats.note(Action.CHANGED, row, None)
    return True


def lapse(*, meeting: WelcomeMeeting, now: datetime.datetime) -> int:
    """Takes back the seats whose time is over, and gives them on. How many."""
    with transaction.atomic():
        meeting = seats.locked(meeting)
        late = list(SignUp.objects.offered().filter(meeting=meeting, answer_by__lte=now).order_by("pk"))
        for row in late:
            seats.take_out(meeting=meeting, sign_up=row, by=None)
    return len(late)
