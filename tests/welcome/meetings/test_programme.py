"""The programme of a meeting: what it starts from, how it is written, and that everybody reads it."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from municipalities.municipality import scope
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import MeetingTextFactory, ProgrammeItemFactory, WelcomeMeetingFactory
from tests.welcome.letters.frozen import worker
from welcome.meetings import programme
from welcome.meetings.models import WelcomeMeeting
from welcome.meetings.programme import STANDARD, ProgrammeItem, Subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def evening(hour, minute=0):
    return datetime.datetime(2027, 1, 14, hour, minute, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def meeting():
    return WelcomeMeetingFactory(
        municipality=MunicipalityFactory(published=True), starts_at=evening(18), ends_at=evening(20, 30)
    )


def test_the_standard_programme_fills_the_evening_and_is_added_once(meeting):
    assert programme.start_from_standard(meeting=meeting, by=None) == len(STANDARD)
    items = ProgrammeItem.objects.filter(meeting=meeting).in_order()
    assert [item.subject for item in items] == list(STANDARD)
    assert (items[0].starts_at, items[8].starts_at) == (datetime.time(18), datetime.time(20))
    with pytest.raises(ValidationError, match="already"):
        programme.start_from_standard(meeting=meeting, by=None)
    assert items.count() == len(STANDARD)


def test_a_short_meeting_is_parted_evenly(meeting):
    WelcomeMeeting.objects.update(ends_at=evening(18, 45))
    programme.start_from_standard(meeting=meeting, by=None)
    assert ProgrammeItem.objects.in_order().last().starts_at == datetime.time(18, 40)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
def test_two_who_press_at_once_make_one_programme(meeting):
    start = threading.Barrier(2)

    def press():
        try:
            with scope.of(meeting.municipality_id):
                start.wait()
                programme.start_from_standard(meeting=meeting, by=None)
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ProgrammeItem.objects.count() == len(STANDARD)


def test_everybody_reads_the_programme_and_what_is_there_for_who_comes(client, meeting):
    MeetingTextFactory(meeting=meeting)
    WelcomeMeeting.objects.update(spoken=["nb", "en"], interpreted=["uk"], child_care=True, food=True)
    ProgrammeItemFactory(meeting=meeting, speaker="Solveig Vestenfor, ordfører")
    ProgrammeItemFactory(meeting=meeting, subject=Subject.OTHER, title="Kor", starts_at=datetime.time(18, 5))
    shown = client.get(reverse("portal:meet-meeting", args=[meeting.municipality.slug])).content.decode()
    assert shown.index("Kor") < shown.index("Greeting from the mayor") < shown.index("Solveig Vestenfor")
    assert "Bokmål, English" in shown
    assert "Українська" in shown
    assert "looks after them" in shown
    assert "We serve food" in shown


def test_what_is_not_there_is_not_told_of(client, meeting):
    shown = client.get(reverse("portal:meet-meeting", args=[meeting.municipality.slug])).content.decode()
    assert not any(
        word in shown for word in ("Programme", "We serve food", "looks after them", "Interpreted")
    )


# --- staff ---------------------------------------------------------------------------------------


@pytest.fixture
def office(client, meeting):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(meeting.municipality, Role.SERVICE_OFFICE))
    return client


def test_staff_start_from_the_standard_by_a_button(office, meeting):
    start = reverse("admin:welcome_welcomemeeting_programme", args=[meeting.pk])
    change = reverse("admin:welcome_welcomemeeting_change", args=[meeting.pk])
    assert start in office.get(change).content.decode()
    assert office.get(start).status_code == 405
    assert office.post(start)["Location"] == change
    assert ProgrammeItem.objects.filter(meeting=meeting).count() == len(STANDARD)
    assert start not in office.get(change).content.decode()
    assert "There is a programme already." in office.post(start, follow=True).content.decode()


def test_who_only_reads_starts_nothing(client, meeting):
    client.force_login(worker(meeting.municipality, Role.READER))
    start = reverse("admin:welcome_welcomemeeting_programme", args=[meeting.pk])
    assert client.post(start).status_code == 403
    assert not ProgrammeItem.objects.exists()


def written(**item):
    return {
        "starts_at_0": "2027-01-14", "starts_at_1": "18:00", "ends_at_0": "2027-01-14", "ends_at_1": "20:30",
        "deadline_0": "2027-01-12", "deadline_1": "12:00", "place": "Kulturhuset", "capacity": 40,
        "spoken": ["nb", "uk"], "food": "on", "texts-TOTAL_FORMS": 3, "texts-INITIAL_FORMS": 0,
        "programme-TOTAL_FORMS": 1, "programme-INITIAL_FORMS": 0,
    } | {f"programme-0-{name}": value for name, value in item.items()}  # fmt: skip


@pytest.mark.parametrize(
    "item",
    [
        {"starts_at": "17:59", "subject": "mayor"},
        {"starts_at": "20:30", "subject": "tour"},
        {"starts_at": "18:30", "subject": "other"},
    ],
    ids=["before it begins", "when it ends", "something else without a word"],
)
def test_an_item_that_can_not_be_right_is_refused(office, meeting, item):
    change = reverse("admin:welcome_welcomemeeting_change", args=[meeting.pk])
    assert office.post(change, written(**item)).status_code == 200
    assert not ProgrammeItem.objects.exists()


def test_staff_write_items_and_say_what_is_there(office, meeting):
    change = reverse("admin:welcome_welcomemeeting_change", args=[meeting.pk])
    sent = written(starts_at="18:30", subject="mayor", speaker="Ordføraren")
    assert office.post(change, sent).status_code == 302
    item = ProgrammeItem.objects.get()
    assert (item.municipality, item.speaker) == (meeting.municipality, "Ordføraren")
    meeting.refresh_from_db()
    assert (meeting.spoken, meeting.interpreted, meeting.food, meeting.child_care) == (
        ["nb", "uk"],
        [],
        True,
        False,
    )
