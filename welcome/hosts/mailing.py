"""Sending the mails about hosts. Each is a row; that it leaves is written before it does, so that none is sent twice,
whoever dies meanwhile. What may be out and what was refused is seen by staff on the household's page."""

import datetime
import logging
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.enquiries.smtp import Later, MaybeTaken, NotTaken, give
from municipalities.links import actions as links
from municipalities.links.models import Link
from municipalities.municipality import scope
from welcome.hosts.following import HostContact, HostMail
from welcome.hosts.kinds import AssignmentState, MailKind, Side
from welcome.hosts.links import HOST, HOSTED
from welcome.hosts.models import HostAssignment
from welcome.hosts.wording import WORDS
from welcome.households.links import language_on_screen, mail_addresses, screen_language

AT_A_TIME = 200
PATIENCE = datetime.timedelta(days=3)
# In which state a mail is still true.
_WHEN = {
    MailKind.ASKED: AssignmentState.PROPOSED,
    MailKind.REMINDED: AssignmentState.PROPOSED,
    MailKind.AGREED: AssignmentState.AGREED,
    MailKind.CONTACT: AssignmentState.AGREED,
    MailKind.LAST: AssignmentState.AGREED,
    MailKind.CLOSING: AssignmentState.AGREED,
    MailKind.OVER: AssignmentState.ENDED,
    MailKind.FAREWELL: AssignmentState.ENDED,
}
logger = logging.getLogger(__name__)


def send_waiting() -> int:
    """Everything that waits, of all municipalities. How many went out."""
    with scope.everywhere():
        waiting = list(HostMail.objects.waiting().values_list("pk", "municipality_id")[:AT_A_TIME])
    sent = 0
    for pk, municipality_id in waiting:
        with scope.of(municipality_id):
            sent += _send(pk)
    return sent


def _send(pk: int) -> bool:
    now = timezone.now()
    if not HostMail.objects.waiting().filter(pk=pk).update(sending_at=now):
        return False  # Another worker was first.
    mail = HostMail.objects.get(pk=pk)
    try:
        message = _message(mail)
    except Exception:
        HostMail.objects.filter(pk=pk).update(sending_at=None)  # It has not left.
        raise
    if message is None:
        mail.delete()
        return False
    try:
        give(message)
    except Later as fault:
        # It has not left: the next round tries again, for three days.
        given_up = now - mail.made_at >= PATIENCE
        HostMail.objects.filter(pk=pk).update(sending_at=None, failed_at=now if given_up else None)
        logger.warning("%s could not be sent: %s %s", mail, fault.reason, fault.detail)
        return False
    except NotTaken as fault:
        HostMail.objects.filter(pk=pk).update(failed_at=now)
        logger.warning("%s was refused: %s", mail, fault.detail)
        return False
    except MaybeTaken as fault:
        logger.warning("%s may be out: %s", mail, fault.detail)
        return False
    HostMail.objects.filter(pk=pk).update(sent_at=timezone.now())
    record(action=Action.SENT, of=mail.assignment, note=f"mail={mail.kind} to={mail.side}")
    return True


def _message(mail: HostMail) -> EmailMessage | None:
    """None where it is not true any more, may not be sent, or nobody can be mailed."""
    rows = HostAssignment.objects.usable().select_related("municipality", "household", "host")
    row = rows.filter(pk=mail.assignment_id, state=_WHEN[MailKind(mail.kind)]).first()
    to = _address(row, Side(mail.side)) if row else ""
    if row is None or not to:
        return None
    place = row.municipality
    with override(_language(row, Side(mail.side))):
        subject, said, leads = (str(words) for words in WORDS[MailKind(mail.kind), Side(mail.side)])
        told = _told(row)
        words = {
            "said": said % told, "leads": leads, "link": _link(row, Side(mail.side)), "municipality": place
        }  # fmt: skip
        name = _("%(place)s municipality") % {"place": place.name}
        return EmailMessage(
            subject=subject % told,
            body=render_to_string("hosts/mail.txt", words),
            from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )


def _told(row: HostAssignment) -> dict[str, str]:
    def day(on: datetime.date | None) -> str:
        return date_format(on, "DATE_FORMAT") if on else ""

    return {
        "place": row.municipality.name,
        "day": day(row.answer_by),
        "first": day(row.first_contact_by),
        "end": day(row.ends_on),
        "hours": hours_of(
            HostContact.objects.filter(assignment=row).aggregate(all=Sum("minutes"))["all"] or 0
        ),
    }


def hours_of(minutes: int) -> str:
    """In the language that is active, whole hours, half ones upward."""
    count = (minutes + 30) // 60
    return ngettext("%(n)d hour", "%(n)d hours", count) % {"n": count}


def _address(row: HostAssignment, side: Side) -> str:
    return row.host.email if side == Side.HOST else next(iter(mail_addresses(row.household)), "")


def can_mail(row: HostAssignment, side: Side) -> bool:
    return bool(_address(row, side))


def _language(row: HostAssignment, side: Side) -> str:
    if side == Side.HOST:
        return screen_language(row.host.about_language)
    return language_on_screen(row.household)


def _link(row: HostAssignment, side: Side) -> Link:
    """The one in an earlier mail goes on working, if there is one."""
    if side == Side.HOST:
        return links.active(purpose=HOST, of=row.host) or links.issue(purpose=HOST, of=row.host, by=None)
    return links.active(purpose=HOSTED, of=row) or links.issue(purpose=HOSTED, of=row, by=None)
