"""Every change of an enquiry. `seen` is the version of the page that somebody worked on: if a colleague has
changed the enquiry since, it raises Stale and nothing is done."""

import datetime
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.enquiries import tasks
from municipalities.enquiries.deadline import working_days_after
from municipalities.enquiries.models import (
    LONGEST,
    AnswerMail,
    Direction,
    Enquiry,
    EnquiryMessage,
    MailState,
    Outcome,
    Reply,
    Source,
    State,
)
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.privacy.encryption import digest
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right, roles_with

MOST_WORDS_BACK = 50  # Of one person to one enquiry; who has more to say is better called.
DOUBLE = datetime.timedelta(minutes=10)


class Stale(ValidationError):
    """A colleague was first."""

    def __init__(self) -> None:
        super().__init__(
            _("A colleague has changed this enquiry since you opened it. See above what is new; what you wrote is"
              " kept below, and nothing of it is sent.")
        )  # fmt: skip


def due_day(municipality: Municipality) -> datetime.date:
    """By when somebody who asks today has an answer."""
    return working_days_after(timezone.localdate(), municipality.enquiry_days)


def receive(
    *,
    municipality: Municipality,
    source: str,
    text: str,
    language: str,
    page: str = "",
    email: str = "",
    phone: str = "",
    by: User | None = None,
) -> Enquiry:
    """The same words of the same person on the same day are one enquiry, however often they are sent. With an
    e-mail or a phone number an answer is wanted there; e-mail counts if both are given."""
    email = email.strip().lower()
    phone = "" if email else phone
    text = text.strip()[:LONGEST]
    reply = Reply.EMAIL if email else Reply.PHONE if phone else Reply.NONE
    whole = "\0".join([str(municipality.pk), str(timezone.localdate()), page, text, email, str(phone)])
    fingerprint = digest(whole, "enquiry")
    with scope.of(municipality.pk):
        try:
            with transaction.atomic():
                enquiry = Enquiry.objects.create(
                    municipality=municipality,
                    source=source,
                    page=page,
                    language=language,
                    text=text,
                    reply=reply,
                    email=email,
                    phone=phone,
                    due_on=due_day(municipality),
                    fingerprint=fingerprint if by is None else "",
                )
                record(
                    action=Action.ADDED,
                    of=enquiry,
                    note=f"source={Source(source).value}",
                    by_id=by.pk if by else None,
                )
        except IntegrityError:
            before = Enquiry.objects.filter(fingerprint=fingerprint).first()
            if before is None:
                raise
            return before
    return enquiry


def _locked(enquiry: Enquiry, seen: int | None) -> Enquiry:
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("municipality", "assigned_to")
    held = rows.get(pk=enquiry.pk)
    if seen is not None and held.version != seen:
        raise Stale
    return held


def _save(
    held: Enquiry, *, fields: list[str], by: User | None, action: str = Action.CHANGED, note: str = ""
) -> None:
    held.version += 1
    held.save(update_fields=[*fields, "version"])
    record(action=action, of=held, fields=fields, note=note, by_id=by.pk if by else None)


def may_have(user: User, municipality_id: int) -> bool:
    """Whether enquiries of this municipality can be assigned to `user`."""
    able = Membership.objects.filter(municipality_id=municipality_id, role__in=roles_with(Right.WRITE_PEOPLE))
    return user.is_active and able.filter(user=user).exists()


def assign(*, enquiry: Enquiry, to: User | None, by: User, seen: int | None = None) -> Enquiry:
    """To nobody: it is everybody's again. Raises ValidationError for who may not answer there."""
    if to is not None and not may_have(to, enquiry.municipality_id):
        raise ValidationError(_("%(name)s can't answer enquiries of this municipality.") % {"name": to})
    with transaction.atomic():
        held = _locked(enquiry, seen)
        if held.state == State.CLOSED:
            raise ValidationError(_("It is closed; open it again first."))
        if held.assigned_to == to:
            return held
        held.assigned_to = to
        held.assigned_at = timezone.now() if to else None
        held.assigned_by = by if to else None
        if held.is_waiting:
            held.state = State.ASSIGNED if to else State.NEW
        fields = ["assigned_to", "assigned_at", "assigned_by", "state"]
        _save(held, fields=fields, by=by)
    return held


def answer(
    *, enquiry: Enquiry, text: str, by: User, seen: int | None = None, outcome: str = ""
) -> EnquiryMessage:
    """Answers, and closes it where an outcome is given. By e-mail it goes into the outbox; what is told by phone
    is written down. Who answers what is nobody's has it from then on."""
    with transaction.atomic():
        held = _locked(enquiry, seen)
        if held.state == State.CLOSED:
            raise ValidationError(_("It is closed; open it again first."))
        if held.reply == Reply.NONE:
            raise ValidationError(_("They want no answer, so there is nowhere to send one."))
        message = _said(held, Direction.OUT, text, by)
        if held.email:
            AnswerMail.objects.create(municipality_id=held.municipality_id, message=message, to=held.email)
            transaction.on_commit(nudge, robust=True)
        now = timezone.now()
        held.state, held.answered_at, held.answered_by, held.waiting_since = State.ANSWERED, now, by, None
        if held.assigned_at is None:
            held.assigned_to, held.assigned_at, held.assigned_by = by, now, by
        fields = [
            "state",
            "answered_at",
            "answered_by",
            "waiting_since",
            "assigned_to",
            "assigned_at",
            "assigned_by",
        ]
        if outcome:
            fields += _closed(held, outcome, by)
        _save(held, fields=fields, note=f"message={message.pk}", by=by)
    return message


