"""From the proposal to the farewell, behind the two links and by the clock: who is told what, and what silence does."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from municipalities.links import actions as links
from municipalities.municipality.models import TextKind
from tests.factories.municipalities import MunicipalityFactory, MunicipalityTextFactory, UserFactory
from tests.factories.welcome import HostFactory, HostRulesFactory, HouseholdFactory, PersonFactory
from tests.municipalities.links.made import path_of
from welcome.hosts import actions, ending, keeping_on, mailing, matching, sweeping
from welcome.hosts.following import HostContact, HostMail, HostReply
from welcome.hosts.kinds import ContactKind, EndReason, MailKind, Side
from welcome.hosts.links import HOST, HOSTED
from welcome.hosts.models import AssignmentState, HostAssignment
from welcome.households import actions as households
from welcome.households import holding
from welcome.portal import welcomed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
PHONE, HOSTS_PHONE = "40 18 87 76", "99 95 12 34"


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål")


@pytest.fixture
def home(place):
    moved = timezone.localdate() - datetime.timedelta(days=30)
    home = HouseholdFactory(municipality=place, language="en", moved_in=moved)
    PersonFactory(household=home, family_name="Kovalenko", email="oksana@example.org", phone="+4740188776")
    return home


@pytest.fixture
def host(place):
    return HostFactory(
        municipality=place, name="Torbjørg Vert", email="vert@example.org", about_language="en", named_since=None,
        capacity=1,
    )  # fmt: skip


@pytest.fixture
def row(home, host):
    return actions.assign(household=home, host=host, by=None)


def opened(client, purpose, of):
    """The address of the page that a link to `of` opens, in English."""
    link = links.active(purpose=purpose, of=of) or links.issue(purpose=purpose, of=of, by=None)
    return client.get(path_of(link))["Location"].replace("/nb/", "/en/").replace("/nn/", "/en/")


def press(client, address, verb, **data):
    return client.post(f"{address}act/" if "/hosted/" in address else address, {"verb": verb} | data)


def mailed():
    mailing.send_waiting()
    found = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def later(days):
    return timezone.now() + datetime.timedelta(days=days)


class TestBothSayYes:
    def test_each_is_asked_once_in_their_language_and_neither_is_named(self, row):
        mailing.send_waiting()
        assert mailing.send_waiting() == 0
        to_home, to_host = sorted(mail.outbox, key=lambda message: message.to)
        assert (to_home.to, to_home.subject) == (["oksana@example.org"], "Would you like a host in Ål?")
        assert to_host.to == ["vert@example.org"]
        assert "/l/host/" in to_host.body
        for message in mail.outbox:
            assert not re.search("Kovalenko|Oksana|Torbjørg", message.subject + message.body)

    def test_how_to_reach_the_other_is_shown_once_both_have_said_yes(self, client, row, home, host):
        ours, theirs = opened(client, HOSTED, row), f"{opened(client, HOST, host)}"
        told = [client.get(address).content.decode() for address in (ours, theirs)]
        assert not any(
            word in page for page in told for word in (PHONE, HOSTS_PHONE, "Kovalenko", "Torbjørg")
        )
        assert press(client, ours, "yes").status_code == 302
        assert HOSTS_PHONE not in client.get(ours).content.decode()
        assert PHONE not in client.get(theirs).content.decode()
        assert press(client, f"{theirs}{row.pk}/", "yes").status_code == 302
        assert HOSTS_PHONE in client.get(ours).content.decode()
        assert PHONE in client.get(theirs).content.decode()
        row.refresh_from_db()
        assert row.state == AssignmentState.AGREED
        assert row.first_contact_by == timezone.localdate() + datetime.timedelta(days=14)
        assert not HostAssignment.objects.tellable().exists(), "letters ask for another yes"

    def test_a_yes_that_staff_noted_does_not_name_a_host_who_did_not_say_so(self, client, row):
        actions.agree(assignment=row, by=UserFactory())
        assert HOSTS_PHONE not in client.get(opened(client, HOSTED, row)).content.decode()

    def test_opening_changes_nothing(self, client, row, host):
        before = HostAssignment.objects.values().get()
        client.get(opened(client, HOSTED, row))
        client.get(opened(client, HOST, host))
        assert HostAssignment.objects.values().get() == before

    @pytest.mark.parametrize(
        "values", [{"agreed_at": None}, {"host_said_at": None}, {"household_said_at": None}]
    )
    def test_the_database_knows_no_agreement_without_both(self, row, values):
        actions.agree(assignment=row, by=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            HostAssignment.objects.update(**values)

    def test_nobody_answers_for_somebody_else_s_household(self, client, row, host):
        other = opened(client, HOST, HostFactory(municipality=host.municipality))
        assert press(client, f"{other}{row.pk}/", "yes")["Location"].endswith("done=over")
        row.refresh_from_db()
        assert row.host_said_at is None

    def test_from_their_own_page(self, row, home):
        assert welcomed.welcome_of(home).asks_host
        assert welcomed.open_host(home).obj == row


class TestWithoutBlame:
    def test_the_host_would_rather_not(self, client, row, home, place):
        press(client, opened(client, HOSTED, row), "yes")
        mailed()
        address = opened(client, HOST, row.host)
        assert press(client, f"{address}{row.pk}/", "no").status_code == 302
        row.refresh_from_db()
        assert row.ended_why == EndReason.DECLINED
        assert mailed() == [("oksana@example.org", "The host in Ål")]
        assert matching.suggest(place).left == [home.pk], "waits again, and for somebody else"

    def test_who_has_not_said_yes_is_not_told_of_a_no(self, client, row):
        mailed()
        press(client, opened(client, HOSTED, row), "no")
        assert mailed() == []

    def test_a_household_that_wants_none(self, client, row, place):
        press(client, opened(client, HOSTED, row), "none")
        assert matching.suggest(place) == matching.Suggested([], [])

    @pytest.mark.parametrize("side", Side)
    def test_stopping_tells_the_other_and_the_household_waits(self, row, home, place, side):
        actions.agree(assignment=row, by=None)
        mailed()
        keeping_on.stop(assignment=row, side=side)
        assert [to for to, _ in mailed()] == [
            "vert@example.org" if side == Side.HOUSEHOLD else "oksana@example.org"
        ]
        assert matching.suggest(place).left == [home.pk]


class TestKeepingOn:
    def test_a_contact_is_one_tap_and_two_taps_are_one(self, client, row, host):
        actions.agree(assignment=row, by=None)
        address = f"{opened(client, HOST, host)}{row.pk}/"
        for _ in range(2):
            assert press(client, address, "met").status_code == 302
        assert HostContact.objects.get().kind == ContactKind.MET
        row.refresh_from_db()
        assert row.first_contact_at is not None

    def test_with_time_and_a_word_and_what_was_typed_stays(self, client, row, host):
        actions.agree(assignment=row, by=None)
        address = f"{opened(client, HOST, host)}{row.pk}/"
        words = {f"c{row.pk}-minutes": "60", f"c{row.pk}-note": "x" * 301}
        answer = press(client, address, "phone", **words)
        assert answer.status_code == 422
        assert "x" * 301 in answer.content.decode()
        press(client, address, "phone", **words | {f"c{row.pk}-note": "Gikk tur"})
        assert HostContact.objects.values_list("minutes", "note").get() == (60, "Gikk tur")
        assert "1 hour" in client.get(opened(client, HOST, host)).content.decode()

    def test_a_pause_moves_what_is_due_once(self, row):
        actions.agree(assignment=row, by=None)
        row.refresh_from_db()
        due = row.first_contact_by
        for _ in range(2):
            keeping_on.pause(assignment=row, weeks=4, by=None)
        row.refresh_from_db()
        assert row.first_contact_by == due + datetime.timedelta(weeks=4)

    def test_a_farewell_thanks_both_and_asks_each_once(self, client, row, home, host, place):
        actions.agree(assignment=row, by=None)
        keeping_on.note_contact(assignment=row, kind=ContactKind.MET, minutes=120, by=None)
        mailed()
        ours, theirs = opened(client, HOSTED, row), opened(client, HOST, host)
        assert press(client, f"{theirs}{row.pk}/", "complete").status_code == 302
        mailing.send_waiting()
        assert sorted(message.to[0] for message in mail.outbox) == ["oksana@example.org", "vert@example.org"]
        assert press(client, ours, "reply", score="5", words="Takk").status_code == 302
        assert press(client, ours, "reply", score="1", words="Nei")["Location"].endswith("done=over")
        assert press(client, f"{theirs}{row.pk}/", "reply", **{f"r{row.pk}-score": "4"}).status_code == 302
        assert dict(HostReply.objects.values_list("side", "score")) == {"household": 5, "host": 4}
        assert matching.suggest(place) == matching.Suggested([], [])

    def test_what_was_never_agreed_is_not_completed(self, row):
        assert not keeping_on.complete(assignment=row)
        with pytest.raises(IntegrityError), transaction.atomic():
            HostAssignment.objects.update(state="ended", until=timezone.localdate(), ended_why="completed")

    def test_the_municipality_s_own_words_on_what_a_host_is_for(self, client, row, host, place):
        MunicipalityTextFactory(
            municipality=place, kind=TextKind.HOST_CANNOT, language="nb", body="<p>Passe barn.</p>"
        )
        assert "Passe barn." in client.get(opened(client, HOST, host)).content.decode()


class TestSilence:
    def test_reminded_then_back_to_the_queue(self, row, home, place):
        mailed()
        with time_machine.travel(later(6)):
            sweeping.sweep()
            sweeping.sweep()
            assert sorted(to for to, _ in mailed()) == ["oksana@example.org", "vert@example.org"]
        with time_machine.travel(later(7)):
            assert sweeping.sweep() == 0, "their day is not over"
        with time_machine.travel(later(8)):
            assert sweeping.sweep() == 1
            row.refresh_from_db()
            assert row.ended_why == EndReason.SILENT
            assert mailed() == [], "neither had said yes"
            assert matching.suggest(place).left == [home.pk]

    def test_who_said_yes_is_told(self, row):
        actions.accept(assignment=row, side=Side.HOUSEHOLD, by=None)
        mailed()
        with time_machine.travel(later(6)):
            sweeping.sweep()
            assert [to for to, _ in mailed()] == ["vert@example.org"]
        with time_machine.travel(later(9)):
            sweeping.sweep()
            assert [to for to, _ in mailed()] == ["oksana@example.org"]

    def test_who_can_not_be_mailed_is_not_taken_for_silent(self, home, place):
        row = actions.assign(household=home, host=HostFactory(municipality=place, email=""), by=None)
        for days in (6, 20):
            with time_machine.travel(later(days)):
                assert sweeping.sweep() == 0
                mailed()
        row.refresh_from_db()
        assert row.is_running

    def test_no_first_contact_after_two_reminders(self, row, home, place):
        HostRulesFactory(municipality=place, first_contact_days=5)
        actions.agree(assignment=row, by=None)
        mailed()
        for days, words in (
            (3, ["Have you been in touch? The household waits"]),
            (6, ["The household still waits for you"]),
            (8, []),
        ):
            with time_machine.travel(later(days)):
                assert sweeping.sweep() == 0
                assert [subject for _, subject in mailed()] == words
        with time_machine.travel(later(9.5)):
            assert sweeping.sweep() == 1
            assert mailed() == [("oksana@example.org", "The host in Ål")]
            assert matching.suggest(place).left == [home.pk]

    @pytest.mark.parametrize("kind", ContactKind)
    def test_who_has_tried_is_not_silent(self, row, place, kind):
        actions.agree(assignment=row, by=None)
        keeping_on.note_contact(assignment=row, kind=kind, by=None)
        mailed()
        for days in (13, 16, 30):
            with time_machine.travel(later(days)):
                assert sweeping.sweep() == 0
                assert mailed() == []

    def test_nor_who_has_a_pause(self, row):
        actions.agree(assignment=row, by=None)
        keeping_on.pause(assignment=row, weeks=8, by=None)
        mailed()
        with time_machine.travel(later(20)):
            sweeping.sweep()
            assert mailed() == []

    def test_before_the_period_ends_the_host_is_reminded(self, row):
        actions.agree(assignment=row, by=None)
        row.refresh_from_db()
        keeping_on.note_contact(assignment=row, kind=ContactKind.MET, by=None)
        mailed()
        with time_machine.travel(later(355)):
            sweeping.sweep()
            ends = timezone.localdate(row.agreed_at) + datetime.timedelta(days=366)
            assert mailed() == [
                ("vert@example.org", f"What you agreed on ends on {date_format(ends, 'DATE_FORMAT')}")
            ]


class TestNobodyIsTold:
    """Of whom nobody may be told: no mail that waits, no page, no answer."""

    def gone(self, client, ours, theirs):
        assert client.get(ours).status_code == 410
        assert "Kovalenko" not in client.get(theirs).content.decode()
        assert mailed() == []

    def test_protection(self, client, row, home, host):
        actions.agree(assignment=row, by=None)
        ours, theirs = opened(client, HOSTED, row), opened(client, HOST, host)
        households.protect(household=home, grade="fortrolig", by=None)
        self.gone(client, ours, theirs)
        assert press(client, f"{theirs}{row.pk}/", "met")["Location"].endswith("done=over")
        assert not HostContact.objects.exists()

    def test_restriction(self, client, row, home, host):
        ours, theirs = opened(client, HOSTED, row), opened(client, HOST, host)
        holding.hold(household=home, why="claim", by=UserFactory())
        self.gone(client, ours, theirs)
        assert sweeping.sweep() == 0

    def test_a_mail_that_may_be_out_is_not_sent_again(self, row):
        HostMail.objects.update(sending_at=timezone.now())
        assert mailed() == []

    def test_a_mail_is_made_once_whoever_asks(self, row):
        ending.mail(row, MailKind.ASKED, *Side)
        assert len(mailed()) == 2

    def test_a_host_with_another_address_has_another_link(self, client, row, host):
        address = opened(client, HOST, host)
        type(host).objects.update(email="ny@example.org")
        assert client.get(address).status_code == 410


def test_the_page_of_many_costs_as_much_as_that_of_one(client, place, django_assert_num_queries):
    host = HostFactory(municipality=place, capacity=10)

    def add():
        home = PersonFactory(household=HouseholdFactory(municipality=place)).household
        row = actions.assign(household=home, host=host, agreed=True, by=None)
        keeping_on.note_contact(assignment=row, kind=ContactKind.MET, by=None)

    add()
    address = opened(client, HOST, host)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(4):
        add()
    with django_assert_num_queries(len(one)):
        client.get(address)
