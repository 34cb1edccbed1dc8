"""What the database and the form refuse of kindergartens and schools."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from municipalities.learning.models import Capacity, Kind, LearningPlace, lines_of, validate_zone
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    ContactPointFactory,
    LearningPlaceFactory,
    MembershipFactory,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 2)


def test_a_zone_is_post_codes_and_streets_a_line_each():
    validate_zone("3570\n  3579 Torpovegen \nPrestegardsvegen\nSt. Olavs gate\n\n")
    assert lines_of("3570\n3579 Torpovegen\r\nTorget") == [
        ("3570", ""),
        ("3579", "Torpovegen"),
        ("", "Torget"),
    ]
    for wrong in ("357", "Torget 4", "35700", "Torget, Sundre", "3570 3571", "x" * 70):
        with pytest.raises(ValidationError):
            validate_zone(wrong)


def test_the_database_refuses_what_would_mislead():
    made = LearningPlaceFactory(kind=Kind.KINDERGARTEN)
    for wrong in (
        {"capacity": Capacity.FREE},  # Without its day.
        {"free_places": 3},
        {"capacity": Capacity.WAITING, "capacity_on": DAY, "free_places": 2},
        {"lowest": 8},
        {"lowest": 8, "highest": 7},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LearningPlace.objects.filter(pk=made.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        LearningPlaceFactory(municipality=made.municipality, contact=made.contact, kind=made.kind)
    LearningPlace.objects.filter(pk=made.pk).update(capacity=Capacity.FEW, capacity_on=DAY, free_places=2)


def test_an_editor_enters_one_and_what_is_wrong_keeps_what_was_typed(client):
    member = MembershipFactory(role=Role.EDITOR, user__language="en")
    contact = ContactPointFactory(municipality=member.municipality, name="Torpo skule")
    client.force_login(member.user)
    sent = {"contact": contact.pk, "kind": "school", "order": 10, "zone": "Torpovegen 4", "published": "on"}
    add = reverse("admin:municipalities_learningplace_add")
    refused = client.post(add, sent).content.decode()
    assert "Torpovegen 4</textarea>" in refused
    assert "without house numbers" in refused
    assert client.post(add, sent | {"zone": " Torpovegen\r\nTorpovegen \r\n3579"}).status_code == 302
    assert LearningPlace.objects.get().zone == "Torpovegen\n3579"
