"""The portal's mails to those who order something: to confirm it, and to be asked whether they still plan to come."""

import datetime
import logging
from dataclasses import dataclass

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.links import actions as links
from municipalities.links import confirming
from municipalities.links.models import Link
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households.links import language_on_screen, mail_addresses
from welcome.households.models import Household, HouseholdQuerySet, HouseholdState
from welcome.orders.links import KEEP, ORDER
from welcome.orders.models import Order

logger = logging.getLogger(__name__)
# Before a consent runs out, whom it is of is asked whether they still plan to come; later where it is a short one.
DAYS_BEFORE = 30


def mail_waiting() -> int:
    return confirming.mail_waiting(Order, ORDER, _words)


def _words(order: Order, link: Link) -> tuple[str, str]:
    place = order.municipality
    subject = _("Confirm what you have ordered in %(place)s") % {"place": place.name}
    words = {"link": link, "order": order, "municipality": place}
    return subject, render_to_string("orders/confirm_mail.txt", words)


# --- whose consent runs out ------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    mailed: int = 0
    failed: int = 0


def ask_planners(today: datetime.date) -> Asked:
    """Each once before a consent runs out. Who is protected or may only be kept is not written to by a machine."""
    with scope.everywhere():
        places = list(Municipality.objects.order_by("pk"))
    mailed = failed = 0
    for place in places:
        with scope.of(place.pk):
            for home in to_ask(place, today):
                try:
                    mailed += _ask(home)
                except OSError as error:
                    # The fault's name only: its text holds the address.
                    logger.warning("Household %s could not be asked: %s", home.pk, type(error).__name__)
                    failed += 1
    return Asked(mailed, failed)


def to_ask(place: Municipality, today: datetime.date) -> HouseholdQuerySet:
    rows = Household.objects.of(place).open_to_all().not_held().filter(state=HouseholdState.PLANNING)
    before = datetime.timedelta(days=min(DAYS_BEFORE, 10 * place.retention_planning_months))
    due = rows.filter(consent_until__gte=today, consent_until__lte=today + before)
    asked = Link.objects.of(place).running().filter(purpose=KEEP.code, model=KEEP.label)
    return due.exclude(pk__in=asked.values("object_id")).with_people().select_related("municipality")


def _ask(home: Household) -> bool:
    to = mail_addresses(home)
    if not to:
        return False
    with transaction.atomic(), translation.override(language_on_screen(home)):
        mine = Household.objects.open_to_all().not_held().select_for_update(of=("self",))
        if not mine.filter(
            pk=home.pk, state=HouseholdState.PLANNING, consent_until=home.consent_until
        ).exists():
            return False
        if links.active(purpose=KEEP, of=home) is not None:
            return False  # Another worker was first.
        link = links.issue(purpose=KEEP, of=home, by=None)
        place = home.municipality
        words = {"link": link, "household": home, "municipality": place, "today": timezone.localdate()}
        send_mail(
            subject=_("Do you still plan to move to %(place)s?") % {"place": place.name},
            message=render_to_string("orders/keep_mail.txt", words),
            from_email=None,
            recipient_list=to[:1],
        )
    return True
