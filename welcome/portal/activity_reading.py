"""An activity as its reader sees it: the words in their language, when and where, for whom, what it costs."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Min, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from municipalities.activities.models import Activity, ActivityText
from municipalities.activities.rules import DAYS, Rule, parse
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation, OrganisationText
from welcome.portal.opening import clock, day_name
from welcome.portal.reading import Place, Reading, place, plain, read
from welcome.portal.words import fold


@dataclass(frozen=True)
class Time:
    """One time it happens, local."""

    starts: datetime.datetime
    ends: datetime.datetime
    all_day: bool

    @property
    def day(self) -> datetime.date:
        """Under which day a list has it: what goes on for long is under today."""
        return max(self.starts.date(), timezone.localdate())

    @property
    def hours(self) -> str:
        """`18:00–20:00`, or until which day it lasts."""
        if self.starts.date() != self.ends.date():
            last = date_format(self.ends, pgettext("date without a year", "j F"))
            return _("Until %(day)s") % {"day": last}
        if self.all_day:
            return _("All day")
        if self.starts == self.ends:
            return clock(self.starts.time())
        return f"{clock(self.starts.time())}–{clock(self.ends.time())}"

    @property
    def iso(self) -> str:
        return self.starts.date().isoformat() if self.all_day else self.starts.isoformat()

    @property
    def ends_iso(self) -> str:
        return self.ends.date().isoformat() if self.all_day else self.ends.isoformat()


def time_of(starts: datetime.datetime, ends: datetime.datetime, all_day: bool) -> Time:
    return Time(timezone.localtime(starts), timezone.localtime(ends), all_day)


def name_of(activity: Activity) -> str:
    """The last part of its address, the same in every language of the site; its texts are at hand."""
    texts = {text.language: text.title for text in activity.texts.all()}
    title = texts.get(activity.municipality.home_language) or next(iter(texts.values()), "")
    return f"{activity.pk}-{slugify(fold(title))[:60].strip('-') or 'x'}"


def path_of(activity: Activity) -> str:
    return reverse("portal:activity", args=[activity.municipality.slug, name_of(activity)])


@dataclass(frozen=True)
class Happening:
    """`time` is the one a list shows, or the next; None when it is over."""

    activity: Activity
    reading: Reading[ActivityText] | None
    time: Time | None = None

    @property
    def title(self) -> str:
        text = self.reading.text if self.reading else None
        return text.title if text and text.title else str(self.activity.get_theme_display())

    @property
    def is_foreign(self) -> bool:
        return bool(self.reading and self.reading.is_foreign and self.reading.text.title)

    @property
    def name(self) -> str:
        return name_of(self.activity)

    @property
    def path(self) -> str:
        return path_of(self.activity)

    @property
    def organisation(self) -> Organisation | None:
        its = self.activity.organisation
        return its if its is not None and its.published else None

    @property
    def where(self) -> str:
        return self.activity.contact.name if self.activity.contact else self.activity.place

    @property
    def contact(self) -> Place | None:
        return place(self.activity.contact) if self.activity.contact else None

    @property
    def price(self) -> str:
        amount = self.activity.price
        if amount is None:
            return ""
        return _("Free") if amount == 0 else _("%(amount)s kroner") % {"amount": amount}

    @property
    def ages(self) -> str:
        low, high = self.activity.age_from, self.activity.age_to
        if low is not None and high is not None:
            return _("%(low)s–%(high)s years") % {"low": low, "high": high}
        if low is not None:
            return ngettext("From %(low)s year", "From %(low)s years", low) % {"low": low}
        return ngettext("Up to %(high)s year", "Up to %(high)s years", high) % {"high": high} if high else ""

    @property
    def facts(self) -> list[str]:
        """What decides whether one goes, in the order in which one asks."""
        told = [self.where, self.ages, self.price, self.organisation.name if self.organisation else ""]
        return [fact for fact in told if fact]

    @property
    def sent_by(self) -> str:
        """Who arranges it, as its sender wrote; nothing personal."""
        return self.activity.arranger

    @property
    def recurrence(self) -> str:
        return in_words(parse(self.activity.rule)) if self.activity.rule else ""

    @property
    def map_url(self) -> str:
        latitude, longitude = self.activity.latitude, self.activity.longitude
        if latitude is None or longitude is None:
            return ""
        return (
            f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
        )

    @property
    def tel(self) -> str:
        return self.activity.sign_up_phone.as_e164 if self.activity.sign_up_phone else ""

    @property
    def number_to_call(self) -> str:
        phone = self.activity.sign_up_phone
        if not phone:
            return ""
        return phone.as_national if phone.country_code == 47 else phone.as_international


def happening(activity: Activity, time: Time | None = None, chosen: str = "") -> Happening:
    return Happening(activity, read(activity.texts.all(), activity.text_set, chosen), time)


def in_words(rule: Rule) -> str:
    """`Every Tuesday until 15 December 2026`, as far as that can be said."""
    names = [day_name(number) for number in rule.weekdays]
    days = _(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    how = {
        "DAILY": _("Every day"),
        "WEEKLY": _("Every %(day)s") % {"day": days} if days else _("Every week"),
        "MONTHLY": _("Every month"),
        "YEARLY": _("Every year"),
    }[rule.parts["FREQ"]]
    if rule.every > 1:
        how = {
            "DAILY": _("Every %(n)s days"),
            "WEEKLY": _("Every other week, on %(day)s")
            if days and rule.every == 2
            else _("Every %(n)s weeks"),
            "MONTHLY": _("Every %(n)s months"),
            "YEARLY": _("Every %(n)s years"),
        }[rule.parts["FREQ"]] % {"n": rule.every, "day": days}
    if rule.until is None:
        return how
    last = date_format(rule.until, pgettext("date", "j F Y"))
    return _("%(how)s until %(day)s") % {"how": how, "day": last}


def next_first(municipality: Municipality) -> Any:
    """The activities to come with their next time as `its_next` and `its_end`, each once."""
    return _with_words(_timed(municipality)).order_by("its_next", "pk")


def coming(
    municipality: Municipality, count: int, organisation: Organisation | None = None
) -> list[Happening]:
    """The activities that happen next, each once."""
    rows = next_first(municipality)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return [_happening(row) for row in rows[:count]]


def coming_and_newest(municipality: Municipality, count: int) -> tuple[list[Happening], list[Happening]]:
    """Those that happen next and those that were published last, in the two queries that one of them takes."""
    rows = _timed(municipality)
    next_ones = rows.order_by("its_next", "pk").values("pk")[:count]
    newest = (
        Activity.objects.of(municipality)
        .published()
        .to_come()
        .order_by("-published_at", "-pk")
        .values("pk")[:count]
    )
    either = _with_words(rows).filter(Q(pk__in=next_ones) | Q(pk__in=newest))
    found = list(either.order_by("its_next", "pk"))
    last = sorted(found, key=lambda row: (row.published_at, row.pk), reverse=True)
    return [_happening(row) for row in found[:count]], [_happening(row) for row in last[:count]]


def _timed(municipality: Municipality) -> Any:
    """Published and to come, each with the next time it happens."""
    now = timezone.now()
    its_next = Min("occurrences__starts_at", filter=Q(occurrences__ends_at__gte=now))
    its_end = Min("occurrences__ends_at", filter=Q(occurrences__ends_at__gte=now))
    rows: Any = Activity.objects.of(municipality).published().to_come(now)
    return rows.annotate(its_next=its_next, its_end=its_end).filter(its_next__isnull=False)


def _with_words(rows: Any) -> Any:
    texts = ActivityText.objects.select_related("changed_by")
    rows = rows.select_related("municipality", "organisation", "contact")
    return rows.prefetch_related(Prefetch("texts", queryset=texts))


def _happening(row: Any) -> Happening:
    return happening(row, time_of(row.its_next, row.its_end, row.all_day))


@dataclass(frozen=True)
class ShownOrganisation:
    organisation: Organisation
    reading: Reading[OrganisationText] | None

    @property
    def title(self) -> str:
        return (self.reading and self.reading.text.title) or self.organisation.name

    @property
    def is_foreign(self) -> bool:
        return bool(self.reading and self.reading.is_foreign and self.reading.text.title)

    @property
    def contact(self) -> Place | None:
        return place(self.organisation.contact) if self.organisation.contact else None


def show_organisation(organisation: Organisation, chosen: str = "") -> ShownOrganisation:
    return ShownOrganisation(organisation, read(organisation.texts.all(), organisation.text_set, chosen))


# --- for machines ----------------------------------------------------------------------------------

_DAYS = dict(
    zip(DAYS, ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], strict=True)
)
_LENGTHS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}


def structured(shown: Happening, times: Sequence[Time]) -> list[dict[str, Any]]:
    """https://schema.org/Event: each of the next times; what recurs by a rule also says how."""
    return [_event(shown, time) for time in times]


