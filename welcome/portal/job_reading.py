"""A vacancy as its reader sees it, and as search engines are told of it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from municipalities.jobs.catalogue import Engagement, Extent
from municipalities.jobs.models import Vacancy
from welcome.portal.reading import screen_language
from welcome.portal.words import fold

_TYPES = {
    Engagement.TEMPORARY: "TEMPORARY",
    Engagement.SUMMER: "TEMPORARY",
    Engagement.APPRENTICE: "OTHER",
}


@dataclass(frozen=True)
class ShownJob:
    row: Vacancy

    @property
    def title(self) -> str:
        return self.row.title

    @property
    def name(self) -> str:
        return f"{self.row.pk}-{slugify(fold(self.row.title))[:60].strip('-') or 'x'}"

    @property
    def path(self) -> str:
        return reverse("portal:job", args=[self.row.municipality.slug, self.name])

    @property
    def is_foreign(self) -> bool:
        return self.row.language != screen_language()

    @property
    def where(self) -> str:
        return " ".join(part for part in (self.row.postal_code, self.row.postal_place) if part)

    @property
    def extent(self) -> str:
        words = str(self.row.get_extent_display()) if self.row.extent else ""
        share = f"{self.row.percent}\u00a0%" if self.row.percent else ""
        return ", ".join(part for part in (words, share) if part)

    @property
    def due(self) -> str:
        if self.row.due_on is None:
            return self.row.due_words
        days = (self.row.due_on - timezone.localdate()).days
        if days == 0:
            return _("Apply today")
        if 0 < days <= 7:
            return ngettext("%(days)s day left to apply", "%(days)s days left to apply", days) % {
                "days": days
            }
        return _("Apply by %(day)s") % {
            "day": date_format(self.row.due_on, pgettext("date without a year", "j F"))
        }

    @property
    def facts(self) -> list[str]:
        engagement = str(self.row.get_engagement_display()) if self.row.engagement else ""
        return [fact for fact in (self.extent, engagement, self.row.postal_place, self.due) if fact]

    @property
    def apply_url(self) -> str:
        """Of what the feed brought: at its source, as NAV's terms ask for."""
        return self.row.source_url if self.row.is_from_feed else self.row.apply_url


def structured_job(shown: ShownJob) -> list[dict[str, Any]]:
    """https://schema.org/JobPosting"""
    row = shown.row
    address = {
        "@type": "PostalAddress",
        "addressLocality": row.postal_place or row.municipality.name,
        "addressRegion": row.municipality.name,
        "addressCountry": "NO",
    }
    if row.postal_code:
        address["postalCode"] = row.postal_code
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": row.title,
        "description": row.body or row.title,
        "url": settings.SITE_URL + shown.path,
        "inLanguage": row.language,
        "hiringOrganization": {"@type": "Organization", "name": row.employer_name},
        "jobLocation": {"@type": "Place", "address": address},
        "totalJobOpenings": row.positions,
        "occupationalCategory": str(row.get_field_display()),
        "directApply": bool(row.apply_url or row.apply_email) and not row.is_from_feed,
    }
    if row.published_at:
        found["datePosted"] = timezone.localdate(row.published_at).isoformat()
    if ends := row.due_on or row.expires_on:
        found["validThrough"] = ends.isoformat()
    if row.employer_url:
        found["hiringOrganization"]["sameAs"] = row.employer_url
    kinds = []
    if row.extent:
        kinds.append("FULL_TIME" if row.extent == Extent.FULL else "PART_TIME")
    if row.engagement in _TYPES:
        kinds.append(_TYPES[Engagement(row.engagement)])
    if kinds:
        found["employmentType"] = kinds
    return [found]
