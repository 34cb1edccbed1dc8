"""What staff decide about an order: it is of a household that is known, of a new one, of nobody in particular, or
declined. Only here does an order touch a household."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.models import User
from welcome.club import actions as club
from welcome.households import consents, history, holding, planning
from welcome.households.cells import split_name
from welcome.households.merging import LONGEST_NOTE
from welcome.households.models import AddressKind, Household, HouseholdState, Person, PersonRole, Source
from welcome.households.recognition import name_key
from welcome.meetings import actions as meetings
from welcome.orders import actions, veiling
from welcome.orders.matching import twin_in
from welcome.orders.models import Order, Situation
from welcome.orders.taking import offered
from welcome.packages import actions as packages
from welcome.packages.package_models import ORDERED, Package

# --- a household that is known ---------------------------------------------------------------------


def join(*, order: Order, household: Household, take: Collection[str], by: User | None) -> Household:
    """Takes over what is ticked, `take` keys of `offered`, and does what was wished for. Raises ValidationError where
    somebody was first, across municipalities, and where the household may only be kept."""
    with transaction.atomic():
        # The household before the order, as protection and erasure lock them.
        rows = Household.objects.of(order.municipality).select_for_update(of=("self",))
        home = rows.select_related("municipality").with_people().filter(pk=household.pk).first()
        order = _locked(order)
        if home is None:
            raise ValidationError(_("One of the households is no longer there."))
        holding.refuse_held(home)
        if home.state == HouseholdState.LEFT and order.situation == Situation.PLANNING:
            raise ValidationError(_("This household has moved on: make a new one of who plans to come back."))
        changed = _take_over(order, home, {each.key for each in offered(order, home)} & set(take), by)
        _settle(order, home, by)
        if changed:
            fields = [name for name in changed if not name.startswith("consent ")]
            record(
                action=Action.CHANGED,
                of=home,
                fields=fields,
                note=f"order={order.pk}",
                by_id=by.pk if by else None,
            )
        history.note({home.pk: home.municipality_id}, history.ORDERED, by_id=by.pk if by else None)
    return home


def _take_over(order: Order, home: Household, keys: set[str], by: User | None) -> list[str]:
    changed = _take_people(order, home, keys)
    if "language" in keys:
        home.language = order.language
    for name in {"interests", "needs"} & keys:
        texts = dict.fromkeys(filter(None, (getattr(home, name), getattr(order, name))))
        setattr(home, name, "\n".join(texts)[:LONGEST_NOTE])
    if "moved" in keys:
        home.state, home.moved_in = HouseholdState.LIVING, order.moved_on
        home.left_on, home.left_to, home.left_why = None, "", ""
    if "address" in keys and home.state != HouseholdState.PLANNING:
        order.address.put_on(home)
    home.save()
    if {"interests", "needs"} & keys and order.needs_text is not None:
        consents.bring(household=home, text=order.needs_text, given_at=order.asked_at, by=by)
    if "planning" in keys and order.planning_text is not None:
        planning.prolong(household=home, text=order.planning_text, by=by, given_at=order.asked_at)
        home.refresh_from_db()
    return sorted({*changed, *(keys & {"language", "interests", "needs", "moved", "address", "planning"})})


def _take_people(order: Order, home: Household, keys: set[str]) -> list[str]:
    changed = []
    person = twin_in(home, order.name_key, order.birth_year)
    if person is not None and keys & {"phone", "email", "born"}:
        person.phone = order.phone if "phone" in keys else person.phone
        person.email = order.email if "email" in keys else person.email
        person.birth_year = order.birth_year if "born" in keys else person.birth_year
        person.save(update_fields=["phone", "email", "birth_year"])
        names = {"phone": "phone", "email": "email", "born": "birth_year"}
        changed += [f"people.{names[key]}" for key in sorted(keys & names.keys())]
    new = _sender(order) if "sender" in keys else []
    new += [
        _other(each) for number, each in enumerate(order.others) if f"other-{number}" in keys
    ]  # fmt: skip
    _add(new, home)
    return [*changed, *(["people"] if new else [])]


# --- a new one -------------------------------------------------------------------------------------


def register(*, order: Order, by: User | None) -> Household:
    """A household of its people: planning, or living here from the day they gave. Raises ValidationError where
    somebody was first, and for an order of nothing but a seat at the meeting, which makes nobody a household."""
    with transaction.atomic():
        order = _locked(order)
        if not order.situation:
            raise ValidationError(_("They have not said whether they move here: no household comes of it."))
        home = Household(
            municipality=order.municipality,
            source=Source.FORM,
            state=HouseholdState.PLANNING,
            address_kind=AddressKind.UNKNOWN,
            language=order.language,
            interests=order.interests,
            needs=order.needs,
            checked_at=timezone.now(),
        )
        if order.situation == Situation.MOVED:
            home.state, home.moved_in = HouseholdState.LIVING, order.moved_on
            order.address.put_on(home)
        else:
            home.consent_until = planning.planned_until(
                order.municipality, timezone.localdate(order.asked_at)
            )
        home.save()
        _add([*_sender(order), *(_other(each) for each in order.others)], home)
        for text in (
            order.planning_text if order.situation == Situation.PLANNING else None,
            order.needs_text,
        ):
            if text is not None:
                consents.bring(household=home, text=text, given_at=order.asked_at, by=by)
        record(action=Action.ADDED, of=home, note=f"order={order.pk}", by_id=by.pk if by else None)
        _settle(order, home, by)
        history.note({home.pk: home.municipality_id}, history.ORDERED, by_id=by.pk if by else None)
    return home


def _sender(order: Order) -> list[Person]:
    return [
        Person(
            given_name=order.given_name,
            family_name=order.family_name,
            birth_year=order.birth_year,
            phone=order.phone,
            email=order.email,
        )
    ]


def _other(each: dict[str, object]) -> Person:
    given, family = split_name(str(each["name"]))
    born = each.get("born")
    return Person(given_name=given, family_name=family, birth_year=born if isinstance(born, int) else None)


def _add(people: list[Person], home: Household) -> None:
    order = home.people.count()
    for number, person in enumerate(people):
        person.household, person.municipality_id, person.order = home, home.municipality_id, order + number
        person.name_key = name_key(person.given_name, person.family_name)
        person.role = PersonRole.ADULT
    Person.objects.bulk_create(people)


# --- neither ---------------------------------------------------------------------------------------


def only_do(*, order: Order, by: User | None) -> None:
    """What they wish for, without a household: a seat at the meeting, the club. Raises ValidationError where somebody
    was first, for wishes that need a household, and where no meeting can be signed up for."""
    with transaction.atomic():
        order = _locked(order)
        if order.wants_package or order.wants_host:
            raise ValidationError(_("The package and a host are for a household: choose which."))
        if order.wants_meeting and not actions.sign_up(order=order):
            raise ValidationError(_("Nobody can sign up for this meeting any more. Call them."))
        _join_club(order, None, by)
        actions.empty(order=order, by=by)


def decline(*, order: Order, word: str, by: User | None) -> bool:
    """Deletes the order, after a mail with a word of one's own where the address is confirmed: then True. Raises
    ValidationError where somebody was first, OSError, with nothing changed, if the mail can't be sent."""
    with transaction.atomic():
        order = _locked(order)
        place, tell = order.municipality, order.is_confirmed and bool(order.email)
        if tell:
            with translation.override(order.screen):
                send_mail(
                    subject=_("Your order in %(place)s") % {"place": place.name},
                    message=render_to_string(
                        "orders/declined_mail.txt", {"word": word, "municipality": place}
                    ),
                    from_email=None,
                    recipient_list=[order.email],
                )
        actions.delete(order=order, how="declined", by=by)
    return tell


