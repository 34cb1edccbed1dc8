"""The second step of a login: whether this session has taken it, and whether it must."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
OPENID = "openid"  # How a session records a login by OpenID whose level its municipality accepts.
OPENID_ALONE = "openid_alone"  # No level was demanded of it: it counts as a password does.


def demanded() -> bool:
    return bool(settings.SECOND_FACTOR)


def has_taken(request: HttpRequest) -> bool:
    """Reads the session only: no query on each request."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") in {"mfa", OPENID} for record in records)


def has_one(request: HttpRequest) -> bool:
    return Authenticator.objects.filter(user_id=request.user.pk, type__in=FACTORS).exists()


def remember(request: HttpRequest, kind: str) -> None:
    """This session has just set up its first factor, and so has shown that it holds it."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)