def _event(shown: Happening, time: Time) -> dict[str, Any]:
    activity, reading = shown.activity, shown.reading
    here = activity.municipality
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": shown.title,
        "startDate": time.iso,
        "endDate": time.ends_iso,
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "url": settings.SITE_URL + shown.path,
        "location": _location(shown),
        "organizer": {
            "@type": "Organization",
            "name": shown.organisation.name if shown.organisation else here.name,
        },
    }
    if reading:
        found |= {"description": plain(reading.text.body)[:500], "inLanguage": reading.text.language}
    if activity.price is not None:
        found["isAccessibleForFree"] = activity.price == 0
        found["offers"] = {
            "@type": "Offer",
            "price": activity.price,
            "priceCurrency": "NOK",
            "url": activity.sign_up_url or found["url"],
            "availability": "https://schema.org/InStock",
        }
    if activity.age_from is not None or activity.age_to is not None:
        found["typicalAgeRange"] = f"{activity.age_from or 0}-{activity.age_to or ''}"
    if activity.rule:
        found["eventSchedule"] = _schedule(activity)
    return found


def _location(shown: Happening) -> dict[str, Any]:
    activity, contact = shown.activity, shown.activity.contact
    found: dict[str, Any] = {"@type": "Place", "name": shown.where or activity.municipality.name}
    found["address"] = {
        "@type": "PostalAddress",
        "addressLocality": (contact.postal_place if contact else "") or activity.municipality.name,
        "addressCountry": "NO",
    }
    if contact and contact.street_address:
        found["address"] |= {"streetAddress": contact.street_address, "postalCode": contact.postal_code}
    point = activity if activity.latitude is not None or contact is None else contact
    latitude, longitude = point.latitude, point.longitude
    if latitude is not None and longitude is not None:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": float(latitude), "longitude": float(longitude)}
    return found


def _schedule(activity: Activity) -> dict[str, Any]:
    """https://schema.org/Schedule"""
    rule, first = parse(activity.rule), timezone.localtime(activity.starts_at)
    found: dict[str, Any] = {
        "@type": "Schedule",
        "repeatFrequency": f"P{rule.every}{_LENGTHS[rule.parts['FREQ']]}",
        "startDate": first.date().isoformat(),
        "endDate": timezone.localdate(activity.last_at).isoformat(),
        "scheduleTimezone": "Europe/Oslo",
    }
    if not activity.all_day:
        found["startTime"] = first.time().isoformat("minutes")
        found["endTime"] = timezone.localtime(activity.ends_at).time().isoformat("minutes")
    if rule.weekdays:
        found["byDay"] = [f"https://schema.org/{_DAYS[DAYS[number - 1]]}" for number in rule.weekdays]
    if activity.exceptions:
        found["exceptDate"] = sorted(activity.exceptions)
    if rule.count:
        found["repeatCount"] = rule.count
    return found
