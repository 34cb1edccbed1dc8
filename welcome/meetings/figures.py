"""How many come to a meeting, and how many came."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count as Many
from django.db.models import Q, Sum
from django.utils import timezone

from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import Invitation, SignUp, SignUpState, WelcomeMeeting


@dataclass(frozen=True)
class Count:
    """Of one meeting. `waiting` is in seats, as the rest."""

    seats: int
    taken: int = 0
    adults: int = 0
    children: int = 0
    waiting: int = 0
    parties: int = 0

    @property
    def free(self) -> int:
        return max(self.seats - self.taken, 0)


def counts(meetings: Iterable[WelcomeMeeting]) -> dict[int, Count]:
    """By the number of the meeting, in one query."""
    found = {meeting.pk: Count(meeting.capacity) for meeting in meetings}
    rows = SignUp.objects.standing().filter(meeting__in=found)
    for meeting, state, adults, seats in rows.values_list("meeting", "state", "adults", "seats"):
        so_far = found[meeting]
        coming = state == SignUpState.COMING
        found[meeting] = Count(
            seats=so_far.seats,
            taken=so_far.taken + seats * coming,
            adults=so_far.adults + adults * coming,
            children=so_far.children + (seats - adults) * coming,
            waiting=so_far.waiting + seats * (not coming),
            parties=so_far.parties + coming,
        )
    return found


@dataclass(frozen=True)
class Numbers:
    """Of one meeting: households and others who signed up as one count once, `adults` and `children` are heads."""

    invited: int
    called: int
    coming: int
    waiting: int
    signed_off: int
    adults: int
    children: int
    walk_ins: int
    stayed_away: int | None  # None until it is over: who is late stays away no less than who comes.

    @property
    def came(self) -> int:
        return self.adults + self.children


def numbers(meeting: WelcomeMeeting) -> Numbers:
    """In four queries. Sign-ups of those who are no known household are deleted 30 days after the meeting, and count
    as walk-ins from then on if they came."""
    rows = SignUp.objects.filter(meeting=meeting, merged=False)
    asked = rows.aggregate(
        coming=Many("pk", filter=Q(state=SignUpState.COMING)),
        waiting=Many("pk", filter=Q(state=SignUpState.WAITING)),
        signed_off=Many("pk", filter=Q(state=SignUpState.CANCELLED)),
        missed=Many("pk", filter=Q(state=SignUpState.COMING, attendance=None)),
    )
    heads = Attendance.objects.filter(meeting=meeting).aggregate(
        adults=Sum("adults"), children=Sum("children"), walk_ins=Many("pk", filter=Q(sign_up=None))
    )
    over = meeting.ends_at <= timezone.now() and not meeting.is_cancelled
    return Numbers(
        invited=Invitation.objects.filter(meeting=meeting, merged=False).count(),
        called=Call.objects.made().filter(meeting=meeting).count(),
        coming=asked["coming"],
        waiting=asked["waiting"],
        signed_off=asked["signed_off"],
        adults=heads["adults"] or 0,
        children=heads["children"] or 0,
        walk_ins=heads["walk_ins"],
        stayed_away=asked["missed"] if over else None,
    )
