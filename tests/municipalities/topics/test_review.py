"""Reminders to owners, and the page behind their link."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from municipalities.links import actions as links
from municipalities.topics import delivery
from municipalities.topics.models import TopicText
from municipalities.topics.review import REVIEW
from tests.factories.municipalities import MembershipFactory, TopicFactory, TopicTextFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.date(2020, 1, 1)


@pytest.fixture
def due():
    """A text that is due, of an owner who reads English."""
    membership = MembershipFactory(user__language="en")
    topic = TopicFactory(municipality=membership.municipality, owner=membership.user)
    return TopicTextFactory(topic=topic, reviewed_on=LONG_AGO)


def remind():
    return delivery.remind_owners(timezone.localdate())


def path_of(text):
    return re.sub("^https?://[^/]+", "", links.issue(purpose=REVIEW, of=text, by=None).url)


def page_of(text, client):
    """Where the link leads."""
    return client.get(path_of(text))["Location"]


def test_the_owner_is_reminded_once(due):
    assert remind() == 1
    assert remind() == 0
    assert mail.outbox[0].to == [due.topic.owner.email]
    assert "Is this still right?" in mail.outbox[0].subject
    link = links.active(purpose=REVIEW, of=due)
    assert link.url in mail.outbox[0].body


def test_a_text_that_becomes_due_again_gets_a_new_reminder(due):
    remind()
    TopicText.objects.update(reviewed_on=timezone.localdate())
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        assert remind() == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_mail_can_be_written_in_each_language(language, due):
    owner = due.topic.owner
    owner.language = language
    owner.save()
    remind()
    assert due.title in mail.outbox[0].body


def test_who_left_the_municipality_is_not_written_to(due):
    due.topic.owner.memberships.all().delete()
    assert remind() == 0
    assert mail.outbox == []


def test_an_owner_who_cannot_be_mailed_holds_up_nobody(due, refuse_mail_to, caplog):
    refuse_mail_to(due.topic.owner.email)
    other = MembershipFactory()
    TopicTextFactory(
        topic=TopicFactory(municipality=other.municipality, owner=other.user), reviewed_on=LONG_AGO
    )
    assert remind() == 1
    assert [message.to for message in mail.outbox] == [[other.user.email]]
    assert due.topic.owner.email not in caplog.text
    due.refresh_from_db()
    assert due.reminded_on is None, "tried again tomorrow"


def test_what_is_current_is_left_in_peace(due):
    TopicText.objects.update(reviewed_on=timezone.localdate())
    assert remind() == 0


def test_a_look_changes_nothing_and_a_click_confirms(due, client):
    address = page_of(due, client)
    assert due.title in client.get(address).content.decode()
    due.refresh_from_db()
    assert due.reviewed_on == LONG_AGO
    assert client.post(address, {"right": "1"}).status_code == 200
    due.refresh_from_db()
    assert due.reviewed_on == timezone.localdate()
    assert client.get(address).status_code == 410  # It has done its work.


def test_what_needs_a_change_is_shown_to_staff(due, client):
    address = page_of(due, client)
    refused = client.post(address, {"change": "1", "what": "  "})
    assert refused.status_code == 422
    client.post(address, {"change": "1", "what": "Nummeret er nytt."})
    client.force_login(due.topic.owner)
    page = client.get(reverse("admin:municipalities_topic_change", args=[due.topic.pk]))
    assert "Nummeret er nytt." in page.content.decode()


@pytest.mark.parametrize("change", [{"version": 2}, {"reviewed_on": datetime.date(2020, 1, 2)}])
def test_a_link_to_a_text_that_has_moved_on_is_over(change, due, client):
    address = page_of(due, client)
    TopicText.objects.update(**change)
    assert client.post(address, {"right": "1"}).status_code == 410


def test_an_old_a_forged_and_a_former_owners_link_are_over(due, client):
    address = path_of(due)
    assert client.get(address[:-3] + "11/").status_code == 410
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
        assert client.get(address).status_code == 410
    due.topic.owner = MembershipFactory(municipality=due.topic.municipality).user
    due.topic.save()
    assert client.get(address).status_code == 410


def test_the_link_of_who_left_the_municipality_is_over(due, client):
    address = page_of(due, client)
    MembershipFactory(user=due.topic.owner)  # They work elsewhere now.
    due.topic.owner.memberships.filter(municipality=due.topic.municipality).delete()
    assert client.post(address, {"right": "1"}).status_code == 410
    due.refresh_from_db()
    assert due.reviewed_on == LONG_AGO
