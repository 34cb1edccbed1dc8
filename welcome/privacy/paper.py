"""The portal's documents about privacy as tagged PDF, with the municipality's letterhead and page numbers."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from weasyprint import CSS, HTML

from municipalities.municipality.models import Municipality
from welcome.letters.layout import Pictures, fonts
from welcome.letters.press import MIME_TYPES
from welcome.letters.rendering import one_at_a_time


def pdf(template: str, *, place: Municipality, language: str, context: Mapping[str, Any]) -> bytes:
    """Fetches nothing but the municipality's arms."""
    pictures = Pictures()
    arms = ""
    if place.arms:
        with place.arms.open("rb") as opened:
            kind = PurePath(place.arms.name or "").suffix.lower().lstrip(".")
            arms = pictures.add(opened.read(), MIME_TYPES.get(kind, "image/png"))
    families = ", ".join(f'"{family}"' for family in settings.LETTER_FONTS)
    with override(language):
        page = render_to_string(template, {"place": place, "language": language, "arms": arms, **context})
        style = render_to_string("print/privacy.css", {"fonts": families})
    with one_at_a_time:
        sheet = CSS(string=style, font_config=fonts(), url_fetcher=pictures)
        document = HTML(string=page, base_url=None, url_fetcher=pictures).render(
            font_config=fonts(), stylesheets=[sheet]
        )
        content: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return content
