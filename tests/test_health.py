import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.database import as_owner

pytestmark = pytest.mark.django_db


def answer(client):
    response = client.get("/readyz")
    return response.status_code, response.content.decode().strip()


def test_a_portal_that_can_work_is_ready_and_leaves_nothing_behind(client):
    assert answer(client) == (200, "ok")
    assert default_storage.listdir("health")[1] == []


def test_a_database_that_is_gone_is_named(client, monkeypatch):
    def gone():
        raise OSError("password authentication failed for user boss")

    monkeypatch.setattr(connection, "cursor", gone)
    assert answer(client) == (503, "database")
    assert client.get("/healthz").status_code == 200


def test_a_version_whose_migrations_have_not_run_is_not_ready(client):
    newest = MigrationLoader(connection).graph.leaf_nodes("sessions")[0]  # One that replaces no others.
    with as_owner():
        MigrationRecorder(connection).record_unapplied(*newest)
    assert answer(client) == (503, "migrations")


def test_a_broker_that_does_not_answer_is_named(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    assert answer(client) == (503, "broker")


def test_a_brokers_folder_that_is_gone_is_named(client, settings, tmp_path):
    settings.REDIS_URL, settings.DATA_DIR = "", tmp_path
    assert answer(client) == (503, "broker")


def test_files_that_can_not_be_written_are_named(client, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert answer(client) == (503, "files")
