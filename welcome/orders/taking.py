"""What of an order a household that is known may take over, for staff to tick one by one."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from welcome.households import planning
from welcome.households.models import AddressKind, Household, HouseholdState
from welcome.households.recognition import name_key
from welcome.orders.matching import twin_in
from welcome.orders.models import Order, Situation


@dataclass(frozen=True)
class Take:
    """Something of an order that a household may take over. `held` is what it holds now."""

    key: str
    label: str
    held: str
    new: str
    wanted: bool  # Ticked to begin with: fills a gap.


def offered(order: Order, home: Household) -> list[Take]:
    """What differs. `home` with its people. Of a protected household no address is offered, and of one that has
    its address none either: a form that anybody may send redirects nobody's letters."""
    takes = [*_of_sender(order, home), *_of_others(order, home), *_of_household(order, home)]
    return [take for take in takes if take.new and take.new != take.held]


def _of_sender(order: Order, home: Household) -> list[Take]:
    person = twin_in(home, order.name_key, order.birth_year)
    if person is None:
        return [
            Take(
                "sender",
                _("One more in the household"),
                "",
                _person_words(order.full_name, order.birth_year),
                True,
            )
        ]
    phone = person.phone.as_international if person.phone else ""
    new_phone = order.phone.as_international if order.phone else ""
    who = {"name": person.full_name}
    return [
        Take("phone", _("Phone, %(name)s") % who, phone, new_phone, not phone),
        Take("email", _("E-mail, %(name)s") % who, person.email, order.email, not person.email),
        Take("born", _("Birth year, %(name)s") % who, str(person.birth_year or ""), str(order.birth_year or "")
             if not person.birth_year else "", True),
    ]  # fmt: skip


def _of_others(order: Order, home: Household) -> list[Take]:
    return [
        Take(
            f"other-{number}",
            _("One more in the household"),
            "",
            _person_words(each["name"], each.get("born")),
            True,
        )
        for number, each in enumerate(order.others)
        if twin_in(home, name_key(each["name"]), each.get("born")) is None
    ]


def _of_household(order: Order, home: Household) -> list[Take]:
    takes = [
        Take(
            "language",
            _("Language for letters"),
            home.get_language_display(),
            order.get_language_display(),
            False,
        ),
        Take("interests", _("Interests"), home.interests, order.interests, not home.interests),
        Take("needs", _("Needs"), home.needs, order.needs, not home.needs),
    ]
    comes_back = home.state == HouseholdState.LEFT and _is_later(order, home)
    if order.moved_on is not None and (home.state == HouseholdState.PLANNING or comes_back):
        day = date_format(order.moved_on, "DATE_FORMAT")
        takes.append(Take("moved", _("They have moved in"), home.get_state_display(), day, True))
    if home.state == HouseholdState.PLANNING and order.situation == Situation.PLANNING:
        day = date_format(home.consent_until, "DATE_FORMAT") if home.consent_until else ""
        until = planning.planned_until(order.municipality, timezone.localdate(order.asked_at))
        if home.consent_until is None or home.consent_until < until:
            takes.append(Take("planning", _("Consent until"), day, date_format(until, "DATE_FORMAT"), True))
    has_none = home.address_kind == AddressKind.UNKNOWN or comes_back
    if not home.is_protected and has_none and order.moved_on is not None:
        held = ", ".join(home.address_lines)
        takes.append(Take("address", _("Address"), held, order.address.line, True))
    return takes


def _is_later(order: Order, home: Household) -> bool:
    return order.moved_on is not None and home.left_on is not None and order.moved_on >= home.left_on


def _person_words(name: str, born: int | None) -> str:
    return f"{name} ({born})" if born else name
