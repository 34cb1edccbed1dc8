"""Coordinators hear of texts that stay due."""

import datetime

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.topics import escalation
from municipalities.topics.models import TopicText
from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def place():
    here = MunicipalityFactory(name="Ål")
    MembershipFactory(
        municipality=here, role="coordinator", user__language="en", user__email="leiar@aal.example"
    )
    return here


def text(place, *, late, slug, owner=True, **more):
    """Due `late` days before TODAY."""
    someone = MembershipFactory(municipality=place, role="editor").user if owner else None
    topic = TopicFactory(municipality=place, slug=slug, owner=someone, review_months=6, **more)
    reviewed = datetime.date(2026, 5, 23) - datetime.timedelta(days=late)
    return TopicTextFactory(topic=topic, title=f"Om {slug}", reviewed_on=reviewed)


def test_coordinators_are_told_once_a_day_of_what_waits_longest_first(place):
    text(place, late=20, slug="doctor")
    text(place, late=40, slug="school", owner=False)
    text(place, late=3, slug="police")
    text(place, late=3, slug="nav", owner=False)
    text(place, late=90, slug="hidden", published=False)
    text(MunicipalityFactory(), late=90, slug="elsewhere", owner=False)
    assert escalation.tell_all(TODAY) == 1, "the other municipality has nobody to tell"
    [message] = mail.outbox
    assert message.to == ["leiar@aal.example"]
    assert message.subject == "Ål: 3 texts have waited too long for their owners"
    told = [line for line in message.body.splitlines() if line.startswith("- ")]
    assert [line.split(" (")[0] for line in told] == ["- Om school", "- Om doctor", "- Om nav"]
    assert "nobody here owns it" in told[0]
    assert escalation.tell_all(TODAY) == 0
    assert escalation.tell_all(TODAY + datetime.timedelta(days=7)) == 1


@pytest.mark.parametrize("why", ["left", "inactive"])
def test_an_owner_who_is_gone_is_none(place, why):
    row = text(place, late=1, slug="doctor")
    owner = row.topic.owner
    if why == "left":
        owner.memberships.all().delete()
    else:
        owner.is_active = False
        owner.save()
    [found] = escalation.waiting(Municipality.objects.get(pk=place.pk), TODAY)
    assert found.owner is None


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_in_the_coordinator_s_language_and_bounded(place, language):
    User.objects.update(language=language)
    for number in range(13):
        text(place, late=30 + number, slug=f"t{number}")
    escalation.tell_all(TODAY)
    [message] = mail.outbox
    assert message.body.count("\n- ") == 11
    assert "og 3 til" in message.body


def test_a_mail_server_that_is_down_leaves_them_untold(place, monkeypatch):
    row = text(place, late=30, slug="doctor")

    def down(*args):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", down)
        assert escalation.tell_all(TODAY) == 0
    assert TopicText.objects.get(pk=row.pk).escalated_on is None
    assert escalation.tell_all(TODAY) == 1


def test_as_many_statements_for_many_texts_as_for_few(place, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    text(place, late=30, slug="doctor")
    with CaptureQueriesContext(connection) as few:
        escalation.waiting(place, TODAY)
    for number in range(5):
        text(place, late=30, slug=f"t{number}")
    with django_assert_num_queries(len(few)):
        escalation.waiting(place, TODAY)
