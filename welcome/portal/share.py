"""The picture that goes with a page when it is shared: its title above its municipality's landscape.

What stands in it stands in its address, signed, so that nobody else's words are drawn in a municipality's name. A new
title is a new address, which is why it may be kept for ever.
"""

import hashlib
from io import BytesIO

import pypdfium2
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.urls import reverse

from municipalities.municipality.colour import WHITE, mix
from municipalities.municipality.landscape import ridges
from municipalities.municipality.models import Municipality
from welcome.letters.labels import print_page
from welcome.letters.previews import pdfium_alone
from welcome.portal.page import Page
from welcome.portal.reading import screen_language

WIDTH, HEIGHT = 1200, 630
LONGEST = 120
KEPT = 30 * 24 * 3600  # Seconds.
SALT = "portal.share"


def address_of(page: Page) -> str:
    number = page.municipality.number if page.municipality else ""
    # Deterministic, unlike a signature with a time: the same page has the same picture.
    token = signing.Signer(salt=SALT).sign_object([number, page.title[:LONGEST], screen_language()])
    return settings.SITE_URL + reverse("share", args=[token])


def read(token: str) -> tuple[str, str, str] | None:
    """Number of the municipality ("" for none), title, language; None for what is not ours."""
    try:
        number, title, language = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return number, title, language


def picture(title: str, language: str, *, here: Municipality | None, accent: str, number: str) -> bytes:
    """PNG, 1200 × 630. Drawn once, then kept in the cache."""
    name = here.name if here else "Tilflytter"
    told = f"{title}\n{language}\n{name}\n{accent}\n{number}"
    key = f"share.{hashlib.sha256(told.encode()).hexdigest()}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = _draw(title, language, name=name, accent=accent, number=number)
        cache.set(key, kept, KEPT)
    return kept


def hills(number: str, accent: str, *, width: int, height: int, layers: int = 5) -> list[tuple[str, str]]:
    """Each ridge's path and colour, the farthest and lightest first."""
    paths = ridges(number, layers=layers, width=width, height=height)
    return [(path, mix(accent, WHITE, 0.78 * (1 - (layer + 1) / layers))) for layer, path in enumerate(paths)]


def _draw(title: str, language: str, *, name: str, accent: str, number: str) -> bytes:
    size = 76 if len(title) <= 34 else 62 if len(title) <= 64 else 50
    context = {
        "title": title,
        "language": language,
        "name": name,
        "accent": accent,
        "size": size,
        "hills": hills(number, accent, width=WIDTH, height=250),
    }
    content = print_page("print/share.html", context)
    with pdfium_alone:
        document = pypdfium2.PdfDocument(content)
        try:
            drawn = document[0].render(scale=4 / 3).to_pil()  # A point is 4/3 of a pixel.
        finally:
            document.close()
    out = BytesIO()
    drawn.convert("RGB").resize((WIDTH, HEIGHT)).save(out, "PNG", optimize=True)
    return out.getvalue()
