from celery import shared_task

from municipalities.municipality import scope
from welcome.meetings import seats
from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting


@shared_task
@scope.everywhere()
def fill_meetings() -> None:
    """Seats come free in ways that ask nobody, as when a household is erased: who waits moves up all the same."""
    waiting = SignUp.objects.filter(state=SignUpState.WAITING, merged=False).values("meeting")
    for meeting in WelcomeMeeting.objects.upcoming().filter(pk__in=waiting):
        with scope.of(meeting.municipality_id):
            seats.fill(meeting=meeting)
