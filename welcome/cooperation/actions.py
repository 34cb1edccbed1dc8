"""Inviting, answering, and leading a meeting from one state to the next. Each change of a meeting takes its lock
first, so that nobody adds an idea or a vote to what is being closed."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record, record_each
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.tenancy.models import User
from welcome.cooperation import tasks
from welcome.cooperation.agenda import agenda_of
from welcome.cooperation.links import IDEAS
from welcome.cooperation.models import Answer, Attendee, CooperationMeeting, MeetingState, Participant


def locked(meeting: CooperationMeeting) -> CooperationMeeting:
    """As it stands now, under its lock until the transaction ends."""
    rows: models.QuerySet[CooperationMeeting] = CooperationMeeting.objects.select_for_update(of=("self",))
    return rows.select_related("municipality").get(pk=meeting.pk)


def invite(*, meeting: CooperationMeeting, participants: Iterable[Participant], by: User) -> int:
    """How many are invited now who were not before. Raises ValidationError when it is closed."""
    with transaction.atomic():
        meeting = _unclosed(meeting)
        known = set(Attendee.objects.filter(meeting=meeting).values_list("participant", flat=True))
        rows = Attendee.objects.bulk_create(
            Attendee(municipality_id=meeting.municipality_id, meeting=meeting, participant=person)
            for person in participants
            if person.pk not in known and person.municipality_id == meeting.municipality_id
        )
        record_each(
            action=Action.INVITED, model=Attendee, ids=[row.pk for row in rows],
            municipality_id=meeting.municipality_id, note=f"meeting={meeting.pk}", by_id=by.pk,
        )  # fmt: skip
        transaction.on_commit(tasks.mail_cooperation.delay, robust=True)
    return len(rows)


def reschedule(*, meeting: CooperationMeeting, said: dict[str, Any], by: User) -> bool:
    """Writes what staff say of a meeting. Whoever is invited is asked anew when day, hour or place are others: an
    answer was for the day it was given for. Whether they are asked anew. Raises ValidationError when it is closed."""
    with transaction.atomic():
        meeting = _unclosed(meeting)
        changed = [name for name, value in said.items() if getattr(meeting, name) != value]
        if not changed:
            return False
        for name in changed:
            setattr(meeting, name, said[name])
        meeting.full_clean()
        meeting.save(update_fields=changed)
        record(action=Action.CHANGED, of=meeting, fields=changed, by_id=by.pk)
        moved = bool({"day", "begins", "place"} & set(changed)) and meeting.state == MeetingState.PLANNED
        if moved:
            Attendee.objects.filter(meeting=meeting).update(
                mailed_at=None, answer=Answer.NONE, answered_at=None, sends=""
            )
            transaction.on_commit(tasks.mail_cooperation.delay, robust=True)
    return moved


def answer(*, attendance: Attendee, answer: Answer, sends: str = "") -> None:
    """By who is invited, behind their link; the last word holds. Raises ValidationError when it is closed, or when
    they don't say whom they send."""
    with transaction.atomic():
        _unclosed(attendance.meeting)
        row = Attendee.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
        row.answer, row.answered_at = answer, timezone.now()
        row.sends = sends if answer == Answer.SENDS else ""
        row.full_clean(exclude=["municipality", "meeting", "participant"])
        row.save(update_fields=["answer", "answered_at", "sends"])
        record(action=Action.CHANGED, of=row, fields=["answer"])


def gather(*, meeting: CooperationMeeting, by: User) -> bool:
    """Ideas are gathered from now on, behind the code on the wall too. Also back from the voting, whose votes stay.
    False if they are already."""
    with transaction.atomic():
        meeting = _unclosed(meeting)
        if meeting.state == MeetingState.GATHERING:
            return False
        meeting.gathering_at = meeting.gathering_at or timezone.now()
        _move(meeting, MeetingState.GATHERING, by, "gathering_at")
        links.issue(purpose=IDEAS, of=meeting, by=by)
    return True


def open_voting(*, meeting: CooperationMeeting, by: User) -> bool:
    """False if votes are given already, or nothing was gathered."""
    with transaction.atomic():
        meeting = _unclosed(meeting)
        if meeting.state != MeetingState.GATHERING:
            return False
        meeting.voting_at = timezone.now()
        _move(meeting, MeetingState.VOTING, by, "voting_at")
    return True


def close(*, meeting: CooperationMeeting, next_on: datetime.date | None, said: str, by: User) -> None:
    """For good, with what waited on this day. Raises ValidationError without a later day for the next meeting, when
    the meeting has not begun, and when it is closed already."""
    with transaction.atomic():
        meeting = _unclosed(meeting)
        if meeting.state == MeetingState.PLANNED:
            raise ValidationError(_("This meeting has not begun: gather ideas first."))
        meeting.next_on, meeting.said = next_on, said
        meeting.closed_at, meeting.state = timezone.now(), MeetingState.CLOSED
        meeting.full_clean()
        meeting.agenda = [point.frozen for point in agenda_of(meeting.municipality)]
        meeting.save(update_fields=["next_on", "said", "closed_at", "state", "agenda"])
        record(action=Action.FINISHED, of=meeting, by_id=by.pk)


def _move(meeting: CooperationMeeting, state: MeetingState, by: User, since: str) -> None:
    meeting.state = state
    meeting.save(update_fields=["state", since])
    record(action=Action.CHANGED, of=meeting, fields=["state"], note=f"to={state}", by_id=by.pk)


def _unclosed(meeting: CooperationMeeting) -> CooperationMeeting:
    meeting = locked(meeting)
    if meeting.is_closed:
        raise ValidationError(_("This meeting is closed."))
    return meeting
