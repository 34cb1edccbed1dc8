"""Open now, with the public holidays known: Easter, May and Christmas, and days that somebody has entered."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from municipalities.contacts.models import SpecialDay
from tests.factories.municipalities import ContactPointFactory, OpeningHoursFactory, SpecialDayFactory
from tests.welcome.portal.test_opening import hours
from welcome.portal.holidays import holiday
from welcome.portal.opening import now_or_next, other_days

OSLO = ZoneInfo("Europe/Oslo")
OFFICE = hours(*[(day, "09:00", "15:00") for day in range(1, 6)])


def said(moment, special=(), language="en"):
    at = datetime.datetime.fromisoformat(moment).replace(tzinfo=OSLO)
    with translation.override(language):
        return now_or_next(OFFICE, at, special).sentence


def entered(day, opens=None, closes=None):
    clock = datetime.time.fromisoformat
    return SpecialDay(
        day=datetime.date.fromisoformat(day), opens=opens and clock(opens), closes=closes and clock(closes)
    )


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2027-03-24 14:00", "Open now, until 15:00"),  # The Wednesday before Easter, a half day for many.
        ("2027-03-24 16:00", "Closed now, opens Tuesday at 09:00"),
        ("2027-03-25 10:00", "Closed today (Maundy Thursday), opens Tuesday at 09:00"),
        ("2027-03-26 10:00", "Closed today (Good Friday), opens Tuesday at 09:00"),
        ("2027-03-29 10:00", "Closed today (Easter Monday), opens tomorrow at 09:00"),
        ("2027-03-30 10:00", "Open now, until 15:00"),
        ("2028-05-17 10:00", "Closed today (17 May), opens tomorrow at 09:00"),
        ("2027-05-17 10:00", "Closed today (17 May), opens tomorrow at 09:00"),  # Whit Monday too.
        ("2026-12-24 10:00", "Open now, until 15:00"),  # Not known to be a half day.
        ("2026-12-24 16:00", "Closed now, opens Monday at 09:00"),
        ("2026-12-25 10:00", "Closed today (Christmas Day), opens Monday at 09:00"),
        ("2026-12-31 10:00", "Open now, until 15:00"),
        ("2026-12-31 16:00", "Closed now, opens Monday at 09:00"),
        ("2027-01-01 10:00", "Closed today (New Year's Day), opens Monday at 09:00"),
    ],
)
def test_the_holidays_are_known_and_half_days_are_not(moment, sentence):
    assert said(moment) == sentence


def test_what_is_entered_for_a_day_goes_before_the_week_and_the_holiday():
    special = [
        entered("2026-12-24"),
        entered("2026-12-31", "09:00", "12:00"),
        entered("2026-12-25", "11:00", "12:00"),
    ]
    assert said("2026-12-24 10:00", special) == "Closed now, opens tomorrow at 11:00"
    assert said("2026-12-25 11:30", special) == "Open now, until 12:00"
    assert said("2026-12-31 11:00", special) == "Open now, until 12:00"
    assert said("2026-12-31 12:30", special) == "Closed now, opens Monday at 09:00"


def test_days_that_differ_are_told_beforehand():
    at = datetime.datetime(2026, 12, 20, 12, tzinfo=OSLO)
    with translation.override("en"):
        told = [(each.day.day, each.words) for each in other_days(OFFICE, [entered("2026-12-24")], at)]
    assert told == [(24, "Closed"), (25, "Closed (Christmas Day)"), (1, "Closed (New Year's Day)")]


def test_a_place_that_is_never_open_again_says_nothing():
    at = datetime.datetime(2026, 12, 20, 12, tzinfo=OSLO)
    assert now_or_next([], at, [entered("2026-12-24")]) is None


@pytest.mark.parametrize(
    ("language", "name"), [("nb", "langfredag"), ("nn", "langfredag"), ("en", "Good Friday")]
)
def test_a_holiday_has_its_name_in_each_language(language, name):
    with translation.override(language):
        assert holiday(datetime.date(2027, 3, 26)) == name
        assert holiday(datetime.date(2027, 3, 24)) == ""


def test_every_holiday_of_ten_years_is_named():
    with translation.override("en"):
        days = (datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(3650))
        assert not [day for day in days if holiday(day) == "a public holiday"]


@pytest.mark.django_db
def test_a_contact_point_s_card_tells_of_its_days(client):
    contact = ContactPointFactory(municipality__slug="al", front_desk=True)
    OpeningHoursFactory(contact=contact)
    today = datetime.date.today()  # noqa: DTZ011
    SpecialDayFactory(contact=contact, day=today + datetime.timedelta(days=2), opens="10:00", closes="11:00")
    page = client.get(f"/en/al/search/?q={contact.name}").content.decode()
    assert "10:00–11:00" in page
    assert "Shorter days before them are known only where somebody has told us" in page
