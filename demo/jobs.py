"""Vacancies, as `jobs.toml` tells of them."""

import datetime
import tomllib
from functools import cache
from typing import Any

from django.utils import timezone

from demo.places import FOLDER, Place, places
from municipalities.jobs.models import Source, Vacancy, VacancySubmission
from municipalities.moderation.models import State
from municipalities.municipality.models import Municipality


@cache
def _written() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "jobs.toml").read_text(encoding="utf-8"))["job"]
    return found


def add_jobs(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number."""
    for place in places():
        municipality = municipalities[place.number]
        Vacancy.objects.bulk_create(_vacancy(municipality, place, entry) for entry in _written())
        if place.slug == "al":
            _add_waiting(municipality, place)


def _vacancy(municipality: Municipality, place: Place, entry: dict[str, Any]) -> Vacancy:
    words, today = place.words(place.home), timezone.localdate()
    own = entry["employer"] == "municipality"
    employer = f"{municipality.name} kommune" if own else entry["employer"].format_map(words)
    return Vacancy(
        municipality=municipality,
        state=State.PUBLISHED,
        published_at=timezone.now() - datetime.timedelta(days=entry["days"] % 11),
        expires_on=today + datetime.timedelta(days=entry["days"]),
        due_on=today + datetime.timedelta(days=entry["days"]),
        title=entry[place.home]["title"].format_map(words),
        body=entry[place.home]["body"].format_map(words),
        language=place.home,
        employer_name=employer,
        field=entry["field"],
        extent=entry["extent"],
        percent=entry.get("percent"),
        engagement=entry["engagement"],
        postal_code=municipality.postal_code,
        postal_place=municipality.postal_place,
        apply_url=f"https://{place.slug}.kommune.example/jobb" if own else "",
        apply_email="" if own else f"jobb@{entry['field']}.{place.slug}.example",
    )


def _add_waiting(municipality: Municipality, place: Place) -> None:
    """One that its employer has sent in, for staff to decide about."""
    vacancy = Vacancy.objects.create(
        municipality=municipality, state=State.WAITING, waiting_since=timezone.now(), source=Source.EMPLOYER,
        title="Mekanikar på verkstaden", body="<p>Traktorar, snøscooterar og det som elles står stilt.</p>",
        language=place.home, employer_name="Verkstaden i Torpo", field="industry", extent="full",
        engagement="permanent", postal_code="3579", postal_place="Torpo", apply_email="jobb@verkstaden.example",
        due_on=timezone.localdate() + datetime.timedelta(days=21),
    )  # fmt: skip
    VacancySubmission.objects.create(
        municipality=municipality, vacancy=vacancy, name="Bjarne Verksmo", email="bjarne@verkstaden.example",
        language=place.home, confirmed_at=timezone.now(),
    )  # fmt: skip
