"""Groups of occupations, as people look for them; each with its major groups of STYRK-08 and NAV's words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    HEALTH = "health", _("Health and care")
    TEACHING = "teaching", _("School, kindergarten and upbringing")
    BUILDING = "building", _("Building and craft")
    INDUSTRY = "industry", _("Industry and production")
    TRANSPORT = "transport", _("Transport and storage")
    TRADE = "trade", _("Shop, sale and service")
    TOURISM = "tourism", _("Tourism, hotel and food")
    NATURE = "nature", _("Farming, forestry and nature")
    OFFICE = "office", _("Office, economy and administration")
    TECHNOLOGY = "technology", _("Technology and engineering")
    CULTURE = "culture", _("Culture, sport and media")
    LEADERSHIP = "leadership", _("Leadership")
    OTHER = "other", _("Other")


class Extent(models.TextChoices):
    FULL = "full", _("Full-time")
    PART = "part", _("Part-time")


class Engagement(models.TextChoices):
    PERMANENT = "permanent", _("Permanent")
    TEMPORARY = "temporary", _("Temporary")
    SUMMER = "summer", _("Summer and season")
    APPRENTICE = "apprentice", _("Apprentice")
    OTHER = "other", _("Other")


# https://www.ssb.no/klass/klassifikasjoner/7: the longest beginning of the code that is here decides.
_STYRK = {
    "1": Field.LEADERSHIP, "134": Field.LEADERSHIP,
    "21": Field.TECHNOLOGY, "213": Field.NATURE, "22": Field.HEALTH, "225": Field.NATURE, "23": Field.TEACHING,
    "24": Field.OFFICE, "25": Field.TECHNOLOGY, "26": Field.OFFICE, "262": Field.CULTURE, "264": Field.CULTURE,
    "265": Field.CULTURE, "2635": Field.HEALTH, "2634": Field.HEALTH,
    "31": Field.TECHNOLOGY, "32": Field.HEALTH, "33": Field.OFFICE, "34": Field.CULTURE, "341": Field.OFFICE,
    "3412": Field.HEALTH, "3434": Field.TOURISM, "35": Field.TECHNOLOGY,
    "4": Field.OFFICE, "432": Field.TRANSPORT,
    "51": Field.TOURISM, "52": Field.TRADE, "53": Field.HEALTH, "531": Field.TEACHING, "54": Field.OTHER,
    "514": Field.TRADE, "515": Field.TRADE, "516": Field.TRADE,
    "6": Field.NATURE, "71": Field.BUILDING, "741": Field.BUILDING, "7": Field.INDUSTRY, "751": Field.INDUSTRY,
    "81": Field.INDUSTRY, "82": Field.INDUSTRY, "83": Field.TRANSPORT,
    "91": Field.TRADE, "92": Field.NATURE, "931": Field.BUILDING, "932": Field.INDUSTRY, "933": Field.TRANSPORT,
    "94": Field.TOURISM,
}  # fmt: skip
# The beginnings of NAV's own groups, in small letters.
_WORDS = {
    "helse": Field.HEALTH, "utdanning": Field.TEACHING, "barnehage": Field.TEACHING, "bygg": Field.BUILDING,
    "håndverk": Field.BUILDING, "industri": Field.INDUSTRY, "transport": Field.TRANSPORT, "salg": Field.TRADE,
    "butikk": Field.TRADE, "reiseliv": Field.TOURISM, "mat": Field.TOURISM, "natur": Field.NATURE,
    "landbruk": Field.NATURE, "kontor": Field.OFFICE, "økonomi": Field.OFFICE, "it": Field.TECHNOLOGY,
    "teknikk": Field.TECHNOLOGY, "ingeniør": Field.TECHNOLOGY, "kultur": Field.CULTURE, "sport": Field.CULTURE,
    "media": Field.CULTURE, "ledelse": Field.LEADERSHIP, "sikkerhet": Field.OTHER,
}  # fmt: skip
_ENGAGEMENTS = {
    "fast": Engagement.PERMANENT, "vikariat": Engagement.TEMPORARY, "engasjement": Engagement.TEMPORARY,
    "prosjekt": Engagement.TEMPORARY, "sesong": Engagement.SUMMER, "feriejobb": Engagement.SUMMER,
    "lærling": Engagement.APPRENTICE, "åremål": Engagement.TEMPORARY,
}  # fmt: skip


def field_of(styrk: list[str], words: list[str]) -> Field:
    """Of the codes first, then of NAV's words; other where neither is known."""
    for code in styrk:
        digits = code.replace(".", "")
        for length in range(min(len(digits), 4), 0, -1):
            if found := _STYRK.get(digits[:length]):
                return found
    for word in words:
        for beginning, found in _WORDS.items():
            if word.casefold().startswith(beginning):
                return found
    return Field.OTHER


def engagement_of(words: str) -> str:
    """Empty where nothing is said."""
    folded = words.casefold()
    found = next((kind for beginning, kind in _ENGAGEMENTS.items() if folded.startswith(beginning)), None)
    return found or (Engagement.OTHER if folded else "")
