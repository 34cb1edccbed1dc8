"""How many come to a meeting."""

from collections.abc import Iterable
from dataclasses import dataclass

from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting


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
