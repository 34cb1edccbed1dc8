"""Where a municipality enters its mailbox, and what staff see of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.enquiries.mailbox_models import Fault, Mailbox, Taken
from municipalities.privacy import encryption
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    EnquiryFactory,
    MailboxFactory,
    MembershipFactory,
    MunicipalityFactory,
    TakenMailFactory,
)
from tests.municipalities.enquiries.imap_double import PASSWORD, USER, mail_server
from tests.municipalities.enquiries.test_taking import written

pytestmark = pytest.mark.django_db
ADD = reverse("admin:municipalities_mailbox_add")
ENQUIRIES = reverse("admin:municipalities_enquiry_changelist")
MAILS = reverse("admin:municipalities_takenmail_changelist")


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def solveig(place, client):
    member = MembershipFactory(municipality=place, role=Role.ADMINISTRATOR, user__language="en")
    client.force_login(member.user)
    return member.user


@pytest.fixture
def server(settings, monkeypatch, tmp_path):
    with mail_server(settings, monkeypatch, tmp_path) as running:
        yield running


def typed(**more):
    return {
        "address": "post@dalen.example", "active": "on", "receipts": "on", "since": "2026-11-27",
        "host": "imap.dalen.example", "port": "993", "username": USER, "password": PASSWORD, "folder": "INBOX",
    } | more  # fmt: skip


def page_of(row, name="change"):
    return reverse(f"admin:municipalities_mailbox_{name}", args=[row.pk])


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_the_password_is_encrypted_and_never_shown(place, solveig, client):
    assert client.post(ADD, typed()).status_code == 302
    row = Mailbox.objects.get(municipality=place)
    assert row.password == PASSWORD
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM municipalities_mailbox")
        [stored] = cursor.fetchone()
    assert encryption.decrypt(stored) == PASSWORD != stored
    assert "hemmelig" not in client.get(page_of(row)).content.decode()


def test_left_empty_the_password_stays_but_not_for_another_server(place, solveig, client):
    row = MailboxFactory(
        municipality=place, last_uid=9, uid_validity=1, fault=Fault.FOLDER, failing_since=timezone.now()
    )
    kept = typed(host=row.host, username=row.username, password="")
    assert client.post(page_of(row), kept | {"folder": "Post"}).status_code == 302
    row.refresh_from_db()
    assert (row.folder, row.password) == ("Post", "noe hemmelig å")
    assert (row.uid_validity, row.last_uid) == (None, 0)  # Another folder counts by itself.
    refused = client.post(page_of(row), kept | {"host": "imap.evil.example"})
    assert "password" in refused.context["adminform"].form.errors


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "a\r\nb"},
        {"password": "a\x00b"},
        {"host": "imap.example.no/"},
        {"port": "0"},
        {"password": ""},
    ],
)
def test_what_can_not_be_right_is_refused_at_its_field(place, solveig, client, wrong):
    [name] = wrong
    answer = client.post(ADD, typed(**wrong))
    assert name in answer.context["adminform"].form.errors
    assert not Mailbox.objects.exists()


def test_the_button_says_whether_it_can_be_read(place, solveig, client, server):
    row = MailboxFactory(
        municipality=place, host="127.0.0.1", port=server.port, username=USER, password=PASSWORD
    )
    server.put(written().as_bytes())
    assert client.get(page_of(row, "test")).status_code == 200
    assert server.heard == []
    assert "1 e-mail lies there" in told(client.post(page_of(row, "test"), follow=True))
    Mailbox.objects.update(password="feil")
    assert "does not let this user in" in told(client.post(page_of(row, "test"), follow=True))
    Mailbox.objects.update(port=1)
    assert "port 1 is not allowed" in told(client.post(page_of(row, "test"), follow=True))
    row.refresh_from_db()
    assert (row.last_uid, row.fault) == (0, "")  # Tried, not read.


def test_trouble_is_seen_where_enquiries_are_answered(place, client):
    kari = MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE, user__language="en").user
    client.force_login(kari)
    assert "mailbox" not in client.get(ENQUIRIES).content.decode().lower().split("</nav>")[-1]
    MailboxFactory(municipality=place, fault=Fault.LOGIN, failing_since=timezone.now())
    row = TakenMailFactory(municipality=place)
    MailboxFactory(fault=Fault.FOLDER, failing_since=timezone.now())  # Of somebody else.
    TakenMailFactory()
    page = client.get(ENQUIRIES).content.decode()
    assert "does not let this user in" in page
    assert "There is no such folder" not in page
    assert "1 e-mail could not be taken in" in page
    client.post(MAILS, {"action": "have_read", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.became == Taken.SEEN
    assert "could not be taken in" not in client.get(ENQUIRIES).content.decode()


def test_what_came_is_listed_in_a_fixed_number_of_queries(
    place, solveig, client, django_assert_max_num_queries
):
    def rows(count):
        for _ in range(count):
            TakenMailFactory(
                municipality=place, became=Taken.ASKED, enquiry=EnquiryFactory(municipality=place)
            )

    rows(1)
    client.get(MAILS)
    with CaptureQueriesContext(connection) as few:
        client.get(MAILS)
    rows(5)
    with django_assert_max_num_queries(len(few)):
        client.get(MAILS)
