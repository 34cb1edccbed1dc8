from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.privacy.activities import ACCOUNTS, CONTACTS
from municipalities.privacy.below import STAFF, TEXT
from municipalities.privacy.registry import Kind, declare

DECLARATIONS = [
    declare(
        Organisation,
        activity=CONTACTS,
        personal={"email": Kind.CONTACT},
        plain=[
            "id", "municipality", "name", "slug", "kind", "contact", "website", "anchored", "trusted", "published",
        ],
    ),
    declare(
        OrganisationText,
        activity=ACCOUNTS,
        personal={"changed_by": STAFF},
        plain=[*TEXT, "municipality", "organisation"],
    ),
]  # fmt: skip
