"""The declarations of the slices that this one stands on, and of the libraries' models."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import (
    AuditEntry,
    AuditPruning,
    AuditSeal,
    SystemEntry,
    SystemPruning,
    SystemSeal,
)
from municipalities.changes.models import PublicChange
from municipalities.links.models import Link
from municipalities.municipality.models import Fact, Municipality, MunicipalityText
from municipalities.privacy.activities import ACCOUNTS, CONTACTS, HISTORY, LINKS, SESSIONS
from municipalities.privacy.registry import Declaration, Erasure, Kind, Personal, declare, nothing_personal
from municipalities.tenancy.models import Membership, User

TEXT = (
    "id", "language", "title", "body", "version", "source_language", "source_version", "reviewed_on",
    "reminded_on", "change_wanted", "changed_at",
)  # fmt: skip
STAFF = Personal(Kind.STAFF, Erasure.UNLINK, shown=False)


def log_of(household: models.Model) -> models.QuerySet[LogEntry]:
    """The staff site's own log of a household and of the people in it: their rows are not told apart by a
    foreign key, and outlive the household unless they are deleted by hand."""
    people = household.people  # type: ignore[attr-defined]
    found = models.Q(content_type=_kind(household), object_id=str(household.pk))
    ids = [str(pk) for pk in people.values_list("pk", flat=True)]
    return LogEntry.objects.filter(found | models.Q(content_type=_kind_of(people.model), object_id__in=ids))


def _kind(row: models.Model) -> ContentType:
    return _kind_of(type(row))


def _kind_of(model: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


PLACED = (
    "street_address", "postal_code", "postal_place", "village", "latitude", "longitude", "shows_address",
)  # fmt: skip
PHOTO = ("id", "municipality", "file", "alt", "order", "width", "height", "added_at")
MODERATED = (
    "id", "municipality", "state", "created_at", "changed_at", "waiting_since", "published_at", "gone_at",
    "expires_on",
)  # fmt: skip
SENT_IN = {
    "name": Kind.IDENTITY,
    "email": Kind.CONTACT,
    "language": Kind.CHOICE,
    "sent_at": Kind.TRACE,
    "confirmed_at": Kind.TRACE,
    "word": Kind.FREE_TEXT,
    "answered_by": Kind.STAFF,
}
SENT_IN_PLAIN = ("id", "municipality", "news", "answered_at", "asked_for")
MUNICIPALITY: list[Declaration] = [
    declare(
        Municipality,
        activity=CONTACTS,
        personal={
            "mayor_name": Kind.IDENTITY,
            "mayor_portrait": Kind.IDENTITY,
            "mayor_signature": Kind.IDENTITY,
        },
        plain=(
            "id", "number", "slug", "name", "parallel_names", "language_form", "languages", "published", "phone",
            "email", "website", "office_name", "street_address", "postal_code", "postal_place", "arms", "accent",
            "letter_day", "second_approver", "letters_go_after_days", "followup_days", "retention_left_months",
            "retention_planning_months", "retention_letters_months", "retention_enquiries_months",
            "retention_audit_months", "enquiry_days", "latitude", "longitude",
        ),
    ),
    declare(
        MunicipalityText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=(*TEXT, "municipality", "kind")
    ),
    nothing_personal(PublicChange, "id", "place", "at"),
    nothing_personal(
        Fact, "id", "municipality", "kind", "label", "value", "source", "source_url", "true_on", "order"
    ),
]  # fmt: skip

TENANCY: list[Declaration] = [
    declare(
        User,
        activity=ACCOUNTS,
        personal={
            "email": Kind.CONTACT,
            "name": Kind.IDENTITY,
            "password": Personal(Kind.TRACE, shown=False),
            "last_login": Kind.TRACE,
            "date_joined": Kind.TRACE,
            "invited_at": Kind.TRACE,
        },
        plain=["id", "is_superuser", "is_staff", "is_active", "language"],
    ),
    declare(Membership, activity=ACCOUNTS, personal={"user": Kind.STAFF, "role": Kind.STAFF},
            plain=["id", "municipality", "mapped"]),
]  # fmt: skip

_STAYS = _(
    "An entry holds numbers and names of fields, never what stood in them; without it a gap could be hidden"
)


def entries_of(household: models.Model) -> models.QuerySet[AuditEntry]:
    """Looks at a household and changes of it."""
    entries = AuditEntry.objects.filter(municipality_id=household.municipality_id)  # type: ignore[attr-defined]
    return entries.filter(model=household._meta.label, object_id=str(household.pk))


def _trail(kind: Kind, *, shown: bool = True) -> Personal:
    return Personal(kind, Erasure.KEEP, shown=shown, keep=_STAYS)


_ENTRY = {
    "at": _trail(Kind.TRACE),
    "action": _trail(Kind.TRACE),
    "fields": _trail(Kind.TRACE),
    # Who it was is told to nobody but the municipality: in the report they are "an employee".
    "actor": _trail(Kind.STAFF),
    "actor_name": _trail(Kind.STAFF, shown=False),
    "user": _trail(Kind.STAFF, shown=False),
    "ip": _trail(Kind.TRACE, shown=False),
    "request_id": _trail(Kind.TRACE, shown=False),
    "route": _trail(Kind.TRACE, shown=False),
}
_CHECK = [
    "id", "asked_at", "first_entry", "last_entry", "total", "counted", "finished_at", "finding", "fault",
    "fault_place", "fault_entry", "faults", "head_place", "head_hash", "told_at", "attempts", "lease_token",
    "lease_expires_at",
]  # fmt: skip
_PRUNING = ("id", "sequence", "hash", "sealed_at", "entries", "months", "pruned_at")
_SEAL = ("id", "entry_number", "sequence", "sealed_at", "hash")

AUDIT: list[Declaration] = [
    declare(
        AuditEntry,
        activity=HISTORY,
        rows=entries_of,
        personal=_ENTRY,
        plain=["id", "municipality", "model", "object_id", "note"],
    ),
    declare(SystemEntry, activity=HISTORY, personal=_ENTRY, plain=["id", "model", "object_id", "note"]),
    nothing_personal(AuditSeal, *_SEAL, "municipality"),
    nothing_personal(SystemSeal, *_SEAL),
    nothing_personal(AuditPruning, *_PRUNING, "municipality"),
    nothing_personal(SystemPruning, *_PRUNING),
    declare(AuditCheck, activity=HISTORY, personal={"asked_by": STAFF}, plain=[*_CHECK, "municipality"]),
    declare(SystemCheck, activity=HISTORY, personal={"asked_by": STAFF}, plain=_CHECK),
]

LINKED: list[Declaration] = [
    declare(
        Link,
        activity=LINKS,
        rows=lambda household: Link.objects.to(household),
        personal={
            "created_at": Kind.TRACE,
            "expires_at": Kind.TRACE,
            "revoked_at": Kind.TRACE,
            "created_by": STAFF,
            "revoked_by": STAFF,
            # Of what stands in the household's own row; nobody can read it out of it.
            "state": Personal(Kind.TRACE, shown=False),
            "nonce": Personal(Kind.TRACE, shown=False),
        },
        plain=["id", "municipality", "purpose", "model", "object_id"],
    ),
]

LIBRARIES: list[Declaration] = [
    declare(
        LogEntry,
        activity=HISTORY,
        rows=log_of,
        personal={
            "user": Personal(Kind.STAFF, shown=False),
            "action_time": Kind.TRACE,
            "change_message": Personal(Kind.TRACE, words=lambda entry: entry.get_change_message()),
            "object_repr": Personal(Kind.TRACE, shown=False),
        },
        plain=["id", "content_type", "object_id", "action_flag"],
    ),
    declare(
        Session,
        activity=SESSIONS,
        personal={
            "session_key": Personal(Kind.TRACE, shown=False),
            "session_data": Personal(Kind.TRACE, shown=False),
            "expire_date": Kind.TRACE,
        },
    ),
    nothing_personal(ContentType, "id", "app_label", "model"),
    nothing_personal(Permission, "id", "name", "content_type", "codename"),
    nothing_personal(Group, "id", "name"),
    # --- logging in: of django-allauth, where it is installed ------------------------------------
    declare(
        "account.EmailAddress",
        optional=True,
        activity=ACCOUNTS,
        personal={"user": Kind.STAFF, "email": Kind.CONTACT},
        plain=["id", "verified", "primary"],
    ),
    declare(
        "account.EmailConfirmation",
        optional=True,
        activity=ACCOUNTS,
        personal={"email_address": Kind.CONTACT, "key": Personal(Kind.TRACE, shown=False)},
        plain=["id", "created", "sent"],
    ),
    declare(
        "mfa.Authenticator",
        optional=True,
        activity=ACCOUNTS,
        personal={
            "user": Kind.STAFF,
            "data": Personal(Kind.TRACE, shown=False),
            "created_at": Kind.TRACE,
            "last_used_at": Kind.TRACE,
        },
        plain=["id", "type"],
    ),
    declare(
        "usersessions.UserSession",
        optional=True,
        activity=SESSIONS,
        personal={
            "user": Kind.STAFF,
            "ip": Kind.TRACE,
            "user_agent": Kind.TRACE,
            "created_at": Kind.TRACE,
            "last_seen_at": Kind.TRACE,
            "session_key": Personal(Kind.TRACE, shown=False),
            "data": Personal(Kind.TRACE, shown=False),
        },
        plain=["id"],
    ),
    nothing_personal(
        "socialaccount.SocialApp",
        "id", "provider", "provider_id", "name", "client_id", "secret", "key", "settings",
        optional=True,
    ),
    declare(
        "socialaccount.SocialAccount",
        optional=True,
        activity=ACCOUNTS,
        personal={
            "user": Kind.STAFF,
            "uid": Kind.IDENTITY,
            "extra_data": Kind.IDENTITY,
            "last_login": Kind.TRACE,
            "date_joined": Kind.TRACE,
        },
        plain=["id", "provider"],
    ),
    declare(
        "socialaccount.SocialToken",
        optional=True,
        activity=ACCOUNTS,
        personal={
            "account": Kind.STAFF,
            "token": Personal(Kind.TRACE, shown=False),
            "token_secret": Personal(Kind.TRACE, shown=False),
        },
        plain=["id", "app", "expires_at"],
    ),
]  # fmt: skip

DECLARATIONS = [*MUNICIPALITY, *AUDIT, *TENANCY, *LINKED, *LIBRARIES]
