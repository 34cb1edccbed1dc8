"""Records of processing (GDPR art. 30) of a municipality, from the registry and its own settings."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from municipalities.municipality.models import Municipality
from municipalities.privacy.registry import Activity, activities, declarations
from welcome.privacy.report import retention_words


@dataclass(frozen=True)
class Record:
    """One activity, in the words of the active language."""

    code: str
    purpose: str
    about: str
    basis: str
    kinds: str
    source: str
    recipients: str
    retention: str


def records_of(place: Municipality) -> list[Record]:
    return [_record(activity, place) for activity in activities()]


def _record(activity: Activity, place: Municipality) -> Record:
    fields = [
        field
        for said in declarations()
        if activity in (said.activity, *said.activities)
        for field in said.personal.values()
    ]
    return Record(
        code=activity.code,
        purpose=str(activity.purpose),
        about=str(activity.about.label),
        basis=_joined(str((field.basis or activity.basis).label) for field in fields),
        kinds=_joined(str(field.kind.label) for field in fields),
        source=str(activity.source),
        recipients=str(activity.recipients),
        retention=retention_words(activity, place),
    )


def _joined(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(words))


def as_json(place: Municipality) -> dict[str, object]:
    controller = {"name": place.name, "number": place.number, "email": place.email, "phone": str(place.phone)}
    return {
        "format": "tilflytter-records-of-processing/1",
        "controller": controller,
        "records": [asdict(record) for record in records_of(place)],
    }
