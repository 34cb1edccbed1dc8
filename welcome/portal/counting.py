"""Counting what is read, without knowing who reads: a line for each page that a person was shown.

Left out are robots, as far as they say what they are, colleagues who are logged in, and what browsers fetch ahead.
The same person twice is two: nothing is kept by which that could be told.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from itertools import pairwise

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone

from municipalities.privacy.encryption import encrypt
from welcome.portal import buffer

_ROBOT = re.compile(
    r"bot\b|bot[/ ;]|crawl|spider|slurp|scrap|archiv|preview|monitor|uptime|check|scan|fetch|headless|lighthouse|"
    r"facebookexternalhit|whatsapp|curl|wget|python|java/|go-http|okhttp|axios|node|perl|ruby|php|libwww|http-?client",
    re.IGNORECASE,
)
VIEW, FOUND, MISSED, ASKED = "views", "found", "missed", "asked"
_NOT_COUNTED = {"ask", "thanks", "meet-sent"}
LONGEST_PATH = 200
LONGEST_WORDS = 60


def is_person(request: HttpRequest) -> bool:
    """As far as the browser says; who says nothing is none."""
    browser = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return bool(browser) and not _ROBOT.search(browser) and not ahead and not request.user.is_authenticated


def is_public_page(request: HttpRequest) -> bool:
    """A municipality's page that anybody may read; not the county's, and none behind a link."""
    match = request.resolver_match
    if match is None:  # Answered before it came to the page.
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return False
    known = match.namespaces == ["portal"] and "slug" in match.kwargs and match.url_name not in _NOT_COUNTED
    return known and len(request.path) < LONGEST_PATH


def in_language(path: str) -> tuple[str, str]:
    """`/nn/al/topics/doctor/` is `nn` and `/al/topics/doctor/`."""
    language, _slash, rest = path.removeprefix("/").partition("/")
    return language, f"/{rest}"


class CountMiddleware:
    """Stands inside the limits, so that what is refused is not counted, and outside of what may be cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == 200 and _is_page(request, response):
            count(request.path, VIEW)
        return response


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    if not response.get("Content-Type", "").startswith("text/html") or "HX-Request" in request.headers:
        return False
    return is_public_page(request) and is_person(request)


def count(path: str, what: str, day: date | None = None) -> None:
    """`path` is a public page's, with its language."""
    language, bare = in_language(path)
    slug = bare.split("/")[1]
    buffer.add("\t".join(("page", slug, (day or timezone.localdate()).isoformat(), language, bare, what)))


# --- searches in vain ------------------------------------------------------------------------------


def miss(request: HttpRequest, slug: str, language: str, query: str) -> None:
    """Nothing was found. The words wait encrypted for the minute until they are kept or not."""
    words = normalised(query)
    if words and is_person(request):
        day = timezone.localdate().isoformat()
        buffer.add("\t".join(("miss", slug, day, language, encrypt(words))))


def normalised(query: str) -> str:
    """The words as they are counted; empty for what may tell of somebody: whatever has a digit in it (phone and
    identity numbers, addresses), an @ or a web address, or two words in a row with capital letters, as names have.
    """
    text = unicodedata.normalize("NFKC", query).strip()
    if re.search(r"\d|@|https?:|www\.", text) or _looks_like_a_name(text):
        return ""
    words = " ".join(re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", text.casefold()))
    return words if 2 <= len(words) <= LONGEST_WORDS else ""


def _looks_like_a_name(text: str) -> bool:
    capitals = [word[:1].isupper() for word in re.findall(r"[^\W_]+", text)]
    return any(one and other for one, other in pairwise(capitals))


def languages() -> set[str]:
    return {code for code, _name in settings.LANGUAGES}
