"""Letters by e-mail: given away once, and whatever happens on the way is known or left to people."""

import email
import email.policy
import io
from email.header import decode_header, make_header

import pytest
from django.core import mail
from django.core.management import call_command

from municipalities.tenancy.models import Role
from tests.factories.welcome import ChannelSettingsFactory
from tests.welcome.letters.conftest import approved, arrive, frozen
from tests.welcome.letters.frozen import protect, worker
from tests.welcome.letters.sending import (
    arrive_by_email,
    begun,
    pass_time,
    post_office,
    print_files,
    states,
    work_on,
)
from welcome.households import actions as households
from welcome.households import consents
from welcome.letters import (
    bounces,
    by_email,
    deliveries,
    delivering,
    figures,
    output,
    purging,
    rendering,
    runs,
    verification,
)
from welcome.letters.channels import Channel, ChannelSettings, EmailAs
from welcome.letters.delivery_models import Delivery, Reason
from welcome.letters.models import LeftOutReason, RunState

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")


@pytest.fixture
def settings_of_place(place):
    """The letter itself; test_as_link.py has the other way."""
    return ChannelSettingsFactory(municipality=place, by_email=True, email_as=EmailAs.ATTACHED)


@pytest.fixture
def run(place, settings_of_place):
    """One household by e-mail, one on paper."""
    arrive_by_email(place, "Åse Østerhus", "aase@example.org")
    arrive(place, "Kari Lien", house_number="3")
    return begun(place)


@pytest.fixture
def post(settings):
    with post_office(settings) as server:
        yield server


def one(run):
    return run.deliveries.by_wire().get()


def test_only_who_has_agreed_and_has_an_address_is_written_to_by_email(place, settings_of_place):
    arrive_by_email(place, "Med Samtykke", "med@example.org", house_number="1")
    arrive_by_email(place, "Utan Adresse", "", house_number="2")
    arrive(place, "Utan Samtykke", house_number="3").people.update(email="utan@example.org")
    back = arrive_by_email(place, "Trekt Tilbake", "trekt@example.org", house_number="4")
    consents.withdraw(consent=back.consents.get(), by=None)
    run = frozen(place)
    by_mail = run.letters.filter(channel=Channel.EMAIL)
    assert list(by_mail.values_list("email", flat=True)) == ["med@example.org"]
    assert run.letters.filter(channel=Channel.PRINT, email="").count() == 3


def test_where_the_municipality_sends_none_all_are_on_paper(place):
    arrive_by_email(place, "Med Samtykke", "med@example.org")
    assert set(frozen(place).letters.values_list("channel", flat=True)) == {Channel.PRINT}


def test_the_letter_is_attached_to_plain_words_in_its_language(run, tmp_path):
    assert run.files.get().letters.get().address[0] == "Kari Lien"
    delivering.work(run)
    (sent,) = mail.outbox
    delivery = one(run)
    assert (sent.to, sent.subject) == (["aase@example.org"], "Velkommen til Ål")
    assert sent.extra_headers["Message-ID"] == delivery.message_id == delivery.external_id
    name, content, kind = sent.attachments[0]
    assert (name, kind) == ("Velkommen til Ål.pdf", "application/pdf")
    assert content == rendering.render_letter(delivery.letter)
    assert str(make_header(decode_header(sent.from_email))).startswith("Ål kommune <")
    # Neither names nor address stand in what a mail server may log.
    assert "Østerhus" not in sent.subject + sent.body
    runs.finish(run=run, by=None)
    output.write_out(run, tmp_path)
    assert list(verification.faults(run, tmp_path)) == []
    assert figures.report(run)["deliveries"] == {"email": {"sent": 1}, "print": {"sent": 1}}


@pytest.mark.parametrize(
    ("language", "subject"),
    [("nn", "Velkomen til Ål"), ("en", "Welcome to Ål"), ("uk", "Welcome to Ål"), ("ar", "أهلًا بكم في Ål")],
)
def test_a_language_that_the_portal_does_not_speak_is_english(run, language, subject):
    delivery = one(run)
    delivery.letter.language = language
    assert by_email.compose(delivery, delivery.letter, b"%PDF").subject == subject


def test_a_mail_server_gets_it_whole(run, post):
    delivering.work(run)
    ((to, content),) = post.taken
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert to == b"<aase@example.org>"
    assert read["Message-ID"] == one(run).message_id
    assert read["Auto-Submitted"] == "auto-generated"
    assert next(read.iter_attachments()).get_content().startswith(b"%PDF-")
    assert states(run) == {"email sent": 1, "print waiting": 1}


