"""The form by which one orders, filled in as a browser sends it."""

import re
import time

import time_machine
from django.urls import reverse

PLANNER = {
    "wishes": ["package", "host"],
    "situation": "planning",
    "month": "",
    "would_help": "Work for a nurse, and a kindergarten place",
    "given_name": "Marie-Claire",
    "family_name": "Dubois",
    "birth_year": "1991",
    "others": "Jean Dubois, 1989",
    "children": "2020, 2023",
    "language": "en",
    "interests": "Skiing and choir",
    "needs": "",
    "agree_needs": "on",
    "email": "marie@dubois.example",
    "phone": "",
    "agree_planning": "on",
}
MOVED = PLANNER | {
    "situation": "moved",
    "street": "Øvre Ålsgata 12 B",
    "postal_code": "3570",
    "postal_place": "Ål",
    "moved_on": "2026-08-15",
}


# Of a household whose address is not held.
NOWHERE = {"address_kind": "unknown", "address_key": ""} | dict.fromkeys(
    ["street", "house_number", "house_letter", "postal_code", "postal_place"], ""
)


def path(place, page="order", language="en"):
    return f"/{language}/{place.slug}/meet/{'sign-up' if page == 'meeting' else page}/"


def hidden(answer):
    """The stamp and the marks that the answered page sends back by itself."""
    fields = re.findall(r'<input type="hidden"[^>]*>', answer.content.decode())
    found = (
        (re.search(r'name="([^"]+)"', field)[1], re.search(r'value="([^"]*)"', field)) for field in fields
    )
    return {name: value[1] for name, value in found if value and name.startswith(("seen_", "stamp"))}


def send(client, place, said=PLANNER, language="en", *, seconds=30, times=1, before_sending=None, **more):
    """All the pages, one after the other; `seconds` are spent on the last, which is sent so many `times`."""
    said, now = said | more, time.time()
    with time_machine.travel(now - seconds, tick=False):
        about = client.post(path(place, language=language), said | {"at": "people"})
        last = client.post(path(place, language=language), said | hidden(about) | {"at": "about"})
    data = said | hidden(about) | hidden(last) | {"at": "contact"} | (before_sending or {})
    with time_machine.travel(now, tick=False):
        return [client.post(path(place, language=language), data) for _ in range(times)][-1]


def send_page(client, place, page, said, language="en", seconds=30):
    """A form of one page."""
    now = time.time()
    with time_machine.travel(now - seconds, tick=False):
        shown = client.get(path(place, page, language))
    with time_machine.travel(now, tick=False):
        return client.post(path(place, page, language), hidden(shown) | said)


def door(place, language="en"):
    return reverse("portal:door", args=[place.slug, "meet"]).replace("/nb/", f"/{language}/")
