"""No address stays in an order of people whose address is protected, whichever of the two came first.

`households.ties` asks at the moment when protection comes, `actions.receive` when the order does. The sweep
finds what neither saw: a protected household typed by hand while the order waited, or at the very moment.
"""

from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Lower

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households.models import Person, PersonQuerySet
from welcome.orders.models import ADDRESS, Order


def may_be_protected(order: Order) -> bool:
    """One of its people has the name, e-mail or phone of somebody whose address is protected."""
    return _protected(order.municipality, [order]).exists()


def veil(order: Order) -> None:
    """Before it is kept, and before anything is made of it."""
    if may_be_protected(order):
        for name in ADDRESS:
            setattr(order, name, "")


def veil_all() -> int:
    """How many orders lost an address. Two queries, and two for each municipality in which orders wait."""
    with scope.everywhere():
        ids = Order.objects.with_address().values("municipality")
        places = list(Municipality.objects.filter(pk__in=ids))
    return sum(_veil(place) for place in places)


def _veil(place: Municipality) -> int:
    with scope.of(place.pk):
        rows = list(Order.objects.of(place).with_address())
        people = list(_protected(place, rows))
        names = {person.name_key for person in people}
        found = [row.pk for row in rows if row.name_keys & names or any(map(row.reaches, people))]
        return Order.objects.filter(pk__in=found).update(**dict.fromkeys(ADDRESS, ""))


def _protected(place: Municipality, orders: Collection[Order]) -> PersonQuerySet:
    """Who has such a name, or is reached like that, and has an address that is protected. Birth years are not asked:
    an address too many that is forgotten is asked for again, one too few is found by who must not find it."""
    people = Person.objects.of(place).exclude(household__protection="").annotate(folded=Lower("email"))
    names = {key for order in orders for key in order.name_keys}
    emails = {order.email.lower() for order in orders} - {""}
    phones = [order.phone for order in orders if order.phone]
    return people.filter(Q(name_key__in=names) | Q(folded__in=emails) | Q(phone__in=phones))
