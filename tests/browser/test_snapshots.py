"""What a test has done is gone for the next one, and the walls still stand."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction

from municipalities.municipality.models import Municipality
from municipalities.tenancy import walls
from municipalities.topics.models import Topic
from tests.browser import county
from tests.browser.snapshots import EMPTY, put_back
from tests.factories.municipalities import MunicipalityFactory, TopicFactory

pytestmark = pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="PostgreSQL is emptied by Django itself"
)


def test_what_was_built_comes_back_without_what_was_done_to_it():
    al = county.everything()
    topics = Topic.objects.count()
    permissions = set(Permission.objects.values_list("pk", "codename"))
    TopicFactory(municipality=al, slug="another")
    Municipality.objects.update(name="Another")
    put_back(EMPTY)
    assert not Municipality.objects.exists()
    assert not walls.faults(connection)
    assert county.everything().name == "Ål"
    assert Topic.objects.count() == topics
    assert set(Permission.objects.values_list("pk", "codename")) == permissions
    assert not walls.faults(connection)


def test_a_transaction_that_was_never_ended_is_in_nobodys_way():
    transaction.set_autocommit(False)
    MunicipalityFactory()
    put_back(EMPTY)
    assert not Municipality.objects.exists()


def test_nothing_that_was_made_before_is_lost_in_silence():
    MunicipalityFactory()
    with pytest.raises(AssertionError, match="would be lost"):
        county.everything()
