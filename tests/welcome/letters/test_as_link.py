"""Letters by e-mail as a link: what the mail brings, what it opens, and when it is over."""

import datetime
import hashlib
import re

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as actions_of_links
from municipalities.links.models import Link
from municipalities.tenancy.models import Role
from tests.factories.welcome import (
    ChannelSettingsFactory,
    HostAssignmentFactory,
    HostFactory,
    HouseholdFactory,
)
from tests.municipalities.links.made import path_of
from tests.staff_client import StaffClient
from tests.welcome.letters.conftest import arrive
from tests.welcome.letters.frozen import worker
from tests.welcome.letters.sending import arrive_by_email, begun, post_office, states
from welcome.households import actions as households
from welcome.letters import by_email, deliveries, delivering, links, purging, runs, showing, unnaming
from welcome.letters.channels import Channel, ChannelSettings, EmailAs
from welcome.letters.delivery_models import Delivery, Reason
from welcome.letters.links import LETTER
from welcome.letters.models import LeftOutReason, Letter
from welcome.privacy import erasure

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")


@pytest.fixture
def home(place):
    ChannelSettingsFactory(municipality=place, by_email=True)
    home = arrive_by_email(place, "Åse Østerhus", "aase@example.org")
    host = HostFactory(municipality=place, name="Torbjørg Vert")
    HostAssignmentFactory(household=home, host=host)
    return home


@pytest.fixture
def run(place, home):
    """One household by e-mail, one on paper."""
    arrive(place, "Kari Lien", house_number="3")
    return begun(place)


@pytest.fixture
def sent(run):
    delivering.work(run)
    return run.deliveries.by_wire().get()


@pytest.fixture
def path(sent):
    """That the mail brings."""
    return re.search(r"https?://[^/]+(/l/letter/\w+/)", mail.outbox[0].body)[1]


@pytest.fixture
def page(client, path):
    return client.get(path)["Location"]


def protect(home):
    households.protect(household=home, grade="fortrolig", by=None)


def over(client, *paths):
    return {client.get(path).status_code for path in paths} == {410}


# --- the mail ------------------------------------------------------------------------------------


def test_a_municipality_that_has_not_chosen_sends_a_link(place):
    assert ChannelSettings(municipality=place).email_as == EmailAs.LINK


def test_the_mail_brings_a_link_in_plain_words_and_as_html_and_no_letter(sent):
    (message,) = mail.outbox
    url = links.of(sent.letter).url
    assert (message.attachments, message.to, message.subject) == (
        [],
        ["aase@example.org"],
        "Velkommen til Ål",
    )
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert message.body.count(url) == 1
    assert html.count(f'href="{url}"') == 1
    assert '<html lang="nb" dir="ltr">' in html
    assert message.extra_headers["Content-Language"] == "nb"
    # Neither names nor address stand in what lies in a mailbox, and nothing is fetched when it is read.
    for word in ("Østerhus", "Øvre Ålsgata", "3570", "Torbjørg"):
        assert word not in message.body + html + message.subject
    assert not re.search(r"<img|<link|<script|url\(|src=", html)
    assert (sent.as_link, sent.state) == (True, "sent")


@pytest.mark.parametrize(
    ("language", "words", "direction"),
    [
        ("nn", "Lenkja verkar til", "ltr"), ("en", "The link works until", "ltr"),
        ("uk", "The link works until", "ltr"), ("ar", "يعمل الرابط حتى", "rtl"),
    ],
)  # fmt: skip
def test_it_speaks_the_letter_s_language(sent, language, words, direction):
    sent.letter.language = language
    Letter.objects.filter(pk=sent.letter.pk).update(language=language)
    actions_of_links.issue(purpose=LETTER, of=sent.letter, by=None)
    message = by_email.compose(sent, sent.letter, b"")
    [(html, _kind)] = message.alternatives
    assert words in message.body
    assert words in html
    assert f'dir="{direction}"' in html


def test_a_mail_server_gets_both_parts(run, settings):
    with post_office(settings) as post:
        delivering.work(run)
    ((_to, content),) = post.taken
    assert b"multipart/alternative" in content
    assert content.index(b"text/plain") < content.index(b"text/html")


