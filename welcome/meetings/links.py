"""The link by which a household signs up: printed in its letter, as a code to be scanned."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.households.links import language_on_screen
from welcome.meetings.models import Invitation


def _find(pk: int) -> Any:
    invitations = Invitation.objects.select_related("meeting", "household", "municipality")
    return invitations.filter(pk=pk, meeting__published=True).first()


# No right: only the program issues it, with a letter.
MEETING = Purpose(
    code="meeting",
    model=Invitation,
    lifetime=datetime.timedelta(days=180),
    page="portal:meeting",
    over=_(
        "It led to a welcome meeting. Call or write to the municipality's service office if you would like"
        " to come to the next one."
    ),
    find=_find,
    # Letters lie where somebody lived: when protection comes, or is lifted, no link from before opens.
    state=lambda invitation: invitation.household.protection,
    language=lambda invitation: language_on_screen(invitation.household),
)
