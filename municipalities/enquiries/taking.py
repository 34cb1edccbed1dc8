"""An e-mail that came, made an enquiry or a part of one: once, and nothing of it lost without a word."""

import datetime
import hashlib
import re
import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from municipalities.enquiries import actions
from municipalities.enquiries.links import language_on_screen
from municipalities.enquiries.mailbox_models import Mailbox, Taken, TakenMail
from municipalities.enquiries.models import (
    LONGEST,
    AnswerMail,
    Direction,
    Enquiry,
    EnquiryMessage,
    Source,
)
from municipalities.enquiries.parsing import Read, read
from municipalities.enquiries.tokens import named_in
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.privacy.encryption import digests

RECEIPT_PAUSE = datetime.timedelta(
    days=1
)  # One to an address: nobody's mailbox is filled by whoever forges it.
MOST_RECEIPTS = 60  # An hour and municipality.
_KEY = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")


def take_in(
    raw: bytes, municipality: Municipality, *, uid: int | None = None, receipt: bool = False
) -> TakenMail:
    """What came of it. The same mail twice is taken in once, also by two at the same time."""
    mail = read(raw)
    marks = digests(mail.message_id or hashlib.sha256(raw).hexdigest(), "mail in")
    with scope.of(municipality.pk):
        try:
            with transaction.atomic():
                if before := _before(municipality, marks):
                    return before
                row = TakenMail(municipality=municipality, mark=marks[0], uid=uid, sent_on=_day(mail))
                _become(row, mail, receipt)
                row.save()
        except IntegrityError:
            if before := _before(municipality, marks):
                return before
            raise
    return row


def set_aside(raw: bytes, municipality: Municipality, *, uid: int, why: str) -> None:
    """It could not be taken in, and stays in the mailbox; staff see that. `why`: the fault's name, for the words of
    the database tell what stood in it."""
    mark = digests(hashlib.sha256(raw).hexdigest(), "mail in")[0]
    with scope.of(municipality.pk):
        TakenMail.objects.get_or_create(
            municipality=municipality, mark=mark,
            defaults={"became": Taken.FAILED, "uid": uid, "detail": why[:80]},
        )  # fmt: skip


def _before(municipality: Municipality, marks: Iterable[str]) -> TakenMail | None:
    return TakenMail.objects.of(municipality).filter(mark__in=list(marks)).first()


def _day(mail: Read) -> datetime.date | None:
    """As its sender's clock had it, where that is possible at all."""
    return mail.dated if mail.dated and 1990 < mail.dated.year < 2200 else None


def _become(row: TakenMail, mail: Read, receipt: bool) -> None:
    own = Mailbox.objects.of(row.municipality).values_list("address", flat=True)
    alone = mail.alone or ("own" if mail.sender in {address.lower() for address in own} else "")
    if alone:
        row.became, row.detail = Taken.ALONE, alone
        return
    with override(row.municipality.home_language):
        enquiry = _answered(row.municipality, mail)
        if enquiry is None:
            row.became, enquiry = Taken.ASKED, _ask(row.municipality, mail)
        else:
            row.became = _back(enquiry, mail)
        row.enquiry = enquiry
        if words := "\n\n".join(_remarks(mail)):
            actions.remark(enquiry=enquiry, text=words)
    if receipt and row.became == Taken.ASKED and _may_have_receipt(enquiry):
        _send_receipt(enquiry)


def _answered(municipality: Municipality, mail: Read) -> Enquiry | None:
    """Whose thread it goes on: by our mail that it answers, else by the token in its subject."""
    keys = [uuid.UUID(match[1]) for reference in mail.references if (match := _KEY.match(reference.lower()))]
    rows = AnswerMail.objects.of(municipality).filter(key__in=keys)
    by_key = {
        mail.key: mail.message.enquiry for mail in rows.select_related("message__enquiry__municipality")
    }
    for key in keys:
        if key in by_key:
            return by_key[key]
    number = named_in(mail.subject, municipality)
    rows_of_it = Enquiry.objects.of(municipality).select_related("municipality")
    return rows_of_it.filter(pk=number).first() if number else None


def _ask(municipality: Municipality, mail: Read) -> Enquiry:
    text = "\n\n".join(part for part in (mail.subject, mail.text) if part)
    return actions.receive(
        municipality=municipality,
        source=Source.MAIL,
        text=text or _("(Nothing could be read.)"),
        # Nobody can tell it from a few words: it is the municipality's own until a colleague answers in another.
        language=municipality.home_language,
        email=mail.sender,
    )


def _back(enquiry: Enquiry, mail: Read) -> str:
    words = mail.text or mail.subject or _("(Nothing could be read.)")
    if mail.sender and mail.sender == enquiry.email:
        try:
            actions.write_back(enquiry=enquiry, text=words)
            return Taken.BACK
        except ValidationError:  # So many that a person is asked to call. Somebody must still see it.
            intro = _("They have written very often; this came by e-mail and was not taken in as theirs:")
    else:
        sender = mail.sender or _("an address that can't be read")
        intro = _(
            "This came by e-mail from %(address)s, which is not the address that asked. Nothing was sent there:"
        ) % {"address": sender}
    actions.remark(enquiry=enquiry, text=f"{intro}\n\n{words}", waits=True)
    return Taken.OTHER


def _remarks(mail: Read) -> list[str]:
    said = []
    if mail.attachments:
        names = ", ".join(f"{name} ({filesizeformat(size)})" for name, size in mail.attachments)
        more = mail.more_attachments
        if more:
            names += ngettext(" and one more", " and %(n)d more", more) % {"n": more}
        said.append(
            _("Attachments are not taken in; they lie in the mailbox only: %(names)s.") % {"names": names}
        )
    if mail.cut or len(mail.subject) + len(mail.text) + 2 > LONGEST:
        said.append(_("The e-mail is longer than what is shown here; all of it lies in the mailbox."))
    if mail.broken:
        said.append(_("The e-mail was damaged: some of it could not be read. Look at it in the mailbox."))
    if not mail.sender:
        said.append(_("The e-mail names no sender who could be answered."))
    return said


def _may_have_receipt(enquiry: Enquiry) -> bool:
    if not enquiry.email:
        return False
    now = timezone.now()
    sent = AnswerMail.objects.of(enquiry.municipality).filter(message__direction=Direction.AUTO)
    if sent.filter(to=enquiry.email, created_at__gt=now - RECEIPT_PAUSE).exists():
        return False
    return sent.filter(created_at__gt=now - datetime.timedelta(hours=1)).count() < MOST_RECEIPTS


def _send_receipt(enquiry: Enquiry) -> None:
    with override(language_on_screen(enquiry)):
        words = _("We have your question, and you have an answer by %(day)s.") % {
            "day": date_format(enquiry.due_on)
        }
    message = EnquiryMessage.objects.create(
        municipality_id=enquiry.municipality_id, enquiry=enquiry, direction=Direction.AUTO, text=words
    )
    AnswerMail.objects.create(municipality_id=enquiry.municipality_id, message=message, to=enquiry.email)
    transaction.on_commit(actions.nudge, robust=True)
