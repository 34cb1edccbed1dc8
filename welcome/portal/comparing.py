"""Two to four municipalities side by side: their figures, what is behind their doors, and a topic of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.datastructures import MultiValueDict

from municipalities.municipality.models import Fact, FactKind, Municipality
from municipalities.topics.catalogue import STANDARD, Entry
from municipalities.topics.models import Topic, TopicText
from welcome.portal.front import with_counts
from welcome.portal.reading import Shown, show

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class FactRow:
    """One figure of each, in the order of the municipalities; None where nobody has entered it."""

    name: str
    cells: list[tuple[Municipality, Fact | None]]


@dataclass(frozen=True)
class TopicRow:
    entry: Entry
    cells: list[tuple[Municipality, Shown | None]]


def chosen(query: MultiValueDict[str, str], known: Sequence[Municipality]) -> list[Municipality]:
    """Those that the address names, each once, in its order; what is unknown, and a fifth, are left out."""
    by_slug = {place.slug: place for place in known}
    slugs = dict.fromkeys(slug for slug in query.getlist("m") if slug in by_slug)
    return [by_slug[slug] for slug in slugs][:MOST]


def counted(places: Sequence[Municipality]) -> list[Any]:
    """The same with what their doors count."""
    rows = {
        row.pk: row
        for row in with_counts(Municipality.objects.published().filter(pk__in=[p.pk for p in places]))
    }
    return [rows[place.pk] for place in places if place.pk in rows]


def facts_of(places: Sequence[Municipality]) -> list[FactRow]:
    found: dict[tuple[str, str], dict[int, Fact]] = {}
    names: dict[tuple[str, str], str] = {}
    for fact in Fact.objects.filter(municipality__in=places).order_by("order", "kind", "label"):
        key = (fact.kind, fact.label.casefold())
        found.setdefault(key, {})[fact.municipality_id] = fact
        names.setdefault(key, str(fact))
    order = {kind: number for number, kind in enumerate(FactKind.values)}
    return [
        FactRow(names[key], [(place, found[key].get(place.pk)) for place in places])
        for key in sorted(found, key=lambda key: (order.get(key[0], 99), key[1]))
    ]


def topics_of(places: Sequence[Municipality]) -> list[TopicRow]:
    """The standard subjects that at least one of them has written about."""
    slugs = [entry.slug for entry in STANDARD]
    rows = _topics().filter(municipality__in=places, slug__in=slugs)
    shown = {(row.municipality_id, row.slug): show(row) for row in rows}
    table = [
        TopicRow(entry, [(place, shown.get((place.pk, entry.slug))) for place in places])
        for entry in STANDARD
    ]
    return [row for row in table if any(shown and shown.reading for _place, shown in row.cells)]


def across(slug: str, most: int) -> list[Shown]:
    """What the municipalities have written about one subject, in two queries."""
    rows = _topics().filter(slug=slug).order_by("municipality__name")
    return [shown for row in rows[:most] if (shown := show(row)).reading]


def _topics() -> Any:
    texts = TopicText.objects.select_related("changed_by")
    return (
        Topic.objects.published()
        .select_related("municipality")
        .prefetch_related(Prefetch("texts", queryset=texts))
    )
