"""The link by which who sent an activity in comes back to it: to confirm, to change it, to take it back."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.activities.models import Submission
from municipalities.links.purposes import Purpose


def _find(pk: int) -> Any:
    return (
        Submission.objects.select_related("activity__organisation", "municipality", "activity__municipality")
        .filter(pk=pk, municipality__published=True)
        .first()
    )


# No right: only the program issues it, in its mail to the sender. The address is part of the state: it opens
# nothing once the mail is known to have gone to somebody else.
SUBMISSION = Purpose(
    code="activity",
    model=Submission,
    lifetime=datetime.timedelta(days=180),
    page="portal:submission",
    over=_(
        "It led to an activity that somebody sent in. The newest e-mail about it has the link that works;"
        " call or write to the municipality's service office if you have none."
    ),
    find=_find,
    state=lambda submission: submission.email,
    language=lambda submission: submission.language,
)
