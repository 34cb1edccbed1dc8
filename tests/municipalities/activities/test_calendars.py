"""The calendar that goes out, read back by the library that others read it with."""

import datetime

import icalendar
import pytest
import recurring_ical_events
from defusedxml.ElementTree import fromstring

from municipalities.activities import changes
from municipalities.activities.models import State
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    MunicipalityFactory,
    OrganisationFactory,
    tomorrow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def weekly(al, **more):
    first = tomorrow(18)
    days = [(first + datetime.timedelta(weeks=n)).date() for n in range(4)]
    made = ActivityFactory(
        municipality=al,
        starts_at=first,
        rule=f"FREQ=WEEKLY;UNTIL={days[3]:%Y%m%d}",
        exceptions=[days[1].isoformat()],
        **more,
    )
    ActivityTextFactory(
        activity=made, title="Korøving, æøå; og \\ komma", body="<p>Første.</p><p>Andre &amp; siste.</p>"
    )
    return made, days


def read(answer):
    return icalendar.Calendar.from_ical(answer.content)


def test_what_goes_out_reads_back_with_its_times(client, al):
    made, days = weekly(al)
    answer = client.get("/nb/al/activities.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = read(answer)
    [event] = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Korøving, æøå; og \\ komma"
    assert event["SUMMARY"].params["LANGUAGE"] == "nb"
    assert event["DESCRIPTION"] == "Første.\n\nAndre & siste."
    assert event["LOCATION"] == "Samfunnshuset"
    assert event["DTSTART"].params["TZID"] == "Europe/Oslo"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
    times = recurring_ical_events.of(calendar).between(days[0], days[3] + datetime.timedelta(days=2))
    told = sorted(each["DTSTART"].dt for each in times)
    kept = list(made.occurrences.order_by("starts_at").values_list("starts_at", flat=True))
    assert told == kept
    assert [each.date() for each in told] == [days[0], days[2], days[3]]


def test_lines_are_folded_and_end_as_the_standard_says(client, al):
    ActivityTextFactory(activity=ActivityFactory(municipality=al), title="å" * 110)
    content = client.get("/nb/al/activities.ics").content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert read(client.get("/nb/al/activities.ics")).walk("VEVENT")[0]["SUMMARY"] == "å" * 110


def test_all_day_ends_the_day_after_its_last(client, al):
    first = tomorrow(0)
    made = ActivityFactory(
        municipality=al, all_day=True, starts_at=first, ends_at=first + datetime.timedelta(days=1, hours=5)
    )
    ActivityTextFactory(activity=made)
    [event] = read(client.get("/nb/al/activities.ics")).walk("VEVENT")
    assert event["DTSTART"].dt == first.date()
    assert event["DTEND"].dt == first.date() + datetime.timedelta(days=2)


def test_subscribed_twice_it_has_the_same_names_and_says_that_nothing_is_new(client, al):
    made, _days = weekly(al)
    first = client.get("/nb/al/activities.ics")
    second = client.get("/nb/al/activities.ics")
    assert first.content == second.content
    uids = {str(event["UID"]) for event in read(first).walk("VEVENT")}
    again = client.get("/nb/al/activities.ics", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    made.place = "Kulturhuset"
    changes.save(activity=made)
    changed = client.get("/nb/al/activities.ics", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    [event] = read(changed).walk("VEVENT")
    assert {str(event["UID"])} == uids
    assert event["SEQUENCE"] == made.version
    assert changed["Last-Modified"]


def test_each_address_speaks_its_language(client, al):
    made = ActivityFactory(municipality=al)
    for language, title in (("nb", "Åpen dag"), ("nn", "Open dag"), ("en", "Open day")):
        ActivityTextFactory(activity=made, language=language, title=title)
    for language, title in (("nb", "Åpen dag"), ("nn", "Open dag"), ("en", "Open day")):
        [event] = read(client.get(f"/{language}/al/activities.ics")).walk("VEVENT")
        assert (event["SUMMARY"], event["SUMMARY"].params["LANGUAGE"]) == (title, language)
        assert f"/{language}/al/activities/{made.pk}-" in event["URL"]


def test_only_what_is_published_goes_out_and_an_organisation_has_its_own(client, al):
    choir = OrganisationFactory(municipality=al, slug="koret")
    for state in State:
        ActivityTextFactory(activity=ActivityFactory(municipality=al, state=state), title=f"Staten {state}")
    ActivityTextFactory(activity=ActivityFactory(municipality=al, organisation=choir), title="Korets")
    ActivityTextFactory(activity=ActivityFactory(), title="En annen kommunes")
    names = [event["SUMMARY"] for event in read(client.get("/nb/al/activities.ics")).walk("VEVENT")]
    assert sorted(names) == ["Korets", "Staten published"]
    theirs = client.get("/nb/al/organisations/koret.ics")
    assert [event["SUMMARY"] for event in read(theirs).walk("VEVENT")] == ["Korets"]
    choir.published = False
    choir.save()
    assert client.get("/nb/al/organisations/koret.ics").status_code == 404


def test_a_feed_tells_what_is_new_the_newest_first(client, al):
    for number in range(3):
        made = ActivityFactory(
            municipality=al, published_at=tomorrow(8 + number) - datetime.timedelta(days=2)
        )
        ActivityTextFactory(activity=made, title=f"Nummer {number} <b>")
    answer = client.get("/nn/al/activities.atom")
    tree = fromstring(answer.content)
    titles = [node.text for node in tree.iter() if node.tag.endswith("}title")]
    assert titles[1:] == ["Nummer 2 <b>", "Nummer 1 <b>", "Nummer 0 <b>"]
    assert client.get("/nn/al/activities.atom", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_many_activities_cost_as_many_queries_as_few(client, al, django_assert_num_queries):
    def fill(count):
        for _ in range(count):
            made = ActivityFactory(municipality=al, organisation=OrganisationFactory(municipality=al))
            ActivityTextFactory(activity=made)

    fill(1)
    with django_assert_num_queries(4):
        client.get("/nb/al/activities.ics")
    fill(5)
    with django_assert_num_queries(4):
        client.get("/nb/al/activities.ics")
