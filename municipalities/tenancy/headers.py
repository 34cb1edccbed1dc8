"""What every answer tells the browser, and what browsers tell us back when a page breaks it."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

LARGEST_REPORT = 16 * 1024  # Bytes; a browser's report is 1 kB.
KINDS = {"application/csp-report", "application/reports+json", "application/json"}
WORD = re.compile(r"[a-z-]{1,40}")


class HeadersMiddleware:
    """Stands outermost but for the request's number: refusals and error pages carry the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Reporting-Endpoints", 'csp="/csp-report"')
        return response


@csrf_exempt  # A browser sends it by itself, without a token and without cookies that matter.
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser refused something on a page of ours. Anybody can write here, so nothing of it is kept but
    the directive's name and the host that was refused: addresses may hold links' tokens."""
    if request.content_type in KINDS:
        for directive, origin in findings(request.read(LARGEST_REPORT + 1)):
            logger.warning("A page broke its policy: %s refused %s", directive, origin)
    return HttpResponse(status=204)


def findings(body: bytes) -> list[tuple[str, str]]:
    """Directive and origin of each report, of both forms that browsers send: `report-uri`'s object and
    `report-to`'s list. Empty for what is too large or no report."""
    if len(body) > LARGEST_REPORT:
        return []
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return []
    reports = sent[:10] if isinstance(sent, list) else [sent]
    return [found for report in reports if (found := _finding(report))]


def _finding(report: Any) -> tuple[str, str] | None:
    inside = report.get("csp-report") or report.get("body") if isinstance(report, dict) else None
    if not isinstance(inside, dict):
        return None
    directive = inside.get("effective-directive") or inside.get("violated-directive") or ""
    directive = directive or inside.get("effectiveDirective") or ""
    word = WORD.match(directive) if isinstance(directive, str) else None
    blocked = inside.get("blocked-uri") or inside.get("blockedURL") or ""
    return (word[0], _origin(blocked)) if word and isinstance(blocked, str) else None


def _origin(blocked: str) -> str:
    """`https://host` of an address; `inline` and `eval` as they are; anything else is not repeated."""
    if WORD.fullmatch(blocked):
        return blocked
    try:
        parts = urlsplit(blocked)
        host = parts.hostname or ""
    except ValueError:
        return "?"
    shown = re.fullmatch(r"[a-z0-9.-]{1,253}", host)
    return f"{parts.scheme}://{host}" if shown and parts.scheme in {"http", "https", "ws", "wss"} else "?"
