"""What somebody without an account has sent, and says to have sent by a link in a mail (double opt-in): until
then the address may be anybody's. What is not confirmed within a week is deleted by the night."""

import datetime
import logging
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any, Self, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose
from municipalities.municipality import scope
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.anybody import new_sending

logger = logging.getLogger(__name__)
DAYS_TO_CONFIRM = 7
# To one address in a day, from the whole portal: forms that anybody may send must not fill somebody's letter box.
MAILS_A_DAY = 5

M = TypeVar("M", bound="ToConfirm", covariant=True)


class ToConfirmQuerySet(OwnedQuerySet[M]):
    def confirmed(self) -> Self:
        return self.exclude(confirmed_at=None)

    def unconfirmed(self) -> Self:
        """Those that wait for the person to answer their mail."""
        return self.filter(confirmed_at=None).exclude(email="")

    def to_mail(self) -> Self:
        return self.filter(mailed_at=None).exclude(email="")

    def run_out(self, day: datetime.date) -> Self:
        """Those whose week is over on `day`."""
        last = datetime.datetime.combine(day - datetime.timedelta(days=DAYS_TO_CONFIRM), datetime.time.max)
        return self.unconfirmed().filter(asked_at__lte=timezone.make_aware(last))


class ToConfirm(MunicipalityOwned):
    email = models.EmailField(_("e-mail"), blank=True)
    # The site's language that they read the form in: the mail speaks it too.
    screen = models.CharField(_("language on screen"), max_length=2, default="nb", editable=False)
    sent_as = models.CharField(max_length=16, default=new_sending, editable=False)
    asked_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "sent_as"],
                name="%(class)s_sent_once",
                violation_error_message=_("This form is sent already."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=models.F("asked_at")),
                name="%(class)s_confirmed_after_it_was_sent",
                violation_error_message=_("Nothing is confirmed before it was sent."),
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


def keep(row: ToConfirm) -> bool:
    """False if this very form was sent before: a double click, or a page that was sent again. Nothing is kept then. Who
    went back and mended the e-mail or the phone has sent another: the first would never be answered."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(action=Action.ADDED, of=row)
    except IntegrityError:
        before = _sent(row).first()
        if before is None:
            raise
        if _reached_at(before) == _reached_at(row):
            return False
        mended = salted_hmac("links.mended", f"{row.sent_as} {_reached_at(row)}", algorithm="sha256")
        row.sent_as = mended.hexdigest()[:16]  # So that this one, sent twice, is one as well.
        return keep(row)
    return True


def _reached_at(row: ToConfirm) -> tuple[str, str]:
    return row.email.casefold(), str(getattr(row, "phone", ""))


def _sent(row: ToConfirm) -> "models.QuerySet[Any]":
    return type(row)._base_manager.filter(municipality=row.municipality_id, sent_as=row.sent_as)


# --- the mail --------------------------------------------------------------------------------------

# The subject and the body for a row and its link, in the language that is active then.
Words = Callable[[Any, Link], tuple[str, str]]


def mail_waiting(model: type[ToConfirm], purpose: Purpose, words: Words) -> int:
    """How many were mailed. What can't be sent is tried again at the next round; not if the address is refused for
    good, which each round would be one refusal more."""
    rows: Any = model._default_manager
    with scope.everywhere():
        waiting = list(rows.to_mail().order_by("pk").values_list("pk", "municipality_id", "email"))
    sent = 0
    for pk, municipality_id, email in waiting:
        if not _may_mail(email):
            continue  # Tomorrow, if it is still there.
        with scope.of(municipality_id):
            try:
                sent += _mail(rows, pk, purpose, words)
            except OSError as error:
                if is_final(error):
                    rows.filter(pk=pk).update(mailed_at=timezone.now())
                # The fault's name only: its text holds the address.
                logger.warning("%s %s could not be mailed: %s", model.__name__, pk, type(error).__name__)
    return sent


def _mail(rows: Any, pk: int, purpose: Purpose, words: Words) -> bool:
    with transaction.atomic():
        mine = rows.to_mail().select_for_update(of=("self",), skip_locked=True)
        row = mine.select_related("municipality").filter(pk=pk).first()
        if row is None:
            return False  # Another worker was first.
        rows.filter(pk=pk).update(mailed_at=timezone.now())
        known = dict(settings.LANGUAGES)
        with translation.override(row.screen if row.screen in known else row.municipality.home_language):
            link = actions.issue(purpose=purpose, of=row, by=None)
            subject, message = words(row, link)
            send_mail(subject=subject, message=message, from_email=None, recipient_list=[row.email])
    _count_mail(row.email)
    return True


def is_final(error: OSError) -> bool:
    """By RFC 5321: 5yz, and not 4yz, which may be taken later."""
    refused = error.recipients if isinstance(error, SMTPRecipientsRefused) else {}
    return bool(refused) and all(code >= 500 for code, _why in refused.values())


def _key(email: str) -> str:
    # No address lies in the cache.
    return f"confirming-{salted_hmac('links.confirming', email.casefold(), algorithm='sha256').hexdigest()}"


def _may_mail(email: str) -> bool:
    return cache.get(_key(email), 0) < MAILS_A_DAY


def _count_mail(email: str) -> None:
    if not cache.add(_key(email), 1, 24 * 3600):
        cache.incr(_key(email))
