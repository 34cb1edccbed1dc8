"""The secret part of a link: 40 letters and digits, made of the row and of a key that no database holds.

    nonce (80 bits, in the row) · front (40 bits) · seal (80 bits)

Front and seal are HMAC-SHA256 under keys derived from SECRET_KEY. The front covers purpose and nonce: what
is forged is refused before the database is asked. The seal covers the object too. The same row gives the
same token each time, so that a letter can be printed again; who reads only the database can make none.
After SECRET_KEY has changed, tokens made with SECRET_KEY_FALLBACKS still open.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

LENGTH = 40
_NONCE, _FRONT, _SEAL = 10, 5, 10  # Bytes.


def new_nonce() -> str:
    """20 hexadecimal digits."""
    return secrets.token_hex(_NONCE)


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _mac(key: str, what: str, *parts: object) -> bytes:
    words = "\0".join(str(part) for part in parts)
    return salted_hmac(f"links.{what}", words, secret=key, algorithm="sha256").digest()


def _same(what: str, given: bytes, *parts: object) -> bool:
    # Each key is tried, whichever fits: how long it takes tells nothing.
    return any([hmac.compare_digest(given, _mac(key, what, *parts)[: len(given)]) for key in _keys()])


def make(*, purpose: str, nonce: str, bound_to: tuple[object, ...]) -> str:
    """`bound_to` names the object: model, number, municipality."""
    key = settings.SECRET_KEY
    front = _mac(key, "front", purpose, nonce)[:_FRONT]
    seal = _mac(key, "seal", purpose, nonce, *bound_to)[:_SEAL]
    return base64.b32encode(bytes.fromhex(nonce) + front + seal).decode().lower()


@dataclass(frozen=True)
class Token:
    """One whose front is ours; whether it fits the row is yet to be seen."""

    purpose: str
    nonce: str
    seal: bytes

    def fits(self, *, purpose: str, nonce: str, bound_to: tuple[object, ...]) -> bool:
        return (
            self.purpose == purpose
            and self.nonce == nonce
            and _same("seal", self.seal, purpose, nonce, *bound_to)
        )


def read(text: str, *, purpose: str) -> Token | None:
    """None for what we never made, or made for another purpose. Some type it from paper: capitals do."""
    try:
        raw = base64.b32decode(text.upper()) if len(text) == LENGTH and text.isascii() else b""
    except binascii.Error:
        return None
    if len(raw) != _NONCE + _FRONT + _SEAL:
        return None
    nonce, front, seal = raw[:_NONCE].hex(), raw[_NONCE:-_SEAL], raw[-_SEAL:]
    return Token(purpose, nonce, seal) if _same("front", front, purpose, nonce) else None


def fingerprint(state: str, *, nonce: str) -> str:
    """Of what an object was like when its link was issued: tells whether it has changed, not what it was."""
    return _mac(settings.SECRET_KEY, "state", nonce, state).hex()[:32]


def is_fingerprint(given: str, state: str, *, nonce: str) -> bool:
    return _same("state", bytes.fromhex(given), nonce, state)
