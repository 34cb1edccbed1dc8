"""Public pages kept whole for a minute, for whoever is not logged in, and never beyond a change of what they show.

What a page is kept under says of which change it is (`municipalities/changes`): after a save nobody gets the page from
before it. A minute is how long the clock may be behind on it ("open until 15:00", a meeting that has begun).
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from municipalities.changes import models as changes

SECONDS = 60
LONGEST_QUERY = 200  # Who asks for more makes his page anew each time.
# Stands for the nonce of the answer, which is another each time. No page has this sign.
_NONCE = b"\x00nonce\x00"

View = Callable[..., HttpResponse]


def kept(view: View, *, asked: bool = True) -> View:
    """For views that read nothing of a visitor but the address. `slug` names the municipality; without one the page
    is of all of them. Not `asked`: where what people ask for tells where they live."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not _is_for_everybody(request) or (request.GET and not asked):
            return view(request, *args, **kwargs)
        name = _name(request, str(kwargs.get("slug", "")))
        if found := _find(name):
            return _answer(request, *found)
        response = view(request, *args, **kwargs)
        if _may_be_kept(request, response):
            content = response.content.replace(_nonce(request), _NONCE)
            _keep(name, (content, dict(response.headers)))
        return response

    return shown


def _is_for_everybody(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and not request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
        and "HX-Request" not in request.headers
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """Not where it set a cookie, or will: a form with a token is one visitor's."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and len(_nonce(request)) > 0
    )


def _name(request: HttpRequest, slug: str) -> str:
    told = repr((request.get_host(), request.get_full_path(), changes.version(slug)))
    return f"page.{sha256(told.encode()).hexdigest()}"


def _nonce(request: HttpRequest) -> bytes:
    return str(request.csp_nonce).encode()  # type: ignore[attr-defined]


def _answer(request: HttpRequest, content: bytes, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(content.replace(_NONCE, _nonce(request)), headers=headers)


def _find(name: str) -> tuple[bytes, dict[str, str]] | None:
    try:
        found: tuple[bytes, dict[str, str]] | None = cache.get(name)
    except (RedisError, OSError):
        return None  # Slower, and right.
    return found


def _keep(name: str, parts: tuple[bytes, dict[str, str]]) -> None:
    try:
        cache.set(name, parts, SECONDS)
    except (RedisError, OSError):
        return
