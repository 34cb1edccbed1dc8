"""OpenID Connect with a municipality's provider: authorization code with PKCE, and a token that is believed
only when all of it is right. OpenID Connect Core 1.0 (3.1), RFC 7636, RFC 9207, RFC 8725.

Every failure is a `Refused` with a code for the log; none tells what stood in a token.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.cache import cache

from municipalities.login.providers import IdentityProvider, Kind
from municipalities.national.fetching import FetchError, session

# Never `none`, and never one whose key both sides hold: the provider's public key would sign for anybody.
ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
LEAST_RSA_BITS = 2048
LEEWAY = 60  # Seconds that two clocks may differ.
SECONDS = 6  # For each fetch; somebody sits and waits.
LARGEST = 256 * 1024  # Bytes of any answer.
# Seconds an answer is kept: for so long a key that the provider has withdrawn is still believed.
KEEP_DISCOVERY, KEEP_KEYS = 3600, 300
SCOPE = "openid profile email"
SCOPE_OF_NEWCOMERS = "openid"  # Of them nothing is asked but that it is the same person again.


class Refused(Exception):
    """`code` is for the log. What the person is told depends on `kind`."""

    kind = "refused"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAnswering(Refused):
    kind = "not_answering"


class TooWeak(Refused):
    kind = "too_weak"


@dataclass(frozen=True)
class Start:
    """What one attempt to log in keeps in the session until the person comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def make(cls) -> "Start":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Discovery:
    authorization: str
    token: str
    keys: str
    secret_in_body: bool
    names_itself: bool  # RFC 9207: the answer through the browser says whose it is.
    end_session: str = ""  # Where one logs out of the provider itself; not all have one.


# --- what the provider publishes -----------------------------------------------------------------


def _fetch(address: str, *, code: str, **post: Any) -> dict[str, Any]:
    try:
        with session(seconds=SECONDS, largest=LARGEST) as fetching:
            answer = fetching.request("POST" if post else "GET", address, allow_redirects=False, **post)
        found = answer.json() if answer.status_code == 200 else None
    except (FetchError, ValueError, RecursionError):
        raise NotAnswering(code) from None  # Neither log nor page gets the words of a stranger's server.
    if answer.status_code in {400, 401} and post:
        raise Refused(f"{code}-refused")
    if not isinstance(found, dict):
        raise NotAnswering(code)
    return found


def _key(provider: IdentityProvider, what: str, address: str) -> str:
    return f"openid.{what}.{provider.pk}.{hashlib.sha256(address.encode()).hexdigest()}"


def discover(provider: IdentityProvider, *, anew: bool = False) -> Discovery:
    key = _key(provider, "discovery", provider.issuer)
    found = None if anew else cache.get(key)
    if found is None:
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = _fetch(address, code="discovery")
        if found.get("issuer") != provider.issuer:
            raise Refused("discovery-issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(_is_address(found.get(name)) for name in names):
            raise Refused("discovery-addresses")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        found = {name: found[name] for name in names} | {
            "in_body": "client_secret_basic" not in methods,
            "named": found.get("authorization_response_iss_parameter_supported") is True,
            "end": found["end_session_endpoint"] if _is_address(found.get("end_session_endpoint")) else "",
        }
        cache.set(key, found, KEEP_DISCOVERY)
    return Discovery(
        found["authorization_endpoint"],
        found["token_endpoint"],
        found["jwks_uri"],
        found["in_body"],
        found["named"],
        found.get("end", ""),  # What an older version has put into the cache has none.
    )


def _is_address(value: object) -> bool:
    """The browser is sent to one of them, so not only what we fetch ourselves is looked at."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        named = {parts.hostname, parts.netloc} & set(settings.FETCH_PRIVATE_HOSTS)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and bool(named)))


def keys_of(provider: IdentityProvider, found: Discovery, *, anew: bool = False) -> list[dict[str, Any]]:
    key = _key(provider, "keys", found.keys)
    keys = None if anew else cache.get(key)
    if keys is None:
        listed = _fetch(found.keys, code="keys").get("keys")
        keys = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        if not keys:
            raise NotAnswering("keys")
        cache.set(key, keys, KEEP_KEYS)
    return keys


# --- there and back ------------------------------------------------------------------------------


def address_to_log_in(provider: IdentityProvider, start: Start, *, language: str = "") -> str:
    """`language` is the one that ID-porten's pages should speak."""
    words = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "scope": SCOPE_OF_NEWCOMERS if provider.is_for_newcomers else SCOPE,
        "state": start.state,
        "nonce": start.nonce,
        "code_challenge": start.challenge,
        "code_challenge_method": "S256",
    }
    if provider.levels and provider.kind == Kind.ENTRA:
        level = provider.acr_values.split()[0]
        words["claims"] = json.dumps({"id_token": {"acrs": {"essential": True, "value": level}}})
    elif provider.levels:
        words["acr_values"] = provider.acr_values
    if provider.is_for_newcomers:
        # Asked for anew each time: at a library's computer the one before may still be logged in there.
        words |= {"prompt": "login", "ui_locales": language}
    address = discover(provider).authorization
    return address + ("&" if "?" in address else "?") + urlencode(words)


