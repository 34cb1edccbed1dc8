"""What a browser has begun at a provider: kept in its session until it comes back, and good for once."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from municipalities.login import openid
from municipalities.login.providers import IdentityProvider, IdentityProviderQuerySet
from municipalities.municipality import scope

logger = logging.getLogger(__name__)
MINUTES = 10  # From the button until one is back.
AT_ONCE = 5  # Windows in which somebody has begun.


@dataclass(frozen=True)
class Attempt:
    """`more` is what was kept for the way back."""

    provider: IdentityProvider
    start: openid.Start
    more: dict[str, str]


def keep(
    request: HttpRequest, key: str, *, provider: IdentityProvider, start: openid.Start, **more: str
) -> None:
    """`key` names a drawer of the session for each sort of login: a state from one opens nothing in another."""
    begun = {"provider": provider.pk, "nonce": start.nonce, "verifier": start.verifier, "at": time.time()}
    kept = list(request.session.get(key, {}).items())[-(AT_ONCE - 1) :]
    request.session[key] = dict([*kept, (start.state, begun | {"more": more})])


def take(request: HttpRequest, key: str, *, number: str, among: IdentityProviderQuerySet) -> Attempt | None:
    """What this answer belongs to; nothing if it was not begun in this browser, long ago, or for a provider
    of another municipality than that of `number`."""
    state = request.GET.get("state", "")
    started = dict(request.session.get(key, {}))
    begun = started.pop(state, None)
    # What the version before this one has kept says it in other words: such a login is begun again.
    if begun is None or "more" not in begun or time.time() - begun["at"] > MINUTES * 60:
        logger.warning("A login by OpenID came back that nobody had begun here, or long ago")
        return None
    request.session[key] = started  # Whatever comes of it: a state is good for once.
    with scope.everywhere():
        provider = among.filter(pk=begun["provider"]).first()
    if provider is None or provider.municipality.number != number:
        logger.warning("A login by OpenID came back to another municipality than it was begun for")
        return None
    return Attempt(provider, openid.Start(state, begun["nonce"], begun["verifier"]), begun["more"])


def claims_of(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    """Of whoever has come back, verified. Raises `openid.Refused`."""
    provider = attempt.provider
    if request.GET.get("error"):
        raise openid.Refused("answer-error")
    told = request.GET.get("iss")
    if told != provider.issuer and (told is not None or openid.discover(provider).names_itself):
        raise openid.Refused("answer-issuer")
    code = request.GET.get("code", "")
    if not code:
        raise openid.Refused("answer-code")
    return openid.redeem(provider, code=code, start=attempt.start)
