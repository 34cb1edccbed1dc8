"""Whom the portal writes to where a municipality must be told of something."""

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, Role, User


def coordinators_of(place: Municipality) -> list[User]:
    """Where there are none, the administrators."""
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        members = Membership.objects.of(place).filter(role=role)
        if found := list(User.objects.filter(is_active=True, pk__in=members.values("user")).order_by("pk")):
            return found
    return []
