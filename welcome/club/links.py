"""The link in the club's mail: with it one says yes, and later leaves."""

import datetime

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.club.models import Member

# Who has lost it, or whose year is over, joins once more: the new mail's link leads to the one row of theirs.
CLUB = Purpose(
    code="club",
    model=Member,
    lifetime=datetime.timedelta(days=365),
    page="portal:confirm-club",
    over=_(
        "It led to the newcomers' club. You are not on its list: you have left it, or did not say yes in time. You"
        " can join again."
    ),
    find=lambda pk: Member.objects.select_related("municipality").filter(pk=pk).first(),
    language=lambda member: member.screen,
)
