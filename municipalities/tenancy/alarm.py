"""Mail to those who answer for a log when it is not what was written."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.audit.sealing import Chain, reach
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right, roles_with

logger = logging.getLogger(__name__)


def tell(chain: Chain) -> None:
    """Mail each broken finding once. If no mail at all goes out, the next round of the clock tries again."""
    with reach(chain):
        for check in chain.checks().to_tell():
            _tell(chain, check)


def _tell(chain: Chain, check: Any) -> None:
    mine = chain.checks().to_tell().filter(pk=check.pk)
    if not mine.update(told_at=timezone.now()):
        return  # Another process was first.
    place = Municipality.objects.filter(pk=chain.municipality_id or 0).first()
    told = [_write_to(user, check, place) for user in recipients(chain)]
    if not any(told):
        chain.checks().filter(pk=check.pk).update(told_at=None)


def recipients(chain: Chain) -> list[User]:
    """Whoever may read the log there; the system administrators for the installation's own, and where a
    municipality has nobody."""
    everybody = User.objects.filter(is_active=True)
    if chain.municipality_id is not None:
        members = Membership.objects.filter(
            municipality_id=chain.municipality_id, role__in=roles_with(Right.READ_AUDIT)
        )
        if found := list(everybody.filter(pk__in=members.values("user")).order_by("pk")):
            return found
    return list(everybody.filter(is_superuser=True).order_by("pk"))


def _write_to(user: User, check: Any, place: Municipality | None) -> bool:
    page = "systementry" if place is None else "auditentry"
    query = "" if place is None else f"?municipality={place.pk}"
    with override(user.language or (place.home_language if place else settings.LANGUAGE_CODE)):
        where = str(place) if place else _("the whole installation")
        mail = EmailMessage(
            subject=_("The log of %(place)s is not what was written") % {"place": where},
            body=render_to_string(
                "tenancy/alarm_mail.txt",
                {
                    "where": where,
                    "check": check,
                    "fault": check.get_fault_display(),
                    "link": settings.SITE_URL + reverse(f"admin:municipalities_{page}_check") + query,
                },
            ),
            to=[user.email],
        )
    try:
        mail.send()
    except OSError as error:
        # The fault's name only: its text holds the address.
        logger.warning("User %s could not be told of a broken log: %s", user.pk, type(error).__name__)
        return False
    return True
