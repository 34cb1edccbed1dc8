"""Encrypted fields: what is in the database, whose key reads it, and how a key is changed."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from municipalities.privacy import encryption
from tests.factories.municipalities import UserFactory

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _key(settings):
    settings.FIELD_KEYS = [OLD]


@pytest.mark.parametrize("text", ["hemmelig", "ሰላም 👩‍👩‍👧 æøå", "x" * 100_000, ""])
def test_what_is_encrypted_is_read_again(text):
    assert encryption.decrypt(encryption.encrypt(text)) == text


def test_nothing_of_the_text_is_seen_and_no_two_are_alike():
    one, other = encryption.encrypt("hemmelig"), encryption.encrypt("hemmelig")
    assert one != other
    assert "hemmelig" not in one
    assert one.isascii()


def test_another_key_reads_nothing(settings):
    token = encryption.encrypt("hemmelig")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(encryption.KeyMissing):
        encryption.decrypt(token)


def test_a_token_that_was_changed_is_refused():
    token = encryption.encrypt("hemmelig")
    with pytest.raises(encryption.KeyMissing):
        encryption.decrypt(token[:-6] + "AAAAA=")


def test_the_first_key_encrypts_and_all_decrypt(settings):
    old = encryption.encrypt("gammelt")
    settings.FIELD_KEYS = [NEW, OLD]
    new = encryption.encrypt("nytt")
    assert (encryption.decrypt(old), encryption.decrypt(new)) == ("gammelt", "nytt")
    settings.FIELD_KEYS = [NEW]
    assert encryption.decrypt(new) == "nytt"


def test_a_digest_is_of_its_purpose_and_its_key(settings):
    before = encryption.digest("13097248022", "a")
    assert before == encryption.digest("13097248022", "a")
    assert len({before, encryption.digest("13097248022", "b"), encryption.digest("13097248023", "a")}) == 3
    settings.FIELD_KEYS = [NEW, OLD]
    # Another one from now on; what was stored is found until the old key goes (docs/operations.md).
    assert encryption.digest("13097248022", "a") != before
    assert before in encryption.digests("13097248022", "a")
    settings.FIELD_KEYS = [NEW]
    assert before not in encryption.digests("13097248022", "a")


@pytest.fixture
def secrets_model(db, monkeypatch):
    """A model with two encrypted fields, in a table of its own for this test."""
    with isolate_apps("municipalities") as apps:

        class Secret(models.Model):
            word = encryption.EncryptedTextField()
            other = encryption.EncryptedTextField(null=True)
            plain = models.TextField()

            class Meta:
                app_label = "municipalities"
                db_table = "secrets_of_a_test"

        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE secrets_of_a_test"
                " (id integer PRIMARY KEY, word text NOT NULL, other text, plain text NOT NULL)"
            )
        monkeypatch.setattr(encryption, "apps", apps)
        yield Secret
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE secrets_of_a_test")


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, other, plain FROM secrets_of_a_test ORDER BY id")
        return cursor.fetchall()


def test_a_field_is_text_in_python_and_a_token_in_the_database(secrets_model):
    secrets_model.objects.create(pk=1, word="hemmelig", other=None, plain="åpent")
    word, other, plain = stored()[0]
    assert word.startswith("gAAAA")
    assert (other, plain) == (None, "åpent")
    row = secrets_model.objects.get(other__isnull=True)
    assert (row.word, row.other) == ("hemmelig", None)
    with pytest.raises(FieldError):
        secrets_model.objects.filter(word="hemmelig").exists()


def test_after_rotation_the_old_key_may_go(secrets_model, settings, monkeypatch):
    monkeypatch.setattr(encryption, "BATCH", 2)  # Three rows: more than one batch.
    for number in (1, 2, 3):
        secrets_model.objects.create(pk=number, word=f"ord {number}", other=None, plain="åpent")
    user = UserFactory()
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    before = stored()

    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_keys", verbosity=0)
    settings.FIELD_KEYS = [NEW]

    assert [row.word for row in secrets_model.objects.order_by("pk")] == ["ord 1", "ord 2", "ord 3"]
    assert not {row[0] for row in before} & {row[0] for row in stored()}
    totp = Authenticator.objects.get(user=user, type="totp")
    assert encryption.decrypt(totp.data["secret"]) == secret
    recovery = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    assert recovery.get_unused_codes() == codes


def test_a_rotation_without_the_key_changes_nothing_and_says_so(secrets_model, settings):
    secrets_model.objects.create(pk=1, word="hemmelig", plain="åpent")
    before = stored()
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("rotate_keys", verbosity=0)
    assert stored() == before
