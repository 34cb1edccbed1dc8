"""What the portal tells of a municipality, for other programs: read only, what everybody may read, no key.

`/api/v1/` stays as it is; what would break a reader becomes `/api/v2/`. Names of people are left out: they stand on the
pages where somebody needs them, and nobody is helped by a list of them.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import override as in_language
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Query, Schema

from housing.developments.models import Development
from housing.listings.models import Listing
from housing.plots.models import Plot
from housing.shown.models import Placed
from municipalities.activities.models import Activity
from municipalities.contacts.models import ContactPoint
from municipalities.jobs.models import Vacancy
from municipalities.municipality.models import Fact, Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.models import Topic
from welcome.portal.activity_reading import next_first, path_of
from welcome.portal.around import municipality_at
from welcome.portal.home_reading import show_home, show_plot, show_project
from welcome.portal.job_reading import ShownJob

MOST = 100
PREFIX = "/api/v1/"
M = TypeVar("M", bound=Model)


class PublicAPI(NinjaAPI):
    """Answers may be kept for five minutes and read by any page; whoever has one already gets 304."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        answer = super().create_response(request, data, **more)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Expose-Headers"] = "ETag"
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        if answer.status_code != 200:
            return answer
        answer["Cache-Control"] = "public, max-age=300"
        answer["ETag"] = etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=etag, response=answer) or answer


api = PublicAPI(
    title="Tilflytter",
    version="1.0.0",
    description="What municipalities tell those who move there. Read only, without a key.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
)


class TextOut(Schema):
    language: str = Field(description="BCP 47, as nb, nn, en")
    title: str
    html: str = Field(description="Sanitised: paragraphs, lists, headings, links")
    changed_at: datetime.datetime


class AddressOut(Schema):
    street: str
    postal_code: str
    postal_place: str


class PointOut(Schema):
    latitude: Decimal
    longitude: Decimal


class MunicipalityOut(Schema):
    number: str = Field(description="Four digits, as Statistics Norway has it")
    slug: str
    name: str
    url: str
    languages: list[str]
    phone: str
    email: str
    website: str
    address: AddressOut


class FactOut(Schema):
    kind: str
    label: str
    value: Decimal
    source: str
    true_on: datetime.date


class MunicipalityDetailOut(MunicipalityOut):
    facts: list[FactOut]


class TopicOut(Schema):
    slug: str
    door: str
    url: str
    texts: list[TextOut]
    contacts: list[int] = Field(description="ids of contacts")


class HoursOut(Schema):
    weekday: int = Field(description="1 is Monday")
    opens: datetime.time
    closes: datetime.time


class ContactOut(Schema):
    id: int
    name: str
    role: str
    phone: str
    email: str
    website: str
    address: AddressOut
    point: PointOut | None
    opening_hours: list[HoursOut]


class ActivityOut(Schema):
    uid: str
    url: str
    theme: str
    organisation: str | None = Field(description="slug of the organisation")
    place: str
    point: PointOut | None
    starts_at: datetime.datetime = Field(description="The next time, or the one that goes on")
    ends_at: datetime.datetime
    all_day: bool
    rule: str = Field(description="RRULE of RFC 5545 where it recurs")
    price: int | None = Field(description="Kroner; 0 is free, null not told")
    age_from: int | None
    age_to: int | None
    texts: list[TextOut]


class PictureOut(Schema):
    url: str = Field(description="WebP, 960 pixels wide at most")
    alt: str


class HomeOut(Schema):
    id: int
    url: str
    offer: str = Field(description="rent or sale")
    kind: str = Field(description="flat, house, row, room, holiday or farm")
    reserved: bool
    price: int | None = Field(description="Kroner; of what is for rent, a month; null not told")
    deposit: int | None
    bedrooms: int | None
    area: int | None = Field(description="Square metres")
    land: Decimal | None = Field(description="Decares, of a farm")
    free_from: datetime.date | None = Field(description="null: now")
    pets: bool
    step_free: bool
    furnished: str
    village: str
    address: AddressOut = Field(description="Without a street where the owner does not show it")
    point: PointOut | None = Field(
        description="About a kilometre off where the owner does not show the address"
    )
    published_at: datetime.datetime
    shown_until: datetime.date
    texts: list[TextOut]
    pictures: list[PictureOut]


class JobOut(Schema):
    id: int
    url: str
    title: str
    language: str
    html: str = Field(description="Sanitised: paragraphs, lists, headings, links")
    employer_name: str
    employer_number: str
    field: str
    extent: str = Field(description="full, part, or empty")
    percent: int | None
    engagement: str
    positions: int
    postal_code: str
    postal_place: str
    due_on: datetime.date | None
    apply_url: str
    source: str = Field(description="staff, employer or nav; of what comes from NAV apply_url leads there")
    published_at: datetime.datetime
    shown_until: datetime.date


class PlotOut(Schema):
    id: int
    url: str
    name: str
    field: str
    state: str = Field(description="coming, free, reserved or taken")
    price: int | None
    area: int | None
    ready: bool = Field(description="Road, water and power are there")
    point: PointOut | None
    texts: list[TextOut]


