"""What every public page of a municipality has around it."""

from collections.abc import Iterable

from django.shortcuts import get_object_or_404

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality
from welcome.portal.reading import Place, place


def municipality_at(slug: str) -> Municipality:
    return get_object_or_404(Municipality.objects.published(), slug=slug)


def people_of(municipality: Municipality) -> list[Place]:
    """Those one can call first."""
    contacts = ContactPoint.objects.of(municipality).filter(front_desk=True).with_hours()
    return first_to_ask(municipality, contacts)


def first_to_ask(municipality: Municipality, contacts: Iterable[ContactPoint]) -> list[Place]:
    """The same of contact points at hand; the service office before the others, for it knows them all."""
    desks = [contact for contact in contacts if contact.front_desk]
    return [
        place(contact) for contact in sorted(desks, key=lambda desk: desk.name != municipality.office_name)
    ]
