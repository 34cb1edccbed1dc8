"""Homes, plots and projects as their readers see them: the words in their language, what they cost and have."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from housing.developments.models import Development, DevelopmentText, Unit
from housing.listings.models import Listing, ListingText, Offer
from housing.plots.models import Plot, PlotText
from housing.shown.models import Availability, HomeKind, Photo
from municipalities.moderation.models import State
from welcome.portal.reading import Place, Reading, place, plain, read
from welcome.portal.words import fold

NARROW = "\u00a0"
_TYPES = {
    HomeKind.FLAT: "Apartment",
    HomeKind.HOUSE: "SingleFamilyResidence",
    HomeKind.ROW: "House",
    HomeKind.ROOM: "Room",
    HomeKind.HOLIDAY: "House",
    HomeKind.FARM: "House",
}


def kroner(amount: int) -> str:
    """`12 500 kr`, as written in all three languages."""
    return f"{amount:,}".replace(",", NARROW) + f"{NARROW}kr"


def name_of(row: Any, title: str) -> str:
    """The last part of its address."""
    return f"{row.pk}-{slugify(fold(title))[:60].strip('-') or 'x'}"


def home_title(row: Any) -> str:
    """In the municipality's own language, the same in every language of the site."""
    texts = {text.language: text.title for text in row.texts.all()}
    return texts.get(row.municipality.home_language) or next(iter(texts.values()), "")


@dataclass(frozen=True)
class Picture:
    """With its address in three widths."""

    photo: Photo
    path: str  # Of the middle one.
    srcset: str

    @property
    def alt(self) -> str:
        return self.photo.alt


def pictures_of(kind: str, slug: str, photos: Iterable[Photo]) -> list[Picture]:
    found = []
    for photo in photos:
        paths = {w: reverse("portal:picture", args=[slug, kind, photo.pk, w]) for w in (480, 960, 1600)}
        found.append(Picture(photo, paths[960], ", ".join(f"{path} {w}w" for w, path in paths.items())))
    return found


class _Shown:
    """What the three share; each has `row`, `reading` and `kind`."""

    kind: str
    row: Any
    reading: Reading[Any] | None

    @property
    def is_foreign(self) -> bool:
        return bool(self.reading and self.reading.is_foreign and self.reading.text.title)

    @property
    def pictures(self) -> list[Picture]:
        return pictures_of(self.kind, self.row.municipality.slug, self.row.photos.all())

    @property
    def first_picture(self) -> Picture | None:
        return next(iter(self.pictures), None)

    @property
    def where(self) -> str:
        return str(self.row.where)

    @property
    def contact(self) -> Place | None:
        return place(self.row.contact) if self.row.contact else None

    @property
    def map_url(self) -> str:
        if (point := self.row.point) is None:
            return ""
        latitude, longitude = point
        close = 16 if self.row.shows_address else 13
        return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map={close}/{latitude}/{longitude}"


@dataclass(frozen=True)
class ShownHome(_Shown):
    row: Listing
    reading: Reading[ListingText] | None
    kind = "homes"

    @property
    def title(self) -> str:
        text = self.reading.text if self.reading else None
        return text.title if text and text.title else str(self.row.get_kind_display())

    @property
    def name(self) -> str:
        return name_of(self.row, home_title(self.row))

    @property
    def path(self) -> str:
        return reverse("portal:home", args=[self.row.municipality.slug, self.name])

    @property
    def is_reserved(self) -> bool:
        return self.row.state == State.RESERVED

    @property
    def price(self) -> str:
        if self.row.price is None:
            return ""
        if self.row.offer == Offer.RENT:
            return _("%(price)s a month") % {"price": kroner(self.row.price)}
        return kroner(self.row.price)

    @property
    def size(self) -> str:
        rooms, area = self.row.bedrooms, self.row.area
        told = []
        if rooms:
            told.append(ngettext("%(count)s bedroom", "%(count)s bedrooms", rooms) % {"count": rooms})
        if area:
            told.append(f"{area}{NARROW}m²")
        return ", ".join(told)

    @property
    def free_from(self) -> str:
        if self.row.is_free_now:
            return _("Free now")
        return _("Free from %(day)s") % {
            "day": date_format(self.row.free_from, pgettext("date without a year", "j F"))  # type: ignore[arg-type]
        }

    @property
    def land(self) -> str:
        if self.row.land is None:
            return ""
        return _("%(land)s decares of land") % {"land": _number(self.row.land)}

    @property
    def facts(self) -> list[str]:
        """What decides whether one looks closer, in the order in which one asks."""
        told = [self.size, self.land, self.row.village or self.row.postal_place, self.free_from]
        return [fact for fact in told if fact]

    @property
    def good(self) -> list[str]:
        """What it has and allows."""
        row = self.row
        told = [
            (row.pets, _("Pets are welcome")),
            (row.step_free, _("Without steps")),
            (row.parking, _("Parking")),
            (row.includes_power, _("Power is included")),
            (row.includes_internet, _("Internet is included")),
            (row.animals, _("Room for animals")),
            (row.must_live_there, _("One must live there (boplikt)")),
        ]
        return [words for there, words in told if there]


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def show_home(row: Listing, chosen: str = "") -> ShownHome:
    return ShownHome(row, read(row.texts.all(), row.text_set, chosen))


