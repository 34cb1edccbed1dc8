"""Choosing a municipality by name, number or post code."""

from collections.abc import Iterable, Sequence

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality
from welcome.portal.words import fold

# Databases disagree on where æ, ø and å stand: by bytes, beside a and o, or, as here, last.
_LAST = str.maketrans({"æ": "{", "ø": "|", "å": "}", "ä": "{", "ö": "|"})


def in_order(municipalities: Iterable[Municipality]) -> list[Municipality]:
    return sorted(municipalities, key=lambda m: m.name.casefold().translate(_LAST))


def choose(query: str, municipalities: Sequence[Municipality]) -> list[Municipality]:
    """Those whose name, number or post code begins with `query`; names also in other languages.

    The post codes are those of the municipality's own offices and contact points: the portal keeps no
    register of all, and a post code can span municipalities, so more than one may fit.
    """
    wanted = fold(query.strip())
    if wanted.isdigit():
        offices = ContactPoint.objects.filter(municipality__in=municipalities, postal_code=wanted)
        at_code = set(offices.values_list("municipality_id", flat=True))
        return [m for m in municipalities if wanted in (m.number, m.postal_code) or m.pk in at_code]
    wanted = wanted.removesuffix(" kommune").strip()
    return [
        m
        for m in municipalities
        if any(word.startswith(wanted) for word in _names(m)) or wanted == fold(m.postal_place)
    ]


def _names(municipality: Municipality) -> list[str]:
    name, others = fold(municipality.name), fold(municipality.parallel_names)
    return [name, *name.split(), others, *others.split()]


def exact(query: str, found: Sequence[Municipality]) -> Municipality | None:
    """The one `query` names without doubt."""
    wanted = fold(query.strip()).removesuffix(" kommune").strip()
    named = [m for m in found if wanted in (fold(m.name), m.number)]
    if len(named) == 1:
        return named[0]
    return found[0] if wanted.isdigit() and len(found) == 1 else None
