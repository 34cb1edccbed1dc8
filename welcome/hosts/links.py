"""The links of hosts: who has offered to be one, who is one, and the household that one is suggested to."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.offers import HostOffer
from welcome.households.links import language_on_screen, screen_language

# No right: only the program issues it, when the form is sent.
OFFER = Purpose(
    code="host-offer",
    model=HostOffer,
    # As long as an offer may wait for its answer: until then they look at it and take it back.
    lifetime=datetime.timedelta(days=190),
    page="portal:confirm-offer",
    over=_(
        "It led to your offer to be a host. The offer is answered, or was not confirmed in time and is deleted. You"
        " can send it again."
    ),
    find=lambda pk: HostOffer.objects.select_related("municipality").filter(pk=pk).first(),
    language=lambda offer: offer.screen,
)


# No right for either: only the program issues them, in the mails that it sends.
HOST = Purpose(
    code="host",
    model=Host,
    lifetime=datetime.timedelta(days=365),
    page="portal:host",
    over=_(
        "It led to your page as a host. Call or write to the municipality's service office, or open the link in the"
        " newest mail you have from us."
    ),
    find=lambda pk: Host.objects.select_related("municipality").filter(pk=pk).first(),
    # A mailbox that is theirs no more opens nothing.
    state=lambda host: host.email,
    language=lambda host: screen_language(host.about_language),
)


def _find(pk: int) -> Any:
    """Not of a household that is protected, or that may only be kept."""
    rows = HostAssignment.objects.usable().select_related("municipality", "household", "host")
    return rows.filter(pk=pk).first()


HOSTED = Purpose(
    code="hosted",
    model=HostAssignment,
    lifetime=datetime.timedelta(days=366),
    page="portal:hosted",
    over=_(
        "It led to the host we had suggested to you. Call or write to the municipality's service office, and we help"
        " you on."
    ),
    find=_find,
    # When protection comes, or is lifted, no link from before opens.
    state=lambda assignment: assignment.household.protection,
    language=lambda assignment: language_on_screen(assignment.household),
)
