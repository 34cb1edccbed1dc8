from municipalities.privacy.activities import ORDERS, PLANNING
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Basis, Kind, Personal, declare
from welcome.orders.models import Order

_WISHES = Personal(Kind.SPECIAL, basis=Basis.EXPLICIT_CONSENT)
_KEY = Personal(Kind.TRACE, shown=False)  # Another spelling of what is shown already.


def _words(name: str) -> Personal:
    def said(order: Order) -> str:
        text = getattr(order, name)
        return text.words if text is not None else ""

    return Personal(Kind.CHOICE, words=said)


def _others(order: Order) -> str:
    return ", ".join(
        f"{each['name']} ({each['born']})" if each.get("born") else each["name"] for each in order.others
    )


DECLARATIONS = [
    declare(
        Order,
        activity=ORDERS,
        activities=(PLANNING,),
        rows=lambda household: Order.objects.of_household(household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "state": Kind.HOUSEHOLD,
            "wants_package": Kind.CHOICE,
            "wants_host": Kind.CHOICE,
            "wants_meeting": Kind.CHOICE,
            "wants_club": Kind.CHOICE,
            "situation": Kind.HOUSEHOLD,
            "given_name": Kind.IDENTITY,
            "family_name": Kind.IDENTITY,
            "name_key": _KEY,
            "birth_year": Kind.IDENTITY,
            "others": Personal(Kind.IDENTITY, words=_others),
            "adults": Kind.HOUSEHOLD,
            "children": Kind.IDENTITY,
            "language": Kind.HOUSEHOLD,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "street": Kind.ADDRESS,
            "postal_code": Kind.ADDRESS,
            "postal_place": Kind.ADDRESS,
            "moved_on": Kind.HOUSEHOLD,
            "planned_for": Kind.HOUSEHOLD,
            "would_help": Kind.FREE_TEXT,
            "interests": _WISHES,
            "needs": _WISHES,
            "planning_text": _words("planning_text"),
            "needs_text": _words("needs_text"),
            "club_text": _words("club_text"),
            "meeting": Kind.HOUSEHOLD,
            "sign_up": Personal(Kind.HOUSEHOLD, shown=False),
            "asked_at": Kind.TRACE,
            "mailed_at": Kind.TRACE,
            "confirmed_at": Kind.CHOICE,
            "settled_at": Kind.TRACE,
            "settled_by": STAFF,
            "package_given_at": Kind.HOUSEHOLD,
        },
        plain=["id", "municipality", "screen", "sent_as"],
    ),
]
