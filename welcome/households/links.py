"""The link to a household's own page: printed in a letter, mailed, or given by staff."""

import datetime

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from municipalities.tenancy.roles import Right
from welcome.households.models import Household


def language_on_screen(household: Household) -> str:
    """The site's own language that lies nearest to the one they get letters in."""
    return {"nn": "nn", "nb": "nb", "se": "nb"}.get(household.language, "en")


NEWCOMER = Purpose(
    code="newcomer",
    model=Household,
    lifetime=datetime.timedelta(days=180),
    page="portal:my",
    over=_(
        "It led to what your municipality holds about you. Call or write to the municipality's service"
        " office, and you get a new one."
    ),
    right=Right.WRITE_PEOPLE,
    find=lambda pk: Household.objects.select_related("municipality").with_people().filter(pk=pk).first(),
    # Letters lie where somebody lived: when protection comes, or is lifted, no link from before opens.
    state=lambda household: household.protection,
    language=language_on_screen,
)
