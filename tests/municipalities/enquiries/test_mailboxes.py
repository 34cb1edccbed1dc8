"""A mailbox read over a real connection: each mail once, none lost, nothing changed there that nobody asked for."""

import datetime

import pytest
from django.db import DataError, OperationalError
from django.utils import timezone

from municipalities.enquiries import imap, mailboxes, taking
from municipalities.enquiries.mailbox_models import Fault, Mailbox, Taken, TakenMail
from municipalities.enquiries.models import Enquiry
from tests.factories.municipalities import MailboxFactory
from tests.municipalities.enquiries.imap_double import PASSWORD, USER, mail_server
from tests.municipalities.enquiries.test_taking import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, monkeypatch, tmp_path):
    with mail_server(settings, monkeypatch, tmp_path) as running:
        yield running


@pytest.fixture
def mailbox(server):
    return MailboxFactory(host="127.0.0.1", port=server.port, username=USER, password=PASSWORD)


def put(server, *texts):
    for text in texts:
        server.put(written(text, sender=f"{text.lower()}@heime.example").as_bytes())


def asked():
    return sorted(Enquiry.objects.values_list("text", flat=True))


def minutes_later(mailbox, minutes=60):
    now = timezone.now()
    Mailbox.objects.filter(pk=mailbox.pk).update(not_before=now)
    Mailbox.objects.filter(pk=mailbox.pk, lease_token__isnull=False).update(
        lease_expires_at=now - datetime.timedelta(seconds=1)
    )


def test_each_mail_once_and_nothing_is_changed_there(server, mailbox):
    put(server, "Ein", "To")
    assert mailboxes.read(mailbox.pk) == 2
    put(server, "Tre")
    assert (mailboxes.read(mailbox.pk), mailboxes.read(mailbox.pk)) == (1, 0)
    assert asked() == ["Barnehage\n\nEin", "Barnehage\n\nTo", "Barnehage\n\nTre"]
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid, mailbox.fault, mailbox.lease_token) == (7, 3, "", None)
    assert mailbox.read_at
    assert not server.seen
    assert not [said for said in server.heard if said.startswith("SELECT")]  # Only looked into.
    assert f"SINCE {timezone.localdate().day}-" in " ".join(server.heard)


def test_it_is_marked_as_read_where_that_is_wanted(server, mailbox):
    Mailbox.objects.update(mark_read=True)
    put(server, "Ein")
    mailboxes.read(mailbox.pk)
    assert server.seen == {1}


def test_when_the_server_counts_anew_nothing_is_doubled_or_left_out(server, mailbox):
    put(server, "Ein", "To")
    mailboxes.read(mailbox.pk)
    old = server.mails.pop(2)
    server.validity = 8
    server.mails = {1: old, 2: written("Ny", sender="ny@heime.example").as_bytes()}
    assert mailboxes.read(mailbox.pk) == 2
    assert asked() == ["Barnehage\n\nEin", "Barnehage\n\nNy", "Barnehage\n\nTo"]
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid) == (8, 2)


def test_a_worker_that_dies_between_saving_and_moving_on_doubles_nothing(server, mailbox, monkeypatch):
    put(server, "Ein", "To")

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mailboxes, "_move_on", die)
        with pytest.raises(Killed):
            mailboxes.read(mailbox.pk)
    assert len(asked()) == 1
    assert mailboxes.read(mailbox.pk) == 0  # Its lease still runs.
    minutes_later(mailbox)
    assert mailboxes.read(mailbox.pk) == 2
    assert len(asked()) == 2


