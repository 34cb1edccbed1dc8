"""A seat that came free: kept for who moved up until they answer, then given to the next. And the mails."""

import datetime
import smtplib
import threading
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.links.models import Link
from municipalities.municipality import scope
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.factories.welcome import (
    HouseholdFactory,
    MeetingTextFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import path_of
from welcome.households import actions as households
from welcome.households import holding
from welcome.meetings import actions, mailing, offers, seats, tasks
from welcome.meetings.actions import Party
from welcome.meetings.models import SignUp, SignUpState, WelcomeMeeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
COMING, WAITING, CANCELLED = SignUpState.COMING, SignUpState.WAITING, SignUpState.CANCELLED
MAIL = "oksana@heime.example"


@pytest.fixture
def meeting():
    meeting = WelcomeMeetingFactory(municipality=MunicipalityFactory(published=True), capacity=1)
    MeetingTextFactory(meeting=meeting, language="nn", title="Velkomstmøte i Ål")
    return meeting


def family(meeting, email=MAIL, language="nn", **more):
    home = HouseholdFactory(municipality=meeting.municipality, language=language)
    PersonFactory(household=home, email=email, birth_year=1988, birth_date=None, **more)
    return home


def waiting(meeting, email=MAIL, **more):
    home = family(meeting, email, **more)
    return SignUpFactory(meeting=meeting, household=home, state=WAITING, language=home.language)


def now_of(row):
    return SignUp.objects.get(pk=row.pk)


@pytest.fixture
def offered(meeting):
    """Oksana's, who waited and has just moved up, and the next one's."""
    first = SignUpFactory(meeting=meeting, stranger=True)
    mine, following = waiting(meeting), waiting(meeting, "nadia@heime.example")
    actions.cancel(sign_up=first, by=None)
    assert mailing.send_due() == 1
    return now_of(mine), following


def test_who_moves_up_is_told_in_their_language_and_once(offered, meeting):
    mine, following = offered
    [sent] = mail.outbox
    assert sent.to == [MAIL]
    assert "Velkomstmøte i Ål" in sent.subject
    assert Link.objects.get(purpose="seat").url in sent.body
    assert [name for name, *_rest in sent.attachments] == ["meeting.ics"]
    assert b"BEGIN:VEVENT" in sent.attachments[0][1].encode()
    assert mine.told_at is not None
    assert mine.answer_by - mine.told_at == offers.KEPT
    assert now_of(following).state == WAITING
    assert mailing.send_due() == 0


def test_who_says_yes_keeps_the_seat(client, offered, meeting):
    mine, following = offered
    page = client.get(path_of(Link.objects.get(purpose="seat")))["Location"]
    assert client.get(f"{page}confirm/").status_code == 405
    assert f"{urlsplit(page).path}confirm/" in client.get(page).content.decode()
    assert f"{urlsplit(page).path}confirm/" in client.get(page).content.decode()
    assert now_of(mine).answer_by is not None, "looking changes nothing"
    assert client.post(f"{page}confirm/")["Location"].endswith("?done=confirmed")
    with time_machine.travel(mine.answer_by + datetime.timedelta(minutes=1), tick=False):
        tasks.fill_meetings()
    assert (now_of(mine).state, now_of(mine).confirmed_at is not None) == (COMING, True)
    assert now_of(following).state == WAITING


def test_who_says_no_gives_it_to_the_next_also_after_the_deadline(client, offered, meeting):
    mine, following = offered
    WelcomeMeeting.objects.update(deadline=timezone.now())
    page = client.get(path_of(Link.objects.get(purpose="seat")))["Location"]
    assert client.post(f"{page}decline/").status_code == 302
    assert (now_of(mine).state, now_of(following).state) == (CANCELLED, COMING)
    assert client.post(f"{page}confirm/").status_code == 422, "it is another's now"


def test_a_seat_without_an_answer_goes_to_the_next_who_is_told(offered):
    mine, following = offered
    with time_machine.travel(mine.answer_by - datetime.timedelta(minutes=1), tick=False):
        tasks.fill_meetings()
        assert now_of(mine).state == COMING
    with time_machine.travel(mine.answer_by, tick=False):
        tasks.fill_meetings()
        assert (now_of(mine).state, now_of(mine).answer_by, now_of(following).state) == (
            CANCELLED,
            None,
            COMING,
        )
        mailing.send_due()
    assert mail.outbox[-1].to == ["nadia@heime.example"]


def test_who_changes_who_comes_has_answered(offered, meeting):
    mine, _following = offered
    actions.sign_up(meeting=meeting, household=mine.household, party=Party(1))
    assert now_of(mine).confirmed_at is not None


def test_who_lost_the_seat_asks_anew_at_the_end_of_the_line(offered, meeting):
    mine, following = offered
    offers.lapse(meeting=meeting, now=mine.answer_by)
    again = actions.sign_up(meeting=meeting, household=mine.household, party=Party(1))
    assert (again.state, again.told_at, now_of(following).state) == (WAITING, None, COMING)


def test_who_can_not_be_mailed_keeps_the_seat_without_an_answer(meeting):
    first = SignUpFactory(meeting=meeting, stranger=True)
    mine = waiting(meeting, "")
    actions.cancel(sign_up=first, by=None)
    assert mailing.send_due() == 0
    with time_machine.travel(meeting.starts_at - datetime.timedelta(hours=1), tick=False):
        tasks.fill_meetings()
    assert (now_of(mine).state, now_of(mine).told_at) == (COMING, None)


def test_near_to_the_meeting_the_seat_is_theirs_without_an_answer(meeting):
    with time_machine.travel(meeting.starts_at - datetime.timedelta(hours=17), tick=False):
        first = SignUpFactory(meeting=meeting, stranger=True)
        mine = waiting(meeting)
        actions.cancel(sign_up=first, by=UserFactory())
        assert mailing.send_due() == 1
        assert (now_of(mine).told_at is not None, now_of(mine).answer_by) == (True, None)
        assert "heldt av" not in mail.outbox[0].body


def test_nobody_moves_up_into_a_meeting_that_has_begun(meeting):
    first, mine = SignUpFactory(meeting=meeting, stranger=True), waiting(meeting)
    with time_machine.travel(meeting.starts_at, tick=False):
        actions.cancel(sign_up=first, by=UserFactory())
        assert (now_of(mine).state, seats.fill(meeting=meeting)) == (WAITING, 0)


@pytest.mark.parametrize("quiet", ["protected", "held"])
def test_who_stands_on_no_list_is_not_written_to(meeting, quiet):
    first, mine = SignUpFactory(meeting=meeting, stranger=True), waiting(meeting)
    if quiet == "protected":
        households.protect(household=mine.household, grade="fortrolig", by=None)
    else:
        holding.hold(household=mine.household, why="contested", by=UserFactory())
    actions.cancel(sign_up=first, by=None)
    assert (now_of(mine).state, mailing.send_due()) == (COMING, 0)
    with time_machine.travel(meeting.starts_at - datetime.timedelta(hours=30), tick=False):
        assert mailing.send_due() == 0


def test_the_link_is_over_when_protection_comes(client, offered):
    mine, _following = offered
    path = path_of(Link.objects.get(purpose="seat"))
    page = client.get(path)["Location"]
    households.protect(household=mine.household, grade="fortrolig", by=None)
    assert client.get(page).status_code == 410
    households.protect(household=mine.household, grade="", by=None)
    assert client.get(path).status_code == 410


class Refusing(EmailBackend):
    code = 451

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({MAIL: (self.code, b"no")})


@pytest.mark.parametrize(("code", "again"), [(451, True), (550, False)])
def test_what_the_server_refuses_leaves_the_seat_where_it_is(meeting, monkeypatch, settings, code, again):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    monkeypatch.setattr(Refusing, "code", code)
    first, mine = SignUpFactory(meeting=meeting, stranger=True), waiting(meeting)
    actions.cancel(sign_up=first, by=None)
    assert mailing.send_due() == 0
    found = now_of(mine)
    assert (found.told_at is None, found.answer_by) == (again, None)
    assert not Link.objects.exists(), "what nobody got opens nothing"


def test_the_database_keeps_a_seat_only_for_who_was_told(meeting):
    row = SignUpFactory(meeting=meeting)
    for wrong in (
        {"answer_by": timezone.now()},
        {"confirmed_at": timezone.now()},
        {"told_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignUp.objects.filter(pk=row.pk).update(**wrong)


# --- reminders -----------------------------------------------------------------------------------


def test_who_comes_is_reminded_once_two_days_before(meeting):
    mine = SignUpFactory(meeting=meeting, household=family(meeting), language="en")
    caller = SignUpFactory(meeting=meeting, household=None, name="Kari", contact="kari@heime.example")
    SignUpFactory(meeting=meeting, stranger=True)
    waiting(meeting, "nadia@heime.example")
    two_days = meeting.starts_at - mailing.REMIND_BEFORE
    with time_machine.travel(two_days - datetime.timedelta(minutes=1), tick=False):
        assert mailing.send_due() == 0
    with time_machine.travel(two_days, tick=False):
        assert (mailing.send_due(), mailing.send_due()) == (2, 0)
    assert [message.to for message in mail.outbox] == [[MAIL], ["kari@heime.example"]]
    assert "See you at the welcome meeting" in mail.outbox[0].subject
    assert None not in {now_of(mine).reminded_at, now_of(caller).reminded_at}


def test_who_signed_up_yesterday_is_not_reminded_nor_who_has_signed_off_nor_of_what_is_called_off(meeting):
    with time_machine.travel(meeting.starts_at - datetime.timedelta(days=1), tick=False):
        SignUpFactory(meeting=meeting, household=family(meeting))
        assert mailing.send_due() == 0
    early = SignUpFactory(meeting=meeting, household=family(meeting, "nadia@heime.example"))
    actions.call_off(meeting=meeting, by=None)
    with time_machine.travel(meeting.starts_at - datetime.timedelta(days=1), tick=False):
        assert (mailing.send_due(), now_of(early).reminded_at) == (0, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
def test_two_workers_mail_once(meeting):
    SignUpFactory(meeting=meeting, household=family(meeting))
    start, sent = threading.Barrier(2), []

    def work():
        try:
            with scope.everywhere():
                start.wait()
                sent.append(mailing.send_due())
        finally:
            connection.close()

    with time_machine.travel(meeting.starts_at - datetime.timedelta(days=1)):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (sorted(sent), len(mail.outbox)) == ([0, 1], 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
def test_who_confirms_as_the_time_runs_out_has_the_seat_or_loses_it_and_never_both(meeting):
    home = family(meeting)
    told = {"moved_up_at": timezone.now(), "told_at": timezone.now(), "answer_by": timezone.now()}
    mine = SignUpFactory(meeting=meeting, household=home, **told)
    following = waiting(meeting, "nadia@heime.example")
    start = threading.Barrier(2)

    def do(act):
        try:
            with scope.of(meeting.municipality_id):
                start.wait()
                act()
        except ValidationError:
            pass
        finally:
            connection.close()

    acts = [
        lambda: offers.confirm(sign_up=mine),
        lambda: offers.lapse(meeting=meeting, now=timezone.now()),
    ]
    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {now_of(mine).state, now_of(following).state} in ({COMING, WAITING}, {CANCELLED, COMING})
    assert seats.taken(meeting) == 1


# --- the calendar --------------------------------------------------------------------------------


def test_who_has_a_seat_takes_the_meeting_into_their_calendar(client, offered, meeting):
    page = client.get(path_of(Link.objects.get(purpose="seat")))["Location"]
    answer = client.get(f"{page}calendar/")
    assert answer["Content-Type"].startswith("text/calendar")
    body = answer.content.decode().replace("\r\n ", "")
    assert "STATUS:CONFIRMED" in body
    assert f"UID:welcome-meeting-{meeting.pk}@" in body
    assert "Oksana" not in body
    actions.call_off(meeting=meeting, by=None)
    assert b"STATUS:CANCELLED" in client.get(f"{page}calendar/").content


def test_the_letter_s_page_has_the_calendar_too(client, meeting):
    home = family(meeting)
    link = actions.invite(meeting=meeting, household_ids=[home.pk])[home.pk]
    page = client.get(path_of(link))["Location"]
    assert "calendar/" not in client.get(page).content.decode()
    SignUpFactory(meeting=meeting, household=home)
    assert f"{urlsplit(page).path}calendar/" in client.get(page).content.decode()
    assert b"BEGIN:VEVENT" in client.get(f"{page}calendar/").content


def test_who_has_a_seat_kept_reads_until_when_behind_the_letter_s_code(client, offered, meeting):
    mine, _following = offered
    invited = actions.invite(meeting=meeting, household_ids=[mine.household_id])
    shown = client.get(path_of(invited[mine.household_id]), follow=True, headers={"accept-language": "nn"})
    assert f"{timezone.localtime(mine.answer_by):%H:%M}" in shown.content.decode()


def test_a_published_meeting_stands_in_the_municipality_s_calendar(client, meeting):
    address = reverse("portal:calendar", args=[meeting.municipality.slug])
    mark = f"UID:welcome-meeting-{meeting.pk}@".encode()
    assert mark in client.get(address).content
    WelcomeMeeting.objects.update(published=False)
    assert mark not in client.get(address).content
