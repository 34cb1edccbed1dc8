"""Why people stay, as `stories.toml` tells it: invented people, and one that waits for its consent."""

import datetime
import tomllib
from functools import cache
from typing import Any

from django.utils import timezone

from demo.places import FOLDER, Place, places
from municipalities.municipality.models import Municipality
from welcome.stories.models import Consented, State, Story, Storyteller, StoryText

_CONSENT = datetime.date(2026, 10, 20)
_UNTIL = datetime.date(2028, 10, 20)


@cache
def _written() -> list[dict[str, Any]]:
    return tomllib.loads((FOLDER / "stories.toml").read_text(encoding="utf-8"))["story"]


def add_stories(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number."""
    for place in places():
        for number, entry in enumerate(_written()):
            if place.slug in entry["slugs"]:
                _story(municipalities[place.number], place, entry, number)


def _story(municipality: Municipality, place: Place, entry: dict[str, Any], number: int) -> None:
    waits = place.slug == "al" and number == 2  # For staff to see how it goes.
    agreed = (
        {} if waits else {"consent_on": _CONSENT, "consent_how": Consented.PAPER, "state": State.PUBLISHED}
    )
    made = Story.objects.create(
        municipality=municipality,
        shown_name=entry["name"],
        moved_from=entry["from"],
        moved_year=entry["year"],
        ends_on=_UNTIL,
        published_at=None if waits else _noon(_CONSENT + datetime.timedelta(days=number)),
        **agreed,
    )
    Storyteller.objects.create(
        municipality=municipality,
        story=made,
        name=f"{entry['name']} (oppdiktet)",
        email=f"historie{number + 1}@{place.slug}.example",
    )
    for language in place.languages:
        source = {} if language == place.home else {"source_language": place.home, "source_version": 1}
        StoryText.objects.create(
            municipality=municipality,
            story=made,
            language=language,
            title=entry[language]["title"],
            body=entry[language]["body"],
            reviewed_on=_CONSENT,
            changed_at=_noon(_CONSENT),
            **source,
        )


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=timezone.get_default_timezone())
