"""Whose account a login by OpenID opens, and which roles it gives.

A municipality decides what its own directory says, about anybody. So the directory of one must open no
account that reaches further than this one municipality: neither by its mail address, nor by hand, nor
because the account has got a role elsewhere since it was joined. `reach` in the session sees to the last.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.login.openid import Refused
from municipalities.login.providers import Identity, IdentityProvider, Kind, RoleClaim
from municipalities.municipality import scope
from municipalities.tenancy import leaving
from municipalities.tenancy.models import Membership, User


class Unknown(Refused):
    """Nobody let this person in here. `subject` is what an administrator needs in order to."""

    kind = "unknown"

    def __init__(self, code: str, subject: str) -> None:
        super().__init__(code)
        self.subject = subject


class WithoutRole(Refused):
    kind = "without_role"


class ReachesFurther(Refused):
    kind = "reaches_further"


def reaches_further(user: User, municipality_id: int) -> bool:
    """Asked of all municipalities, whatever the scope."""
    return user.is_superuser or leaving.works_outside(user, [municipality_id])


def enter(*, provider: IdentityProvider, claims: dict[str, Any]) -> User:
    """The user whom these verified claims stand for, with the roles they give. Raises `Refused`; then
    nothing has changed, but roles that the directory has taken away are gone."""
    with scope.of(provider.municipality_id):
        try:
            with transaction.atomic():
                identity = _known(provider, claims) or _joined(provider, claims) or _made(provider, claims)
                user = identity.user
                if reaches_further(user, provider.municipality_id):
                    raise ReachesFurther("reaches-further")
                if user.is_active:  # Whoever is locked out is told so by the login, and changes nothing.
                    _map_roles(provider, user, claims)
                    identity.last_login_at = timezone.now()
                    identity.save(update_fields=["last_login_at"])
                    has_role = Membership.objects.of(provider.municipality).filter(user=user).exists()
        except IntegrityError:
            raise Refused("joined-meanwhile") from None  # In another window, this very moment.
        if user.is_active and not has_role:
            leaving.end_if_gone(user)
            raise WithoutRole("without-role")
    return user


def _known(provider: IdentityProvider, claims: dict[str, Any]) -> Identity | None:
    return (
        Identity.objects.of(provider.municipality)
        .filter(provider=provider, issuer=claims["iss"], subject=claims["sub"])
        .select_related("user")
        .first()
    )


def _joined(provider: IdentityProvider, claims: dict[str, Any]) -> Identity | None:
    """Somebody who works here, and only here, and whose mail address this certainly is."""
    mail = _mail(provider, claims)
    user = User.objects.filter(email=mail).first() if mail else None
    if user is None:
        return None
    taken = Identity.objects.filter(provider=provider, issuer=claims["iss"], user=user).exists()
    works_here = Membership.objects.of(provider.municipality).filter(user=user).exists()
    # A second person under the same address has perhaps been given that of a colleague who left.
    only_here = works_here and not reaches_further(user, provider.municipality_id)
    if taken or not only_here or not user.is_active:
        raise Unknown("not-joined", claims["sub"])
    return _join(provider, claims, user)


def _made(provider: IdentityProvider, claims: dict[str, Any]) -> Identity:
    mail = _mail(provider, claims)
    if not provider.creates_memberships or not mail:
        raise Unknown("not-known", claims["sub"])
    if not _roles(provider, claims):
        raise WithoutRole("without-role")
    name = claims.get("name")
    user = User(email=mail, name=name.replace("\0", "")[:80] if isinstance(name, str) else "", is_staff=True)
    user.set_unusable_password()
    user.save(force_insert=True)
    record(action=Action.ADDED, of=user, municipality_id=provider.municipality_id)
    return _join(provider, claims, user)


def _join(provider: IdentityProvider, claims: dict[str, Any], user: User) -> Identity:
    identity = Identity.objects.create(
        municipality=provider.municipality,
        provider=provider,
        issuer=claims["iss"],
        subject=claims["sub"],
        user=user,
    )
    record(action=Action.ADDED, of=identity)
    return identity


def _mail(provider: IdentityProvider, claims: dict[str, Any]) -> str:
    """Only an address that is theirs by more than their own word; empty if there is none.

    In Entra ID the tenant's own people have what the tenant gave them; what a guest is called was
    decided by somebody else's directory (`idp`, `acct`: optional claims of the ID token).
    """
    mail = claims.get("email")
    if not isinstance(mail, str) or not 3 <= len(mail) <= 254 or "@" not in mail or "\0" in mail:
        return ""
    guest = claims.get("idp", claims["iss"]) != claims["iss"] or claims.get("acct", 0) not in {0, "0"}
    own = provider.kind == Kind.ENTRA and claims.get("tid") == provider.tenant_id and not guest
    return mail.lower() if own or claims.get("email_verified") is True else ""


def _roles(provider: IdentityProvider, claims: dict[str, Any]) -> set[str]:
    said = claims.get(provider.roles_claim) if provider.roles_claim else None
    values = {value for value in (said if isinstance(said, list) else [said]) if isinstance(value, str)}
    rows = RoleClaim.objects.of(provider.municipality).filter(provider=provider)
    return {row.role for row in rows if row.value in values}


def _map_roles(provider: IdentityProvider, user: User, claims: dict[str, Any]) -> None:
    """In this municipality only; a role that was given by hand stays, said or not."""
    roles = _roles(provider, claims)
    here = Membership.objects.of(provider.municipality).filter(user=user)
    held = set(here.values_list("role", flat=True))
    for gone in here.filter(mapped=True).exclude(role__in=roles):
        record(action=Action.DELETED, of=gone)
        gone.delete()
    for role in sorted(roles - held):
        given = Membership.objects.create(
            municipality=provider.municipality, user=user, role=role, mapped=True
        )
        record(action=Action.ADDED, of=given)
