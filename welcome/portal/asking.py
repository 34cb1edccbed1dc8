"""“Did you find what you needed?”: the stamp that each public page gives with its question.

These forms stand on pages that set no cookie and may be cached for everybody, so they carry no token of a session.
What stands in its place is the page's address and the moment, signed: whoever sends a form has read the page, not
a second ago and not last week. Nothing is done here in anybody's name, so there is nothing to forge.
"""

import datetime
from dataclasses import dataclass

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest

LONGEST = datetime.timedelta(days=1)
QUICKEST = datetime.timedelta(seconds=2)  # No human reads, writes and sends in less.
TRAP = "website"  # A field that nobody sees, and that machines fill in.

_signer = TimestampSigner(salt="portal.asking")


@dataclass(frozen=True)
class About:
    """`path` is the page's, with its language; empty where the stamp is none of ours. `fresh`: neither too old
    nor from this very second."""

    path: str = ""
    fresh: bool = False


def stamp(path: str) -> str:
    return _signer.sign(path)


def read(text: str) -> About:
    try:
        path = _signer.unsign(text)
    except BadSignature:
        return About()
    try:
        _signer.unsign(text, max_age=LONGEST)
    except SignatureExpired:
        return About(path)
    try:
        _signer.unsign(text, max_age=QUICKEST)
    except SignatureExpired:
        return About(path, fresh=True)
    return About(path)


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """A form on another site, as browsers tell."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
