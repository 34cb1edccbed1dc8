"""A small county for the browser: one municipality with everything, one with next to nothing, one with
too much of it all."""

import datetime
from decimal import Decimal

from django.utils import timezone

from municipalities.municipality.models import FactKind, LanguageForm, Municipality, TextKind
from municipalities.topics.catalogue import STANDARD, Door
from tests.browser.snapshots import loaded
from tests.factories.municipalities import (
    ContactPointFactory,
    FactFactory,
    LearningPlaceFactory,
    LearningPlaceTextFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    OpeningHoursFactory,
    TopicContactFactory,
    TopicFactory,
    TopicLinkFactory,
    TopicTextFactory,
    UserFactory,
)
from tests.factories.welcome import StoryFactory, StoryTextFactory, WelcomeMeetingFactory

TITLES = {
    "about": "Om Ål",
    "jobs": "Jobb",
    "housing": "Bustad og tomter",
    "school": "Skule, barnehage og SFO",
    "leisure": "Fritid og lag",
    "maps": "Kart og brosjyrar",
    "calendar": "Kva skjer",
    "swimming": "Symjehallen",
    "library": "Biblioteket",
    "health-station": "Helsestasjon",
    "doctor": "Lege og legevakt",
    "police": "Politi",
    "nav": "NAV",
    "tax": "Skatt og folkeregister",
    "language-courses": "Norskkurs og vaksenopplæring",
    "post": "Post og bank",
    "transport": "Buss og tog",
    "shops": "Butikkar",
}
BODY = (
    "<p>Ring oss fyrst, så finn vi ut av det saman. Mykje kan ordnast på nett, men det er alltid nokon å"
    " snakke med.</p><h2>Slik gjer du</h2><ul><li>Finn fram fødselsnummeret ditt.</li>"
    "<li>Logg inn på <a href='https://www.helsenorge.no/'>Helsenorge</a>.</li>"
    "<li>Vel den du vil ha.</li></ul>"
    "<p>Er det akutt, ring 113.</p>"
)
ENGLISH = {"doctor": "Doctor and emergency doctor", "school": "School, kindergarten and after-school"}


def everything() -> Municipality:
    """The municipality that has everything, in an empty database."""
    loaded(_everything)
    return Municipality.objects.get(slug="al")


def build() -> None:
    """The whole county, in an empty database."""
    loaded(_build)


def _everything() -> Municipality:
    kari = UserFactory(name="Kari Nordmann Testesen")
    al = MunicipalityFactory(
        number="3328",
        slug="al",
        name="Ål",
        language_form=LanguageForm.NN,
        website="https://www.al.kommune.no",
    )
    MunicipalityTextFactory(
        municipality=al,
        kind=TextKind.FRONT,
        language="nn",
        title="Velkomen til Ål",
        body="<p>Hus, jobb og barnehageplass er halvparten. Resten er folk som helsar.</p>"
        "<p>Her er skiløyper frå døra, kor, kulturskule og ein kyrkjelyd som syng.</p>",
    )
    MunicipalityTextFactory(
        municipality=al, kind=TextKind.HOST_CAN, language="nn", body="<ul><li>Vise deg rundt</li></ul>"
    )
    MunicipalityTextFactory(
        municipality=al, kind=TextKind.HOST_CANNOT, language="nn", body="<ul><li>Låne deg pengar</li></ul>"
    )
    for kind, value in ((FactKind.POPULATION, 4700), (FactKind.AREA, 1175), (FactKind.TO_OSLO, 185)):
        FactFactory(municipality=al, kind=kind, value=Decimal(value))
    for name, person, role in (
        ("Servicekontoret", "Anne", "Tilflyttarkoordinator"),
        ("Teknisk etat", "Torstein", "Bustad, tomter og småbruk"),
        ("Frivilligsentralen", "Oksana", "Vert. Snakkar ukrainsk, norsk, engelsk"),
    ):
        contact = ContactPointFactory(
            municipality=al, name=name, person=person, role=role, front_desk=True, email="post@al.example"
        )
        for weekday in range(1, 6):
            OpeningHoursFactory(contact=contact, weekday=weekday)
    clinic = ContactPointFactory(
        municipality=al,
        name="Ål legekontor",
        email="lege@al.example",
        website="https://al.example/lege",
        street_address="Helsevegen 2",
        postal_code="3570",
        postal_place="Ål",
        latitude=Decimal("60.63"),
        longitude=Decimal("8.56"),
    )
    for weekday in range(1, 6):
        OpeningHoursFactory(contact=clinic, weekday=weekday, closes=datetime.time(11, 30))
        OpeningHoursFactory(contact=clinic, weekday=weekday, opens=datetime.time(12))
    emergency = ContactPointFactory(municipality=al, name="Legevakt", phone="", short_number="116 117")
    for order, entry in enumerate(STANDARD):
        topic = TopicFactory(municipality=al, slug=entry.slug, door=entry.door, order=order)
        changed = timezone.now() - datetime.timedelta(days=3 * order)
        source = TopicTextFactory(
            topic=topic,
            language="nn",
            title=TITLES[entry.slug],
            body=BODY,
            changed_by=kari,
            changed_at=changed,
            version=2,
        )
        if entry.slug in ENGLISH:
            TopicTextFactory(
                topic=topic,
                language="en",
                title=ENGLISH[entry.slug],
                body="<p>You choose your doctor yourself. In an emergency, call 113.</p>",
                source_language="nn",
                source_version=1 if entry.slug == "doctor" else source.version,
            )
        if entry.slug == "doctor":
            TopicTextFactory(topic=topic, language="ar", title="الطبيب", body="<p>اتصل بنا أولاً.</p>")
            TopicContactFactory(topic=topic, contact=clinic)
            TopicContactFactory(topic=topic, contact=emergency, order=1)
            TopicLinkFactory(topic=topic)
    due = TopicFactory(municipality=al, slug="waste", door=Door.PRACTICAL)
    TopicTextFactory(
        topic=due,
        language="nb",
        title="Renovasjon",
        body="<p>Grå dunk.</p>",
        reviewed_on=datetime.date(2024, 1, 1),
    )
    TopicFactory(municipality=al, slug="unwritten", door=Door.LIVE)
    schools_and_stories(al)
    return al


