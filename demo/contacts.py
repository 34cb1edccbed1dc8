"""Contact points: who answers, in each municipality, and on which topics."""

import datetime
from dataclasses import dataclass

from demo.names import staff_name
from demo.places import Place
from municipalities.contacts.models import ContactPoint, OpeningHours
from municipalities.municipality.models import Municipality

# Weekdays (1 is Monday), opens, closes.
Hours = tuple[tuple[str, int, int], ...]
_OFFICE: Hours = (("12345", 9, 15),)
_EVENINGS: Hours = (("24", 17, 20), ("67", 11, 15))


@dataclass(frozen=True)
class Contact:
    """`name` and `role` in bokmål and nynorsk; {braces} are the place's. `line` is the end of its number."""

    key: str
    name: tuple[str, str]
    topics: tuple[str, ...]
    role: tuple[str, str] = ("", "")
    line: str = ""
    phone: str = ""
    short_number: str = ""
    website: str = ""
    hours: Hours = ()
    at_town_hall: bool = False
    front_desk: bool = False

    def goes_for(self, place: Place) -> bool:
        return self.key != "second" or place.slug == "al"


# Before the @, where the key is no word that a Norwegian office would use.
MAILBOXES = {
    "office": "servicekontor",
    "second": "tilflyttervert",
    "housing": "bolig",
    "school": "skole",
    "kindergarten": "barnehage",
    "culture": "kultur",
    "library": "bibliotek",
    "health-station": "helsestasjon",
    "adult": "voksenopplaering",
}


def _same(name: str) -> tuple[str, str]:
    return name, name


CONTACTS = [
    Contact(
        "office", _same("{office}"), ("about", "maps"), _same("{coordinator_role}"), "00",
        hours=_OFFICE, at_town_hall=True, front_desk=True,
    ),
    Contact(
        "second", _same("Tilflyttarverten på vakt"), ("about",), _same("Vert"), "01",
        front_desk=True,
    ),
    Contact(
        "housing", ("Bolig og tomter", "Bustad og tomter"), ("housing", "jobs"),
        ("Næring og bolig", "Næring og bustad"), "02", hours=(("135", 9, 14),), at_town_hall=True,
        front_desk=True,
    ),
    Contact("school", _same("{first_school}"), ("school",), _same("Rektor"), "10", hours=(("12345", 8, 15),)),
    Contact(
        "kindergarten", ("Barnehagekontoret", "Barnehagekontoret"), ("school",), _same(""), "12", hours=_OFFICE
    ),
    Contact(
        "culture", _same("Kulturkontoret"), ("leisure", "calendar"), ("Kulturkonsulent", "Kulturkonsulent"), "20",
        hours=(("1234", 10, 14),),
    ),
    Contact("swimming", _same("{swimming}"), ("swimming",), line="22", hours=_EVENINGS),
    Contact(
        "library", _same("{library}"), ("library",), ("Biblioteksjef", "Biblioteksjef"), "24",
        hours=(("2345", 10, 16), ("6", 10, 13)),
    ),
    Contact(
        "health-station", ("Helsestasjonen", "Helsestasjonen"), ("health-station",),
        ("Helsesykepleier", "Helsesjukepleiar"), "30", hours=(("12345", 9, 11), ("12345", 12, 15)),
    ),
    Contact("doctor", _same("{doctor}"), ("doctor",), line="32", hours=(("12345", 8, 15),)),
    Contact("emergency", _same("{emergency}"), ("doctor",), short_number="116 117"),
    Contact(
        "police", _same("Politiet, {police}"), ("police",), short_number="02800",
        website="https://www.politiet.no", hours=(("24", 9, 15),),
    ),
    Contact(
        "nav", _same("{nav}"), ("nav", "jobs"), phone="+4755553333", website="https://www.nav.no",
        hours=(("135", 10, 14),),
    ),
    Contact(
        "tax", _same("Skatteetaten"), ("tax",), phone="+4780080000", website="https://www.skatteetaten.no",
        hours=(("12345", 9, 15),),
    ),
    Contact(
        "adult", _same("{adult}"), ("language-courses",), ("Kontaktlærer", "Kontaktlærar"), "40",
        hours=(("12345", 8, 15),),
    ),
    Contact("post", _same("Posten kundeservice"), ("post",), website="https://www.posten.no"),
    Contact("transport", _same("Brakar, kundesenter"), ("transport",), website="https://www.brakar.no"),
    Contact("waste", _same("{waste}"), ("shops",), line="50", hours=(("12345", 8, 15), ("6", 9, 13))),
]  # fmt: skip


def add_contacts(municipality: Municipality, place: Place) -> dict[str, list[ContactPoint]]:
    """The contact points by topic, in the topic's order."""
    words = place.words(place.home) | {
        "office": municipality.office_name,
        "first_school": place.facts["schools"][0],
        "coordinator_role": "Tilflyttarkoordinator" if place.home == "nn" else "Tilflytterkoordinator",
    }
    if words["doctor"].startswith("et av "):
        words["doctor"] = f"Legetjenesten i {place.name}"
    points: list[ContactPoint] = []
    hours: list[OpeningHours] = []
    by_topic: dict[str, list[ContactPoint]] = {}
    for contact in CONTACTS:
        if not contact.goes_for(place):
            continue
        point = _point(contact, municipality, place, words)
        points.append(point)
        hours += [
            OpeningHours(
                municipality=municipality,
                contact=point,
                weekday=int(day),
                opens=datetime.time(opens),
                closes=datetime.time(closes),
            )
            for days, opens, closes in contact.hours
            for day in days
        ]
        for topic in contact.topics:
            by_topic.setdefault(topic, []).append(point)
    ContactPoint.objects.bulk_create(points)
    OpeningHours.objects.bulk_create(hours)
    return by_topic


def _point(contact: Contact, municipality: Municipality, place: Place, words: dict[str, str]) -> ContactPoint:
    form = 1 if place.home == "nn" else 0
    person = place.facts.get("coordinator", "") if contact.key == "office" else ""
    point = ContactPoint(
        municipality=municipality,
        name=contact.name[form].format_map(words),
        role=contact.role[form].format_map(words),
        person=person or (staff_name(place.number, contact.key) if contact.role[form] else ""),
        phone=f"{place.numbers}{contact.line}" if contact.line else contact.phone,
        email=f"{MAILBOXES.get(contact.key, contact.key)}@{place.slug}.example" if contact.role[form] else "",
        short_number=contact.short_number,
        website=contact.website,
        front_desk=contact.front_desk,
    )
    if contact.at_town_hall:
        point.street_address = municipality.street_address
        point.postal_code, point.postal_place = municipality.postal_code, municipality.postal_place
        point.latitude, point.longitude = place.facts["point"]
    return point
