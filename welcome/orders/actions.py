"""An order as its people have it: sent, confirmed, taken back. What staff do with it is `settling.py`."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.links import confirming
from municipalities.tenancy.models import User
from welcome.households.models import Person
from welcome.households.recognition import name_key
from welcome.meetings import actions as meetings
from welcome.orders import tasks, veiling
from welcome.orders.models import WHO, Order, OrderState


def receive(*, order: Order) -> None:
    """Keeps an order as its form was sent, once. With an e-mail address it waits for that to be confirmed; with a
    phone number only it goes straight to the queue. Whether somebody of these people is known changes nothing that
    they see."""
    order.state = OrderState.UNCONFIRMED if order.email else OrderState.WAITING
    veiling.veil(order)
    if confirming.keep(order):
        transaction.on_commit(tasks.sweep_orders.delay, robust=True)


def confirm(*, order: Order) -> bool:
    """False if it was confirmed before. Who wants nothing but a seat at the meeting has it, or a place on the
    waiting list, from now; all else goes to the queue."""
    with transaction.atomic():
        mine = Order.objects.filter(pk=order.pk, state=OrderState.UNCONFIRMED)
        if not mine.update(state=OrderState.WAITING, confirmed_at=timezone.now()):
            return False
        record(action=Action.CHANGED, of=order, fields=["confirmed_at", "state"])
        order.refresh_from_db()
        # Who may be of people whose address is protected goes to the queue: a seat by name is on lists and in files.
        if order.is_only_for_meeting and not veiling.may_be_protected(order) and sign_up(order=order):
            empty(order=order, by=None)
    return True


def sign_up(*, order: Order) -> bool:
    """For the meeting of the order, by name, as of somebody who called. False if one can't sign up any more: then
    somebody at the municipality must tell them."""
    meeting = order.meeting
    if meeting is None or not meeting.takes_sign_ups():
        return False
    try:
        with transaction.atomic():
            order.sign_up = meetings.sign_up_by_hand(
                meeting=meeting,
                name=order.full_name[:80],
                contact=order.email or order.phone.as_national,
                party=party_of(order),
                by=None,
            )
    except ValidationError:
        return False
    return True


def party_of(order: Order) -> meetings.Party:
    day = timezone.localdate()
    return meetings.Party(
        adults=order.adults, children=order.ages_on(day), needs=order.needs[:500], language=order.language
    )


def empty(*, order: Order, by: User | None) -> None:
    """Settled: what it held of who sent it is gone. The caller has put what is to be kept where it belongs."""
    for name in WHO:
        setattr(order, name, "")
    order.birth_year, order.others = None, []
    if order.household_id is None:
        order.would_help = ""
    order.state, order.settled_at, order.settled_by = OrderState.SETTLED, timezone.now(), by
    order.save()
    record(action=Action.CHANGED, of=order, fields=["state"], by_id=by.pk if by else None)


def withdraw(*, order: Order) -> bool:
    """By who sent it, or whose address somebody else has used. A seat at the meeting is given back; what a household
    has taken over stays with that. False if it was gone."""
    with transaction.atomic():
        if order.sign_up is not None:
            meetings.cancel(sign_up=order.sign_up, by=None)
        return delete(order=order, how="withdrawn", by=None)


def delete(*, order: Order, how: str, by: User | None) -> bool:
    with transaction.atomic():
        links.forget(of=order)
        number = order.pk
        if not Order.objects.filter(pk=number).delete()[0]:
            return False
        order.pk = number
        record(action=Action.DELETED, of=order, note=how, by_id=by.pk if by else None)
    return True


def forget_of(*, people: Iterable[Person], by: User | None) -> int:
    """Deletes what waits and was sent by one of these, or names one among the adults; how many."""
    found: dict[int, Order] = {}
    for person in people:
        for order in Order.objects.of(person.municipality).open():
            if _is_theirs(order, person):
                found[order.pk] = order
    return sum(delete(order=order, how="erased", by=by) for order in found.values())


def _is_theirs(order: Order, person: Person) -> bool:
    """Many bear the same name: it says who somebody is only with the birth year, or at the same address."""
    if order.reaches(person):
        return True
    years = {order.name_key: order.birth_year} | {
        name_key(each["name"]): each.get("born") for each in order.others
    }
    if person.name_key not in years:
        return False
    born = years[person.name_key]
    if born is not None and person.birth_year is not None:
        return born == person.birth_year
    return bool(order.address.key) and order.address.key == person.household.address_key
