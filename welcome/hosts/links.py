"""The link by which who has offered to be a host says that it was they."""

import datetime

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.hosts.offers import HostOffer

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