class ProjectOut(Schema):
    id: int
    url: str
    name: str
    units: int
    free_units: int
    ready_on: datetime.date | None
    point: PointOut | None
    texts: list[TextOut]


class OrganisationOut(Schema):
    slug: str
    name: str
    kind: str
    url: str
    website: str
    texts: list[TextOut]
    contact: int | None = Field(description="id of the contact")


class PageOut(Schema):
    count: int = Field(description="Of all pages")
    page: int
    pages: int


class Municipalities(PageOut):
    results: list[MunicipalityOut]


class Topics(PageOut):
    results: list[TopicOut]


class Contacts(PageOut):
    results: list[ContactOut]


class Activities(PageOut):
    results: list[ActivityOut]


class Organisations(PageOut):
    results: list[OrganisationOut]


class Homes(PageOut):
    results: list[HomeOut]


class Jobs(PageOut):
    results: list[JobOut]


class Plots(PageOut):
    results: list[PlotOut]


class Projects(PageOut):
    results: list[ProjectOut]


class Part(Schema):
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=MOST)


def _paged(rows: QuerySet[M], part: Part, told: Callable[[M], dict[str, Any]]) -> dict[str, Any]:
    """Beyond the last page there is nothing, which is no error."""
    pages = Paginator(rows, part.size)
    found = pages.get_page(part.page).object_list if part.page <= pages.num_pages else []
    return {
        "count": pages.count,
        "page": part.page,
        "pages": pages.num_pages,
        "results": [told(row) for row in found],
    }


def _whole(address: str) -> str:
    return settings.SITE_URL + address


def _texts(texts: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {"language": text.language, "title": text.title, "html": text.body, "changed_at": text.changed_at}
        for text in texts
        if not text.is_empty
    ]


def _address(row: Municipality | ContactPoint) -> dict[str, str]:
    return {"street": row.street_address, "postal_code": row.postal_code, "postal_place": row.postal_place}


def _point(row: ContactPoint | Activity | None) -> dict[str, Any] | None:
    if row is None or row.latitude is None:
        return None
    return {"latitude": row.latitude, "longitude": row.longitude}


def _municipality(row: Municipality) -> dict[str, Any]:
    return {
        "number": row.number,
        "slug": row.slug,
        "name": row.name,
        "url": _whole(reverse("portal:municipality", args=[row.slug])),
        "languages": row.languages,
        "phone": row.phone.as_e164 if row.phone else "",
        "email": row.email,
        "website": row.website,
        "address": _address(row),
    }


def _fact(row: Fact) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "label": str(row),
        "value": row.value,
        "source": row.source,
        "true_on": row.true_on,
    }


def _topic(row: Topic) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "door": row.door,
        "url": _whole(reverse("portal:topic", args=[row.municipality.slug, row.slug])),
        "texts": _texts(row.texts.all()),
        "contacts": [link.contact_id for link in row.topiccontact_set.all()],
    }


def _contact(row: ContactPoint) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "role": row.role,
        "phone": row.phone.as_e164 if row.phone else row.short_number,
        "email": row.email,
        "website": row.website,
        "address": _address(row),
        "point": _point(row),
        "opening_hours": [
            {"weekday": hours.weekday, "opens": hours.opens, "closes": hours.closes}
            for hours in row.opening_hours.all()
        ],
    }


def _activity(row: Any) -> dict[str, Any]:
    """`row` is an activity with its next time, as `next_first` gives it."""
    its = row.organisation
    return {
        "uid": row.uid,
        "url": _whole(path_of(row)),
        "theme": row.theme,
        "organisation": its.slug if its is not None and its.published else None,
        "place": row.contact.name if row.contact else row.place,
        "point": _point(row) or _point(row.contact),
        "starts_at": row.its_next,
        "ends_at": row.its_end,
        "all_day": row.all_day,
        "rule": row.rule,
        "price": row.price,
        "age_from": row.age_from,
        "age_to": row.age_to,
        "texts": _texts(row.texts.all()),
    }


def _home(row: Listing) -> dict[str, Any]:
    shown = show_home(row)
    return {
        "id": row.pk,
        "url": _whole(shown.path),
        **{name: getattr(row, name) for name in _HOME},
        "reserved": shown.is_reserved,
        "address": {
            "street": row.street_address if row.shows_address else "",
            "postal_code": row.postal_code,
            "postal_place": row.postal_place,
        },
        "point": _shown_point(row),
        "shown_until": row.expires_on,
        "texts": _texts(row.texts.all()),
        "pictures": [{"url": _whole(each.path), "alt": each.alt} for each in shown.pictures],
    }


_HOME = (
    "offer", "kind", "price", "deposit", "bedrooms", "area", "land", "free_from", "pets", "step_free", "furnished",
    "village", "published_at",
)  # fmt: skip


_JOB = (
    "title", "language", "employer_name", "employer_number", "field", "extent", "percent", "engagement", "positions",
    "postal_code", "postal_place", "due_on", "source", "published_at",
)  # fmt: skip


