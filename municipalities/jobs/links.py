"""The link by which an employer comes back to the vacancy they have sent in."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.jobs.models import VacancySubmission
from municipalities.links.purposes import Purpose


def _find(pk: int) -> Any:
    rows = VacancySubmission.objects.select_related("vacancy__municipality", "municipality")
    return rows.filter(pk=pk, municipality__published=True).first()


VACANCY = Purpose(
    code="vacancy",
    model=VacancySubmission,
    lifetime=datetime.timedelta(days=180),
    page="portal:own-vacancy",
    over=_(
        "It led to a vacancy that an employer sent in. The newest e-mail about it has the link that works; call or"
        " write to the municipality's service office if you have none."
    ),
    find=_find,
    state=lambda submission: submission.email,
    language=lambda submission: submission.language,
)
