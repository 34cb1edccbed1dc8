"""The municipalities with their facts, texts and topics, as rows."""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from demo.contacts import add_contacts
from demo.links import LINKS
from demo.names import staff_name
from demo.places import Place, common, places
from demo.staff import owner_email
from municipalities.municipality.models import Fact, FactKind, Municipality, MunicipalityText, TextKind
from municipalities.tenancy.models import User
from municipalities.topics.catalogue import STANDARD
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

_REVIEWED = datetime.date(2026, 9, 21)
_LONG_AGO = datetime.date(2026, 3, 2)
_TRUE_ON = datetime.date(2026, 10, 1)
_OWNERS = {
    "school": "oppvekst",
    "language-courses": "oppvekst",
    "health-station": "oppvekst",
    "leisure": "kultur",
    "calendar": "kultur",
    "library": "kultur",
    "swimming": "kultur",
}
# What is left undone on purpose, so that an editor finds something to do: (place, topic, language).
MISSING = {("hemsedal", "police", "en"), ("kongsberg", "shops", "en"), ("sigdal", "post", "en")}
BEHIND = {
    ("al", "swimming", "en"),
    ("al", "library", "nb"),
    ("gol", "nav", "en"),
    ("drammen", "housing", "en"),
}
DUE = {("al", "calendar"), ("gol", "transport"), ("fla", "jobs"), ("ringerike", "doctor")}


def add_municipalities() -> dict[str, Municipality]:
    """By number, with facts."""
    made = {place.number: _municipality(place) for place in places()}
    Municipality.objects.bulk_create(made.values())
    Fact.objects.bulk_create(fact for place in places() for fact in _facts(made[place.number], place))
    return made


def _municipality(place: Place) -> Municipality:
    facts = place.facts
    return Municipality(
        number=place.number,
        slug=place.slug,
        name=place.name,
        language_form=facts["form"],
        languages=place.languages,
        phone=f"{place.numbers}00",
        email=f"post@{place.slug}.example",
        website=f"https://{place.slug}.kommune.example",
        office_name="Servicekontoret",
        street_address=facts["street_address"],
        postal_code=facts["postal"][0],
        postal_place=facts["postal"][1],
        accent=facts["accent"],
        latitude=round(facts["point"][0], 4),
        longitude=round(facts["point"][1], 4),
        mayor_name=facts["mayor"],
        letter_day=facts["letter_day"],
        followup_days=facts["followup_days"],
    )


def _facts(municipality: Municipality, place: Place) -> Iterator[Fact]:
    for order, (kind, source, url) in enumerate(
        (
            (FactKind.POPULATION, "SSB, rundt tall i demoen", "https://www.ssb.no"),
            (FactKind.AREA, "Kartverket, rundt tall i demoen", "https://www.kartverket.no"),
            (FactKind.TO_OSLO, "Entur, omtrentlig i demoen", "https://entur.no"),
            (FactKind.KINDERGARTEN_PLACES, "Oppdiktet i demoen", ""),
        )
    ):
        yield Fact(
            municipality=municipality,
            kind=kind,
            value=place.facts[kind.value],
            source=source,
            source_url=url,
            true_on=_TRUE_ON,
            order=order,
        )


def add_texts(municipalities: dict[str, Municipality], users: dict[str, User]) -> None:
    municipality_texts: list[MunicipalityText] = []
    topics: list[Topic] = []
    texts: list[TopicText] = []
    contacts: list[TopicContact] = []
    links: list[TopicLink] = []
    for place in places():
        municipality = municipalities[place.number]
        municipality_texts += _municipality_texts(municipality, place)
        points = add_contacts(municipality, place)
        for order, entry in enumerate(STANDARD):
            owner = users.get(owner_email(place.slug, _OWNERS.get(entry.slug, "")))
            topic = Topic(
                municipality=municipality, slug=entry.slug, door=entry.door, order=order * 10, owner=owner
            )
            topics.append(topic)
            texts += _topic_texts(topic, place, order)
            contacts += [
                TopicContact(municipality=municipality, topic=topic, contact=point, order=index)
                for index, point in enumerate(points[entry.slug])
            ]
            links += [
                TopicLink(
                    municipality=municipality,
                    topic=topic,
                    label=label,
                    url=url,
                    language=language,
                    order=index,
                )
                for index, (label, url, language) in enumerate(LINKS.get(entry.slug, []))
            ]
    MunicipalityText.objects.bulk_create(municipality_texts)
    Topic.objects.bulk_create(topics)
    TopicText.objects.bulk_create(texts)
    TopicContact.objects.bulk_create(contacts)
    TopicLink.objects.bulk_create(links)


def _municipality_texts(municipality: Municipality, place: Place) -> Iterator[MunicipalityText]:
    for language in place.languages:
        shared, words = common(language)["municipality"], place.words(language)
        bodies = {
            TextKind.FRONT: f"<p>{words['front']}</p>",
            TextKind.GREETING: words["greeting"] + words.get("greeting_end", shared["greeting_rest"]),
            TextKind.ENCLOSURE: shared["enclosure"],
            TextKind.HOST_CAN: shared["host_can"],
            TextKind.HOST_CANNOT: shared["host_cannot"],
        }
        for kind, body in bodies.items():
            yield MunicipalityText(
                municipality=municipality,
                kind=kind,
                language=language,
                title=shared.get(f"{kind}_title", "").format_map(words),
                body=body.format_map(words),
                reviewed_on=_REVIEWED,
                changed_at=_noon(_REVIEWED),
                **_source(place, language),
            )


def _topic_texts(topic: Topic, place: Place, order: int) -> Iterator[TopicText]:
    reviewed = _LONG_AGO if (place.slug, topic.slug) in DUE else _REVIEWED + datetime.timedelta(days=order)
    moved_on = any((place.slug, topic.slug, language) in BEHIND for language in place.languages)
    for language in place.languages:
        if (place.slug, topic.slug, language) in MISSING:
            continue
        shared, words = common(language)[topic.slug], place.words(language)
        words["housing_contact"] = staff_name(place.number, "housing")
        text = TopicText(
            municipality=topic.municipality,
            topic=topic,
            language=language,
            title=shared["title"].format_map(words),
            body=shared["body"].format_map(words),
            brief=shared["brief"].format_map(words),
            reviewed_on=reviewed,
            changed_at=_noon(reviewed),
            changed_by=topic.owner,
            **_source(place, language),
        )
        if moved_on:
            text.version = 2 if language == place.home else 1
            behind = (place.slug, topic.slug, language) in BEHIND
            if language != place.home and not behind:
                text.source_version = 2
        yield text


def _source(place: Place, language: str) -> dict[str, str | int]:
    return {} if language == place.home else {"source_language": place.home, "source_version": 1}


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=timezone.get_default_timezone())
