"""The seats of a meeting: how many are taken, and who moves up when some come free."""

from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.meetings.models import SignUp, SignUpQuerySet, SignUpState, WelcomeMeeting


def locked(meeting: WelcomeMeeting) -> WelcomeMeeting:
    """As it stands now, under its lock until the transaction ends: the last seat is given once."""
    rows: models.QuerySet[WelcomeMeeting] = WelcomeMeeting.objects.select_for_update()
    return rows.get(pk=meeting.pk)


def taken(meeting: WelcomeMeeting) -> int:
    """How many seats those take who come."""
    return SignUp.objects.coming().filter(meeting=meeting).aggregate(seats=Sum("seats"))["seats"] or 0


def move_up(meeting: WelcomeMeeting) -> int:
    """Gives the free seats of a meeting that the caller has locked to those who wait, in order: a family that
    doesn't fit yet is not passed by who came later. How many sign-ups moved; none once it has begun or is called off:
    nobody could come any more."""
    if meeting.is_cancelled or meeting.starts_at <= timezone.now():
        return 0
    free = meeting.capacity - taken(meeting)
    moved = []
    for row in SignUp.objects.waiting().filter(meeting=meeting):
        if row.seats > free:
            break
        free -= row.seats
        moved.append(row.pk)
    SignUp.objects.filter(pk__in=moved).update(state=SignUpState.COMING, moved_up_at=timezone.now())
    recording.record_each(
        action=Action.CHANGED, model=SignUp, ids=moved, municipality_id=meeting.municipality_id,
        fields=["state"], note=f"moved_up meeting={meeting.pk}",
    )  # fmt: skip
    return len(moved)


def fill(*, meeting: WelcomeMeeting) -> int:
    """As `move_up`, after seats were added or a sign-up was erased."""
    with transaction.atomic():
        return move_up(locked(meeting))


def take_out(*, meeting: WelcomeMeeting, sign_up: SignUp, by: User | None) -> bool:
    """For who has locked the meeting and knows that they may. False if it was cancelled before."""
    row = row_locked(SignUp.objects.standing().filter(pk=sign_up.pk))
    if row is None:
        return False
    row.state, row.cancelled_at = SignUpState.CANCELLED, timezone.now()
    row.needs = ""  # Of no use any more, and perhaps about somebody's health.
    forget_offer(row)
    row.save()
    note(Action.CANCELLED, row, by)
    move_up(meeting)
    return True


def forget_offer(row: SignUp) -> None:
    row.moved_up_at = row.told_at = row.answer_by = row.confirmed_at = None


def row_locked(rows: SignUpQuerySet) -> SignUp | None:
    """With what the mail that may just be on its way has marked: all of a row is written."""
    found: SignUpQuerySet = rows.select_for_update(of=("self",))
    return found.first()


def note(action: Action, row: SignUp, by: User | None) -> None:
    fields = ["adults", "children", "language", "needs"] if action == Action.CHANGED else []
    recording.record(
        action=action,
        of=row,
        fields=fields,
        note=f"meeting={row.meeting_id}",
        by_id=by.pk if by else None,
    )
