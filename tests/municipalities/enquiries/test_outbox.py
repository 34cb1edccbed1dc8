"""Answers by e-mail: given away once, and whatever happens on the way is known or left to people."""

import datetime
import email
import email.policy

import pytest
from django.core import mail
from django.utils import timezone

from municipalities.enquiries import actions, outbox
from municipalities.enquiries.links import ENQUIRY
from municipalities.enquiries.models import AnswerMail, MailReason, MailState
from municipalities.links import actions as links
from municipalities.links.models import Link
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MembershipFactory
from tests.welcome.letters.sending import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry():
    return EnquiryFactory(language="nn", municipality__name="Ål", text="Kven ringjer eg?")


@pytest.fixture
def kari(enquiry):
    return MembershipFactory(municipality=enquiry.municipality, role=Role.SERVICE_OFFICE).user


@pytest.fixture
def waiting(enquiry, kari):
    return actions.answer(enquiry=enquiry, text="Ring 116 117.", by=kari).mail


@pytest.fixture
def post(settings):
    with post_office(settings) as server:
        yield server


def state(row):
    row.refresh_from_db()
    return row.state


def hours_later(row):
    """As if an hour had passed and every worker had let go."""
    AnswerMail.objects.filter(pk=row.pk).update(not_before=timezone.now())
    AnswerMail.objects.filter(pk=row.pk, state=MailState.CLAIMED).update(
        lease_expires_at=timezone.now() - datetime.timedelta(seconds=1)
    )


def test_it_goes_out_once_in_their_language_with_a_link_of_their_own(waiting, enquiry):
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    [sent] = mail.outbox
    assert sent.to == ["kari@heime.example"]
    assert sent.subject == "Svar frå Ål kommune"
    assert "Ring 116 117." in sent.body
    assert "Kven ringjer eg?" in sent.body
    link = Link.objects.get()
    assert link.url in sent.body
    assert links.active(purpose=ENQUIRY, of=enquiry) == link
    assert state(waiting) == MailState.SENT


def test_the_second_answer_leaves_the_first_link_open(waiting, enquiry, kari):
    outbox.send_due()
    actions.answer(enquiry=enquiry, text="Og legevakta er open.", by=kari)
    outbox.send_due()
    assert len(mail.outbox) == 2
    assert Link.objects.get().is_running


def test_a_server_that_is_away_keeps_it_and_shows_it(waiting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert outbox.send_due() == 0
    assert state(waiting) == MailState.WAITING
    assert (waiting.reason, waiting.attempts) == (MailReason.OUT_OF_REACH, 1)
    assert outbox.send_due() == 0  # Not before its pause is over.
    assert waiting.attempts == 1
    AnswerMail.objects.update(created_at=timezone.now() - outbox.PATIENCE, not_before=timezone.now())
    outbox.send_due()
    assert state(waiting) == MailState.FAILED


def test_over_smtp_it_arrives_whole(waiting, post):
    assert outbox.send_due() == 1
    [(to, content)] = post.taken
    assert b"kari@heime.example" in to
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert "Ring 116 117." in read.get_content()
    assert read["Message-ID"].startswith(f"<{waiting.key}@")


def test_refused_for_good_it_is_somebodys_work(waiting, post):
    post.fails_at = [("rcpt", b"550 5.1.1 Kari is not here")]
    outbox.send_due()
    assert state(waiting) == MailState.FAILED
    assert waiting.detail == "550 5.1.1"


def test_refused_for_now_it_is_tried_again(waiting, post):
    post.fails_at = [("data", b"451 4.3.0 Later")]
    outbox.send_due()
    assert state(waiting) == MailState.WAITING
    hours_later(waiting)
    assert outbox.send_due() == 1
    assert len(post.taken) == 1


def test_a_connection_that_breaks_at_the_end_leaves_it_to_a_person(waiting, post, kari):
    post.fails_at = [("end", "cut")]
    outbox.send_due()
    assert state(waiting) == MailState.UNCERTAIN
    hours_later(waiting)
    assert outbox.send_due() == 0
    assert len(post.taken) == 1  # Taken, and never sent twice by itself.
    assert actions.settle(mail=waiting, again=True, by=kari)
    assert not actions.settle(mail=waiting, again=False, by=kari)
    assert outbox.send_due() == 1


def test_a_worker_that_dies_before_it_left_is_followed_by_another(waiting):
    assert outbox.claim(waiting.pk)
    assert outbox.claim(waiting.pk) is None
    hours_later(waiting)
    assert outbox.send_due() == 1


def test_a_worker_that_dies_while_it_leaves_is_followed_by_a_person(waiting):
    outbox.claim(waiting.pk)
    AnswerMail.objects.update(sending_at=timezone.now())
    hours_later(waiting)
    assert outbox.send_due() == 0
    assert state(waiting) == MailState.UNCERTAIN
    assert mail.outbox == []


def test_a_mail_that_kills_its_workers_is_set_aside(waiting):
    for _ in range(outbox.DEATHS):
        assert outbox.claim(waiting.pk)
        hours_later(waiting)
    assert outbox.claim(waiting.pk) is None
    assert state(waiting) == MailState.FAILED


def test_a_lease_that_was_lost_sends_nothing(waiting):
    held = outbox.claim(waiting.pk)
    hours_later(waiting)
    other = outbox.claim(waiting.pk)
    assert outbox.deliver(held) is False
    assert mail.outbox == []
    assert outbox.deliver(other) is True


def test_what_is_erased_meanwhile_is_not_sent(waiting, enquiry):
    held = outbox.claim(waiting.pk)
    enquiry.delete()
    assert outbox.deliver(held) is False
    assert mail.outbox == []
