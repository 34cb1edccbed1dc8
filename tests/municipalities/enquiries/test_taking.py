"""What an e-mail becomes: a question, a part of one, or nothing; once, and whatever it is made of."""

import datetime
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
import time_machine
from django.core import mail as sent_mail
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from municipalities.enquiries import actions, outbox, parsing, taking
from municipalities.enquiries.mailbox_models import Taken, TakenMail
from municipalities.enquiries.models import (
    AnswerMail,
    Direction,
    Enquiry,
    EnquiryMessage,
    Reply,
    Source,
    State,
)
from municipalities.enquiries.parsing import from_html, read, without_history
from municipalities.enquiries.taking import take_in
from municipalities.enquiries.tokens import token_of
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    EnquiryFactory,
    MailboxFactory,
    MembershipFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db


def written(text="Når åpner barnehagen?", *, sender="Kari <Kari@Heime.example>", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        sender,
        "post@dalen.example",
        headers.pop("subject", "Barnehage"),
    )
    mail["Message-ID"] = headers.pop("message_id", make_msgid())
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål")


@pytest.fixture
def kari(place):
    return MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE).user


@pytest.fixture
def answered(place, kari):
    """A question of kari@heime.example, answered by e-mail, and the Message-ID of that answer."""
    enquiry = EnquiryFactory(municipality=place, email="kari@heime.example")
    actions.answer(enquiry=enquiry, text="Klokka sju.", by=kari)
    outbox.send_due()
    enquiry.refresh_from_db()
    return enquiry, sent_mail.outbox.pop().message()["Message-ID"]


def notes(enquiry):
    return list(enquiry.messages.filter(direction=Direction.NOTE).values_list("text", flat=True))


def test_a_mail_is_a_question_once(place):
    raw = written().as_bytes()
    first = take_in(raw, place)
    assert (first.became, take_in(raw, place).pk) == (Taken.ASKED, first.pk)
    asked = Enquiry.objects.get()
    assert (asked.source, asked.reply, asked.email) == (Source.MAIL, Reply.EMAIL, "kari@heime.example")
    assert (asked.text, asked.language) == ("Barnehage\n\nNår åpner barnehagen?", place.home_language)


def test_what_was_erased_does_not_come_back(place):
    raw = written().as_bytes()
    take_in(raw, place)
    Enquiry.objects.get().delete()
    take_in(raw, place)
    assert not Enquiry.objects.exists()


def test_an_answer_goes_on_in_its_thread_and_waits_again(place, answered, kari):
    enquiry, number = answered
    actions.close(enquiry=enquiry, outcome="answered", by=kari)
    quoted = (
        "Og i ferien?\n\nfre. 27. nov. 2026 kl. 10:15 skrev Ål kommune <post@dalen.example>:\n> Klokka sju.\n"
    )
    assert take_in(written(quoted, In_Reply_To=number).as_bytes(), place).became == Taken.BACK
    enquiry.refresh_from_db()
    assert enquiry.is_waiting
    assert enquiry.messages.get(direction=Direction.IN).text == "Og i ferien?"


def test_the_number_in_the_subject_leads_there_too_but_not_one_made_up(place, answered):
    enquiry, _number = answered
    right = take_in(written("Hei", subject=f"Sv: Svar {token_of(enquiry)}").as_bytes(), place)
    assert (right.became, right.enquiry) == (Taken.BACK, enquiry)
    forged = take_in(written("Hei igjen", subject=f"Sv: [{enquiry.pk}-0123456789]").as_bytes(), place)
    assert forged.became == Taken.ASKED


def test_of_another_municipality_nothing_is_found(answered):
    enquiry, number = answered
    elsewhere = MunicipalityFactory()
    mail = written("Hei", In_Reply_To=number, subject=f"Sv: {token_of(enquiry)}")
    row = take_in(mail.as_bytes(), elsewhere)
    assert (row.became, row.enquiry.municipality) == (Taken.ASKED, elsewhere)


