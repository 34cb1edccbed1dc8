"""A letter that is only tried: laid out as it would be printed, and nothing of it saved."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from municipalities.municipality.models import Municipality
from welcome.households.models import Household, Person
from welcome.households.quarters import Quarter
from welcome.letters import problems, rendering, salutation
from welcome.letters.contents import Contents, letterhead
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter, LetterRun, RunText
from welcome.letters.press import Press
from welcome.letters.template_models import LetterTemplate

TOLD = ("host", "meeting", "gifts")


@dataclass(frozen=True)
class Home:
    """Whom a letter is tried with."""

    adults: list[Person]
    children: int = 0
    address: list[str] = field(default_factory=lambda: ["Storgata 12 B", "0155 Oslo"])


def home_of(household: Household, dated: datetime.date) -> Home:
    alive = [person for person in household.people.all() if person.died_on is None]
    adults = [person for person in alive if person.is_adult_on(dated)]
    return Home(adults, len(alive) - len(adults), household.address_lines)


def _people(*names: str) -> list[Person]:
    split = (name.rpartition(" ") for name in names)
    return [Person(given_name=given, family_name=family) for given, _, family in split]


EXAMPLES = {
    "short": Home(_people("Bo Lie")),
    "couple": Home(_people("Kari Nordmann", "Ola Nordmann")),
    "family": Home(_people("Oksana Kovalenko", "Per Hansen"), children=2),
    "long": Home(
        _people(
            "Maria Alexandra Konstantina Papadopoulou-Christensen",
            "Muhammad Abdurrahman Al-Khwarizmi-Gundersen",
        ),
        children=3,
        address=["Nedre Gamle Drammensveien 1234 B", "c/o Kristoffersen-Bjørnsgaard", "3570 Ål"],
    ),
    "many": Home(_people("Kristoffer Haugen", "Alexandra Haugen", "Sebastian Lindqvist", "Theodora Lindqvist")),
}  # fmt: skip

# Made up, and as long as such things get: so that a text which fits with these fits with those that come.
HOST = {
    "name": "Torbjørg Kristine Sørbøen",
    "phone": "900 00 000",
    "email": "torbjorg.sorboen@example.org",
    "languages": "Bokmål, English, Deutsch",
    "about": "",
}
GIFTS = [
    {"title": title, "count": count, "giver": giver, "note": ""}
    for title, count, giver in [
        ("Hallingdølen", 1, "Hallingdølen AS"),
        ("Badeland", 4, "Ål kommune"),
        ("Kino", 2, "Kulturhuset"),
        ("Idrettslag", 2, "Idrettslaget"),
        ("Turkart", 1, "Turlaget"),
    ]
]
CODE = "https://tilflytter.example/l/meeting/" + "x" * 40 + "/"


def meeting(dated: datetime.date, languages: Iterable[str]) -> dict[str, object]:
    day = dated + datetime.timedelta(days=24)
    return {
        "day": day.isoformat(),
        "time": "18:00",
        "until": "20:00",
        "deadline": (day - datetime.timedelta(days=2)).isoformat(),
        "place": "Kulturhuset",
        "address": "Torget 2",
        "texts": {code: {"title": "Velkomstmøte", "body": "", "language": code} for code in languages},
    }


class Trial:
    """Letters of `template` in `municipality`, as they would be frozen today. Reads texts and topics once."""

    def __init__(self, municipality: Municipality, template: LetterTemplate) -> None:
        self._dated = timezone.localdate()
        self._contents = Contents(municipality, self._dated, template)
        self._municipality = municipality
        self._letterhead = letterhead(municipality)

    def language_for(self, wished: str) -> str | None:
        return self._contents.language_for(wished)

    def letter(self, language: str, home: Home, told: Iterable[str] = TOLD) -> tuple[Letter, RunText]:
        """`language` must be one with a greeting. `told`: which of host, meeting and gifts there are."""
        quarter = Quarter.of(self._dated).previous
        run = LetterRun(
            municipality=self._municipality,
            year=quarter.year,
            number=quarter.number,
            dated=self._dated,
            letterhead=self._letterhead,
            meeting=meeting(self._dated, [language]) if "meeting" in told else {},
        )
        letter = Letter(
            run=run,
            number=1,
            language=language,
            address=salutation.window_lines(
                home.adults,
                home.address,
                language,
                self._municipality.home_language,
                problems.measure_address,
            ),
            salutation=salutation.greeting_names(home.adults, language),
            people=len(home.adults) + home.children,
            children=home.children,
            host=HOST if "host" in told else {},
            gifts=GIFTS if "gifts" in told else [],
            code=CODE if "meeting" in told else "",
        )
        text = self._contents.in_language(run, language)
        # Whether there is an enclosure matters to these pages, its length doesn't: it takes twenty times as long to
        # lay out. How many pages it all is stays unsaid.
        text.enclosure = text.enclosure[:1]
        text.words["page"] = text.words["page"].replace("{pages}", "…")
        return letter, text

    def pages(self, language: str, home: Home) -> int:
        """How many pages this household's letter takes before its enclosure, with all that can be told.
        Raises LayoutError."""
        letter, text = self.letter(language, home)
        with rendering.one_at_a_time:
            return len(Press(letter.run, [text]).personal(letter).pages)

    def pdf(self, language: str, home: Home, told: Iterable[str]) -> tuple[bytes, int]:
        """The letter's personal pages, and how many they are. Raises LayoutError."""
        letter, text = self.letter(language, home, told)
        if bad := problems.of_letter(letter):
            raise LayoutError(bad[0].code, **bad[0].details)
        with rendering.one_at_a_time:
            document = Press(letter.run, [text]).personal(letter)
            return document.write_pdf(), len(document.pages)


NEWEST = 300


def notable(municipality: Municipality) -> dict[str, Household]:
    """Households among the newest that a letter is well tried with, by why; nobody whose address is protected or whose
    data may only be kept."""
    dated = timezone.localdate()
    usable = Household.objects.of(municipality).open_to_all().not_held().living()
    newest = usable.with_people().order_by("-pk")[:NEWEST]
    homes = {
        household: home
        for household in newest
        if not household.no_letter and (home := home_of(household, dated)).adults and home.address
    }

    def length(household: Household) -> int:
        return len(salutation.greeting_names(homes[household].adults, household.language))

    if not homes:
        return {}
    found = {"short": min(homes, key=length), "long": max(homes, key=length)}
    if families := [household for household, home in homes.items() if home.children]:
        found["family"] = families[0]
    most = max(homes, key=lambda household: len(homes[household].adults))
    if len(homes[most].adults) > 2:
        found["many"] = most
    for household in homes:
        found.setdefault(f"language-{household.language}", household)
    return found
