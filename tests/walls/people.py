"""Everybody who may come to an address."""

from dataclasses import dataclass

from django.test import Client

from municipalities.tenancy.models import Role, User
from municipalities.tenancy.roles import Right
from tests.factories.municipalities import MembershipFactory, UserFactory
from tests.staff_client import StaffClient
from tests.walls.declared import Asks
from tests.walls.planting import Place

NOBODY, STRANGER, LOCKED_OUT, SYSTEM = "nobody", "stranger", "locked out", "system administrator"
# From the one who may least.
ROLES = [Role.READER, Role.EDITOR, Role.SERVICE_OFFICE, Role.COORDINATOR, Role.ADMINISTRATOR]

# What each role may, as the municipalities were told. Not read from the code: a right that slips into a
# role there must be seen here.
MAY = {
    Role.READER: {"read_texts", "read_people"},
    Role.EDITOR: {"read_texts", "write_texts"},
    Role.SERVICE_OFFICE: {
        "read_texts", "write_texts", "read_people", "write_people", "run_letters", "approve_letters",
    },
    Role.COORDINATOR: {
        "read_texts", "write_texts", "read_people", "write_people", "run_letters", "approve_letters", "read_audit",
    },
    Role.ADMINISTRATOR: {
        "read_texts", "write_texts", "read_people", "write_people", "run_letters", "approve_letters", "read_audit",
        "manage",
    },
}  # fmt: skip


@dataclass
class Somebody:
    name: str
    browser: Client
    role: str = ""

    def may(self, asked: Right | Asks) -> bool:
        """Where their role is; the stranger elsewhere, where nothing of what is asked for lies."""
        if self.name == SYSTEM:
            return asked not in {Asks.NOBODY, Asks.NOT_TAKEN}
        if isinstance(asked, Asks):
            return asked is Asks.LOGIN
        return asked.value in MAY[self.role]


def browser_of(user: User | None) -> Client:
    browser = StaffClient()
    if user is not None:
        browser.force_login(user)
    return browser


def colleague(place: Place, role: str) -> Somebody:
    user = MembershipFactory(municipality=place.municipality, role=role).user
    return Somebody(str(role), browser_of(user), role)


def everybody(there: Place, elsewhere: Place) -> list[Somebody]:
    """Nobody, all roles `there`, who works `elsewhere` and may do everything there, and who was locked
    out while logged in."""
    stranger = colleague(elsewhere, Role.ADMINISTRATOR)
    locked = colleague(there, Role.ADMINISTRATOR)
    locked_id = locked.browser.session["_auth_user_id"]
    User.objects.filter(pk=locked_id).update(is_active=False)
    return [
        Somebody(NOBODY, browser_of(None)),
        Somebody(STRANGER, stranger.browser, Role.ADMINISTRATOR),
        Somebody(LOCKED_OUT, locked.browser),
        *(colleague(there, role) for role in ROLES),
        Somebody(SYSTEM, browser_of(UserFactory(is_superuser=True))),
    ]


def weakest(asked: Right | Asks, people: list[Somebody]) -> Somebody | None:
    """Who just has the right that is asked for."""
    able = [person for person in people if (person.role or person.name == SYSTEM) and person.may(asked)]
    return next((person for person in able if person.name != STRANGER), None)
