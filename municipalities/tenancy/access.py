"""What the user of one request may do where, asked of the database once."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.http import HttpRequest

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import RIGHTS, Right

Rows = TypeVar("Rows", bound=models.QuerySet[Any])


@dataclass(frozen=True)
class Access:
    """`everywhere` is the system administrator, who needs no membership; `rights` is by municipality id."""

    user: User
    everywhere: bool
    rights: dict[int, set[Right]]
    names: tuple[str, ...] = ()  # Of the municipalities, for the head of the page.

    def may(self, right: Right, municipality_id: int | None = None) -> bool:
        """In this municipality; without one, in any."""
        if self.everywhere:
            return True
        if municipality_id is None:
            return any(right in rights for rights in self.rights.values())
        return right in self.rights.get(municipality_id, set())

    def with_right(self, right: Right) -> list[int]:
        return [pk for pk, rights in self.rights.items() if right in rights]

    def municipalities(self, right: Right) -> models.QuerySet[Municipality]:
        visible = Municipality.objects.visible_to(self.user)
        return visible if self.everywhere else visible.filter(pk__in=self.with_right(right))

    def only_municipality(self, right: Right) -> int | None:
        """The one municipality in which the user has the right, so that nobody need ask which."""
        ids = self.with_right(right)
        return ids[0] if len(ids) == 1 and not self.everywhere else None

    @property
    def several(self) -> bool:
        return self.everywhere or len(self.rights) > 1

    def narrow(self, rows: Rows, right: Right, path: str = "municipality") -> Rows:
        """Those of `rows` that lie in a municipality in which the user has `right`."""
        return rows if self.everywhere else rows.filter(**{f"{path}__in": self.with_right(right)})

    def members(self, right: Right) -> models.QuerySet[User]:
        """Colleagues: the users who work in a municipality in which this one has `right`."""
        colleagues = self.narrow(Membership.objects.visible_to(self.user), right)
        return User.objects.filter(is_active=True, pk__in=colleagues.values("user"))


def access_of(request: HttpRequest) -> Access:
    """The same object for the whole request: menus, lists and forms ask dozens of times."""
    found: Access | None = getattr(request, "_access", None)
    if found is None or found.user != request.user:
        found = request._access = _find(request.user)  # type: ignore[attr-defined]
    return found


def _find(user: object) -> Access:
    if not (isinstance(user, User) and user.is_active):
        return Access(User(), False, {})
    if user.is_superuser:
        return Access(user, True, {})
    rows = Membership.objects.filter(user=user).values_list("municipality", "municipality__name", "role")
    rights: dict[int, set[Right]] = {}
    names: dict[int, str] = {}
    with scope.everywhere():  # What the user may reach is what is to be found out here.
        found = list(rows.order_by("municipality__name"))
    for municipality_id, name, role in found:
        rights.setdefault(municipality_id, set()).update(RIGHTS[role])
        names[municipality_id] = name
    return Access(user, False, rights, tuple(names.values()))
