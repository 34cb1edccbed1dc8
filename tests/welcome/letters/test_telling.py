"""Host, gifts, meeting and the way to sign up: frozen with the letters, for those who may have them."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.audit.models import Action, AuditEntry
from municipalities.links.models import Link
from municipalities.municipality import scope
from tests.factories.municipalities import MembershipFactory
from tests.factories.welcome import (
    GiftFactory,
    GiftTextFactory,
    HostAssignmentFactory,
    HostFactory,
    MeetingTextFactory,
    PersonFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.letters.frozen import QUARTER, arrive, make_municipality, make_printed, protect
from welcome.hosts import actions as hosting
from welcome.hosts.models import Host, HostAssignment
from welcome.letters import proving, runs, schedule, since
from welcome.letters.models import Letter
from welcome.meetings.models import Invitation, SignUp, WelcomeMeeting
from welcome.packages.models import Gift, GiftRule
from welcome.privacy import erasure, report

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place():
    place = make_municipality()
    evening = datetime.datetime(2026, 12, 3, 17, 0, tzinfo=datetime.UTC)  # 18.00 in Norway.
    meeting = WelcomeMeetingFactory(municipality=place, starts_at=evening)
    MeetingTextFactory(meeting=meeting)
    MeetingTextFactory(meeting=meeting, language="en", title="Welcome meeting", brief="Coffee.")
    GiftTextFactory(gift=GiftFactory(municipality=place, order=1))
    tickets = GiftFactory(
        municipality=place, order=2, giver="Ål bad", rule=GiftRule.CHILD, most=2, age_from=6
    )
    GiftTextFactory(gift=tickets, title="Badebilletter", brief="")
    return place


def freeze(place):
    return runs.freeze(run=runs.ensure(municipality=place, quarter=QUARTER, by=None), by=None)


def with_host(home, **more):
    host = HostFactory(municipality=home.municipality, name="Torbjørg Vert")
    return HostAssignmentFactory(household=home, host=host, **more)


def test_a_letter_tells_of_host_gifts_and_meeting(place):
    home = arrive(place, language="nb")
    for year in (2012, 2016, 2018, 2024):
        PersonFactory(household=home, given_name="Barn", birth_year=year, role="child")
    assignment = with_host(home)
    run = freeze(place)
    letter = run.letters.get()
    papers, baths = Gift.objects.order_by("order", "pk")
    assert letter.host == {
        "id": assignment.host_id, "name": "Torbjørg Vert", "phone": "99 95 12 34", "email": "",
        "languages": "Bokmål, English", "about": "Går gjerne tur.",
    }  # fmt: skip
    assert letter.gifts == [
        {
            "gift": papers.pk,
            "title": "En måned med avisen",
            "count": 1,
            "giver": "Hallingdølen",
            "note": "Gjelder til jul.",
        },
        {"gift": baths.pk, "title": "Badebilletter", "count": 2, "giver": "Ål bad", "note": ""},
    ]  # fmt: skip
    assert run.meeting == {
        "day": "2026-12-03", "time": "18:00", "until": "20:00", "deadline": "2026-12-01", "place": "Kulturhuset",
        "address": "Torget 2",
        "texts": {"nb": {"title": "Velkomstmøte", "body": "Kaffe, og folk du kan spørre om alt.", "language": "nb"}},
    }  # fmt: skip


def test_in_the_language_of_each_letter(place):
    for language in ("nb", "en", "uk"):
        with_host(arrive(place, house_number="1", language=language))
    run = freeze(place)
    assert {words["title"] for words in run.meeting["texts"].values()} == {"Velkomstmøte", "Welcome meeting"}
    english = run.letters.filter(language="en").first()
    assert english.host["about"] == "", "they could not read it"
    assert english.gifts[0]["title"] == "En måned med avisen", (
        "nobody has translated it, and it is theirs all the same"
    )


def test_the_code_opens_the_household_s_own_page(place, client):
    home = arrive(place, language="nb")
    letter = freeze(place).letters.get()
    page = client.get("/" + letter.code.split("/", 3)[3])["Location"]
    assert client.post(page, {"adults": 2, "children": "", "language": "nb", "needs": ""}).status_code == 302
    assert SignUp.objects.get().household == home


def test_a_copy_of_the_database_opens_nothing(place):
    arrive(place)
    letter = freeze(place).letters.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM welcome_letter")
        [[kept]] = cursor.fetchall()
    assert letter.code.rsplit("/", 2)[1] == Link.objects.get().token
    assert Link.objects.get().token not in kept


def test_where_there_is_nothing_to_tell_all_is_empty(client):
    place = make_municipality()
    arrive(place)
    run = freeze(place)
    letter = run.letters.get()
    assert (letter.host, letter.gifts, letter.code, run.meeting) == ({}, [], "", {})


def test_nobody_who_gets_no_letter_is_invited(place):
    protect(arrive(place, house_number="1"))
    arrive(place, house_number="2", no_letter=True)
    home = arrive(place, house_number="3")
    freeze(place)
    assert Invitation.objects.get().household == home
    assert Link.objects.count() == 1


@pytest.mark.parametrize("why", ["proposed", "not named", "ended"])
def test_a_host_who_may_not_be_told_of_is_not(place, why):
    given = with_host(arrive(place))
    if why == "not named":
        Host.objects.update(named_since=None)
    else:
        ended = {"until": given.since, "ended_why": "hand"}
        until = ended if why == "ended" else {"agreed_at": None}
        HostAssignment.objects.update(state=why, **until)
    assert freeze(place).letters.get().host == {}


def test_freezing_again_ends_the_codes_from_before(place, client):
    arrive(place)
    run = freeze(place)
    before = Link.objects.get()
    old = path_of(before)
    runs.thaw(run=run, by=None)
    run.refresh_from_db()
    assert run.meeting == {}
    again = freeze(place).letters.get()
    assert client.get(old).status_code == 410
    assert client.get("/" + again.code.split("/", 3)[3]).status_code == 302
    assert Invitation.objects.count() == 1


def test_each_link_is_in_the_log(place):
    arrive(place)
    freeze(place)
    entry = AuditEntry.objects.get(action=Action.ISSUED, model="welcome.Invitation")
    assert entry.object_id == str(Invitation.objects.get().pk)


def test_as_many_statements_for_a_hundred_households_as_for_ten():
    taken = []
    for homes in (10, 100):
        place = make_municipality()
        MeetingTextFactory(meeting=WelcomeMeetingFactory(municipality=place))
        GiftTextFactory(gift=GiftFactory(municipality=place))
        for number in range(homes):
            with_host(arrive(place, house_number=str(number + 1)))
        run = runs.ensure(municipality=place, quarter=QUARTER, by=None)
        with CaptureQueriesContext(connection) as queries:
            runs.freeze(run=run, by=None)
        # SQLite takes rows in portions of a thousand values; what is read is read at once everywhere.
        asked = [each for each in queries if not each["sql"].startswith("INSERT")]
        taken.append(len(queries if connection.vendor == "postgresql" else asked))
        assert Letter.objects.of(place).exclude(host={}).count() == homes
    assert taken[0] == taken[1]


@pytest.mark.parametrize("how", ["protected", "erased"])
def test_what_was_told_goes_with_the_address(place, how, django_capture_on_commit_callbacks):
    home = arrive(place, given="Oksana", family="Skjult")
    with_host(home)
    run = runs.finish(run=make_printed(freeze(place)), by=None)
    assert run.letters.get().code
    with django_capture_on_commit_callbacks(execute=True):
        if how == "protected":
            protect(home)
            schedule.sweep()
        else:
            erasure.erase(household=home, by=None)
    letter = run.letters.get()
    assert (letter.host, letter.gifts, letter.code) == ({}, [], "")


def test_they_are_told_what_their_letter_said(place):
    home = arrive(place, language="nb")
    with_host(home)
    freeze(place)
    held = {section.key: section for section in report.report_of(home).sections}
    [values] = held["welcome.Letter"].rows
    told = {value.key: value.text for value in values}
    assert told["host"] == "Torbjørg Vert, 99 95 12 34"
    assert told["gifts"] == "1 × En måned med avisen"
    assert "code" not in told
    assert {"welcome.HostAssignment", "welcome.Invitation"} <= set(held)


def test_a_task_that_freezes_in_the_municipality_s_scope_invites(place):
    arrive(place)
    with scope.of(place.pk):
        assert freeze(place).letters.get().code


# --- what changes after the freezing ---------------------------------------------------------------


def proved(run):
    proving.prove(run.proofs.get().pk)
    return run


@pytest.mark.parametrize("what", ["called off", "moved", "hidden", "gone", "another place"])
def test_letters_that_tell_of_a_meeting_that_is_not_held_are_not_approved(place, what, client):
    arrive(place, language="nb")
    run = proved(freeze(place))
    meeting = WelcomeMeeting.objects.get()
    changes = {
        "called off": {"cancelled_at": NOW},
        "moved": {"ends_at": meeting.ends_at + datetime.timedelta(hours=1)},
        "hidden": {"published": False},
        "another place": {"place": "Samfunnshuset"},
    }  # fmt: skip
    if what == "gone":
        meeting.delete()
    else:
        WelcomeMeeting.objects.filter(pk=meeting.pk).update(**changes[what])
    with pytest.raises(runs.Refused, match=r"desember|December"):
        runs.approve(run=run, by=None)
    client.force_login(MembershipFactory(municipality=place, role="coordinator").user)
    for step in ("proof", "approve"):
        page = client.get(reverse(f"admin:welcome_letterrun_{step}", args=[run.pk])).content.decode()
        assert "ble avlyst eller endret" in page
    assert "approve_now" not in page
    assert 'value="Godkjenn' not in page
    runs.approve(run=proved(runs.freeze(run=runs.thaw(run=run, by=None), by=None)), by=None)


def test_an_earlier_meeting_that_is_planned_later_takes_nothing_away(place):
    arrive(place, language="nb")
    run = proved(freeze(place))
    starts = NOW + datetime.timedelta(days=20)
    WelcomeMeetingFactory(
        municipality=place, published=True, starts_at=starts, ends_at=starts + datetime.timedelta(hours=1),
        deadline=starts - datetime.timedelta(days=1),
    )  # fmt: skip
    assert since.of(run) == since.Since()
    assert runs.approve(run=run, by=None).state != "frozen"


def test_staff_are_told_how_many_letters_name_another_host(place):
    had, gets, keeps = (arrive(place, language="nb", house_number=str(number)) for number in range(1, 4))
    ended = with_host(had)
    with_host(keeps)
    run = proved(freeze(place))
    assert since.of(run).hosts == 0
    hosting.end(assignment=ended, by=None)
    with_host(gets)
    assert since.of(run).hosts == 2
    [sentence] = since.of(run).sentences
    assert sentence.startswith("2 ")
    assert runs.approve(run=run, by=None).state != "frozen", "they are told, and decide"
    run.refresh_from_db()
    assert since.of(run) == since.Since()
