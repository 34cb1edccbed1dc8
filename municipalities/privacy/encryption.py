"""The few fields that are of no use to whoever steals the database: encrypted, with keys that rotate.

`FIELD_KEYS` holds Fernet keys: the first encrypts, all decrypt. To rotate: put a new one first, run
`manage.py rotate_keys`, take the old one away. Without its key a value is gone.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models, transaction

BATCH = 500
# What the second factors keep secret, in the JSON of their rows.
FACTOR_SECRETS = ("secret", "seed")


class KeyMissing(Exception):
    """A value was encrypted with a key that FIELD_KEYS no longer holds."""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def encrypt(text: str) -> str:
    """ASCII, some 100 characters longer than `text`, different each time. Nothing stays nothing."""
    return _keys().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    try:
        return _keys().decrypt(token.encode()).decode() if token else ""
    except InvalidToken as error:
        raise KeyMissing("FIELD_KEYS lacks the key with which this was encrypted.") from error


def digests(value: str, purpose: str) -> list[str]:
    """64 hexadecimal digits for each key, today's first: to find what was stored before a rotation.

    `purpose` keeps digests of two fields apart. Without the key nobody can try out all national
    identity numbers against a digest.
    """
    return [
        hmac.new(hashlib.sha256(f"{purpose}:{key}".encode()).digest(), value.encode(), "sha256").hexdigest()
        for key in settings.FIELD_KEYS
    ]


def digest(value: str, purpose: str) -> str:
    """What to store for a value that is only ever compared."""
    return digests(value, purpose)[0]


class EncryptedTextField(models.TextField):
    """Plain text in Python, a Fernet token in the database. It can't be searched: the same text is
    another token each time."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared if prepared is None else encrypt(prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and can't be searched by {lookup_name}.")
        return super().get_lookup(lookup_name)


def rotate() -> dict[str, int]:
    """Encrypt every such value anew with the first key. Rows written, by model label.

    Raises `KeyMissing` before anything of that batch is written if a value's key is gone.
    """
    written = {}
    for model in apps.get_models():
        names = [f.name for f in model._meta.local_fields if isinstance(f, EncryptedTextField)]
        if names:
            written[model._meta.label] = sum(_rotate_rows(model, names, batch) for batch in _batches(model))
    written[Authenticator._meta.label] = sum(_rotate_factors(batch) for batch in _batches(Authenticator))
    return written


def _batches(model: type[models.Model]) -> Iterable[list[Any]]:
    ids = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _rotate_rows(model: type[models.Model], names: list[str], ids: list[Any]) -> int:
    with transaction.atomic():  # A value that somebody changes meanwhile is not put back.
        rows = list(model._base_manager.select_for_update().filter(pk__in=ids))
        model._base_manager.bulk_update(rows, names)
    return len(rows)


def _rotate_factors(ids: list[Any]) -> int:
    with transaction.atomic():
        rows = list(Authenticator.objects.select_for_update().filter(pk__in=ids))
        for row in rows:
            held = {name: encrypt(decrypt(row.data[name])) for name in FACTOR_SECRETS if name in row.data}
            row.data = row.data | held
        Authenticator.objects.bulk_update(rows, ["data"])
    return len(rows)
