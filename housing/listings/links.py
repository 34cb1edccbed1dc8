"""The links of owners: to the home they have sent in, and to what somebody has written to them about it."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from housing.listings.models import KEPT_DAYS, ListingSubmission, OwnerMessage
from municipalities.links.purposes import Purpose

_OVER = _(
    "It led to a home that somebody offers. The newest e-mail about it has the link that works; call or write to the"
    " municipality's service office if you have none."
)


def _find_home(pk: int) -> Any:
    rows = ListingSubmission.objects.select_related("listing__municipality", "municipality")
    return rows.filter(pk=pk, municipality__published=True).first()


def _find_message(pk: int) -> Any:
    rows = OwnerMessage.objects.select_related("listing__submission", "listing__municipality", "municipality")
    found = rows.filter(pk=pk, municipality__published=True).first()
    return found if found is not None and found.listing.sent_in is not None else None


# No right: only the program issues them, in its mail to the owner. The address is part of the state: they open
# nothing once the mail is known to have gone to somebody else.
HOME = Purpose(
    code="home",
    model=ListingSubmission,
    lifetime=datetime.timedelta(days=180),
    page="portal:own-home",
    over=_OVER,
    find=_find_home,
    state=lambda submission: submission.email,
    language=lambda submission: submission.language,
)
MESSAGE = Purpose(
    code="home-message",
    model=OwnerMessage,
    lifetime=datetime.timedelta(days=KEPT_DAYS),
    page="portal:home-message",
    over=_OVER,
    find=_find_message,
    state=lambda message: message.listing.submission.email,
    language=lambda message: message.listing.submission.language,
)