def note(*, enquiry: Enquiry, text: str, by: User, seen: int | None = None) -> EnquiryMessage:
    """A word among colleagues; the person never sees it."""
    with transaction.atomic():
        held = _locked(enquiry, seen)
        message = _said(held, Direction.NOTE, text, by)
        _save(held, fields=[], note=f"note={message.pk}", by=by)
    return message


def close(*, enquiry: Enquiry, outcome: str, by: User, seen: int | None = None) -> Enquiry:
    """Raises ValidationError where they wait for an answer and would be told they had it."""
    with transaction.atomic():
        held = _locked(enquiry, seen)
        if held.state == State.CLOSED:
            raise ValidationError(_("It is closed already."))
        unanswered = held.reply != Reply.NONE and held.answered_at is None
        if unanswered and outcome == Outcome.ANSWERED:
            raise ValidationError(_("Nobody has answered yet: write the answer, or choose another outcome."))
        held.waiting_since = None
        fields = ["waiting_since", *_closed(held, outcome, by)]
        _save(held, fields=fields, action=Action.FINISHED, note=f"outcome={outcome}", by=by)
    return held


def reopen(*, enquiry: Enquiry, by: User, seen: int | None = None) -> Enquiry:
    with transaction.atomic():
        held = _locked(enquiry, seen)
        if held.state != State.CLOSED:
            raise ValidationError(_("It is open already."))
        fields = _waits_again(held)
        _save(held, fields=fields, action=Action.REOPENED, by=by)
    return held


def write_back(*, enquiry: Enquiry, text: str) -> Enquiry:
    """The person has something to add or asks on: it waits again, also where it was closed. The same words
    pressed twice are said once. Raises ValidationError after fifty."""
    text = text.strip()[:LONGEST]
    with transaction.atomic():
        held = _locked(enquiry, None)
        theirs = held.messages.filter(direction=Direction.IN)
        if theirs.filter(text=text, at__gte=timezone.now() - DOUBLE).exists():
            return held
        if theirs.count() >= MOST_WORDS_BACK:
            raise ValidationError(_("You have written many times about this. Call us instead."))
        message = _said(held, Direction.IN, text, None)
        fields = [] if held.is_waiting else _waits_again(held)
        _save(held, fields=fields, note=f"message={message.pk}", by=None)
    return held


def speak(*, enquiry: Enquiry, language: str, by: User, seen: int | None = None) -> Enquiry:
    """What comes by e-mail tells no language: a colleague reads it and says which."""
    with transaction.atomic():
        held = _locked(enquiry, seen)
        if held.language != language:
            held.language = language
            _save(held, fields=["language"], by=by)
    return held


def remark(*, enquiry: Enquiry, text: str, waits: bool = False) -> None:
    """What the portal itself tells staff. `waits`: somebody must look at it, also where all was answered or closed."""
    with transaction.atomic():
        held = _locked(enquiry, None)
        message = _said(held, Direction.NOTE, text, None)
        fields = _waits_again(held) if waits and not held.is_waiting else []
        _save(held, fields=fields, note=f"note={message.pk}", by=None)


def settle(*, mail: AnswerMail, again: bool, by: User) -> bool:
    """What nobody knows of an e-mail, or what was not taken, somebody has decided: sent again, or done with.
    False where it needs nobody any more."""
    change: dict[str, Any] = {"state": MailState.SETTLED}
    if again:
        now = timezone.now()
        change = {
            "state": MailState.WAITING, "sending_at": None, "not_before": now, "created_at": now,
            "attempts": 0, "reason": "", "detail": "",
        }  # fmt: skip
    with transaction.atomic():
        if not AnswerMail.objects.for_people().filter(pk=mail.pk).update(**change):
            return False
        how = "again" if again else "done"
        record(action=Action.RETRIED, of=mail.message.enquiry, note=f"mail={mail.pk} {how}", by_id=by.pk)
        if again:
            transaction.on_commit(nudge, robust=True)
    return True


def nudge() -> None:
    """If the broker is away, the clock's own round finds what waits."""
    current_app.send_task(tasks.send_answers.name, retry=False, expires=300)


def _said(held: Enquiry, direction: str, text: str, by: User | None) -> EnquiryMessage:
    return EnquiryMessage.objects.create(
        municipality_id=held.municipality_id,
        enquiry=held,
        direction=direction,
        text=text.strip()[:LONGEST],
        by=by,
    )


def _closed(held: Enquiry, outcome: str, by: User) -> list[str]:
    held.state, held.closed_at, held.closed_by = State.CLOSED, timezone.now(), by
    held.outcome = Outcome(outcome).value
    return ["state", "closed_at", "closed_by", "outcome"]


def _waits_again(held: Enquiry) -> list[str]:
    """With a deadline of its own."""
    held.state = State.ASSIGNED if held.assigned_at else State.NEW
    held.closed_at, held.closed_by, held.outcome = None, None, ""
    held.waiting_since, held.told_late_on = timezone.now(), None
    held.due_on = due_day(held.municipality)
    return ["state", "closed_at", "closed_by", "outcome", "waiting_since", "told_late_on", "due_on"]
