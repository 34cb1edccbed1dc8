"""From the link's address to the page behind it.

Opening a link puts a grant into the session and leads on to an address without the token. Each grant has
a slot of its own, a few random letters in that address: somebody who has opened two links works on the one
that the page shows, never on the other.
"""

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from municipalities.audit import context
from municipalities.links import actions
from municipalities.links.actions import Opened
from municipalities.links.purposes import Purpose
from municipalities.municipality import scope

KEY = "links"
LOGIN = "login "
SECONDS = 3600  # From the opening; then the link itself must be opened again.
MOST = 20  # In one session: somebody may have a mail about each of their texts.


def grant(request: HttpRequest, opened: Opened, purpose: Purpose, *, stands_on: str = "") -> str:
    """The slot. A session gets a new name first, so that nobody can have planted it. `stands_on` is what a login
    came by, as the purpose tells it."""
    now = time.time()
    kept = {slot: entry for slot, entry in request.session.get(KEY, {}).items() if now - entry[2] < SECONDS}
    # The number of a link, or of a login, which is told apart by its word.
    key = opened.link.pk if opened.link else f"{LOGIN}{opened.login.pk}"
    slot = next(
        (slot for slot, entry in kept.items() if entry[:2] == [purpose.code, key]), secrets.token_hex(4)
    )
    kept.pop(slot, None)
    kept = dict([*kept.items()][-(MOST - 1) :])
    request.session.cycle_key()
    request.session[KEY] = {**kept, slot: [purpose.code, key, now, opened.municipality_id, stands_on]}
    return slot


def granted(request: HttpRequest, purpose: Purpose, slot: str) -> Opened | None:
    """Asks the row of the link or login each time, and whether such logins are still offered: what was revoked or
    switched off a second ago opens nothing now."""
    entry: list[Any] = request.session.get(KEY, {}).get(slot, ["", 0, 0.0])
    code, key, since = entry[:3]
    if code != purpose.code or not 0 <= time.time() - since < SECONDS:
        return None
    if isinstance(key, str):
        # What the version before this one has granted says nothing of it: such a login is begun again.
        stood_on = entry[4] if len(entry) > 4 else ""
        return actions.reopen_by_login(int(key.removeprefix(LOGIN)), purpose, stood_on)
    return actions.reopen(key, purpose)


def newest(request: HttpRequest, purpose: Purpose) -> str:
    """The slot of the page of this purpose that was opened last in this browser and may still be; "" where none is."""
    slots = [slot for slot, entry in request.session.get(KEY, {}).items() if entry[0] == purpose.code]
    return next((slot for slot in reversed(slots) if granted(request, purpose, slot)), "")


def close(request: HttpRequest, slot: str) -> None:
    grants = dict(request.session.get(KEY, {}))
    if grants.pop(slot, None):
        request.session[KEY] = grants


def behind(purpose: Purpose) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a view of (request, opened, slot, …): only with a grant, in the scope of the link's municipality.

    Its address has a part called slot.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, slot: str, **parts: Any) -> HttpResponse:
            opened = granted(request, purpose, slot)
            if opened is None:
                return over(request, purpose, log_in=_log_in_again(request, purpose, slot))
            context.link(purpose.code)
            with scope.of(opened.municipality_id):
                answer = view(request, opened=opened, slot=slot, **parts)
                if hasattr(answer, "render"):
                    answer.render()  # While its rows can still be read.
            # Not no-referrer: with that, browsers send the page's own forms without their origin.
            return private(answer, referrer="same-origin")

        guarded.purpose = purpose  # type: ignore[attr-defined]
        return guarded

    return decorate


def _log_in_again(request: HttpRequest, purpose: Purpose, slot: str) -> str:
    """Where to, for a page that this browser had opened by logging in; "" where it was a link. Whether the hour is
    over or the login was ended, nobody can tell by it."""
    code, key, _since, *rest = request.session.get(KEY, {}).get(slot, ("", 0, 0.0))
    if code != purpose.code or not isinstance(key, str) or purpose.log_in is None or not rest:
        return ""
    with scope.public():
        return purpose.log_in(rest[0])


def over(request: HttpRequest, purpose: Purpose | None, *, log_in: str = "") -> HttpResponse:
    """One page for every reason. What it says depends on the address alone, and on whether one had logged in."""
    shown = {"purpose": purpose, "log_in": log_in}
    with translation.override(translation.get_language()), scope.public():
        answer = render(request, "links/over.html", shown, status=410)
    return private(answer, referrer="no-referrer")


def private(answer: HttpResponse, *, referrer: str) -> HttpResponse:
    answer["Referrer-Policy"] = referrer
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
