"""What the portal mails who has signed up: that a seat came free, and a reminder. A mark in the row says that it has
gone, written with the lock under which it is sent: a worker that dies before it has been taken leaves no mark."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.links import actions as links
from municipalities.links.confirming import is_final
from municipalities.links.models import Link
from municipalities.municipality import scope
from welcome.households.links import mail_addresses, screen_language
from welcome.households.models import Person
from welcome.meetings import offers, rendering
from welcome.meetings.links import SEAT
from welcome.meetings.models import SignUp, SignUpQuerySet

REMIND_BEFORE = datetime.timedelta(days=2)
# Later than that it would come when they are on their way.
TOO_LATE = datetime.timedelta(hours=3)
AT_A_TIME = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """One kind of mail. `mark` is the column that says it has gone."""

    mark: str
    template: str
    due: Callable[[datetime.datetime], SignUpQuerySet]
    subject: Callable[[], str]
    asks: bool = False  # Whether the seat is theirs only if they answer.


def _told_of_a_seat(now: datetime.datetime) -> SignUpQuerySet:
    return _reachable(now).filter(moved_up_at__isnull=False, told_at=None)


def _reminded(now: datetime.datetime) -> SignUpQuerySet:
    """Not who signed up in these last days, nor who has not answered whether they take their seat."""
    near = Q(meeting__starts_at__lte=now + REMIND_BEFORE, meeting__starts_at__gt=now + TOO_LATE)
    early = Q(asked_at__lte=F("meeting__starts_at") - REMIND_BEFORE)
    return _reachable(now).filter(near & early, reminded_at=None, answer_by=None)


def _reachable(now: datetime.datetime) -> SignUpQuerySet:
    """Of a meeting that is to come, and with an e-mail. Nobody who stands on no list is written to from one."""
    theirs = Person.objects.alive().filter(household=OuterRef("household")).exclude(email="")
    return (
        SignUp.objects.for_files()
        .coming()
        .filter(meeting__published=True, meeting__cancelled_at=None, meeting__starts_at__gt=now)
        .filter(Exists(theirs) | Q(household=None, contact__contains="@"))
    )


NOTICES = (
    Notice(
        "told_at", "meetings/seat_mail.txt", _told_of_a_seat, lambda: _("There is a seat for you"), asks=True
    ),
    Notice(
        "reminded_at", "meetings/reminder_mail.txt", _reminded, lambda: _("See you at the welcome meeting")
    ),
)


def send_due() -> int:
    """How many were mailed. What can't be sent is tried again at the next round, unless the address is refused for
    good."""
    sent = 0
    for notice in NOTICES:
        with scope.everywhere():
            due = notice.due(timezone.now()).order_by("pk").values_list("pk", "municipality_id")
            found = list(due[:AT_A_TIME])
        for pk, municipality_id in found:
            with scope.of(municipality_id):
                sent += _try(pk, notice)
    return sent


def _try(pk: int, notice: Notice) -> bool:
    try:
        return _send(pk, notice)
    except OSError as error:
        if is_final(error):
            # No answer is waited for from who heard nothing: the seat stays theirs, and staff see whom to call.
            SignUp.objects.filter(pk=pk).update(**{notice.mark: timezone.now()})
        # The fault's name only: its text holds the address.
        logger.warning("Sign-up %s could not be mailed: %s", pk, type(error).__name__)
        return False


def _send(pk: int, notice: Notice) -> bool:
    now = timezone.now()
    with transaction.atomic():
        mine = notice.due(now).select_for_update(of=("self",), skip_locked=True).filter(pk=pk)
        row = mine.select_related("meeting", "municipality", "household").first()
        if row is None:
            return False  # Another worker was first, or they have signed off.
        to = _addresses(row)
        marks: dict[str, Any] = {notice.mark: now}
        if notice.asks and to:
            row.answer_by = marks["answer_by"] = offers.kept_until(row.meeting, now)
        SignUp.objects.filter(pk=pk).update(**marks)
        if not to:
            return False  # Only a child of theirs has one: staff call.
        recording.record(action=Action.SENT, of=row, fields=[notice.mark], note=f"meeting={row.meeting_id}")
        compose(row, notice, to).send()
    return True


def _addresses(row: SignUp) -> list[str]:
    if row.household is not None:
        return mail_addresses(row.household)
    contact = row.contact.strip()
    try:
        validate_email(contact)
    except ValidationError:
        return []
    return [contact]


def compose(row: SignUp, notice: Notice, to: list[str]) -> EmailMessage:
    """In the language they have asked for, as far as the site speaks it; with the meeting for their calendar."""
    place, meeting, language = row.municipality, row.meeting, screen_language(row.language)
    with override(language):
        text = meeting.text_set.best(row.language)
        title = text.title if text and text.title else _("Welcome meeting")
        words = {
            "sign_up": row,
            "meeting": meeting,
            "title": title,
            "municipality": place,
            "link": _link_to(row),
        }
        sender = _("%(place)s municipality") % {"place": place.name}
        message = EmailMessage(
            subject=f"{notice.subject()}: {title}",
            body=render_to_string(notice.template, words),
            from_email=formataddr((sender, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
            to=to,
            reply_to=[place.email] if place.email else [],
            # No holiday answer comes back to a mailbox that nobody reads (RFC 3834).
            headers={"Auto-Submitted": "auto-generated"},
        )
        host = urlsplit(settings.SITE_URL).hostname or "tilflytter"
        file = rendering.calendar(meeting, language=row.language, host=host, title=title)
    message.attach("meeting.ics", file.decode(), "text/calendar")
    return message


def _link_to(row: SignUp) -> Link:
    """That of an earlier mail still works: who looks into that one gets where they want."""
    return links.active(purpose=SEAT, of=row) or links.issue(purpose=SEAT, of=row, by=None)