def test_a_mail_that_was_not_taken_brings_another_link_the_next_time(run, settings):
    with post_office(settings) as post:
        post.fails_at = [("rcpt", b"450 4.2.1 greylisted")]
        delivering.work(run)
        first = Link.objects.get(purpose=LETTER.code)
        run.deliveries.update(not_before=timezone.now())
        delivering.work(run)
    assert Link.objects.running().get(purpose=LETTER.code) != first
    assert states(run)["email sent"] == 1


def test_the_municipality_may_attach_it_instead(run):
    ChannelSettings.objects.update(email_as=EmailAs.ATTACHED)
    delivering.work(run)
    assert [name for name, *_ in mail.outbox[0].attachments] == ["Velkommen til Ål.pdf"]
    assert not Link.objects.filter(purpose=LETTER.code).exists()
    assert not run.deliveries.by_wire().get().as_link


def test_only_an_email_is_a_link(run):
    paper = run.deliveries.on_paper().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=paper.pk).update(as_link=True)


# --- what it opens -------------------------------------------------------------------------------


def test_what_is_shown_is_the_letter_whose_hash_is_kept(sent, client, page):
    shown = client.get(page)
    assert shown.status_code == 200
    read = client.get(f"{page}pdf/")
    kept = client.get(f"{page}pdf/?save")
    assert read["Content-Type"] == "application/pdf"
    assert read["Content-Disposition"] == 'inline; filename="aal-2026Q3.pdf"'
    assert kept["Content-Disposition"].startswith("attachment;")
    assert hashlib.sha256(read.content).hexdigest() == sent.sha256
    assert read.content == kept.content
    for answer in (shown, read):
        assert answer["Cache-Control"] == "no-store, private"
        assert "noindex" in answer["X-Robots-Tag"]


def test_looking_changes_nothing(sent, client, path, page):
    before = [list(model.objects.order_by("pk").values()) for model in (Delivery, Letter, Link)]
    for address in (path, page, f"{page}pdf/"):
        assert client.head(address).status_code in {200, 302}
        assert client.get(address).status_code in {200, 302}
    assert client.get(f"{page}not-mine/").status_code == 405
    assert [list(model.objects.order_by("pk").values()) for model in (Delivery, Letter, Link)] == before
    assert AuditEntry.objects.filter(model="welcome.Letter", actor="link", note="own pdf").exists()


def test_whether_it_was_opened_changes_nothing_for_the_run(run, sent):
    """Who does not read it is not written to again."""
    with time_machine.travel(timezone.now() + datetime.timedelta(days=60), tick=False):
        assert not delivering.is_due(run)
        delivering.work(run)
    assert len(mail.outbox) == 1
    assert runs.finish(run=run, by=None).state == "done"


def test_a_letter_that_reads_otherwise_than_when_it_was_sent_is_shown_and_told_of(sent, client, page, caplog):
    Delivery.objects.filter(pk=sent.pk).update(sha256="0" * 64)
    assert client.get(f"{page}pdf/").status_code == 200
    assert "is laid out otherwise" in caplog.text
    assert "Østerhus" not in caplog.text


def test_one_that_can_not_be_laid_out_is_said_so(sent, client, page, monkeypatch):
    def broken(*_args, **_more):
        raise showing.rendering.LayoutError("No font.")

    monkeypatch.setattr(showing.sampling, "content_of", lambda sample: None)
    monkeypatch.setattr(showing.rendering, "render_letter", broken)
    showing.forget()
    answer = client.get(f"{page}pdf/")
    assert answer.status_code == 503
    assert "No font" not in answer.content.decode()


def test_a_host_who_may_not_be_named_any_more_is_not_shown(sent, client, page, caplog, run):
    def words():
        return showing.pdf(Letter.objects.select_related("run").get(pk=sent.letter_id))

    before = words()
    sent.letter.household.host_assignments.get().host.delete()
    assert unnaming.take_out(run=run) == 1
    after = client.get(f"{page}pdf/").content
    assert before != after == words()
    assert "otherwise" not in caplog.text, "that it is another letter is as it must be"


# --- when it is over -----------------------------------------------------------------------------


def test_it_runs_out(client, path, page):
    with time_machine.travel(timezone.now() + LETTER.lifetime, tick=False):
        assert over(client, path)