@pytest.mark.parametrize(
    ("fails_at", "becomes", "reason", "detail"),
    [
        (("mail", b"451 4.3.0 later"), "waiting", Reason.BUSY, "451 4.3.0"),
        (("rcpt", b"550 5.1.1 <aase@example.org> unknown"), "failed", Reason.MAIL_REFUSED, "550 5.1.1"),
        (("rcpt", b"450 4.2.1 greylisted"), "waiting", Reason.BUSY, "450 4.2.1"),
        (("rcpt", "cut"), "waiting", Reason.OUT_OF_REACH, "SMTPServerDisconnected"),
        (("data", b"554 5.7.1 no"), "failed", Reason.MAIL_REFUSED, "554 5.7.1"),
        (("end", b"552 5.3.4 too big"), "failed", Reason.MAIL_REFUSED, "552 5.3.4"),
        (("end", b"452 4.3.1 full"), "waiting", Reason.BUSY, "452 4.3.1"),
        (("end", "cut"), "uncertain", Reason.NO_ANSWER, "SMTPServerDisconnected"),
    ],
)
def test_each_failure_is_known_by_where_it_came(run, post, fails_at, becomes, reason, detail):
    post.fails_at = [fails_at]
    delivering.work(run)
    tried = one(run)
    assert (tried.state, tried.reason, tried.detail) == (becomes, reason, detail)
    work_on(run, times=3)
    # Tried again where it was certainly not taken, never where it may have been.
    assert len(post.taken) == {"waiting": 1, "failed": 0, "uncertain": 1}[becomes]
    end = {"waiting": "email sent", "failed": "email failed", "uncertain": "email uncertain"}[becomes]
    assert states(run)[end] == 1
    assert states(run)["print waiting"] == (2 if becomes == "failed" else 1)


def test_a_mail_server_that_is_not_there_is_tried_again(run, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    delivering.work(run)
    assert (one(run).state, one(run).reason) == ("waiting", Reason.OUT_OF_REACH)


def test_a_worker_that_died_while_it_mailed_leaves_it_to_people(run, monkeypatch):
    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setitem(delivering.SENDERS, Channel.EMAIL, killed)
        with pytest.raises(SystemExit):
            delivering.work(run)
    work_on(run, times=2)
    assert (one(run).state, one(run).reason) == ("uncertain", Reason.WORKER_DIED)
    assert mail.outbox == []
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)


def test_people_settle_what_nobody_can_be_asked_about_once(run, post):
    post.fails_at = [("end", "cut")]
    delivering.work(run)
    staff, unsure = worker(run.municipality, Role.COORDINATOR), one(run)
    deliveries.arrived(delivery=unsure, by=staff)
    with pytest.raises(runs.Refused):
        deliveries.on_paper(delivery=unsure, by=staff)
    assert states(run) == {"email delivered": 1, "print waiting": 1}
    assert runs.finish(run=run, by=None).state == RunState.DONE


def test_or_they_put_it_on_paper(run, post):
    post.fails_at = [("end", "cut")]
    delivering.work(run)
    deliveries.on_paper(delivery=one(run), by=None)
    with pytest.raises(runs.Refused):
        deliveries.arrived(delivery=run.deliveries.get(state="failed"), by=None)
    deliveries.gather(run)
    print_files(run)
    assert [file.letters.count() for file in run.files.order_by("sequence")] == [1, 1]


@pytest.mark.parametrize("change", ["consent", "address", "municipality"])
def test_consent_and_address_are_read_again_right_before(run, change):
    home = one(run).letter.household
    if change == "consent":
        consents.withdraw(consent=home.consents.get(), by=None)
    elif change == "address":
        home.people.update(email="another@example.org")
    else:
        ChannelSettings.objects.update(by_email=False)
    delivering.work(run)
    assert mail.outbox == []
    assert states(run) == {"email failed": 1, "print waiting": 2}


# --- what comes back -----------------------------------------------------------------------------


