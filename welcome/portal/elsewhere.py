"""What others put up for the municipality: the block on their own pages, the poster on their wall, and the page that
tells how."""

from functools import cache as once
from hashlib import sha256

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.links import codes
from municipalities.municipality.models import Municipality
from welcome.letters.labels import print_page
from welcome.portal import share
from welcome.portal.api import PREFIX
from welcome.portal.around import municipality_at
from welcome.portal.page import page
from welcome.portal.reading import screen_language

SIZES = {"a4": (210, 297), "a3": (297, 420)}  # Millimetres.
KEPT = 24 * 3600


@once
def _script() -> bytes:
    found = finders.find("js/block.js")
    if not found:
        raise Http404
    with open(str(found), "rb") as opened:
        return opened.read()


@require_safe
def block(request: HttpRequest) -> HttpResponse:
    """At an address that stays, unlike those of our own pages' scripts: it stands in other people's pages."""
    answer = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """How to take part: API, block, calendars, feeds, posters."""
    towns = list(Municipality.objects.published().order_by("name"))
    about = page(
        request,
        title=_("On your own pages"),
        description=_("An open API, a block for your own site, calendars, feeds and posters."),
    )
    context = {
        "page": about,
        "site": settings.SITE_URL,
        "prefix": PREFIX,
        "towns": towns,
        "example": towns[0] if towns else None,
    }
    return render(request, "portal/open_data.html", context)


@require_safe
def poster(request: HttpRequest, slug: str, size: str) -> HttpResponse:
    """PDF for the notice board, with a code that leads to the front page in the reader's language."""
    if size not in SIZES:
        raise Http404
    here, language = municipality_at(slug), screen_language()
    target = settings.SITE_URL + reverse("portal:municipality", args=[here.slug])
    width, height = SIZES[size]
    context = {
        "language": language,
        "here": here,
        "target": target.partition("://")[2],
        "code": mark_safe(codes.svg(target)),  # noqa: S308 - drawn by us
        "width": width,
        "height": height,
        "unit": width / 210,
        "hills": share.hills(here.number, here.accent, width=width * 4, height=height),
    }
    told = repr((language, size, here.name, here.accent, here.phone, here.office_name, target))
    key = f"poster.{sha256(told.encode()).hexdigest()}"
    content = cache.get(key)
    if content is None:
        content = print_page("print/poster.html", context)
        cache.set(key, content, KEPT)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{here.slug}-{size}-{language}.pdf"'
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