@pytest.mark.parametrize("lifted", [False, True])
def test_protection_ends_it_at_once_and_for_good(sent, client, path, page, lifted):
    protect(sent.letter.household)
    if lifted:
        households.protect(household=sent.letter.household, grade="", by=None)
    assert over(client, path, page, f"{page}pdf/")
    assert Link.objects.get(purpose=LETTER.code).revoked_at


def test_protection_by_a_merge_ends_it_too(sent, client, path, place):
    keep = HouseholdFactory(municipality=place)
    protect(keep)
    households.merge(keep=keep, other=sent.letter.household, by=None)
    assert over(client, path)
    households.protect(household=keep, grade="", by=None)
    assert over(client, path)


def test_protection_that_comes_as_it_is_sent_leaves_no_link(run, monkeypatch, home):
    send = by_email.send

    def late(delivery, letter, content):
        protect(home)
        return send(delivery, letter, content)

    monkeypatch.setitem(delivering.SENDERS, Channel.EMAIL, late)
    delivering.work(run)
    assert mail.outbox == []
    tried = run.deliveries.by_wire().get()
    assert (tried.state, tried.reason) == ("failed", Reason.LINK_ENDED)
    assert not Link.objects.running().filter(purpose=LETTER.code).exists()


def test_a_protected_household_s_letter_opens_by_no_link_whatever_its_state(sent, client):
    protect(sent.letter.household)
    fresh = actions_of_links.issue(purpose=LETTER, of=sent.letter, by=None)
    assert over(client, path_of(fresh))


def test_it_is_over_when_the_letter_comes_on_paper(sent, client, path, page):
    assert deliveries.bounced(delivery=sent)
    assert over(client, path, page)
    assert Link.objects.get(purpose=LETTER.code).revoked_at


def test_it_is_over_when_the_letter_is_withdrawn(run, sent, client, path, page):
    """As one that came back, and is on its way to the printer."""
    deliveries.bounced(delivery=sent)
    fresh = actions_of_links.issue(purpose=LETTER, of=sent.letter, by=None)
    runs.withdraw(letter=sent.letter, reason=LeftOutReason.ASKED_NOT_TO, by=None)
    assert over(client, path_of(fresh), path, page)
    assert Link.objects.get(pk=fresh.pk).revoked_at


def test_it_is_over_when_they_are_erased(run, sent, client, path, page, home):
    erasure.erase(household=home, by=None)
    assert over(client, path, page, f"{page}pdf/")
    assert Link.objects.get(purpose=LETTER.code).revoked_at


def test_it_is_over_when_the_address_is_deleted_by_the_clock(run, sent, client, path, page):
    runs.finish(run=run, by=None)
    purging.forget(run=run, letters=Letter.objects.filter(run=run))
    assert over(client, path, page)
    assert Link.objects.get(purpose=LETTER.code).revoked_at


@pytest.mark.parametrize("column", ["address", "salutation", "gifts", "language"])
def test_it_opens_the_frozen_letter_and_no_other(sent, client, path, page, column):
    changed = {
        "address": ["Ein Annan", "3570 Ål"],
        "salutation": "Annan",
        "gifts": [{"title": "x"}],
        "language": "nn",
    }
    Letter.objects.filter(pk=sent.letter_id).update(**{column: changed[column]})
    assert over(client, path, page)


def test_who_got_somebody_else_s_mail_ends_it(client, path, page):
    assert client.post(f"{page}not-mine/").status_code == 200
    assert over(client, path, page)


def test_staff_see_the_link_and_end_it(run, sent, client, path):
    staff = StaffClient(headers={"accept-language": "en"})
    staff.force_login(worker(run.municipality, Role.COORDINATOR))
    address = reverse("admin:welcome_letterrun_letter", args=[run.pk, sent.letter.number])
    end = reverse("admin:welcome_letterrun_end_link", args=[run.pk, sent.letter.number])
    shown = staff.get(address).content.decode()
    assert "It was e-mailed as a link" in shown
    assert path not in shown
    assert staff.post(end).status_code == 302
    assert over(client, path)
    assert "It was e-mailed as a link" not in staff.get(address).content.decode()
