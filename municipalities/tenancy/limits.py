"""How often one client may ask. Every address is counted, also one that is added later; what is guessed
(links, searches) and what writes has less room than reading.

Counted per client address, and per account for whoever is logged in: an office of fifty behind one
address is no attack. The counts lie in the shared cache. If that is gone, nobody is turned away: a portal
without limits for an hour is better than one that answers nobody.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django_ratelimit.core import get_usage

from municipalities.audit.context import client_address

logger = logging.getLogger(__name__)

# Requests a minute.
READ, WRITE, GUESS, MISSING, PROBE, REPORT = "read", "write", "guess", "missing", "probe", "report"
ASK, SEND = "ask", "send"
STAFF_READ, STAFF_WRITE = "staff read", "staff write"
RATES = {
    READ: 600,  # A library's readers share one address.
    WRITE: 60,
    GUESS: 60,
    MISSING: 120,
    PROBE: 600,
    REPORT: 60,
    ASK: 30,  # Each may become somebody's work.
    SEND: 40,  # Forms that make the portal write to somebody; one of five pages, with a mistake or two.
    STAFF_READ: 1200,  # Pages that show progress ask each second.
    STAFF_WRITE: 300,
}
# By the name of the address, where the method doesn't say it.
BY_NAME = {
    "healthz": PROBE,
    "readyz": PROBE,
    "csp_report": REPORT,
    "open_link": GUESS,
    "openid_back": GUESS,
    "own_login_back": GUESS,
    "review_text": GUESS,
    "portal:search": GUESS,
    "portal:together": GUESS,
    "portal:package-offer": WRITE,  # Each is laid out anew.
    "portal:poster": WRITE,
    "share": WRITE,  # Each is drawn, the first time.
    "portal:ask": ASK,
    "portal:meet-order": SEND,
    "portal:meet-meeting": SEND,
    "portal:meet-club": SEND,
    "portal:meet-offer": SEND,
    "portal:offer-home": SEND,
    "portal:offer-job": SEND,
    "portal:look": SEND,
    "portal:come-forward": ASK,
    "portal:write-owner": SEND,
    "portal:own-home-add": WRITE,
    "portal:my-data": WRITE,  # Each is laid out anew.
    "portal:my-letter": WRITE,
    "portal:letter-pdf": WRITE,
}


class LimitMiddleware:
    """Stands after the account is known and before anything is done: a refused request costs no more
    than the counting. Requests without a valid token count too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        seconds = seconds_to_wait(request)
        return self.get_response(request) if seconds is None else too_many(request, seconds)


def kind_of(request: HttpRequest) -> str:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return MISSING
    if name in BY_NAME:
        return BY_NAME[name]
    reads = request.method in {"GET", "HEAD", "OPTIONS"}
    if request.user.is_authenticated:
        return STAFF_READ if reads else STAFF_WRITE
    return READ if reads else WRITE


def is_over(request: HttpRequest, group: str, *, key: Any, rate: tuple[int, int]) -> bool:
    """Whether this is one too many of something rarer than a request, as a form that sends a mail; it is
    counted either way. `rate`: so many in so many seconds; `key` as django_ratelimit takes it."""
    if not settings.RATE_LIMIT_FACTOR:
        return False
    most, seconds = rate
    try:
        usage = get_usage(
            request,
            group=f"limits.{group}",
            key=key,
            rate=(most * settings.RATE_LIMIT_FACTOR, seconds),
            increment=True,
        )
    except Exception:
        logger.exception("Forms can't be counted")  # The cache is gone.
        return False
    return bool(usage and usage["should_limit"])


def seconds_to_wait(request: HttpRequest) -> int | None:
    """None: go ahead. One more request of its kind is counted either way."""
    if not settings.RATE_LIMIT_FACTOR:
        return None
    kind = kind_of(request)
    try:
        usage = get_usage(
            request,
            group=f"limits.{kind}",
            key=_account if kind in {STAFF_READ, STAFF_WRITE} else "ip",
            rate=(RATES[kind] * settings.RATE_LIMIT_FACTOR, 60),
            increment=True,
        )
    except Exception:
        logger.exception("Requests can't be counted")  # The cache is gone.
        return None
    return max(1, usage["time_left"]) if usage and usage["should_limit"] else None


def address(request: HttpRequest) -> str:
    """For RATELIMIT_IP_META_KEY. Who has no address that can be read is counted with all such: a proxy
    that hides its clients must not switch the limits off."""
    return client_address(request) or "0.0.0.0"  # noqa: S104


def _account(group: str, request: HttpRequest) -> str:
    return f"account {request.user.pk}"


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = HttpResponse(render_to_string("429.html", request=request), status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
