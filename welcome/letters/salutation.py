"""How a household is named: in the window, and in the letter's greeting.

Words between names ("and") are those of the letter's language; names stand as they are held.
"""

import unicodedata
from collections.abc import Callable, Sequence

from welcome.households.models import Person
from welcome.letters import geometry
from welcome.letters.speaking import catalogue_of, speaking

GREETED_BY_NAME = 4  # More names than these read like a roll call: then it is "all of you".
GREETING_LENGTH = 120


def enumerate_names(names: Sequence[str], language: str) -> str:
    """`Kari`, `Kari og Ola`, `Kari, Ola og Per`."""
    if len(names) < 2:
        return "".join(names)
    with speaking(language) as _:
        # Translators: between the last two names of an enumeration, as in "Kari and Ola".
        together = _("%(names)s and %(name)s")
    if language == "ar":
        return _enumerate_in_arabic(names, together)
    return together % {"names": ", ".join(names[:-1]), "name": names[-1]}


def _enumerate_in_arabic(names: Sequence[str], together: str) -> str:
    """An "and" before each name, which is joined to it where that is in Arabic letters too. Between Latin names
    a comma would make them one run from left to right."""
    joined = names[0]
    for name in names[1:]:
        is_arabic = unicodedata.bidirectional(name[:1] or " ") == "AL"
        joined = together % {"names": joined, "name": name if is_arabic else f" {name}"}
    return joined


def window_names(adults: Sequence[Person], language: str, home: str) -> list[list[str]]:
    """Ways to write the adults' names above their address, the most beautiful first; each a list of
    lines. One name a line where each has their own family name, one line where they share it. `home` is the
    municipality's language."""
    # A Norwegian postman reads it: where the letter's own "and" is not one that the portal has, it is theirs.
    language = language if catalogue_of(language) == language else home
    names = [_clean(adult.full_name) for adult in adults]
    joined = [enumerate_names(names, language)]
    if len(adults) == 1:
        return [names]
    if len(adults) == 2 and adults[0].family_name and _alike(adults[0].family_name, adults[1].family_name):
        given = enumerate_names([_clean(adult.given_name) for adult in adults], language)
        return [[f"{given} {_clean(adults[1].family_name)}"], _one_a_line(names, language)]
    return [_one_a_line(names, language), joined]


def greeting_names(adults: Sequence[Person], language: str) -> str:
    """Given names, as in "Welcome to Ål, Oksana and Åse Marie!"."""
    names = enumerate_names([_clean(adult.given_name) for adult in adults], language)
    if len(adults) > GREETED_BY_NAME or len(names) > GREETING_LENGTH:
        with speaking(language) as _:
            # Translators: stands in for the names, as in "Welcome to Ål, all of you!"
            return _("all of you")
    return names


def window_lines(
    adults: Sequence[Person],
    address: Sequence[str],
    language: str,
    home: str,
    measure: Callable[[str], float],
) -> list[str]:
    """All lines of the window, wrapped at spaces to its width (`measure` gives millimetres). Where no
    way of writing fits, the first one comes back as it is, whole: the proof refuses it by name."""
    below = [part for line in address for part in geometry.wrap(line, geometry.ADDRESS_WIDTH, measure)]
    ways = [
        [part for line in names for part in geometry.wrap(line, geometry.ADDRESS_WIDTH, measure)] + below
        for names in window_names(adults, language, home)
    ]
    return next((lines for lines in ways if geometry.fits(lines, measure)), ways[0])


def _one_a_line(names: Sequence[str], language: str) -> list[str]:
    """`Kari Nordmann,` / `Ola Lien og` / `Per Hansen`: the words between stay at the line's end."""
    lines = [f"{name}," for name in names[:-2]]
    last_two = enumerate_names(names[-2:], language)
    conjunction = last_two.removeprefix(names[-2]).removesuffix(names[-1]).rstrip()
    return [*lines, f"{names[-2]}{conjunction}", names[-1]]


def _clean(name: str) -> str:
    return " ".join(name.split())


def _alike(one: str, other: str) -> bool:
    return _clean(one).casefold() == _clean(other).casefold()
