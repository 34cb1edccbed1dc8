"""What is mailed, to whom, in which language, and never twice."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from municipalities.links.models import Link
from tests.factories.welcome import AttendeeFactory, CooperationMeetingFactory, TaskFactory
from tests.municipalities.links.made import path_of
from welcome.cooperation import delivery, measures
from welcome.cooperation.links import TASK
from welcome.cooperation.measure_models import Task
from welcome.cooperation.models import Attendee

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(place):
    meeting = CooperationMeetingFactory(municipality=place)
    return TaskFactory(owner__measure__meeting=meeting)


def test_each_invited_is_mailed_once_in_their_language(place, mailoutbox):
    meeting = CooperationMeetingFactory(municipality=place)
    AttendeeFactory(meeting=meeting, participant__language="en")
    AttendeeFactory(meeting=meeting)
    AttendeeFactory(meeting=meeting, participant__email="", participant__phone="+4799951234")
    assert delivery.mail_waiting() == 2
    assert delivery.mail_waiting() == 0
    english, norwegian = mailoutbox
    assert "Will you come?" in english.subject
    assert "Will you come?" not in norwegian.subject
    assert "/l/cooperation/" in english.body
    assert meeting.place in english.body


def test_a_task_is_told_reminded_of_and_found_late_once_each_with_one_link(task, mailoutbox):
    start = timezone.now()
    days = (task.due_on - timezone.localdate()).days
    told = []
    for day in range(days + 4):
        with time_machine.travel(start + datetime.timedelta(days=day), tick=False):
            delivery.mail_waiting()
            delivery.mail_waiting()
            told.append(len(mailoutbox))
    assert [day for day, before in enumerate([0, *told[:-1]]) if told[day] > before] == [
        0, days - delivery.REMIND_BEFORE.days, days + 1,
    ]  # fmt: skip
    assert Link.objects.filter(purpose=TASK.code).count() == 1
    [url] = {line for mail in mailoutbox for line in mail.body.splitlines() if "/l/task/" in line}
    assert url.endswith(path_of(Link.objects.get()))


def test_nobody_is_reminded_of_what_is_done_or_dropped(task, mailoutbox):
    measures.finish_task(task=task, by=None)
    TaskFactory(owner__measure__state="dropped", owner__measure__ended_at=timezone.now())
    assert delivery.mail_waiting() == 0


def test_an_address_that_is_refused_for_good_holds_up_nobody(place, refuse_mail_to, mailoutbox):
    meeting = CooperationMeetingFactory(municipality=place)
    gone = AttendeeFactory(meeting=meeting).participant.email
    AttendeeFactory(meeting=meeting)
    refuse_mail_to(gone)
    assert delivery.mail_waiting() == 1
    assert not Attendee.objects.to_mail().exists()


def test_a_mail_server_that_is_gone_loses_nothing(task, monkeypatch, mailoutbox):
    def down(self, messages):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", down)
        assert delivery.mail_waiting() == 0
    assert Task.objects.get().told_at is None
    assert not Link.objects.exists()
    assert delivery.mail_waiting() == 1


def test_given_to_somebody_else_it_is_told_anew_and_opens_no_more_for_who_had_it(
    task, boss, client, mailoutbox, later
):
    delivery.mail_waiting()
    before = path_of(Link.objects.get())
    other = TaskFactory(owner__measure=task.measure).owner
    measures.hand_over(task=task, owner=other, due_on=later, by=boss)
    assert client.get(before).status_code == 410
    delivery.mail_waiting()
    assert other.participant.email in {mail.to[0] for mail in mailoutbox}
