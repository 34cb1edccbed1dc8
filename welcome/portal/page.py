"""What every public page says about itself: to people in the breadcrumb, to search engines in its head."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.municipality.models import Municipality


@dataclass(frozen=True)
class Crumb:
    name: str
    path: str


@dataclass(frozen=True)
class InLanguage:
    """This page's twin in another language of the site."""

    code: str
    path: str
    is_current: bool

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.path


@dataclass(frozen=True)
class Page:
    title: str
    description: str
    crumbs: Sequence[Crumb]  # From the top; the last is the page itself.
    path: str
    municipality: Municipality | None = None
    indexed: bool = True  # Search results are many addresses of the same things.

    @property
    def canonical(self) -> str:
        return settings.SITE_URL + self.path

    @property
    def breadcrumb_list(self) -> dict[str, object]:
        """https://schema.org/BreadcrumbList"""
        return {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": crumb.name,
                    "item": settings.SITE_URL + crumb.path,
                }
                for position, crumb in enumerate(self.crumbs, 1)
            ],
        }


def in_languages(path: str) -> list[InLanguage]:
    """The same address in each language of the site; empty for an address without a language."""
    code, slash, rest = path.removeprefix("/").partition("/")
    codes = [language for language, _name in settings.LANGUAGES]
    if code not in codes or not slash:
        return []
    current = get_language()
    return [InLanguage(other, f"/{other}/{rest}", other == current) for other in codes]


def page(
    request: HttpRequest,
    *,
    title: str,
    description: str,
    municipality: Municipality | None = None,
    crumbs: Sequence[Crumb] = (),
    indexed: bool = True,
) -> Page:
    """`crumbs` are those between the municipality and the page, each (name, path)."""
    trail = [Crumb(_("All municipalities"), reverse("portal:county"))]
    if municipality:
        trail.append(Crumb(municipality.name, reverse("portal:municipality", args=[municipality.slug])))
    trail += crumbs
    if trail[-1].path != request.path:
        trail.append(Crumb(title, request.path))
    return Page(
        title=title,
        description=description,
        crumbs=trail,
        path=request.path,
        municipality=municipality,
        indexed=indexed,
    )