def test_from_another_address_it_is_a_note_that_somebody_must_look_at(place, answered):
    enquiry, number = answered
    row = take_in(written("Gi meg alt.", sender="per@borte.example", In_Reply_To=number).as_bytes(), place)
    assert row.became == Taken.OTHER
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.email) == (State.ASSIGNED, "kari@heime.example")
    [note] = notes(enquiry)
    assert "per@borte.example" in note
    assert "Gi meg alt." in note
    assert AnswerMail.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"Precedence": "bulk"},
        {"List_Id": "<liste.example>"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@heime.example"},
        {"sender": "tilflytter@dalen.example"},
    ],
)
def test_programs_ask_nothing_and_get_no_answer(place, headers):
    MailboxFactory(municipality=place)
    assert take_in(written(**headers).as_bytes(), place, receipt=True).became == Taken.ALONE
    assert not Enquiry.objects.exists()
    assert not AnswerMail.objects.exists()


def test_what_we_send_would_not_be_taken_in_by_us(place, kari):
    MailboxFactory(municipality=place)
    take_in(written().as_bytes(), place, receipt=True)
    outbox.send_due()
    [receipt] = sent_mail.outbox
    assert receipt.reply_to == ["tilflytter@dalen.example"]
    assert take_in(receipt.message().as_bytes(), place, receipt=True).became == Taken.ALONE


def test_a_person_is_told_once_a_day(place):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            take_in(written(f"Spørsmål {number}").as_bytes(), place, receipt=True)
        assert Enquiry.objects.count() == 3
        [told] = EnquiryMessage.objects.filter(direction=Direction.AUTO)
        assert str(told.enquiry.due_on.year) in told.text
        clock.shift(datetime.timedelta(hours=25))
        take_in(written("Spørsmål 4").as_bytes(), place, receipt=True)
    assert AnswerMail.objects.count() == 2


def test_an_answer_to_an_answer_is_not_receipted(place, answered):
    take_in(written("Takk", In_Reply_To=answered[1]).as_bytes(), place, receipt=True)
    assert not EnquiryMessage.objects.filter(direction=Direction.AUTO).exists()


def test_attachments_are_named_and_not_kept(place):
    mail = written()
    mail.add_attachment(b"%PDF-1.7" * 300, maintype="application", subtype="pdf", filename="attest.pdf")
    [note] = notes(take_in(mail.as_bytes(), place).enquiry)
    assert "attest.pdf (2,3 KB)" in note.replace("\xa0", " ")


def test_a_long_one_is_cut_and_says_so(place):
    enquiry = take_in(written("ord " * 5000).as_bytes(), place).enquiry
    assert len(enquiry.text) <= 4000
    assert len(notes(enquiry)) == 1


def test_without_a_sender_it_is_still_seen(place):
    enquiry = take_in(b"Subject: Hei\r\n\r\nHjelp", place).enquiry
    assert (enquiry.text, enquiry.reply) == ("Hei\n\nHjelp", Reply.NONE)
    assert len(notes(enquiry)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xe5\xff\x00",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nHei \xc3\xa5",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHei",
        b"From: =?utf-8?q?=ff?= <a@b.example>\r\nSubject: =?x?y?z?=\r\nDate: nonsense\r\n\r\n\r\n",
        b"From: \xff\xfe@\xff\r\nMessage-ID: <a\r\n b>\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff!!",
        b"Content-Type: multipart/x; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/x; boundary=a\r\n\r\n" * 3000,
    ],
)
def test_what_is_broken_is_taken_in_all_the_same(place, raw):
    assert take_in(raw, place).became == Taken.ASKED
    assert "\0" not in Enquiry.objects.get().text