def _job(row: Vacancy) -> dict[str, Any]:
    shown = ShownJob(row)
    return {
        "id": row.pk,
        "url": _whole(shown.path),
        **{name: getattr(row, name) for name in _JOB},
        "html": row.body,
        "apply_url": shown.apply_url,
        "shown_until": row.expires_on,
    }


def _plot(row: Plot) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": _whole(show_plot(row).path),
        **{name: getattr(row, name) for name in ("name", "field", "state", "price", "area")},
        "ready": row.is_ready,
        "point": _shown_point(row),
        "texts": _texts(row.texts.all()),
    }


def _project(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": _whole(show_project(row).path),
        "name": row.name,
        "units": row.all_units,
        "free_units": row.free_units,
        "ready_on": row.ready_on,
        "point": _shown_point(row),
        "texts": _texts(row.texts.all()),
    }


def _shown_point(row: Placed) -> dict[str, Any] | None:
    if row.point is None:
        return None
    return {"latitude": row.point[0], "longitude": row.point[1]}


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "url": _whole(reverse("portal:organisation", args=[row.municipality.slug, row.slug])),
        "website": row.website,
        "texts": _texts(row.texts.all()),
        "contact": row.contact_id,
    }


def _get(address: str, name: str, response: Any) -> Callable[..., Any]:
    add = api.api_operation(["GET", "HEAD"], address, url_name=name, response=response, operation_id=name)
    # One answer for all who ask, whatever language their program says it speaks: it is kept, and has a mark.
    return lambda view: add(in_language(settings.LANGUAGE_CODE)(view))


@_get("/municipalities", "municipalities", Municipalities)
def municipalities(request: HttpRequest, part: Query[Part]) -> dict[str, Any]:
    return _paged(Municipality.objects.published().order_by("number"), part, _municipality)


@_get("/municipalities/{slug:slug}", "municipality", MunicipalityDetailOut)
def municipality(request: HttpRequest, slug: str) -> dict[str, Any]:
    here = municipality_at(slug)
    return _municipality(here) | {"facts": [_fact(fact) for fact in Fact.objects.of(here)]}


def _topics(here: Municipality) -> QuerySet[Topic]:
    rows = Topic.objects.of(here).published().select_related("municipality")
    return rows.prefetch_related("texts", "topiccontact_set").order_by("order", "slug")


@_get("/municipalities/{slug:slug}/topics", "topics", Topics)
def topics(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    return _paged(_topics(municipality_at(slug)), part, _topic)


@_get("/municipalities/{slug:slug}/topics/{slug:topic}", "topic", TopicOut)
def topic(request: HttpRequest, slug: str, topic: str) -> dict[str, Any]:
    return _topic(get_object_or_404(_topics(municipality_at(slug)), slug=topic))


@_get("/municipalities/{slug:slug}/contacts", "contacts", Contacts)
def contacts(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    rows = ContactPoint.objects.of(municipality_at(slug)).prefetch_related("opening_hours")
    return _paged(rows.order_by("name", "pk"), part, _contact)


@_get("/municipalities/{slug:slug}/activities", "activities", Activities)
def activities(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    """Those that are to come, each once, the next first."""
    return _paged(next_first(municipality_at(slug)), part, _activity)


@_get("/municipalities/{slug:slug}/homes", "homes", Homes)
def homes(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    """To rent and to buy, the newest first."""
    rows = Listing.objects.of(municipality_at(slug)).shown().with_content()
    return _paged(rows.order_by("-published_at", "-pk"), part, _home)


@_get("/municipalities/{slug:slug}/jobs", "jobs", Jobs)
def jobs(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    """Vacancies, the newest first."""
    rows = Vacancy.objects.of(municipality_at(slug)).shown().with_content()
    return _paged(rows.order_by("-published_at", "-pk"), part, _job)


@_get("/municipalities/{slug:slug}/plots", "plots", Plots)
def plots(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    rows = Plot.objects.of(municipality_at(slug)).shown().with_content()
    return _paged(rows.order_by("field", "order", "name", "pk"), part, _plot)


@_get("/municipalities/{slug:slug}/projects", "projects", Projects)
def projects(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    rows = Development.objects.of(municipality_at(slug)).shown().with_counts().with_content()
    return _paged(rows.order_by("name", "pk"), part, _project)


@_get("/municipalities/{slug:slug}/organisations", "organisations", Organisations)
def organisations(request: HttpRequest, slug: str, part: Query[Part]) -> dict[str, Any]:
    rows = Organisation.objects.of(municipality_at(slug)).published().select_related("municipality")
    return _paged(rows.prefetch_related("texts").order_by("name", "pk"), part, _organisation)


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """https://spec.openapis.org/oas/v3.1.0; HEAD goes without saying."""
    told = api.get_openapi_schema(path_prefix=PREFIX)
    for methods in told["paths"].values():
        methods.pop("head", None)
    return api.create_response(request, told, status=200)


# Without the page that ninja would put at the root.
urlpatterns = [
    path("openapi.json", document, name="document"),
    *(pattern for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"),
]
