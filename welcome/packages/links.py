"""The link with which a sponsor accepts vouchers at its counter: on any phone, without an account."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from municipalities.organisations.models import Organisation
from municipalities.tenancy.roles import Right


def _find(pk: int) -> Any:
    return Organisation.objects.select_related("municipality").filter(pk=pk).first()


REDEEM = Purpose(
    code="redeem",
    model=Organisation,
    lifetime=datetime.timedelta(days=365),
    page="portal:redeem",
    over=_(
        "Vouchers of your customers are redeemed with it. Ask the municipality's service office for a new one."
    ),
    right=Right.WRITE_PEOPLE,
    find=_find,
    language=lambda organisation: organisation.municipality.home_language,
)
