"""The links of the cooperation: an invitation in somebody's mail, a meeting's code on the wall, a task."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from municipalities.tenancy.roles import Right
from welcome.cooperation.measure_models import Task
from welcome.cooperation.models import Attendee, CooperationMeeting, MeetingState


def _attendance(pk: int) -> Any:
    rows = Attendee.objects.select_related("meeting", "participant__municipality", "municipality")
    return rows.filter(pk=pk).first()


def _gathering(pk: int) -> Any:
    """Only while ideas are gathered: what hung on the wall opens nothing afterwards."""
    meetings = CooperationMeeting.objects.select_related("municipality")
    return meetings.filter(pk=pk, state=MeetingState.GATHERING).first()


def _task(pk: int) -> Any:
    rows = Task.objects.select_related("measure", "owner__participant__municipality", "municipality")
    return rows.filter(pk=pk, owner__isnull=False).first()


# Without a right: only the program issues these two, in its mails.
COOPERATION = Purpose(
    code="cooperation",
    model=Attendee,
    lifetime=datetime.timedelta(days=180),
    page="portal:cooperation",
    over=_(
        "It led to a meeting about receiving newcomers. Write to the municipality if you would like to come."
    ),
    find=_attendance,
    language=lambda attendance: attendance.participant.screen,
)
TASK = Purpose(
    code="task",
    model=Task,
    lifetime=datetime.timedelta(days=365),
    page="portal:cooperation-task",
    over=_("It led to a task that is not there any more. Write to the municipality if you wonder."),
    find=_task,
    # Given to somebody else, it opens nothing for who had it before.
    state=lambda task: str(task.owner.participant_id),
    language=lambda task: task.owner.participant.screen,
)
IDEAS = Purpose(
    code="ideas",
    model=CooperationMeeting,
    lifetime=datetime.timedelta(days=2),
    page="portal:cooperation-ideas",
    over=_("It led to a meeting where ideas were gathered. That is over."),
    right=Right.WRITE_PEOPLE,
    find=_gathering,
)
