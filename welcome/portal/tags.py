"""Template tags of the public pages."""

import datetime
import json
import re
import unicodedata
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext

from municipalities.municipality.landscape import ridges
from municipalities.municipality.models import Municipality
from municipalities.topics.catalogue import Door
from welcome.letters import fonts
from welcome.portal import asking, home_reading, palette, share
from welcome.portal.counting import is_public_page
from welcome.portal.page import InLanguage, Page, in_languages
from welcome.portal.reading import DoorTile

register = template.Library()

# The county's pages belong to no municipality; they wear the installation's own colour and ridges.
OWN_ACCENT = "#1f5b5e"
OWN_NUMBER = "0000"


@lru_cache(maxsize=64)
def _svg(name: str) -> str:
    path = settings.NODE_MODULES / "@navikt/aksel-icons/dist/svg" / f"{name}.svg"
    drawing = path.read_text()
    return re.sub(r'<svg width="1em" height="1em"', '<svg aria-hidden="true" focusable="false"', drawing)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of Aksel's icons, drawn in the text's colour and silent for screen readers."""
    return mark_safe(_svg(name).replace("<svg", '<svg class="icon"', 1))  # noqa: S308 - our own asset


@register.simple_tag
def page_colours(municipality: Municipality | None = None) -> SafeString:
    # The database holds nothing but #rrggbb in `accent`.
    return mark_safe(palette.page_css(municipality.accent if municipality else OWN_ACCENT))  # noqa: S308


@register.simple_tag
def tile_colours(municipalities: list[Municipality]) -> SafeString:
    return mark_safe("".join(palette.tile_css(m.number, m.accent) for m in municipalities))  # noqa: S308


@register.simple_tag
def landscape(
    municipality: Municipality | None, layers: int, width: int, height: int, step: int = 1
) -> list[str]:
    number = municipality.number if municipality else OWN_NUMBER
    return ridges(number, layers=layers, width=width, height=height, step=step)


@register.simple_tag
def doors() -> list[DoorTile]:
    return [DoorTile(door, []) for door in Door]


@register.simple_tag(takes_context=True)
def site_languages(context: dict[str, Any]) -> list[InLanguage]:
    request = context.get("request")
    return in_languages(request.get_full_path()) if request else []


@register.simple_tag
def alternates(page: Page) -> list[InLanguage]:
    return in_languages(page.path)


@register.simple_tag(takes_context=True)
def question(context: dict[str, Any]) -> str:
    """The stamp for “did you find what you needed?”; empty where that is not asked: behind links, on the county's
    pages, where one is asking already, and in the midst of a form."""
    request, here = context.get("request"), context.get("municipality")
    if request is None or here is None or not context.get("page") or not is_public_page(request):
        return ""
    if request.method == "POST":
        return ""  # Whoever answered it would lose what they are typing.
    return asking.stamp(request.path)


@register.simple_tag
def share_picture(page: Page) -> str:
    return share.address_of(page)


@register.filter
def own_name(code: str) -> str:
    """`Nynorsk`, `English`: a language as its readers write it."""
    name = get_language_info(code)["name_local"]
    return {"nb": "Bokmål", "nn": "Nynorsk"}.get(code, name)


@register.filter
def printable(text: str) -> str:
    """Without what the fonts on paper lack: an advertisement's rocket is no word of it."""
    lacking = set(fonts.unprintable(text))
    return "".join(each for each in unicodedata.normalize("NFC", text) if each not in lacking).strip()


@register.filter
def kroner(amount: int) -> str:
    return home_reading.kroner(amount)


@register.filter(expects_localtime=True)
def day(value: datetime.date | None) -> str:
    return date_format(value, pgettext("date", "j F Y")) if value else ""


@register.filter(expects_localtime=True)
def weekday_and_day(value: datetime.date | None) -> str:
    """`Tuesday 8 December`, with the year where it is not this one."""
    if not value:
        return ""
    this_year = value.year == timezone.localdate().year
    words = date_format(value, pgettext("date", "l j F") if this_year else pgettext("date", "l j F Y"))
    return str(capfirst(words))


@register.filter
@stringfilter
def rich(html: str) -> SafeString:
    """Sanitised rich text; a telephone number in it is never broken over two lines."""
    return mark_safe(re.sub(r"(?<=\d) (?=\d{2,3}\b)", "\u00a0", html))  # noqa: S308 - cleaned when saved


@register.filter
@stringfilter
def initial(name: str) -> str:
    return name[:1].upper()


@register.simple_tag
def breadcrumb_list(page: Page, nonce: str) -> SafeString:
    return structured_data(page.breadcrumb_list, nonce)


@register.simple_tag
def structured_data(found: Any, nonce: str) -> SafeString:
    """What search engines read; `<` is written so that no name can end the element."""
    data = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    return format_html(
        '<script type="application/ld+json" nonce="{}">{}</script>',
        nonce,
        mark_safe(data),  # noqa: S308 - escaped above
    )


@register.filter
def webcal(path: str) -> str:
    """An address that opens the calendar program instead of a download."""
    return f"webcal://{settings.SITE_URL.partition('://')[2]}{path}"
