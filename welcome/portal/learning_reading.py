"""Kindergartens, schools and after-school care as their reader sees them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.learning.models import Capacity, Kind, LearningPlace, LearningPlaceText
from municipalities.municipality.models import Municipality
from welcome.portal.reading import Place, Reading, place, read

# https://schema.org/EducationalOrganization
_TYPES = {Kind.KINDERGARTEN: "Preschool", Kind.SCHOOL: "School", Kind.UPPER: "HighSchool"}


@dataclass(frozen=True)
class ShownPlace:
    its: LearningPlace
    reading: Reading[LearningPlaceText] | None

    @property
    def title(self) -> str:
        return (self.reading and self.reading.text.title) or self.its.contact.name

    @property
    def is_foreign(self) -> bool:
        return bool(self.reading and self.reading.is_foreign and self.reading.text.title)

    @property
    def contact(self) -> Place:
        return place(self.its.contact)

    @property
    def for_whom(self) -> str:
        """`Grades 1–7`, or `1–5 years` of a kindergarten."""
        low, high = self.its.lowest, self.its.highest
        if low is None or high is None:
            return ""
        if self.its.kind == Kind.KINDERGARTEN:
            return _("%(low)s–%(high)s years") % {"low": low, "high": high}
        if low == high:
            return _("Grade %(grade)s") % {"grade": low}
        return _("Grades %(low)s–%(high)s") % {"low": low, "high": high}

    @property
    def capacity(self) -> str:
        """Empty where nobody has told, or not for long."""
        its = self.its
        if not its.is_counted:
            return ""
        if its.capacity != Capacity.WAITING and its.free_places:
            return ngettext("%(count)s free place", "%(count)s free places", its.free_places) % {
                "count": its.free_places
            }
        return str(its.get_capacity_display())

    @property
    def is_old(self) -> bool:
        return self.its.is_old

    @property
    def apply_until(self) -> datetime.date | None:
        until = self.its.apply_until
        return until if until and until >= timezone.localdate() else None

    @property
    def structured(self) -> dict[str, Any]:
        """https://schema.org/EducationalOrganization"""
        contact = self.its.contact
        found: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": _TYPES.get(Kind(self.its.kind), "EducationalOrganization"),
            "name": contact.name,
            "areaServed": self.its.municipality.name,
            "address": {
                "@type": "PostalAddress",
                "addressLocality": contact.postal_place or self.its.municipality.name,
                "addressCountry": "NO",
            },
        }
        if contact.street_address:
            found["address"] |= {"streetAddress": contact.street_address, "postalCode": contact.postal_code}
        if contact.phone:
            found["telephone"] = contact.phone.as_e164
        if contact.website:
            found["url"] = contact.website
        return found


@dataclass(frozen=True)
class Shelf:
    """All of one kind, in the municipality's order."""

    kind: Kind
    places: list[ShownPlace]

    @property
    def title(self) -> str:
        return {
            Kind.KINDERGARTEN: _("Kindergartens"),
            Kind.SCHOOL: _("Schools"),
            Kind.AFTER_SCHOOL: _("After-school care (SFO)"),
            Kind.UPPER: _("Upper secondary schools"),
            Kind.ADULT: _("Adult education"),
        }[self.kind]

    @property
    def free(self) -> int:
        """Places that are free, as far as somebody has counted them lately."""
        return sum(shown.its.free_places or 0 for shown in self.places if shown.capacity)


def show_place(row: LearningPlace) -> ShownPlace:
    return ShownPlace(row, read(row.texts.all(), row.text_set))


def places_of(here: Municipality) -> list[LearningPlace]:
    return list(LearningPlace.objects.of(here).published().with_content().order_by("order", "contact__name"))


def outline_of(here: Municipality) -> list[Shelf]:
    """How many of each kind there are, in one query: without texts and hours."""
    rows = LearningPlace.objects.of(here).published().select_related("contact").defer("zone")
    return shelves(ShownPlace(row, None) for row in rows)


def shelves(shown: Iterable[ShownPlace]) -> list[Shelf]:
    rows = list(shown)
    found = [Shelf(kind, [each for each in rows if each.its.kind == kind]) for kind in Kind]
    return [shelf for shelf in found if shelf.places]
