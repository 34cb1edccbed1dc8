"""The links of those who order something, and of those who plan to come."""

import datetime

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.households.links import language_on_screen
from welcome.households.models import Household, HouseholdState
from welcome.orders.models import Order

# No right: only the program issues it, when the form is sent. As long as an order may lie in the queue: by it they
# look whether they are signed up, and take back what they have sent.
ORDER = Purpose(
    code="order",
    model=Order,
    lifetime=datetime.timedelta(days=365),
    page="portal:confirm-order",
    over=_(
        "It led to what you have ordered. What is not confirmed within a week is deleted. You can order again, or call"
        " the municipality's service office."
    ),
    find=lambda pk: Order.objects.select_related("municipality", "sign_up__meeting").filter(pk=pk).first(),
    language=lambda order: order.screen,
)


def _planning(pk: int) -> Household | None:
    rows = Household.objects.open_to_all().not_held().select_related("municipality")
    return rows.filter(pk=pk, state=HouseholdState.PLANNING).first()


# Issued with the mail that asks whether they still plan to come; another answer ends it.
KEEP = Purpose(
    code="keep",
    model=Household,
    lifetime=datetime.timedelta(days=60),
    page="portal:keep-planning",
    over=_(
        "It asked whether you still plan to move here. You have answered, or what we held of you is deleted. You can"
        " always order the welcome package again."
    ),
    find=_planning,
    state=lambda household: f"{household.consent_until}",
    language=language_on_screen,
)
