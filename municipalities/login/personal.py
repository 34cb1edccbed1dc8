from municipalities.login.providers import Identity, IdentityProvider, RoleClaim
from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.registry import Declaration, Kind, Personal, declare, nothing_personal

DECLARATIONS: list[Declaration] = [
    nothing_personal(
        IdentityProvider, "id", "municipality", "kind", "name", "issuer", "client_id", "client_secret",
        "tenant_id", "acr_values", "roles_claim", "creates_memberships", "active",
    ),
    nothing_personal(RoleClaim, "id", "municipality", "provider", "value", "role"),
    declare(
        Identity,
        activity=ACCOUNTS,
        personal={
            "user": Kind.STAFF,
            "subject": Personal(Kind.IDENTITY, shown=False),
            "joined_at": Kind.TRACE,
            "last_login_at": Kind.TRACE,
        },
        plain=["id", "municipality", "provider", "issuer"],
    ),
]  # fmt: skip
