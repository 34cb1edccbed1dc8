from typing import Any

from django.db.models import Q

from housing.wishes.models import Match, Wish, WishField, WishPosition, WishQuerySet
from municipalities.privacy.activities import WISHES
from municipalities.privacy.registry import Kind, declare, nothing_personal


def _theirs(municipality_id: int, people: Any) -> WishQuerySet:
    """Left with the e-mail or the phone of these people: no household's number stands in a wish."""
    theirs = Q(pk__in=[])
    for person in people:
        if person.email:
            theirs |= Q(email__iexact=person.email)
        if person.phone:
            theirs |= Q(phone=person.phone)
    return Wish.objects.filter(theirs, municipality_id=municipality_id)


def of_household(household: Any) -> WishQuerySet:
    return _theirs(household.municipality_id, household.people.all())


DECLARATIONS = [
    declare(
        Wish,
        activity=WISHES,
        rows=of_household,
        of_person=lambda person: _theirs(person.municipality_id, [person]),
        personal={
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "language": Kind.CHOICE,
            "text": Kind.FREE_TEXT,
            **dict.fromkeys(
                ["wants_home", "offer", "kind", "village", "bedrooms", "area", "price", "pets", "step_free", "animals",
                 "extent", "often", "package"],
                Kind.CHOICE,
            ),
            "sent_at": Kind.TRACE,
            "confirmed_at": Kind.TRACE,
            "stopped_at": Kind.TRACE,
        },
        plain=["id", "municipality", "by_staff", "sending", "asked_at", "expires_on", "told_at", "key", "most"],
    ),
    declare(
        WishField,
        activity=WISHES,
        rows=lambda household: WishField.objects.filter(wish__in=of_household(household)),
        personal={"field": Kind.CHOICE},
        plain=["id", "municipality", "wish"],
    ),
    nothing_personal(Match, "id", "municipality", "wish", "listing", "vacancy", "found_at", "told_at"),
    nothing_personal(WishPosition, "id", "until"),
]  # fmt: skip