def hand_out(*, order: Order, by: User | None) -> bool:
    """The package is handed out. False if it was before; raises ValidationError where stock is short."""
    with transaction.atomic():
        composed = Package.objects.of(order.municipality).filter(occasion=f"{ORDERED}{order.pk}").running()
        for package in composed:
            packages.hand_out(package=package, by=by)
        rows = Order.objects.package_to_hand_out().filter(pk=order.pk)
        if not rows.update(package_given_at=timezone.now()):
            return False
        record(action=Action.CHANGED, of=order, fields=["package_given_at"], by_id=by.pk if by else None)
    return True


# --- what all have in common -----------------------------------------------------------------------


def _locked(order: Order) -> Order:
    if order.wants_club:
        club.lock(order.municipality_id)
    rows = Order.objects.waiting().select_for_update(of=("self",)).select_related("municipality", "meeting")
    found = rows.filter(pk=order.pk).first()
    if found is None:
        raise ValidationError(_("This order is settled already, or gone."))
    veiling.veil(found)  # Protection may have come since.
    return found


def _settle(order: Order, home: Household, by: User | None) -> None:
    order.household = home
    meeting = order.meeting
    if (
        order.wants_meeting
        and meeting is not None
        and meeting.takes_sign_ups()
        and not home.is_protected
        and not meeting.sign_ups.standing()
        .filter(household=home)
        .exists()  # What they said themselves stands.
    ):
        order.sign_up = meetings.sign_up(meeting=meeting, household=home, party=actions.party_of(order))
    if order.wants_package and home.state != HouseholdState.LEFT and not home.is_protected:
        ages = order.ages_on(timezone.localdate())
        packages.compose_ordered(household=home, order_id=order.pk, adults=order.adults, children=ages, by=by)
    _join_club(order, home, by)
    actions.empty(order=order, by=by)


def _join_club(order: Order, home: Household | None, by: User | None) -> None:
    if order.wants_club and order.email and order.is_confirmed and order.club_text is not None:
        club.put_on_the_list(
            household=home,
            municipality=order.municipality,
            name=order.full_name[:80],
            email=order.email,
            language=order.language,
            screen=order.screen,
            text=order.club_text,
            agreed_at=order.asked_at,
            by=by,
        )
