"""Which column means what: header names in bokmål, nynorsk and English. `docs/import.md` lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from welcome.households.reading import Unreadable
from welcome.households.recognition import plain_letters

# Written as people write them; compared without case, spaces, marks and punctuation.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "given_name": (
        "Fornavn", "Førenamn", "Fornamn", "Given name", "Given names", "First name", "First names", "Forename",
    ),
    "middle_name": ("Mellomnavn", "Mellomnamn", "Middle name", "Middle names"),
    "family_name": (
        "Etternavn", "Etternamn", "Slektsnavn", "Slektsnamn", "Family name", "Last name", "Surname",
    ),
    "whole_name": ("Navn", "Namn", "Fullt navn", "Fullt namn", "Name", "Full name", "Whole name"),
    "birth_date": (
        "Fødselsdato", "Fødd", "Født", "Fødselsdag", "Fødd dato", "Født dato", "Birth date", "Date of birth",
        "Birthday", "Born", "DOB",
    ),
    "birth_year": ("Fødselsår", "Fødeår", "Årgang", "Fødd år", "Født år", "Birth year", "Year of birth"),
    "whole_address": (
        "Adresse", "Bostedsadresse", "Bustadadresse", "Gateadresse", "Vegadresse", "Veiadresse", "Adresselinje",
        "Address", "Street address", "Address line",
    ),
    "street": (
        "Gate", "Gatenavn", "Gatenamn", "Gatename", "Vei", "Veg", "Veinavn", "Vegnamn", "Vegnavn", "Adressenavn",
        "Adressenamn", "Street", "Street name", "Road",
    ),
    "house_number": (
        "Nr", "Nummer", "Husnr", "Husnummer", "Gatenr", "Gatenummer", "Adressenummer", "Number", "No",
        "House number", "Street number",
    ),
    "house_letter": (
        "Bokstav", "Husbokstav", "Adressebokstav", "Oppgang", "Letter", "House letter", "Entrance",
    ),
    "unit": (
        "Bruksenhet", "Bruksenhetsnummer", "Bruksenhetsnr", "Brukseining", "Brukseiningsnummer",
        "Bolignummer", "Bolignr", "Bustadnummer", "Leilighet", "Leilegheit", "Unit", "Unit number", "Dwelling number",
        "Apartment",
    ),
    "care_of": ("c/o", "CO", "c/o-navn", "c/o adresse", "Care of", "c/o-adressenavn"),
    "farm_name": (
        "Gardsnavn", "Gårdsnavn", "Gardsnamn", "Bruksnavn", "Bruksnamn", "Stedsnavn", "Stadnamn", "Tilleggsnavn",
        "Tilleggsnamn", "Adressetilleggsnavn", "Adressetilleggsnamn", "Farm", "Farm name", "Place name",
    ),
    "postal_code": ("Postnr", "Postnummer", "Post code", "Postcode", "Postal code", "Zip", "Zip code"),
    "postal_place": ("Poststed", "Poststad", "Post place", "Postal place", "Post town", "City", "Town"),
    "postal_both": (
        "Postnr og sted", "Postnummer og sted", "Postnummer og poststed", "Postnr og poststed", "Postnr/sted",
        "Postnr og stad", "Postnummer og poststad", "Postadresse", "Post code and place", "Postal code and place",
        "Zip and city",
    ),
    "country": ("Land", "Bostedsland", "Country"),
    "foreign_address": ("Utenlandsadresse", "Utanlandsadresse", "Adresse i utlandet", "Foreign address"),
    "moved_in": (
        "Innflyttingsdato", "Innflytta", "Innflyttet", "Innflyttet dato", "Flyttedato", "Flyttet inn", "Flytta inn",
        "Flytta dato", "Flyttet dato", "Dato innflytting", "Dato for innflytting", "Moved in", "Move-in date",
        "Moved-in date", "Moving date", "Date of moving in", "Arrival date", "Arrived",
    ),
    "moved_from": (
        "Flyttet fra", "Flytta frå", "Fraflyttingskommune", "Fraflyttingsland", "Fra kommune", "Frå kommune",
        "Fraflyttet", "Utflyttingskommune", "Moved from", "From",
    ),
    "language": (
        "Språk", "Mål", "Målform", "Morsmål", "Ønsket språk", "Ønskt språk", "Brevspråk", "Språkkode", "Language",
        "Preferred language", "Language code", "Mother tongue",
    ),
    "phone": ("Telefon", "Telefonnummer", "Tlf", "Tlfnr", "Tlf nr", "Phone", "Phone number", "Telephone"),
    "mobile": ("Mobil", "Mobiltelefon", "Mobilnummer", "Mobilnr", "Mobile", "Mobile phone", "Cell phone"),
    "email": ("E-post", "E-postadresse", "Epost", "Mail", "E-mail", "E-mail address"),
    "protection": (
        "Adressebeskyttelse", "Adressevern", "Beskyttelse", "Adressegradering", "Gradering", "Graderingsnivå",
        "Sperret adresse", "Sperra adresse", "Sperrekode", "Skjermet", "Skjerma", "Kode", "Protection",
        "Address protection", "Protected",
    ),
    "reason": ("Flytteårsak", "Flyttegrunn", "Årsak", "Grunn", "Reason", "Reason for moving", "Why they moved"),
    "died_on": ("Dødsdato", "Død", "Død dato", "Died", "Died on", "Date of death"),
    "role": ("Rolle", "Voksen/barn", "Vaksen/barn", "Familierolle", "Role", "Adult/child"),
    "family": (
        "Husstand", "Hushald", "Husholdning", "Husstandsnummer", "Husstandsnr", "Hushaldsnummer", "Husstands-id",
        "Husholdnings-id", "Husholdningsnummer", "Familie", "Familienummer", "Familienr", "Familie-id", "Household",
        "Household id", "Household number", "Family number", "Family id",
    ),
}  # fmt: skip


def header_key(text: str) -> str:
    """`Fødselsdato:`, `FODSELSDATO` and `Foedselsdato` are one."""
    plain = "".join(c for c in plain_letters(text) if c.isalnum())
    return plain.replace("oe", "o").replace("ae", "a").replace("aa", "a")


_FIELD_OF = {header_key(name): field for field, names in SYNONYMS.items() for name in names}

# Each line: at least one of these groups of fields must be there whole. The first is asked for.
_NEEDED = (
    (("given_name", "family_name"), ("given_name",), ("whole_name",)),
    (("moved_in",),),
    (("street",), ("whole_address",), ("farm_name",)),
    (("postal_code", "postal_place"), ("postal_both",)),
)


@dataclass(frozen=True)
class Columns:
    places: dict[str, int]  # Field to position in the row.
    names: dict[str, str]  # Field to the file's own name of it.
    unknown: list[str]

    def of(self, cells: Sequence[Any], field: str) -> Any:
        place = self.places.get(field)
        return cells[place] if place is not None and place < len(cells) else None


def looks_like_header(cells: Sequence[Any]) -> bool:
    """Above the header some files have a title; a header has at least two names that we know."""
    return sum(isinstance(cell, str) and header_key(cell) in _FIELD_OF for cell in cells) >= 2


def understand(header: Sequence[Any]) -> Columns:
    """Raises Unreadable for two columns that mean the same, and for missing ones, by their names."""
    places: dict[str, int] = {}
    names: dict[str, str] = {}
    unknown: list[str] = []
    doubled: list[str] = []
    for place, cell in enumerate(header):
        name = " ".join(str(cell if cell is not None else "").split())[:80]
        field = _FIELD_OF.get(header_key(name))
        if field is None:
            unknown += [name] if name else []
        elif field in places:
            # Which of the two to believe is not ours to guess.
            doubled.append(f"{names[field]} / {name}")
        else:
            places[field], names[field] = place, name
    if doubled:
        raise Unreadable("file_headers_doubled", columns=", ".join(doubled))
    missing = [
        SYNONYMS[field][0]
        for groups in _NEEDED
        if not any(all(field in places for field in group) for group in groups)
        for field in groups[0]
        if field not in places
    ]
    if missing:
        raise Unreadable("file_headers_missing", columns=", ".join(missing))
    return Columns(places, names, unknown[:100])
