"""Which school is for an address, as far as the municipality has entered it: post codes and streets' names.

What is asked is in the address of the page and nowhere else: it is not kept, not counted, and the portal writes no
addresses with what is asked in them to its log. A house number is not asked for; one that is typed is dropped.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.learning.models import Kind, LearningPlace, lines_of
from welcome.portal.words import fold

LONGEST_STREET = 60
# `Sundreveien`, `Sundrevegen`, `Sundrevn.` and `Sundrev.` are one street to whoever lives there; in a folded text.
_ENDINGS = (
    (re.compile(r"(ve[ig]en|ve[ig]|vn|v)$"), "v"),
    (re.compile(r"(gaten|gata|gate|gt)$"), "g"),
    (re.compile(r"(plassen|plass|pl)$"), "p"),
)


def street_key(name: str) -> str:
    """What two ways to write the same street have in common; without the number of a house."""
    words = re.sub(r"\d+\s*[a-z]?\b.*$", "", fold(name))
    plain = "".join(re.findall(r"[^\W\d_]+", words))
    for ending, short in _ENDINGS:
        cut = ending.sub(short, plain)
        if cut != plain and len(cut) > 3:
            return cut
    return plain


class ZoneForm(forms.Form):
    postcode = forms.RegexField(
        r"^\d{4}$",
        label=_("Post code"),
        strip=True,
        error_messages={"invalid": _("A post code has four digits."), "required": _("Give the post code.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4, "size": 6}
        ),
    )
    street = forms.CharField(
        label=_("Street, without the number"),
        max_length=LONGEST_STREET,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("A street's name has at most 60 letters.")},
    )


@dataclass(frozen=True)
class Match:
    """The places of one kind for an address. `by_street`: the street is in their zone, not the post code alone."""

    kind: Kind
    places: list[LearningPlace]
    by_street: bool

    @property
    def is_one(self) -> bool:
        """One for each child: several are so where one takes up the grades after the other's."""
        grades = sorted((place.lowest or 0, place.highest or 99) for place in self.places)
        return all(before[1] < after[0] for before, after in pairwise(grades))


def matches(places: Iterable[LearningPlace], *, postcode: str, street: str) -> list[Match]:
    """A street goes before a post code, for the school at the edge of two."""
    wanted = street_key(street)
    by_street: dict[str, list[LearningPlace]] = {}
    by_code: dict[str, list[LearningPlace]] = {}
    for place in places:
        lines = lines_of(place.zone)
        streets = {street_key(name) for code, name in lines if name and code in {"", postcode}}
        if wanted and wanted in streets:
            by_street.setdefault(place.kind, []).append(place)
        elif any(code == postcode and not name for code, name in lines):
            by_code.setdefault(place.kind, []).append(place)
    found = []
    for kind in Kind:
        if rows := by_street.get(kind) or by_code.get(kind):
            found.append(Match(kind, rows, kind in by_street))
    return found
