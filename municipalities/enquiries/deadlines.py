"""Once a day: coordinators are told of what waits too long, and what was answered and left is closed."""

import datetime
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from municipalities.audit.recording import record_each
from municipalities.audit.vocabulary import Action
from municipalities.enquiries.models import Enquiry, Outcome, State
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.tenancy.told import coordinators_of

TOLD = 5  # Enquiries named in the mail; the rest is a number.
QUIET = datetime.timedelta(days=30)  # After its answer nobody has written: it is closed.

logger = logging.getLogger(__name__)


class NobodyTold(Exception):
    """No mail went out: what was written of having told is taken back, and the next round tries again."""


def look_over(today: datetime.date) -> int:
    """How many coordinators were mailed."""
    with scope.everywhere():
        places = list(Municipality.objects.order_by("pk"))
    mailed = 0
    for place in places:
        with scope.of(place.pk):
            close_quiet(place)
            try:
                mailed += tell(place, today)
            except NobodyTold:
                logger.warning("%s: nobody could be told of enquiries that wait.", place.number)
    return mailed


def close_quiet(place: Municipality) -> int:
    """Answered, and no word since. Whoever writes back opens it again."""
    answered = Enquiry.objects.of(place).filter(state=State.ANSWERED, answered_at__lte=timezone.now() - QUIET)
    with transaction.atomic():
        ids = list(answered.values_list("pk", flat=True))
        closed = answered.filter(pk__in=ids).update(
            state=State.CLOSED, closed_at=timezone.now(), outcome=Outcome.ANSWERED, version=F("version") + 1
        )
        if closed:
            record_each(
                action=Action.FINISHED, model=Enquiry, ids=ids, municipality_id=place.pk, note="quiet"
            )
    return closed


def tell(place: Municipality, today: datetime.date) -> int:
    """One short mail a day and coordinator while something waits too long. Raises NobodyTold."""
    with transaction.atomic():
        late = Enquiry.objects.of(place).overdue(today)
        untold = late.filter(Q(told_late_on=None) | Q(told_late_on__lt=today))
        if not untold.update(told_late_on=today):
            return 0  # None, or another process was first.
        rows = list(late.select_related("assigned_to").order_by("due_on", "pk"))
        told = [_write_to(user, place, rows, today) for user in coordinators_of(place)]
        if not any(told):
            raise NobodyTold
    return sum(told)


def _write_to(user: User, place: Municipality, rows: list[Enquiry], today: datetime.date) -> bool:
    with translation.override(user.language or place.home_language):
        count = len(rows)
        subject = ngettext(
            "%(place)s: %(count)d enquiry waits too long",
            "%(place)s: %(count)d enquiries wait too long",
            count,
        ) % {"place": place.name, "count": count}
        words = {
            "user": user,
            "place": place,
            "rows": [(row, (today - row.due_on).days) for row in rows[:TOLD]],
            "count": count,
            "more": max(0, count - TOLD),
            "link": settings.SITE_URL
            + reverse("admin:municipalities_enquiry_changelist")
            + f"?state=overdue&municipality__id__exact={place.pk}",
        }
        body = render_to_string("enquiries/overdue_mail.txt", words)
    try:
        send_mail(subject=subject, message=body, from_email=None, recipient_list=[user.email])
    except OSError as error:
        # The fault's name only: its text holds the address.
        logger.warning("User %s could not be told of enquiries: %s", user.pk, type(error).__name__)
        return False
    return True
