"""The municipalities as `places/*.toml` tell of them, and the common texts of `texts/*.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """One municipality's file. `facts` holds what is no word of a language."""

    number: str
    slug: str
    name: str
    facts: dict[str, Any]

    @property
    def home(self) -> str:
        return "nn" if self.facts["form"] == "nn" else "nb"

    @property
    def languages(self) -> list[str]:
        """As offered, its own first."""
        return self.facts.get("languages") or ["nn", "nb", "en"]

    @property
    def numbers(self) -> str:
        """What its telephone numbers begin with; two digits are left."""
        return f"+473199{self.number[2:]}"

    def words(self, language: str) -> dict[str, str]:
        """Everything that the common texts may ask for in braces."""
        own = {key: value for key, value in self.facts.items() if isinstance(value, str)}
        if language == "en":
            own |= {key: _english(own[key]) for key in ("post_shop", "emergency")}
            own |= {key[:-3]: value for key, value in own.items() if key.endswith("_en")}
        schools = [*self.facts["schools"]]
        if self.facts.get("more_schools"):
            schools.append(common(language)["words"]["others"])
        last = f" {common(language)['words']['and']} {schools[-1]}" if len(schools) > 1 else schools[-1]
        return (
            own
            | common(language)["words"]
            | self.facts[language]
            | {
                "schools": ", ".join(schools[:-1]) + last,
                "adult": _capital(own["adult"]),
                "swimming": _capital(own["swimming"]),
                "population": _number(self.facts["population"], language),
                "area": _number(self.facts["area"], language),
            }
        )


def _english(place: str) -> str:
    return place.replace("matbutikken", "the food shop").replace(" på ", " in ").replace(" i ", " in ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: int, language: str) -> str:
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def common(language: str) -> dict[str, dict[str, str]]:
    return _read(FOLDER / "texts" / f"{language}.toml")


@cache
def places() -> tuple[Place, ...]:
    """In the order of their numbers."""
    files = [_read(path) for path in sorted((FOLDER / "places").glob("*.toml"))]
    return tuple(Place(facts["number"], facts["slug"], facts["name"], facts) for facts in files)


def place(number: str) -> Place:
    return next(place for place in places() if place.number == number)
