"""Answers on their way by e-mail: claimed with a lease, written down before they leave, and the outcome after.

A worker may die, or fall asleep, at any point. Whoever finds a mail that may be out does not send it again: a
person decides. One that the server doesn't take for now is tried again for three days, and seen by staff meanwhile.
"""

import datetime
import logging
import uuid
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.enquiries.links import language_on_screen, link_to
from municipalities.enquiries.mailbox_models import Mailbox
from municipalities.enquiries.models import AnswerMail, Direction, MailReason, MailState
from municipalities.enquiries.smtp import Later, MaybeTaken, NotTaken, give
from municipalities.enquiries.tokens import token_of
from municipalities.municipality import scope
from municipalities.tenancy.logs import where

LEASE = datetime.timedelta(minutes=5)
SPARE = datetime.timedelta(minutes=2)  # Nobody sends on a lease that is about to end.
PATIENCE = datetime.timedelta(days=3)
LONGEST_PAUSE = datetime.timedelta(hours=1)
DEATHS = 3  # So many workers may die on one mail before it left.
AT_A_TIME = 100
FREE: dict[str, Any] = {"lease_token": None, "lease_expires_at": None}

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another has it now, or it was erased."""


def send_due() -> int:
    """Everything that is due, of all municipalities. How many went out."""
    with scope.everywhere():
        due = AnswerMail.objects.due(timezone.now()).order_by("attempts", "pk")
        found = list(due.values_list("pk", "municipality_id")[:AT_A_TIME])
    sent = 0
    for pk, municipality_id in found:
        with scope.of(municipality_id):
            mail = claim(pk)
            sent += bool(mail and deliver(mail))
    return sent


def claim(pk: int) -> AnswerMail | None:
    """The mail with a new lease; None where another has it or it is a person's now."""
    now, token = timezone.now(), uuid.uuid4()
    due = AnswerMail.objects.filter(pk=pk).due(now)
    died = due.filter(state=MailState.CLAIMED)
    if died.filter(sending_at__isnull=False).update(
        state=MailState.UNCERTAIN, reason=MailReason.WORKER_DIED, **FREE
    ):
        return None
    if died.filter(attempts__gte=DEATHS).update(state=MailState.FAILED, reason=MailReason.NOT_MADE, **FREE):
        return None
    taken = due.update(
        state=MailState.CLAIMED, lease_token=token, lease_expires_at=now + LEASE, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    rows = AnswerMail.objects.select_related("message__enquiry__municipality")
    return rows.filter(pk=pk).held(token).first()


def deliver(mail: AnswerMail) -> bool:
    """Whatever happens, the row says what is known."""
    token = mail.lease_token
    assert token is not None  # noqa: S101 - the constraint of a claimed mail
    try:
        message = compose(mail)
        now = timezone.now()
        held = AnswerMail.objects.filter(pk=mail.pk, lease_expires_at__gt=now + SPARE).held(token)
        if not held.update(sending_at=now):
            raise LeaseLost
        mail.sending_at = now
        give(message)
    except LeaseLost:
        logger.warning("%s: another has it, or it was erased; this one steps back.", mail)
        return False
    except MaybeTaken as fault:
        _write(mail, token, state=MailState.UNCERTAIN, reason=fault.reason, detail=fault.detail)
    except NotTaken as fault:
        _write(mail, token, state=MailState.FAILED, reason=fault.reason, detail=fault.detail)
    except Later as fault:
        _put_off(mail, token, fault)
    except Exception as error:
        # Before it left it is tried again; after that the lease runs out, and a person decides.
        logger.error("%s could not be sent: %s", mail, where(error))
        if mail.sending_at is None:
            _put_off(mail, token, Later(MailReason.NOT_MADE, type(error).__name__))
    else:
        _write(mail, token, state=MailState.SENT, sent_at=timezone.now(), reason="", detail="")
        record(action=Action.SENT, of=mail.message.enquiry, note=f"message={mail.message_id}")
        return True
    return False


def _put_off(mail: AnswerMail, token: uuid.UUID, fault: Later) -> None:
    now = timezone.now()
    if now - mail.created_at >= PATIENCE:
        _write(mail, token, state=MailState.FAILED, reason=fault.reason, detail=fault.detail)
        return
    pause = min(datetime.timedelta(minutes=2 ** min(mail.attempts - 1, 6)), LONGEST_PAUSE)
    _write(
        mail, token, state=MailState.WAITING, sending_at=None, not_before=now + pause,
        reason=fault.reason, detail=fault.detail,
    )  # fmt: skip


def _write(mail: AnswerMail, token: uuid.UUID, **columns: Any) -> None:
    if not AnswerMail.objects.filter(pk=mail.pk).held(token).update(**(FREE | columns)):
        logger.warning("%s: the lease was lost before the outcome could be written.", mail)


def compose(mail: AnswerMail) -> EmailMessage:
    """In the language they wrote in where the portal speaks it, else in English."""
    enquiry = mail.message.enquiry
    municipality = enquiry.municipality
    mailbox = Mailbox.objects.of(municipality).active().first()
    is_receipt = mail.message.direction == Direction.AUTO
    with override(language_on_screen(enquiry)):
        words = {
            "enquiry": enquiry,
            "answer": mail.message.text,
            "municipality": municipality,
            "link": link_to(enquiry).url,
            "can_be_answered": mailbox is not None,
        }
        subject = (
            _("Your question to %(place)s municipality")
            if is_receipt
            else _("Answer from %(place)s municipality")
        )
        subject %= {"place": municipality.name}
        body = render_to_string("enquiries/answer_mail.txt", words)
        name = _("%(place)s municipality") % {"place": municipality.name}
    return EmailMessage(
        subject=f"{subject} {token_of(enquiry)}" if mailbox else subject,
        body=body,
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[mail.to],
        reply_to=[mailbox.address] if mailbox else None,
        headers={
            "Message-ID": f"<{mail.key}@{urlsplit(settings.SITE_URL).hostname}>",
            # No holiday answer comes back (RFC 3834): to a mailbox that nobody reads, or as a question.
            "Auto-Submitted": "auto-replied" if is_receipt else "auto-generated",
        },
    )