@dataclass(frozen=True)
class ShownPlot(_Shown):
    row: Plot
    reading: Reading[PlotText] | None
    kind = "plots"

    @property
    def title(self) -> str:
        text = self.reading.text if self.reading else None
        return text.title if text and text.title else str(self.row)

    @property
    def name(self) -> str:
        return name_of(self.row, str(self.row))

    @property
    def path(self) -> str:
        return reverse("portal:plot", args=[self.row.municipality.slug, self.name])

    @property
    def is_free(self) -> bool:
        return self.row.state == Availability.FREE

    @property
    def price(self) -> str:
        return kroner(self.row.price) if self.row.price is not None else ""

    @property
    def area(self) -> str:
        return f"{self.row.area:,}".replace(",", NARROW) + f"{NARROW}m²" if self.row.area else ""

    @property
    def ready(self) -> str:
        return _("Ready to build on") if self.row.is_ready else ""

    @property
    def facts(self) -> list[str]:
        told = [self.area, self.row.field, self.ready, self.row.view]
        return [fact for fact in told if fact]

    @property
    def good(self) -> list[str]:
        row = self.row
        told = [
            (row.has_road, _("Road up to it")),
            (row.has_water, _("Water and sewer")),
            (row.has_power, _("Power and fibre")),
            (row.leased, _("Leased, not sold")),
        ]
        return [words for there, words in told if there]


def show_plot(row: Plot, chosen: str = "") -> ShownPlot:
    return ShownPlot(row, read(row.texts.all(), row.text_set, chosen))


@dataclass(frozen=True)
class ShownUnit:
    unit: Unit

    @property
    def price(self) -> str:
        return kroner(self.unit.price) if self.unit.price is not None else ""

    @property
    def is_free(self) -> bool:
        return self.unit.state == Availability.FREE


@dataclass(frozen=True)
class ShownProject(_Shown):
    """`row` is `with_counts()`."""

    row: Development
    reading: Reading[DevelopmentText] | None
    kind = "projects"

    @property
    def title(self) -> str:
        text = self.reading.text if self.reading else None
        return text.title if text and text.title else self.row.name

    @property
    def name(self) -> str:
        return name_of(self.row, self.row.name)

    @property
    def path(self) -> str:
        return reverse("portal:project", args=[self.row.municipality.slug, self.name])

    @property
    def free(self) -> str:
        row: Any = self.row
        if not row.all_units:
            return ""
        return _("%(free)s of %(all)s free") % {"free": row.free_units, "all": row.all_units}

    @property
    def ready(self) -> str:
        if self.row.ready_on is None:
            return ""
        return _("Move in from %(day)s") % {"day": date_format(self.row.ready_on, pgettext("month", "F Y"))}

    @property
    def facts(self) -> list[str]:
        developer = self.row.developer.name if self.row.developer else ""
        told = [self.free, self.row.village or self.row.postal_place, self.ready, developer]
        return [fact for fact in told if fact]


def show_project(row: Development, chosen: str = "") -> ShownProject:
    return ShownProject(row, read(row.texts.all(), row.text_set, chosen))


