"""A municipality decides how long it keeps things, within what makes sense."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import LEAST
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.walls.test_audited import typed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("what", "least"), LEAST.items())
def test_too_short_a_time_is_refused_by_the_form_and_by_the_database(what, least):
    column = f"retention_{what}_months"
    place = MunicipalityFactory(**{column: least})
    place.full_clean()
    setattr(place, column, least - 1)
    with pytest.raises(ValidationError) as refused:
        place.full_clean()
    assert list(refused.value.message_dict) == [column]
    with pytest.raises(IntegrityError, match=f"retention_{what}_is_long_enough"), transaction.atomic():
        Municipality.objects.update(**{column: least - 1})


def test_staff_read_why_and_what_they_typed_stays(client):
    place = MunicipalityFactory()
    user = MembershipFactory(municipality=place, role=Role.ADMINISTRATOR, user__language="en").user
    client.force_login(user)
    address = reverse("admin:municipalities_municipality_change", args=[place.pk])
    answer = client.post(address, typed(client, address, retention_letters_months="2"))
    page = answer.content.decode()
    assert "Keep letters for at least 3 months" in page
    assert 'value="2"' in page
    place.refresh_from_db()
    assert place.retention_letters_months == 24


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="Checks are taken out of the way as SQLite can.")
def test_shorter_times_of_before_become_the_least(monkeypatch):
    place = MunicipalityFactory()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(
            "UPDATE municipalities_municipality SET retention_letters_months = 0, retention_left_months = 0"
        )
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    migration = import_module("municipalities.migrations.0008_the_logs_checks_and_time")
    migration.lengthen(apps, None)
    place.refresh_from_db()
    assert (place.retention_letters_months, place.retention_left_months, place.retention_planning_months) == (
        3,
        1,
        12,
    )
