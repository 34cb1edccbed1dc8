"""The links about a meeting: printed in a household's letter, as a code to be scanned, and in mails to who has signed
up."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.households.links import language_on_screen, screen_language
from welcome.meetings.models import Invitation, SignUp


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


def _find_seat(pk: int) -> Any:
    rows = SignUp.objects.select_related("meeting", "household", "municipality")
    return rows.filter(pk=pk, merged=False, meeting__published=True).first()


# No right: only the program issues it, with a mail.
SEAT = Purpose(
    code="seat",
    model=SignUp,
    lifetime=datetime.timedelta(days=180),
    page="portal:seat",
    over=_("It led to a seat at a welcome meeting. Call or write to the municipality's service office."),
    find=_find_seat,
    # As that of the letter: mails lie in letter boxes that others may open too.
    state=lambda row: row.household.protection if row.household else "",
    language=lambda row: screen_language(row.language),
)
