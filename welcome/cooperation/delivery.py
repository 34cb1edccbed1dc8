"""The mails of the cooperation. What is to be told is told by rows that want a mark: the mark is written in the
transaction that hands the mail over, under the row's lock, so that a crash before it loses nothing and no second
worker tells it again."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.mail import send_mail
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.links.purposes import Purpose
from municipalities.municipality import scope
from welcome.cooperation.links import COOPERATION, TASK
from welcome.cooperation.measure_models import Task
from welcome.cooperation.models import Attendee, Participant

REMIND_BEFORE = datetime.timedelta(days=3)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """`due` are the rows that want it; `mark` is the field that says it is out."""

    model: type[models.Model]
    mark: str
    due: Callable[[], models.QuerySet[Any]]
    purpose: Purpose
    to: Callable[[Any], Participant]
    subject: Callable[[Any], str]
    template: str


def _tasks(**wanted: Any) -> models.QuerySet[Task]:
    return Task.objects.open().filter(**wanted).exclude(owner__participant__email="").exclude(owner=None)


def _to_remind() -> models.QuerySet[Task]:
    """Not of what was given later than it would be reminded of: the mail of that day has told it."""
    today = timezone.localdate()
    soon = _tasks(reminded_at=None, due_on__range=(today, today + REMIND_BEFORE))
    return soon.filter(told_at__date__lt=today)


MAILS = [
    Mail(
        Attendee,
        "mailed_at",
        lambda: Attendee.objects.to_mail(),
        COOPERATION,
        lambda row: row.participant,
        lambda row: _("Will you come? Receiving newcomers in %(place)s") % {"place": row.municipality.name},
        "cooperation/invitation.txt",
    ),
    Mail(
        Task,
        "told_at",
        lambda: _tasks(told_at=None),
        TASK,
        lambda row: row.owner.participant,
        lambda row: _("You have got a task: %(task)s") % {"task": row.title},
        "cooperation/task_given.txt",
    ),
    Mail(
        Task,
        "reminded_at",
        _to_remind,
        TASK,
        lambda row: row.owner.participant,
        lambda row: _("A task is due soon: %(task)s") % {"task": row.title},
        "cooperation/task_soon.txt",
    ),
    Mail(
        Task,
        "told_late_at",
        lambda: _tasks(told_late_at=None, due_on__lt=timezone.localdate()),
        TASK,
        lambda row: row.owner.participant,
        lambda row: _("A task is overdue: %(task)s") % {"task": row.title},
        "cooperation/task_late.txt",
    ),
]


def mail_waiting() -> int:
    """How many went out. What can't be sent is tried again at the next round; not where the address is refused for
    good, which each round would be one refusal more."""
    sent = 0
    for mail in MAILS:
        with scope.everywhere():
            waiting = list(mail.due().order_by("pk").values_list("pk", "municipality_id"))
        for pk, municipality_id in waiting:
            with scope.of(municipality_id):
                sent += _tried(mail, pk)
    return sent


def _tried(mail: Mail, pk: int) -> bool:
    try:
        return _mailed(mail, pk)
    except OSError as error:
        if _is_final(error):
            mail.due().filter(pk=pk).update(**{mail.mark: timezone.now()})
        # The fault's name only: its text holds the address.
        logger.warning("%s %s could not be mailed: %s", mail.model.__name__, pk, type(error).__name__)
    return False


def _mailed(mail: Mail, pk: int) -> bool:
    with transaction.atomic():
        row = mail.due().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if row is None:
            return False  # Another worker was first, or it is done meanwhile.
        mail.model._default_manager.filter(pk=pk).update(**{mail.mark: timezone.now()})
        person = mail.to(row)
        # The same link as in the mails before, as long as it opens: none of them is a dead end.
        link = links.active(purpose=mail.purpose, of=row) or links.issue(
            purpose=mail.purpose, of=row, by=None
        )
        record(action=Action.SENT, of=row, note=mail.mark)
        with translation.override(person.screen):
            send_mail(
                subject=" ".join(mail.subject(row).split()),
                message=render_to_string(
                    mail.template, {"row": row, "person": person, "place": row.municipality, "link": link}
                ),
                from_email=None,
                recipient_list=[person.email],
            )
    return True


def _is_final(error: OSError) -> bool:
    """By RFC 5321: 5yz, and not 4yz, which may be taken later."""
    refused = error.recipients if isinstance(error, SMTPRecipientsRefused) else {}
    return bool(refused) and all(code >= 500 for code, _why in refused.values())