# --- for machines ----------------------------------------------------------------------------------


def structured_home(shown: ShownHome) -> list[dict[str, Any]]:
    """https://schema.org/Offer of an Accommodation."""
    row = shown.row
    home: dict[str, Any] = {
        "@type": _TYPES[HomeKind(row.kind)],
        "name": shown.title,
        "address": _address(row),
    }
    if row.bedrooms:
        home["numberOfBedrooms"] = row.bedrooms
    if row.area:
        home["floorSize"] = {"@type": "QuantitativeValue", "value": row.area, "unitCode": "MTK"}
    if row.built_year:
        home["yearBuilt"] = row.built_year
    if row.pets:
        home["petsAllowed"] = True
    home |= _geo(row)
    if picture := shown.first_picture:
        home["photo"] = {
            "@type": "ImageObject",
            "url": settings.SITE_URL + picture.path,
            "caption": picture.alt,
        }
    offer = _offer(shown, row.price, home)
    offer["businessFunction"] = (
        "http://purl.org/goodrelations/v1#LeaseOut"
        if row.offer == Offer.RENT
        else "http://purl.org/goodrelations/v1#Sell"
    )
    if row.price is not None and row.offer == Offer.RENT:
        offer["priceSpecification"] = {
            "@type": "UnitPriceSpecification", "price": row.price, "priceCurrency": "NOK", "unitCode": "MON",
        }  # fmt: skip
    if row.free_from:
        offer["availabilityStarts"] = row.free_from.isoformat()
    if row.expires_on:
        offer["validThrough"] = row.expires_on.isoformat()
    if shown.is_reserved:
        offer["availability"] = "https://schema.org/LimitedAvailability"
    return [offer]


def structured_plot(shown: ShownPlot) -> list[dict[str, Any]]:
    place_of: dict[str, Any] = {"@type": "Place", "name": shown.title, "address": _address(shown.row)}
    place_of |= _geo(shown.row)
    return [_offer(shown, shown.row.price, place_of)]


def structured_project(shown: ShownProject) -> list[dict[str, Any]]:
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ApartmentComplex",
        "name": shown.title,
        "url": settings.SITE_URL + shown.path,
        "address": _address(shown.row),
        **_geo(shown.row),
    }
    row: Any = shown.row
    if row.all_units:
        found["numberOfAccommodationUnits"] = {"@type": "QuantitativeValue", "value": row.all_units}
        found["numberOfAvailableAccommodationUnits"] = {
            "@type": "QuantitativeValue", "value": row.free_units,
        }  # fmt: skip
    return [found]


def _offer(shown: Any, price: int | None, item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Offer",
        "name": shown.title,
        "url": settings.SITE_URL + shown.path,
        "itemOffered": item,
        "availability": "https://schema.org/InStock",
    }
    if shown.reading and (words := plain(shown.reading.text.body)):
        found["description"] = words[:500]
    if price is not None:
        found |= {"price": price, "priceCurrency": "NOK"}
    return found


def _address(row: Any) -> dict[str, str]:
    found = {
        "@type": "PostalAddress",
        "addressLocality": row.postal_place or row.village or row.municipality.name,
        "addressCountry": "NO",
    }
    if row.postal_code:
        found["postalCode"] = row.postal_code
    if row.shows_address and row.street_address:
        found["streetAddress"] = row.street_address
    return found


def _geo(row: Any) -> dict[str, Any]:
    """Only of what may be seen exactly."""
    if row.point is None or not row.shows_address:
        return {}
    latitude, longitude = row.point
    return {"geo": {"@type": "GeoCoordinates", "latitude": float(latitude), "longitude": float(longitude)}}


def points_of(rows: Iterable[Model], show: Any, most: int) -> list[dict[str, Any]]:
    """What the map beside a list shows, for its script."""
    found = []
    for row in rows:
        shown = show(row)
        if (point := shown.row.point) is None:
            continue
        found.append(
            {"at": [float(point[0]), float(point[1])], "title": shown.title, "path": shown.path,
             "words": ", ".join([*([shown.price] if getattr(shown, "price", "") else []), *shown.facts[:2]])}
        )  # fmt: skip
    return found[:most]
