"""Whatever visitors read tells of its changes, whichever way it is changed."""

import datetime

import psycopg2
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from municipalities.changes import models, watching
from municipalities.changes.models import PublicChange, forget_old
from municipalities.municipality.models import Municipality
from tests.factories.municipalities import MunicipalityFactory, TopicFactory, TopicTextFactory
from tests.walls.planting import OWNED, make, name

SHOWN = [model for model in OWNED if model._meta.db_table in watching.watched()]


def version(place):
    return models.version(place.slug)


def test_every_table_is_watched(db):
    assert not watching.faults(connection)
    assert len(SHOWN) > 10


@pytest.mark.parametrize("model", SHOWN, ids=name)
def test_each_kind_of_row_tells_of_being_made_changed_and_gone(db, model):
    here, elsewhere = MunicipalityFactory(), MunicipalityFactory()
    before = version(elsewhere)
    seen = [version(here)]
    row = make(model, here)
    seen.append(version(here))
    model._base_manager.filter(pk=row.pk).update(municipality=here.pk)
    seen.append(version(here))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', [row.pk])
    except IntegrityError:
        row.delete()  # With what stands below it, which PostgreSQL looks for at once.
    seen.append(version(here))
    assert len(set(seen)) == 4
    assert version(elsewhere) == before
    transaction.set_rollback(True)  # What stood below the row is an orphan now.


def test_the_municipality_itself_tells(db):
    here, _another = MunicipalityFactory(), MunicipalityFactory()
    before = version(here)
    Municipality.objects.filter(pk=here.pk).update(phone="+4732085000")
    assert version(here) != before
    assert models.version() != version(here), "another has changed as well"


def test_no_version_comes_a_second_time_when_old_changes_go(db):
    here, quiet = MunicipalityFactory(), MunicipalityFactory()
    topic = TopicFactory(municipality=here)
    for _ in range(4):
        topic.save()
    old = timezone.now() - datetime.timedelta(hours=1)
    PublicChange.objects.update(at=old)
    seen = {version(here)}
    alone = version(quiet)
    assert forget_old() >= 5
    assert version(here) not in seen
    assert PublicChange.objects.filter(place=here.pk).count() == 1
    assert version(quiet) == alone
    assert forget_old() == 0


@pytest.mark.only_on("postgresql", why="on SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_late_tells_although_a_later_one_was_told_before():
    here = MunicipalityFactory()
    late, early = (
        TopicTextFactory(topic=TopicFactory(municipality=here, slug=slug)) for slug in ("doctor", "school")
    )
    table = late._meta.db_table
    slow = psycopg2.connect(**connection.get_connection_params())
    try:
        slow.cursor().execute(f"UPDATE {table} SET title = 'Seint' WHERE id = %s", [late.pk])
        type(early).objects.filter(pk=early.pk).update(title="Tidleg")
        before = version(here)
        slow.commit()
    finally:
        slow.close()
    assert version(here) != before
