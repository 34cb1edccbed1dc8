from municipalities.contacts.models import ContactPoint, OpeningHours, SpecialDay
from municipalities.privacy.activities import CONTACTS
from municipalities.privacy.registry import Kind, declare, nothing_personal

DECLARATIONS = [
    declare(
        ContactPoint,
        activity=CONTACTS,
        personal={
            "person": Kind.IDENTITY,
            "role": Kind.IDENTITY,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
        },
        plain=(
            "id", "municipality", "name", "short_number", "website", "street_address", "postal_code",
            "postal_place", "latitude", "longitude", "front_desk",
        ),
    ),
    nothing_personal(OpeningHours, "id", "municipality", "contact", "weekday", "opens", "closes"),
    nothing_personal(SpecialDay, "id", "municipality", "contact", "day", "opens", "closes"),
]  # fmt: skip
