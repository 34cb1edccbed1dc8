"""Who has ordered something in Ål, plans to come, offers to be a host or is in the newcomers' club."""

import datetime

from django.utils import timezone

from demo.people import TODAY
from municipalities.municipality.models import Municipality
from welcome.club.models import Member
from welcome.hosts.offers import HostOffer
from welcome.households import consents
from welcome.households.consents import Consent, How
from welcome.households.models import AddressKind, Household, HouseholdState, Person, Source
from welcome.households.recognition import name_key
from welcome.meetings.models import WelcomeMeeting
from welcome.orders.models import Order, OrderState, Situation

_UNTIL = datetime.date(2027, 9, 22)


def add_orders(al: Municipality) -> None:
    _planner(al)
    _who_has_moved(al)
    _by_phone(al)
    _held_while_planning(al)
    _offer(al)
    _club(al)


def _at(days_ago: int, hour: int = 20) -> datetime.datetime:
    day = TODAY - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_default_timezone())


def _order(al: Municipality, number: int, days_ago: int, *, given: str, family: str, **more: object) -> Order:
    sent = {"asked_at": _at(days_ago), "mailed_at": _at(days_ago), "confirmed_at": _at(days_ago, 21)}
    about = {"given_name": given, "family_name": family, "name_key": name_key(given, family)}
    return Order.objects.create(
        municipality=al,
        sent_as=f"demo-order-{number}",
        **({"state": OrderState.WAITING} | sent | about | more),
    )


def _planner(al: Municipality) -> None:
    _order(
        al, 1, 2, given="Marie-Claire", family="Dubois", birth_year=1991, screen="en", language="en",
        wants_package=True, wants_host=True, wants_club=True, situation=Situation.PLANNING,
        planned_for=datetime.date(2027, 6, 1), others=[{"name": "Jean Dubois", "born": 1989}], adults=2,
        children=[2020, 2023], would_help="Work for a nurse and a carpenter, and two kindergarten places.",
        interests="Cross-country skiing, choir", email="marie.claire@epost.example",
        planning_text=consents.words_for(al, "planning", "en"), needs_text=consents.words_for(al, "needs", "en"),
        club_text=consents.words_for(al, "club", "en"),
    )  # fmt: skip


def _who_has_moved(al: Municipality) -> None:
    """Somebody whom the list of arrivals told of already."""
    homes = Household.objects.of(al).living().open_to_all().exclude(street="").with_people()
    home = homes.order_by("-moved_in", "pk")[3]
    person = home.people.all()[0]
    _order(
        al, 2, 1, given=person.given_name, family=person.family_name, birth_year=person.birth_year, screen="nn",
        language=home.language, wants_package=True, wants_meeting=True, situation=Situation.MOVED,
        moved_on=home.moved_in, street=home.street_line, postal_code=home.postal_code,
        postal_place=home.postal_place, adults=1, email="ny.i.al@epost.example",
        meeting=WelcomeMeeting.objects.of(al).order_by("starts_at").last(),
    )  # fmt: skip


def _by_phone(al: Municipality) -> None:
    _order(
        al, 3, 0, given="Tesfay", family="Gebremedhin", birth_year=1984, screen="nb", language="ti",
        wants_host=True, situation=Situation.MOVED, moved_on=datetime.date(2026, 11, 2), street="Sundrevegen 88",
        postal_code="3570", postal_place="Ål", phone="+4731999421", mailed_at=None, confirmed_at=None,
    )  # fmt: skip


def _held_while_planning(al: Municipality) -> None:
    for number, (given, family, born) in enumerate(
        (("Ingvild", "Myhre", 1988), ("Łukasz", "Zieliński", 1990)), 4
    ):
        home = Household.objects.create(
            municipality=al, state=HouseholdState.PLANNING, source=Source.FORM, address_kind=AddressKind.UNKNOWN,
            language="nn" if number == 4 else "pl", consent_until=_UNTIL, created_at=_at(60), checked_at=_at(59),
        )  # fmt: skip
        Person.objects.create(
            municipality=al, household=home, given_name=given, family_name=family,
            name_key=name_key(given, family), birth_year=born, email=f"plan{number}@epost.example",
        )  # fmt: skip
        text = consents.words_for(al, "planning", home.language)
        Consent.objects.create(
            municipality=al, household=home, purpose="planning", text=text, how=How.FORM, given_at=_at(60)
        )
        Order.objects.create(
            municipality=al, sent_as=f"demo-order-{number}", state=OrderState.SETTLED, asked_at=_at(60),
            mailed_at=_at(60), confirmed_at=_at(60, 21), settled_at=_at(59), household=home, wants_package=True,
            situation=Situation.PLANNING, planned_for=datetime.date(2027, 1, 1), planning_text=text,
            language=home.language, package_given_at=_at(50) if number == 4 else None,
        )  # fmt: skip


def _offer(al: Municipality) -> None:
    HostOffer.objects.create(
        municipality=al, sent_as="demo-offer-1", name="Sigrun Haugen", place="Leveld", languages=["nn", "en", "de"],
        interests="Fjellturar, baking og strikking", screen="nn", email="sigrun@epost.example", phone="+4731999422",
        about="Eg flytta hit sjølv for tolv år sidan, og hugsar kor lang den fyrste vinteren var.", may_be_named=True,
        text=consents.words_for(al, "host", "nn"), asked_at=_at(3), mailed_at=_at(3), confirmed_at=_at(3, 21),
    )  # fmt: skip


def _club(al: Municipality) -> None:
    text = consents.words_for(al, "club", "nn")
    for number, (name, language) in enumerate(
        (("Piotr Nowak", "pl"), ("Anne Brekke", "nn"), ("Yasmin Haddad", "ar"))
    ):
        Member.objects.create(
            municipality=al, sent_as=f"demo-member-{number}", name=name, language=language, text=text, screen="nn",
            email=f"klubb{number}@epost.example", asked_at=_at(30), mailed_at=_at(30), confirmed_at=_at(30, 21),
        )  # fmt: skip
