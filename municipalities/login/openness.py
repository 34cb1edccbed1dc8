"""Who may come in at all."""

from municipalities.municipality import scope
from municipalities.tenancy.models import Membership, User


def may_come_in(user: User) -> bool:
    """An account that works somewhere. Asked before a scope exists: whose rows they are is the question."""
    if not user.is_active or not user.is_staff:
        return False
    with scope.everywhere():
        return user.is_superuser or Membership.objects.filter(user=user).exists()