def report(delivery, *, action="failed", status="5.1.1", whole=True, message_id=None):
    """As Postfix writes it."""
    message_id = message_id or delivery.message_id
    head = f"Subject: Velkommen\r\nMessage-ID:\r\n {message_id}\r\nTo: aase@example.org\r\n"
    kind, rest = ("message/rfc822", f"{head}\r\nHei\r\n") if whole else ("text/rfc822-headers", head)
    return (
        "From: MAILER-DAEMON@mail.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mail.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; aase@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <aase@example.org> unknown\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{rest}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("whole", [True, False])
def test_a_letter_that_comes_back_is_printed_even_after_the_run_was_closed(run, tmp_path, whole):
    delivering.work(run)
    runs.finish(run=run, by=None)
    (path := tmp_path / "report.eml").write_bytes(report(one(run), whole=whole))
    said = io.StringIO()
    call_command("read_bounces", path, path, stdout=said)
    assert said.getvalue().strip() == "1 printed instead, 1 known already or delayed, 0 not of our letters"
    run.refresh_from_db()
    failed = one(run)
    assert (failed.state, failed.reason, failed.detail) == ("failed", Reason.BOUNCED, "5.1.1")
    assert (run.state, run.done_at) == (RunState.DELIVERING, None)
    deliveries.gather(run)
    print_files(run)
    runs.finish(run=run, by=None)
    assert figures.report(run)["deliveries"] == {"email": {"failed": 1}, "print": {"sent": 2}}
    output.write_out(run, tmp_path / "out")
    assert list(verification.faults(run, tmp_path / "out")) == []


def test_a_letter_that_comes_back_when_its_address_is_deleted_is_not_printed(run, tmp_path):
    """Protection came and was lifted since it was sent; what the letter held is gone all the same."""
    delivering.work(run)
    sent = one(run)
    home = sent.letter.household
    protect(home)
    assert purging.purge(run=run) == 1
    households.protect(household=home, grade="", by=None)
    assert deliveries.bounced(delivery=sent)
    deliveries.gather(run)
    print_files(run)
    assert not run.letters.filter(household=home).exists()
    assert run.left_out.get(household=home).reason == LeftOutReason.NO_ADDRESS
    runs.finish(run=run, by=None)
    output.write_out(run, tmp_path / "out")
    assert list(verification.faults(run, tmp_path / "out")) == []


@pytest.mark.parametrize(
    "other",
    [
        lambda mine: report(mine, action="delayed"),
        lambda mine: report(mine, message_id="<8d1b7a2e-0000-4000-8000-0123456789ab@elsewhere>"),
        lambda mine: report(mine, message_id="<no key at all>"),
        lambda mine: b"From: somebody\r\n\r\n" + mine.message_id.encode(),
        lambda mine: b"",
        lambda mine: b"\xff\xfe" * 100,
        lambda mine: report(mine)[:300],
    ],
)
def test_other_mail_changes_nothing(run, tmp_path, other):
    delivering.work(run)
    (path := tmp_path / "mail.eml").write_bytes(other(one(run)))
    call_command("read_bounces", path, stdout=io.StringIO())
    assert states(run) == {"email sent": 1, "print waiting": 1}


def test_a_report_reaches_its_own_letter_only(run, place, settings_of_place):
    delivering.work(run)
    read = bounces.read(report(one(run)))
    assert (read.key, read.failed, read.status) == (one(run).key, True, "5.1.1")
    assert not deliveries.bounced(delivery=run.deliveries.on_paper().get())
    assert Delivery.objects.get(key=read.key).letter.email == "aase@example.org"


def test_a_pass_of_time_alone_sends_nothing_twice(run):
    delivering.work(run)
    pass_time(run)
    assert delivering.work(run) == 0
    assert len(mail.outbox) == 1


def test_a_run_of_paper_alone_is_closed_as_ever(place):
    arrive(place)
    run = approved(place)
    print_files(run)
    runs.finish(run=run, by=None)
    assert states(run) == {"print sent": 1}


def test_a_paper_letter_is_taken_back_as_long_as_the_printer_has_it_not(place, run):
    delivering.work(run)
    paper = run.deliveries.on_paper().get()
    protect(paper.letter.household)
    runs.finish(run=run, by=None)  # The only letter in its file is gone, and so is the file.
    paper.refresh_from_db()
    assert (paper.state, paper.letter, paper.reason) == ("recalled", None, Reason.WITHDRAWN)
    assert run.files.count() == 0
    assert run.letters.count() + run.left_out.count() == run.cohort
    assert states(run) == {"email sent": 1, "print recalled": 1}


def test_no_run_is_closed_while_a_file_is_made_anew_without_somebody(place, settings_of_place):
    arrive_by_email(place, "Åse Østerhus", "aase@example.org")
    hidden = arrive(place, "Oksana Skjult", house_number="2")
    arrive(place, "Kari Lien", house_number="3")
    run = begun(place)
    delivering.work(run)
    protect(hidden)
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    run.refresh_from_db()
    assert run.state == RunState.DELIVERING
    assert run.files.get().state == "waiting"
    print_files(run)
    runs.finish(run=run, by=None)
    assert states(run) == {"email sent": 1, "print recalled": 1, "print sent": 1}


def test_a_letter_that_was_sent_is_not_withdrawn(run):
    delivering.work(run)
    letter = one(run).letter
    with pytest.raises(runs.Refused):
        runs.withdraw(letter=letter, reason=LeftOutReason.ASKED_NOT_TO, by=None)
    assert one(run).state == "sent"
