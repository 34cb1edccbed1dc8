"""What each role may do in its municipality. A view asks for a right, never for a role."""

from django.db import models

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, Role


class Right(models.TextChoices):
    """A thing one may be allowed to do; the words are for code, not for screens."""

    READ_TEXTS = "read_texts"
    WRITE_TEXTS = "write_texts"
    READ_PEOPLE = "read_people"
    WRITE_PEOPLE = "write_people"
    RUN_LETTERS = "run_letters"
    APPROVE_LETTERS = "approve_letters"
    READ_AUDIT = "read_audit"
    MANAGE = "manage"


_READER = {Right.READ_TEXTS, Right.READ_PEOPLE}
_OFFICE = _READER | {Right.WRITE_TEXTS, Right.WRITE_PEOPLE, Right.RUN_LETTERS}
RIGHTS: dict[str, set[Right]] = {
    Role.READER: _READER,
    Role.EDITOR: {Right.READ_TEXTS, Right.WRITE_TEXTS},  # Writes what the public reads; no people.
    Role.SERVICE_OFFICE: _OFFICE | {Right.APPROVE_LETTERS},
    Role.COORDINATOR: _OFFICE | {Right.APPROVE_LETTERS, Right.READ_AUDIT},
    Role.ADMINISTRATOR: set(Right),
}


def roles_with(right: Right) -> list[str]:
    return [role for role, rights in RIGHTS.items() if right in rights]


def rights_of(user: object, municipality: Municipality | None = None) -> set[Right]:
    """The rights of `user` in `municipality`; without one, those they have anywhere."""
    if not getattr(user, "is_active", False):
        return set()
    if getattr(user, "is_superuser", False):
        return set(Right)
    memberships = Membership.objects.filter(user_id=getattr(user, "pk", 0))
    if municipality is not None:
        memberships = memberships.of(municipality)
    with scope.everywhere():  # Whose rows may be reached is what is asked here.
        return set().union(*(RIGHTS[role] for role in memberships.values_list("role", flat=True)))
