from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from municipalities.municipality import scope
from welcome.meetings import mailing, offers, seats
from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting


@shared_task
@scope.everywhere()
def fill_meetings() -> None:
    """Seats come free in ways that ask nobody, as when a household is erased or no answer came: who waits moves up all
    the same."""
    now = timezone.now()
    late = Q(answer_by__lte=now)
    moving = SignUp.objects.filter(late | Q(state=SignUpState.WAITING), merged=False).values("meeting")
    for meeting in WelcomeMeeting.objects.upcoming(now).filter(pk__in=moving):
        with scope.of(meeting.municipality_id):
            offers.lapse(meeting=meeting, now=now)
            seats.fill(meeting=meeting)


@shared_task
def mail_who_comes() -> None:
    mailing.send_due()