heads = st.sampled_from(
    [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"Content-Type", b"Auto-Submitted",
     b"Content-Transfer-Encoding", b"Content-Disposition", b"References", b"Return-Path"]
)  # fmt: skip
values = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"a@b.example", b"multipart/mixed; boundary=x", b"text/html", b"message/rfc822", b"base64", b"=?x?b?///?=",
         b"text/plain; charset=utf-16", b"text/plain; charset*=x''%ff", b"attachment; filename*0*=x''%ff", b"<a@b>",
         b"text/plain; charset=undefined", b"text/plain; charset=idna", b"x-uuencode", b"Group: a@b, ;"]
    ),
)  # fmt: skip
mails = st.builds(
    lambda lines, body: b"".join(name + b": " + value + b"\r\n" for name, value in lines) + b"\r\n" + body,
    st.lists(st.tuples(heads, values), max_size=8),
    st.one_of(
        st.binary(max_size=200), st.just(b"--x\r\nContent-Type: text/html\r\n\r\n<p>Hei&#0;</p>\r\n--x--")
    ),
)


@settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(raw=st.one_of(st.binary(max_size=400), mails))
def test_no_bytes_are_too_odd_to_be_read(raw):
    found = read(raw)
    for text in (found.text, found.subject, found.sender, found.message_id):
        text.encode()
        assert "\0" not in text


@pytest.mark.parametrize(
    "head",
    [b"Content-Type: text/plain" + b"; a=b" * 100_000, b"From: " + b"a," * 300_000, b"To: " + b"<" * 600_000],
)
def test_a_header_without_end_is_cut(head):
    """The library takes quadratic time for these: whole, they hold a worker for hours."""
    raw = head + b"\r\n\r\nHei"
    [(_name, value)] = message_from_bytes(raw, policy=parsing._POLICY).raw_items()
    assert len(value) <= 4000
    assert read(raw).text == "Hei"


@pytest.mark.parametrize(
    "mark",
    [
        "Den 27.11.2026 10:15, skrev Ål kommune:\n> Klokka sju.",
        "Den fre. 27. nov. 2026 kl. 10.15 skreiv Ål kommune\n<post@dalen.example>:\nKlokka sju.",
        "On Fri, Nov 27, 2026 at 10:15 AM Ål kommune <post@dalen.example> wrote:\n> Klokka sju.",
        "Fra: Ål kommune\nSendt: fredag 27. november 2026 10:15\nTil: Kari\nEmne: Svar\n\nKlokka sju.",
        "Frå: Ål kommune\nDato: fredag 27. november 2026\n\nKlokka sju.",
        "*From:* Ål\n*Sent:* Friday\n\nKlokka sju.",
        "-----Opprinnelig melding-----\nKlokka sju.",
        "-- \nKari Nordmann\n99 95 12 34",
        "Sendt fra min iPhone",
    ],
)
def test_history_and_signature_are_left_out(mark):
    assert without_history(f"Hei!\n\nNår åpner dere?\n\n{mark}") == "Hei!\n\nNår åpner dere?"


@pytest.mark.parametrize(
    "text",
    ["Den gang jeg skrev til dere:\nIngen svarte.", "Fra: Oslo til Ål, når går bussen?", "> Klokka sju.\n"],
)
def test_what_only_looks_like_it_stays(text):
    assert without_history(text) == text.strip()


def test_html_is_read_as_text():
    page = "<style>p{}</style><script>x</script><p>Hei&nbsp;Å &lt;b&gt;</p><div>Når<br>åpner</div><blockquote>gammelt"
    assert [line for line in from_html(page).split("\n") if line] == ["Hei\xa0Å <b>", "Når", "åpner"]


def test_another_worker_was_first(place, monkeypatch):
    """Both have looked and seen nothing; the database lets one through."""
    raw = written().as_bytes()
    first, look, looked = take_in(raw, place), taking._before, []

    def blind_once(*args):
        looked.append(1)
        return look(*args) if len(looked) > 1 else None

    monkeypatch.setattr(taking, "_before", blind_once)
    assert take_in(raw.replace(b"barnehagen", b"skolen"), place).pk == first.pk
    assert (Enquiry.objects.count(), TakenMail.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite writes one after the other")
def test_two_at_the_same_time_make_one(place):
    raw, start, ended = written().as_bytes(), threading.Barrier(4), []

    def work():
        start.wait()
        ended.append(take_in(raw, place, receipt=True).pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(ended) == 4
    assert len(set(ended)) == 1
    assert (Enquiry.objects.count(), AnswerMail.objects.count()) == (1, 1)
