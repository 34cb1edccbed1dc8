"""Each municipality's mailbox, read each minute by one worker at a time.

A mail is taken in, and only then is the position moved on: a worker that dies between reads it again, and by its
Message-ID it is known. What can't be taken in is set aside where staff see it, and does not stop what came after it.
"""

import datetime
import logging
import uuid

from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from municipalities.enquiries import imap, taking
from municipalities.enquiries.imap import Folder, Unread
from municipalities.enquiries.mailbox_models import Fault, Mailbox
from municipalities.enquiries.parsing import LARGEST
from municipalities.municipality import scope
from municipalities.tenancy.logs import where

LEASE = datetime.timedelta(seconds=imap.SECONDS * 5)
AT_A_TIME = 50
# So that a wrong password doesn't lock the account at the provider.
PAUSE = {Fault.LOGIN: datetime.timedelta(minutes=30)}
USUAL_PAUSE = datetime.timedelta(minutes=5)

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another reads it now, or it was changed meanwhile."""


def changed(mailbox: Mailbox) -> None:
    """Its settings are new: whoever reads by the old ones stops, and it is read again at once. What another server or
    folder counted means nothing here."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        uid_validity=None, last_uid=0, lease_token=None, lease_expires_at=None, not_before=timezone.now()
    )


def due() -> list[int]:
    with scope.everywhere():
        return list(Mailbox.objects.due(timezone.now()).order_by("pk").values_list("pk", flat=True))


def read(pk: int) -> int:
    """How many mails were looked at. Nothing where another has it."""
    with scope.of_row(Mailbox, pk):
        mailbox = _claim(pk)
        if mailbox is None:
            return 0
        try:
            seen = _read(mailbox)
        except LeaseLost:
            logger.warning("%s: another has it, or it was changed; this one steps back.", mailbox)
            return 0
        except Unread as error:
            _let_go(mailbox, error.fault)
            return 0
        except Exception as error:
            logger.error("%s could not be read: %s", mailbox, where(error))
            _let_go(mailbox, Fault.OWN)
            return 0
        _let_go(mailbox, None)
    return seen


def try_out(mailbox: Mailbox) -> int:
    """How many mails would be looked at. Raises Unread; changes nothing, here or there."""
    with imap.folder(mailbox) as folder:
        return len(folder.uids(after=0, since=mailbox.since))


def _claim(pk: int) -> Mailbox | None:
    now, token = timezone.now(), uuid.uuid4()
    free = Mailbox.objects.filter(pk=pk).due(now)
    if not free.update(lease_token=token, lease_expires_at=now + LEASE):
        return None
    return Mailbox.objects.select_related("municipality").filter(pk=pk).held(token).first()


def _read(mailbox: Mailbox) -> int:
    with imap.folder(mailbox) as folder:
        after = mailbox.last_uid if folder.validity == mailbox.uid_validity else 0
        uids = folder.uids(after=after, since=mailbox.since)[:AT_A_TIME]
        for uid in uids:
            _take(mailbox, folder, uid)
            _move_on(mailbox, folder.validity, uid)
        if not uids:
            _move_on(mailbox, folder.validity, after)
    return len(uids)


def _take(mailbox: Mailbox, folder: Folder, uid: int) -> None:
    raw = folder.fetch(uid, LARGEST + 1)
    if raw is None:
        return  # Somebody has taken it out of the folder since.
    try:
        taking.take_in(raw, mailbox.municipality, uid=uid, receipt=mailbox.receipts)
    except (OperationalError, InterfaceError):
        raise  # The database is away. Nothing was saved, so the position stays.
    except Exception as error:
        logger.error("%s: mail %s could not be taken in: %s", mailbox, uid, where(error))
        taking.set_aside(raw, mailbox.municipality, uid=uid, why=type(error).__name__)
        return
    if mailbox.mark_read:
        try:
            folder.mark_read(uid)
        except Unread:  # The server does not let this user; that must not stop the mails behind it.
            logger.warning("%s: mail %s could not be marked as read.", mailbox, uid)


def _move_on(mailbox: Mailbox, validity: int, uid: int) -> None:
    assert mailbox.lease_token is not None  # noqa: S101 - it was claimed
    held = Mailbox.objects.filter(pk=mailbox.pk, lease_expires_at__gt=timezone.now()).held(
        mailbox.lease_token
    )
    if not held.update(uid_validity=validity, last_uid=uid):
        raise LeaseLost


def _let_go(mailbox: Mailbox, fault: Fault | None) -> None:
    assert mailbox.lease_token is not None  # noqa: S101 - it was claimed
    now = timezone.now()
    held = Mailbox.objects.filter(pk=mailbox.pk).held(mailbox.lease_token)
    free = {"lease_token": None, "lease_expires_at": None}
    if fault is None:
        held.update(**free, fault="", failing_since=None, read_at=now, not_before=now)
    else:
        since = Coalesce(F("failing_since"), now)
        held.update(**free, fault=fault, failing_since=since, not_before=now + PAUSE.get(fault, USUAL_PAUSE))