def schools_and_stories(al: Municipality) -> None:
    today = timezone.localdate()
    for kind, zone, more in (
        (
            "kindergarten",
            "",
            {"capacity": "free", "free_places": 6, "capacity_on": today, "lowest": 1, "highest": 5},
        ),
        ("school", "Sundrevegen\n3571", {"lowest": 1, "highest": 7, "apply_url": "https://al.example/skule"}),
        ("school", "3570", {"capacity": "waiting", "capacity_on": datetime.date(2024, 1, 1)}),
    ):
        contact = ContactPointFactory(municipality=al, street_address="Skulevegen 2", postal_code="3570")
        place = LearningPlaceFactory(municipality=al, contact=contact, kind=kind, zone=zone, **more)
        LearningPlaceTextFactory(place=place, language="nn", brief="Skogen er skulegarden.")
    story = StoryFactory(municipality=al, moved_from="Hamar", moved_year=2023)
    StoryTextFactory(story=story, language="nn", title="Eg kom for jobben og vart verande for grannane")
    WelcomeMeetingFactory(municipality=al)


def next_to_nothing() -> Municipality:
    return MunicipalityFactory(
        number="3336",
        slug="rollag",
        name="Rollag",
        accent="#7a1f2b",
        phone="",
        email="",
        website="",
        office_name="",
        street_address="",
        postal_code="",
        postal_place="",
    )


def too_much() -> Municipality:
    long = MunicipalityFactory(
        number="3338",
        slug="nore-og-uvdal",
        name="Nore og Uvdal med Tunhovd, Rødberg og Smådøldalen",
        parallel_names="Nöörjen jïh Uvdaalen tjïelte",
        accent="#4a3a8c",
    )
    for number in range(1, 9):
        contact = ContactPointFactory(
            municipality=long,
            name=f"Interkommunal samordningsavdeling for mottakstjenester {number}",
            person="Wilhelmine-Christine von Dürenstein-Øverengetbråten",
            role="Fagkoordinator for tilflytting, bosetting, arbeidsinnvandring og frivillighet",
            email=f"fagkoordinator.tilflytting.{number}@nore-og-uvdal-kommune.example",
            front_desk=True,
        )
    topic = TopicFactory(municipality=long, slug="doctor")
    TopicTextFactory(
        topic=topic,
        title="Kommuneoverlege, fastlegeordning, legevaktssamarbeid og samfunnsmedisinsk beredskap",
        body="<p>"
        + "Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft. " * 40
        + "</p>",
    )
    for _ in range(3):
        TopicContactFactory(topic=topic)
    TopicContactFactory(topic=topic, contact=contact)
    FactFactory(
        municipality=long,
        kind=FactKind.OTHER,
        label="kilometer merkede løyper i fjell, skog og dal",
        value=1234567890,
    )
    return long


def _build() -> None:
    _everything()
    next_to_nothing()
    too_much()
    for number, name, slug, accent in (
        ("3301", "Drammen", "drammen", "#14507a"),
        ("3303", "Kongsberg", "kongsberg", "#6b4a12"),
        ("3305", "Ringerike", "ringerike", "#7a4a10"),
        ("3310", "Hole", "hole", "#2b5d34"),
        ("3312", "Lier", "lier", "#8a2d12"),
        ("3314", "Øvre Eiker", "ovre-eiker", "#41356f"),
        ("3316", "Modum", "modum", "#13606b"),
        ("3318", "Krødsherad", "krodsherad", "#31533f"),
        ("3320", "Flå", "fla", "#5c4033"),
        ("3322", "Nesbyen", "nesbyen", "#a0281e"),
        ("3324", "Gol", "gol", "#33597a"),
        ("3326", "Hemsedal", "hemsedal", "#1d4f91"),
        ("3330", "Hol", "hol", "#5a2f5e"),
        ("3332", "Sigdal", "sigdal", "#345e1d"),
        ("3334", "Flesberg", "flesberg", "#7a5a00"),
    ):
        # Three to a row, near each other: the map must part them.
        point = {
            "latitude": Decimal(60) - len(name) * Decimal("0.05"),
            "longitude": Decimal(number[-2:]) / 20 + 8,
        }
        town = MunicipalityFactory(
            number=number, name=name, slug=slug, accent=accent, postal_code="3300", **point
        )
        FactFactory(municipality=town, value=Decimal(number))