@pytest.mark.parametrize(
    ("step", "what", "fault"),
    [
        ("FETCH", "cut", Fault.TALK),
        ("FETCH", b"TAG NO later", Fault.TALK),
        ("FETCH", b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}", Fault.TALK),
        ("SEARCH", "cut", Fault.TALK),
        ("SEARCH", b"nonsense\xff\r\n\r\n", Fault.TALK),
        ("EXAMINE", b"TAG OK no number", Fault.TALK),
        ("CAPABILITY", "cut", Fault.TALK),
        ("LOGIN", "cut", Fault.TALK),
        ("LOGIN", b"TAG NO no", Fault.LOGIN),
    ],
)
def test_what_breaks_is_shown_and_made_up_for(server, mailbox, step, what, fault):
    put(server, "Ein", "To")
    server.fails = [(step, what)]
    mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert (mailbox.fault, mailbox.last_uid, mailbox.lease_token) == (fault, 0, None)
    assert mailbox.failing_since
    assert mailbox.pk not in mailboxes.due()  # No account is locked by asking again at once.
    minutes_later(mailbox)
    assert mailboxes.due() == [mailbox.pk]
    mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert (mailbox.fault, len(asked())) == ("", 2)


def test_a_server_that_dawdles_is_left(server, mailbox, monkeypatch):
    monkeypatch.setattr(imap, "SECONDS", 0.3)
    server.fails = [("EXAMINE", "slow")]
    mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert mailbox.fault == Fault.TALK


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"password": "feil"}, Fault.LOGIN),
        ({"folder": "Finnes ikke"}, Fault.FOLDER),
        ({"port": 1}, Fault.REACH),
    ],
)
def test_what_is_entered_wrong_is_named(server, mailbox, wrong, fault):
    Mailbox.objects.update(**wrong)
    mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert mailbox.fault == fault


def test_a_folder_may_have_a_norwegian_name(server, mailbox):
    Mailbox.objects.update(folder="Spørsmål")
    put(server, "Ein")
    assert mailboxes.read(mailbox.pk) == 1


def test_who_can_not_prove_who_they_are_gets_no_password(settings, monkeypatch, tmp_path):
    with mail_server(settings, monkeypatch, tmp_path, address="127.0.0.2") as server:
        mailbox = MailboxFactory(host="127.0.0.1", port=server.port, username=USER, password=PASSWORD)
        mailboxes.read(mailbox.pk)
        mailbox.refresh_from_db()
        assert mailbox.fault == Fault.PROOF
        assert server.heard == []


def test_a_private_network_is_not_reached_unless_named(server, mailbox, settings):
    settings.FETCH_PRIVATE_HOSTS = []
    Mailbox.objects.update(port=993)
    mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert mailbox.fault == Fault.REACH
    assert server.heard == []


def test_one_that_can_not_be_saved_is_set_aside_and_stops_nobody(server, mailbox, monkeypatch):
    put(server, "Ein", "To", "Tre")
    take = taking.take_in

    def refuse_two(raw, *args, **more):
        if b"to@heime" in raw:
            raise DataError("To")
        return take(raw, *args, **more)

    monkeypatch.setattr(taking, "take_in", refuse_two)
    assert mailboxes.read(mailbox.pk) == 3
    assert len(asked()) == 2
    row = TakenMail.objects.get(became=Taken.FAILED)
    assert (row.uid, row.detail) == (2, "DataError")


def test_a_database_that_is_away_loses_nothing(server, mailbox, monkeypatch):
    put(server, "Ein")
    with monkeypatch.context() as patched:
        patched.setattr(taking, "take_in", lambda *_, **__: (_ for _ in ()).throw(OperationalError("away")))
        mailboxes.read(mailbox.pk)
    mailbox.refresh_from_db()
    assert (mailbox.fault, mailbox.last_uid) == (Fault.OWN, 0)
    minutes_later(mailbox)
    mailboxes.read(mailbox.pk)
    assert len(asked()) == 1


def test_a_lease_that_was_lost_moves_nothing_on(server, mailbox, monkeypatch):
    put(server, "Ein", "To")
    take = taking.take_in

    def overtaken(*args, **more):
        Mailbox.objects.update(lease_expires_at=timezone.now() - datetime.timedelta(seconds=1))
        return take(*args, **more)

    monkeypatch.setattr(taking, "take_in", overtaken)
    assert mailboxes.read(mailbox.pk) == 0
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 0
    assert len(asked()) == 1
