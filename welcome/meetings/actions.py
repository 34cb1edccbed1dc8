"""Inviting, signing up, changing and cancelling. Each change takes the meeting's lock first, so that the last
seat is given once, and whoever waits moves up in the order in which they asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.links import actions as links
from municipalities.links.models import Link
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.meetings import seats
from welcome.meetings.links import MEETING
from welcome.meetings.models import Invitation, SignUp, SignUpState, WelcomeMeeting

BATCH = 500


def invite(*, meeting: WelcomeMeeting, household_ids: Iterable[int]) -> dict[int, Link]:
    """A new link for each household, by its number; those they had for this meeting are over. Some ten
    statements for five hundred households. Nobody is asked: the letter run that tells of it was."""
    wanted = set(household_ids)
    with transaction.atomic():
        invitations = Invitation.objects.of(meeting.municipality).filter(meeting=meeting, merged=False)
        known = set(invitations.values_list("household", flat=True))
        Invitation.objects.bulk_create(
            [
                Invitation(municipality_id=meeting.municipality_id, meeting=meeting, household_id=pk)
                for pk in sorted(wanted - known)
            ],
            batch_size=BATCH,
        )
        rows = [row for row in invitations.select_related("household") if row.household_id in wanted]
        issued = links.issue_each(purpose=MEETING, of=rows)
        return {row.household_id: issued[row.pk] for row in rows}


@dataclass(frozen=True)
class Party:
    """Who comes. `children` are their ages."""

    adults: int
    children: list[int] = field(default_factory=list)
    needs: str = ""
    language: str = "nb"

    @property
    def seats(self) -> int:
        return self.adults + len(self.children)


def sign_up(*, meeting: WelcomeMeeting, household: Household, party: Party, by: User | None = None) -> SignUp:
    """Signs up, or changes what was signed up before; full meetings have a waiting list. Who changes keeps the
    seat or the place in the line. Raises ValidationError after the deadline, for staff (`by`) once it has begun, and
    for more seats than are free."""
    with transaction.atomic():
        meeting = _open(meeting) if by is None else _open_to_staff(meeting)
        known = seats.row_locked(SignUp.objects.filter(meeting=meeting, household=household, merged=False))
        if known is not None and known.state != SignUpState.CANCELLED:
            return _change(meeting, known, party, by)
        row = known or SignUp(meeting=meeting, municipality_id=meeting.municipality_id, household=household)
        return _put_in(meeting, row, party, by=by)


def sign_up_by_hand(
    *, meeting: WelcomeMeeting, name: str, contact: str, party: Party, by: User | None
) -> SignUp:
    """For somebody who called; staff may do so until the meeting begins."""
    with transaction.atomic():
        meeting = _open_to_staff(meeting)
        row = SignUp(meeting=meeting, municipality_id=meeting.municipality_id, name=name, contact=contact)
        return _put_in(meeting, row, party, by=by)


def cancel(*, sign_up: SignUp, by: User | None) -> bool:
    """Who waits moves up. False if it was cancelled before. Raises ValidationError for who does it by
    themselves (`by` is None) after the deadline."""
    with transaction.atomic():
        meeting = _open(sign_up.meeting) if by is None else seats.locked(sign_up.meeting)
        return seats.take_out(meeting=meeting, sign_up=sign_up, by=by)


def decline(*, sign_up: SignUp) -> bool:
    """Who was offered a seat may say no when the time for signing off is over: it was not asked of them before.
    False if it was said before. Raises ValidationError as `cancel` for who was offered none."""
    with transaction.atomic():
        meeting = seats.locked(sign_up.meeting)
        if SignUp.objects.offered().filter(pk=sign_up.pk).exists():
            return seats.take_out(meeting=meeting, sign_up=sign_up, by=None)
        return cancel(sign_up=sign_up, by=None)


def forget(*, sign_up: SignUp, by: User | None) -> bool:
    """Deletes a sign-up with all it says, at the wish of whoever it is about. Who waits moves up. False if it is gone
    already."""
    with transaction.atomic():
        meeting = seats.locked(sign_up.meeting)
        row = SignUp.objects.filter(pk=sign_up.pk).first()
        if row is None:
            return False
        seats.note(Action.ERASED, row, by)
        links.forget(of=row)
        row.delete()
        seats.move_up(meeting)
    return True


def call_off(*, meeting: WelcomeMeeting, by: User | None) -> bool:
    """The meeting doesn't take place; who had signed up sees it behind their link. False if it was before."""
    with transaction.atomic():
        meeting = seats.locked(meeting)
        if meeting.is_cancelled:
            return False
        meeting.cancelled_at = timezone.now()
        meeting.save(update_fields=["cancelled_at", "changed_at"])
        recording.record(action=Action.CANCELLED, of=meeting, by_id=by.pk if by else None)
    return True


def _put_in(meeting: WelcomeMeeting, row: SignUp, party: Party, *, by: User | None) -> SignUp:
    _write(row, party)
    waits = SignUp.objects.waiting().filter(meeting=meeting).exists()
    # Nobody passes those who wait, even if the few seats that are free would be enough for them.
    fits = not waits and seats.taken(meeting) + party.seats <= meeting.capacity
    row.state = SignUpState.COMING if fits else SignUpState.WAITING
    row.asked_at, row.cancelled_at = timezone.now(), None
    seats.forget_offer(row)
    row.save()
    seats.note(Action.ADDED, row, by)
    return row


def _change(meeting: WelcomeMeeting, row: SignUp, party: Party, by: User | None) -> SignUp:
    if row.state == SignUpState.COMING:
        free = meeting.capacity - seats.taken(meeting)
        if party.seats - row.seats > max(free, 0):
            raise ValidationError(
                ngettext(
                    "There is only %(n)s more seat. Call us, and we see what we can do.",
                    "There are only %(n)s more seats. Call us, and we see what we can do.",
                    max(free, 0),
                )
                % {"n": max(free, 0)}
            )
    _write(row, party)
    if row.answer_by is not None:  # Who says how many they are says that they come.
        row.answer_by, row.confirmed_at = None, timezone.now()
    row.save()
    seats.note(Action.CHANGED, row, by)
    seats.move_up(meeting)
    return row


def _write(row: SignUp, party: Party) -> None:
    row.adults, row.children, row.seats = party.adults, party.children, party.seats
    row.needs, row.language = party.needs, party.language


def _open(meeting: WelcomeMeeting) -> WelcomeMeeting:
    meeting = seats.locked(meeting)
    if meeting.is_cancelled:
        raise ValidationError(_("This meeting is called off."))
    if not meeting.takes_sign_ups():
        raise ValidationError(_("It is too late to do this here. Call us, and we see what we can do."))
    return meeting


def _open_to_staff(meeting: WelcomeMeeting) -> WelcomeMeeting:
    meeting = seats.locked(meeting)
    if meeting.is_cancelled or meeting.starts_at <= timezone.now():
        raise ValidationError(_("This meeting is over or called off."))
    return meeting