def redeem(provider: IdentityProvider, *, code: str, start: Start) -> dict[str, Any]:
    """The claims of the token that this code is exchanged for."""
    found = discover(provider)
    words = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.redirect_uri,
        "code_verifier": start.verifier,
    }
    head = {"Accept": "application/json"}
    if found.secret_in_body:
        words |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    else:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        head["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    token = _fetch(found.token, code="token", data=words, headers=head).get("id_token")
    if not isinstance(token, str):
        raise Refused("token-missing")
    return verify(provider, found, token=token, nonce=start.nonce)


def verify(provider: IdentityProvider, found: Discovery, *, token: str, nonce: str) -> dict[str, Any]:
    try:
        head = jwt.get_unverified_header(token)
        algorithm = head.get("alg")
        if algorithm not in ALGORITHMS:
            raise Refused("token-algorithm")
        claims = jwt.decode(
            token,
            _signing_key(provider, found, head.get("kid"), algorithm).key,
            algorithms=[algorithm],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, ArithmeticError, RecursionError) as error:
        raise Refused(f"token-{_kebab(type(error).__name__)}") from None
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        raise Refused("token-subject")
    if not _is_for_us(claims, provider.client_id):
        raise Refused("token-audience")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused("token-nonce")
    if provider.kind == Kind.ENTRA and claims.get("tid") != provider.tenant_id:
        raise Refused("token-tenant")
    if provider.levels and not provider.levels & _levels(provider, claims):
        raise TooWeak("token-acr")
    return claims


def _kebab(name: str) -> str:
    """InvalidAudienceError: invalid-audience. Notes in the log are codes."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name.removesuffix("Error")).lower()


def _is_for_us(claims: dict[str, Any], client_id: str) -> bool:
    """Core 3.1.3.7: a token for several says by `azp` who asked for it."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    return claims.get("azp", None if several else client_id) == client_id


def _levels(provider: IdentityProvider, claims: dict[str, Any]) -> set[str]:
    """Entra ID tells the authentication contexts that were satisfied in `acrs`."""
    told = [claims.get("acr")]
    if provider.kind == Kind.ENTRA and isinstance(claims.get("acrs"), list):
        told += claims["acrs"]
    return {level for level in told if isinstance(level, str)}


def _signing_key(provider: IdentityProvider, found: Discovery, kid: object, algorithm: str) -> jwt.PyJWK:
    """The provider's key of this name; asked for anew once, as keys are changed without a word."""
    for anew in (False, True):
        fits = [
            key
            for key in keys_of(provider, found, anew=anew)
            if key.get("kty") == ALGORITHMS[algorithm]
            and key.get("kid") == kid
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
        ]
        if len(fits) == 1:
            key = jwt.PyJWK(fits[0], algorithm=algorithm)
            if isinstance(key.key, RSAPublicKey) and key.key.key_size < LEAST_RSA_BITS:
                raise Refused("token-key-short")
            return key
    raise Refused("token-key")
