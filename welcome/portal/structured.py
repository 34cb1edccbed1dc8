"""What search engines are told of each kind of page, in the words of https://schema.org; activities are in
`activity_reading.structured`."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Fact, Municipality
from municipalities.organisations.models import Kind, Organisation
from welcome.portal.activity_reading import ShownOrganisation
from welcome.portal.page import Page
from welcome.portal.reading import Place, Shown, plain, screen_language

CONTEXT = "https://schema.org"
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TYPES = {Kind.OFFICE: "GovernmentOffice"}


def of_county(page: Page, towns: Iterable[Municipality]) -> list[dict[str, Any]]:
    """The site, and the municipalities on it."""
    return [
        {
            "@context": CONTEXT,
            "@type": "WebSite",
            "name": "Tilflytter",
            "url": page.canonical,
            "inLanguage": screen_language(),
        },
        _list((town.name, reverse("portal:municipality", args=[town.slug])) for town in towns),
    ]


def of_municipality(page: Page, here: Municipality, facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The site with its search, and the municipality: the place, and who answers for it."""
    search = settings.SITE_URL + reverse("portal:search", args=[here.slug])
    site = {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": page.title,
        "url": page.canonical,
        "inLanguage": screen_language(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search + "?q={search_term_string}"},
            "query-input": "required name=search_term_string",
        },
    }
    area: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "AdministrativeArea",
        "name": here.name,
        "identifier": {"@type": "PropertyValue", "propertyID": "kommunenummer", "value": here.number},
        "url": page.canonical,
        "additionalProperty": [
            {"@type": "PropertyValue", "name": str(fact), "value": float(fact.value)} for fact in facts
        ],
    }
    if here.parallel_names:
        area["alternateName"] = here.parallel_names
    body: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "GovernmentOrganization",
        "name": here.office_name or here.name,
        "areaServed": {"@type": "AdministrativeArea", "name": here.name},
    }
    if here.website:
        body["url"] = here.website
    if here.phone:
        body["telephone"] = here.phone.as_e164
    if here.email:
        body["email"] = here.email
    if address := _address(here.street_address, here.postal_code, here.postal_place):
        body["address"] = address
    return [site, area, body]


def of_topic(page: Page, shown: Shown, places: Iterable[Place]) -> list[dict[str, Any]]:
    """The page with the days it was changed and found right, and the offices one can turn to."""
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "WebPage",
        "name": shown.title,
        "description": page.description,
        "url": page.canonical,
        "about": {"@type": "Thing", "name": shown.title},
    }
    if shown.reading:
        found["inLanguage"] = shown.reading.text.language
        found["dateModified"] = shown.reading.text.changed_at.isoformat()
        found["lastReviewed"] = shown.reading.text.reviewed_on.isoformat()
    return [found, *(of_contact(place.contact) for place in places)]


def of_contact(contact: ContactPoint) -> dict[str, Any]:
    """Where one goes or calls. Its person stays on the page: a search engine has no use for names."""
    found: dict[str, Any] = {"@context": CONTEXT, "@type": "GovernmentOffice", "name": contact.name}
    found |= _reach(contact)
    found["openingHoursSpecification"] = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{_DAYS[hours.weekday - 1]}",
            "opens": f"{hours.opens:%H:%M}",
            "closes": f"{hours.closes:%H:%M}",
        }
        for hours in contact.opening_hours.all()
    ]
    return found


def of_organisation(shown: ShownOrganisation) -> list[dict[str, Any]]:
    row = shown.organisation
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": _TYPES.get(Kind(row.kind), "Organization"),
        "name": row.name,
        "areaServed": {"@type": "AdministrativeArea", "name": row.municipality.name},
        "mainEntityOfPage": settings.SITE_URL + path_of_organisation(row),
    }
    if row.contact:
        found |= _reach(row.contact)
    if row.website:
        found["url"] = row.website
    if shown.reading and (words := plain(shown.reading.text.body)):
        found["description"] = words[:500]
    return [found]


def of_list(named: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [_list(named)]


def path_of_organisation(row: Organisation) -> str:
    return reverse("portal:organisation", args=[row.municipality.slug, row.slug])


def _list(named: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "url": settings.SITE_URL + path}
            for position, (name, path) in enumerate(named, 1)
        ],
    }


def _reach(contact: ContactPoint) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if contact.phone or contact.short_number:
        found["telephone"] = contact.phone.as_e164 if contact.phone else contact.short_number
    if contact.email:
        found["email"] = contact.email
    if contact.website:
        found["url"] = contact.website
    if address := _address(contact.street_address, contact.postal_code, contact.postal_place):
        found["address"] = address
    if contact.latitude is not None and contact.longitude is not None:
        found["location"] = {
            "@type": "Place",
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": float(contact.latitude),
                "longitude": float(contact.longitude),
            },
        }
    return found


def _address(street: str, code: str, place: str) -> dict[str, str]:
    if not (street or code):
        return {}
    told = {"streetAddress": street, "postalCode": code, "addressLocality": place, "addressCountry": "NO"}
    return {"@type": "PostalAddress"} | {name: value for name, value in told.items() if value}
