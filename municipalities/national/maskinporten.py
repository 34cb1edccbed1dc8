"""Maskinporten: the token with which one machine is let in by another (docs.digdir.no, JWT grant).

A municipality's client signs a claim with its own key and is given a token for some minutes. Tokens stay in
this process's memory, never in a cache that others read.
"""

import time
import uuid
from dataclasses import dataclass, field

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from municipalities.national.fetching import FetchError, session

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIM_SECONDS = 110  # Maskinporten takes none that lives longer than 120.
SPARE_SECONDS = 20  # So much before its end a token is not used any more.


class NoToken(Exception):
    """Maskinporten gave no token. `code`: `key` (ours can't be read), `refused` (the client, its key or its
    scope is not known there), `unreachable`, `answer` (what came is no token)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Client:
    client_id: str
    key_id: str
    private_key: str = field(repr=False)  # PEM, RSA


_held: dict[tuple[Client, str, str], tuple[float, str]] = {}


def token(client: Client, scope: str) -> str:
    """An access token for `scope`, fetched anew when the one at hand is about to end. Raises NoToken."""
    place = (client, scope, settings.MASKINPORTEN_URL)
    ends, held = _held.get(place, (0.0, ""))
    if time.monotonic() < ends:
        return held
    fetched, seconds = _fetch(client, scope)
    _held[place] = (time.monotonic() + seconds - SPARE_SECONDS, fetched)
    return fetched


def forget(client: Client) -> None:
    """Let go of its tokens: the service that takes them has refused one."""
    for place in [place for place in _held if place[0] == client]:
        _held.pop(place, None)


def is_key(pem: str) -> bool:
    """Whether this is an RSA private key without a password, as Maskinporten's clients sign with."""
    try:
        return isinstance(load_pem_private_key(pem.encode(), None), RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _claim(client: Client, scope: str) -> str:
    now = int(time.time())
    claims = {
        "aud": f"{settings.MASKINPORTEN_URL}/", "iss": client.client_id, "scope": scope,
        "iat": now, "exp": now + CLAIM_SECONDS, "jti": str(uuid.uuid4()),
    }  # fmt: skip
    try:
        return jwt.encode(claims, client.private_key, algorithm="RS256", headers={"kid": client.key_id})
    except (jwt.PyJWTError, ValueError, TypeError, UnsupportedAlgorithm):
        raise NoToken("key") from None  # The library's words can quote the key.


def _fetch(client: Client, scope: str) -> tuple[str, float]:
    form = {"grant_type": GRANT, "assertion": _claim(client, scope)}
    try:
        answer = session().post(f"{settings.MASKINPORTEN_URL}/token", data=form, allow_redirects=False)
    except FetchError as error:
        raise NoToken("unreachable", str(error)) from None
    if answer.status_code in {400, 401, 403}:
        raise NoToken("refused", _error(answer.content))
    try:
        said = answer.json()
        given, seconds = said["access_token"], float(said["expires_in"])
    except (ValueError, KeyError, TypeError):
        raise NoToken("answer", str(answer.status_code)) from None
    if not isinstance(given, str) or not given:
        raise NoToken("answer", str(answer.status_code))
    return given, seconds


def _error(body: bytes) -> str:
    """The standard's one word, such as `invalid_grant`: the longer description is for developers."""
    known = ("invalid_grant", "invalid_client", "invalid_scope", "invalid_request", "unauthorized_client")
    return next((word for word in known if word.encode() in body), "")
