"""Who works in the demo county: three who log in, and owners of topics who never do."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from demo.names import staff_name
from demo.places import places
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, Role, User

OFFICE, COORDINATOR, ADMINISTRATOR = (
    "servicekontor@al.example",
    "koordinator@al.example",
    "admin@tilflytter.example",
)
LOGINS = (OFFICE, COORDINATOR, ADMINISTRATOR)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # None that are taken for each other on paper.


def password_file() -> Path:
    return settings.DATA_DIR / "secrets" / "demo_password"


def password() -> str:
    """The one of all three logins, made at the first call: about 79 bits, readable aloud."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made + "\n")
    return path.read_text().strip()


def set_password(made: str) -> None:
    User.objects.filter(email__in=LOGINS).update(password=make_password(made))


def owner_email(slug: str, subject: str) -> str:
    return f"{subject}@{slug}.example"


def add_staff(municipalities: dict[str, Municipality]) -> dict[str, User]:
    """Users by e-mail, with their memberships. `municipalities` by number."""
    locked = make_password(None)
    users = [
        User(email=OFFICE, name="Torunn Sletto", is_staff=True, language="nn", password=locked),
        User(email=COORDINATOR, name="Anne Lien Torsgard", is_staff=True, language="nb", password=locked),
        User(
            email=ADMINISTRATOR,
            name="Amund Systad",
            is_staff=True,
            is_superuser=True,
            language="nb",
            password=locked,
        ),
    ]
    roles = [
        (OFFICE, "3328", Role.SERVICE_OFFICE),
        (COORDINATOR, "3328", Role.COORDINATOR),
        (COORDINATOR, "3324", Role.COORDINATOR),
    ]
    for place in places():
        for subject, contact in (("oppvekst", "school"), ("kultur", "culture")):
            email = owner_email(place.slug, subject)
            users.append(
                User(email=email, name=staff_name(place.number, contact), is_staff=True, password=locked)
            )
            roles.append((email, place.number, Role.EDITOR))
    User.objects.bulk_create(users)
    by_email = {user.email: user for user in users}
    Membership.objects.bulk_create(
        Membership(user=by_email[email], municipality=municipalities[number], role=role)
        for email, number, role in roles
    )
    return by_email
