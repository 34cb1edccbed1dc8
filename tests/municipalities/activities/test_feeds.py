"""An organisation's calendar, read from a server on this machine that behaves well, and as badly as it can."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from municipalities.activities import feeds, tasks
from municipalities.activities.feed_models import FeedFetch, Outcome
from municipalities.activities.models import Activity, State
from tests.factories.municipalities import CalendarFeedFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + datetime.timedelta(days=10)
DAY = f"{SOON:%Y%m%d}"


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.heard.append(dict(self.headers))
        status, headers, body = self.server.answer
        if self.headers.get("If-None-Match") and self.headers["If-None-Match"] == headers.get("ETag"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if self.server.drips:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    threading.Event().wait(0.2)
            else:
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass


@pytest.fixture
def server(settings):
    running = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    running.daemon_threads = True
    running.heard, running.answer, running.drips = [], (200, {}, b""), False
    settings.FETCH_PRIVATE_HOSTS = [f"127.0.0.1:{running.server_port}"]
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def feed(server):
    organisation = OrganisationFactory(trusted=True)
    return CalendarFeedFactory(
        organisation=organisation, address=f"http://127.0.0.1:{server.server_port}/kalender.ics"
    )


def event(uid="a@koret", summary="Øving", start=f"DTSTART;TZID=Europe/Oslo:{DAY}T180000", more="", end=None):
    end = end if end is not None else f"DTEND;TZID=Europe/Oslo:{DAY}T200000"
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", start, end, *more.splitlines(), "END:VEVENT"]
    return "\r\n".join(line for line in lines if line)


def calendar(*events):
    body = "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Koret//NO", *events, "END:VCALENDAR", ""]
    )
    return body.encode()


def says(server, content, status=200, **headers):
    server.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def read(feed, **options):
    asked = feeds.ask(feed=feed, by=None, **options)
    tasks.fetch(asked.pk)
    asked.refresh_from_db()
    return asked


def titles(**where):
    return sorted(text.title for row in Activity.objects.filter(**where) for text in row.texts.all())


def test_what_comes_becomes_activities_and_is_known_again(server, feed):
    says(server, calendar(event("a"), event("b", "Konsert")))
    first = read(feed)
    assert (first.outcome, first.added, first.refused) == (Outcome.READ, 2, [])
    assert titles(state=State.PUBLISHED) == ["Konsert", "Øving"]
    says(server, calendar(event("a", "Øving i ny sal"), event("b", "Konsert")))
    second = read(feed)
    assert (second.added, second.changed, second.unchanged) == (0, 1, 1)
    assert titles() == ["Konsert", "Øving i ny sal"]
    says(server, calendar(event("a", "Øving i ny sal")))
    third = read(feed)
    assert third.withdrawn == 1
    assert titles(state=State.WITHDRAWN) == ["Konsert"]
    says(server, calendar(event("a", "Øving i ny sal"), event("b", "Konsert")))
    read(feed)
    assert titles(state=State.PUBLISHED) == ["Konsert", "Øving i ny sal"]
    assert Activity.objects.count() == 2


def test_who_is_not_trusted_publishes_nothing_new_and_nothing_changed(server, feed):
    feed.organisation.trusted = False
    feed.organisation.save()
    says(server, calendar(event("a")))
    read(feed)
    activity = Activity.objects.get()
    assert activity.state == State.WAITING
    Activity.objects.update(state=State.PUBLISHED, published_at=timezone.now())
    assert read(feed).unchanged == 1
    assert Activity.objects.get().state == State.PUBLISHED
    says(server, calendar(event("a", "Noe helt annet")))
    read(feed)
    assert Activity.objects.get().state == State.WAITING


def test_what_staff_have_taken_out_stays_out(server, feed):
    says(server, calendar(event("a")))
    read(feed)
    Activity.objects.update(state=State.WITHDRAWN, withdrawn_at=timezone.now())
    says(server, calendar(event("a", "Nye ord")))
    read(feed)
    assert Activity.objects.get().state == State.WITHDRAWN


def test_nothing_new_is_asked_for_with_the_mark_of_the_last_answer(server, feed):
    says(server, calendar(event("a")), ETag='"v1"', Last_Modified="Tue, 24 Nov 2026 08:00:00 GMT")
    read(feed)
    feed.refresh_from_db()
    assert read(feed).outcome == Outcome.SAME
    assert server.heard[-1]["If-None-Match"] == '"v1"'
    assert server.heard[-1]["If-Modified-Since"] == "Tue, 24 Nov 2026 08:00:00 GMT"
    assert titles(state=State.PUBLISHED) == ["Øving"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><p>Logg inn",
        b"\0\xff\xfe",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nnonsense",
        calendar(),
        calendar(event("a", "")),
    ],
)
def test_a_calendar_that_breaks_or_is_empty_changes_nothing_and_tells(server, feed, content):
    says(server, calendar(event("a"), event("b", "Konsert")))
    read(feed)
    says(server, content)
    done = read(feed)
    assert done.outcome in {Outcome.FAILED, Outcome.HELD}
    assert done.why
    assert titles(state=State.PUBLISHED) == ["Konsert", "Øving"]
    assert list(FeedFetch.objects.troubled()) == [done]


def test_most_gone_is_held_until_staff_say_that_it_is_right(server, feed):
    says(server, calendar(*[event(f"e{n}", f"Nummer {n}") for n in range(8)]))
    read(feed)
    says(server, calendar(event("e0", "Nummer 0")))
    assert read(feed).outcome == Outcome.HELD
    assert Activity.objects.filter(state=State.PUBLISHED).count() == 8
    done = read(feed, as_it_is=True)
    assert (done.outcome, done.withdrawn) == (Outcome.READ, 7)
    assert not FeedFetch.objects.troubled().exists()


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_server_that_refuses_is_told_of(server, feed, status):
    says(server, b"no", status=status)
    done = read(feed)
    assert done.outcome == Outcome.FAILED
    assert str(status) in done.why


def test_a_huge_answer_is_left(server, feed):
    says(server, b"x" * (feeds.LARGEST + 1))
    assert read(feed).outcome == Outcome.FAILED


def test_a_slow_answer_is_left(server, feed, monkeypatch):
    monkeypatch.setattr(feeds, "SECONDS", 1)
    server.drips = True
    says(server, calendar(event("a")))
    done = read(feed)
    assert done.outcome == Outcome.FAILED
    assert not Activity.objects.exists()


def test_a_redirect_to_the_machines_own_keys_is_refused(server, feed):
    says(server, b"", status=302, Location="http://169.254.169.254/latest/meta-data/")
    done = read(feed)
    assert done.outcome == Outcome.FAILED
    assert "169.254.169.254" in done.why


def test_an_address_in_our_own_network_is_not_asked(server, feed, settings):
    settings.FETCH_PRIVATE_HOSTS = []
    assert read(feed).outcome == Outcome.FAILED
    assert not server.heard


def test_more_than_is_taken_is_counted_not_kept(server, feed, monkeypatch):
    monkeypatch.setattr("municipalities.activities.incoming.MOST_EVENTS", 3)
    says(server, calendar(*[event(f"e{n}") for n in range(60)]))
    done = read(feed)
    assert (done.added, len(done.refused), done.more_refused) == (3, feeds.TOLD, 7)


def test_recurring_with_exceptions_and_one_that_is_moved(server, feed):
    week = datetime.timedelta(weeks=1)
    second, third, fourth = (SOON + n * week for n in (1, 2, 3))
    moved = event(
        "a",
        "Øving i kirka",
        start=f"DTSTART;TZID=Europe/Oslo:{third:%Y%m%d}T190000",
        end=f"DTEND;TZID=Europe/Oslo:{third:%Y%m%d}T210000",
        more=f"RECURRENCE-ID;TZID=Europe/Oslo:{third:%Y%m%d}T180000",
    )
    rule = f"RRULE:FREQ=WEEKLY;UNTIL={fourth:%Y%m%d}T180000Z\nEXDATE;TZID=Europe/Oslo:{second:%Y%m%d}T180000"
    says(server, calendar(event("a", more=rule), moved))
    assert read(feed).added == 2
    master = Activity.objects.get(source_uid="a")
    days = [timezone.localdate(row.starts_at) for row in master.occurrences.all()]
    assert days == [SOON, fourth]
    other = Activity.objects.exclude(pk=master.pk).get()
    assert timezone.localtime(other.starts_at).hour == 19
    assert read(feed).unchanged == 2


def test_a_rule_without_an_end_gets_one(server, feed):
    says(server, calendar(event("a", more="RRULE:FREQ=WEEKLY")))
    read(feed)
    activity = Activity.objects.get()
    assert activity.rule == f"FREQ=WEEKLY;UNTIL={timezone.localdate().year + 1}1231"
    assert 50 < activity.occurrences.count() < 120
    assert read(feed).unchanged == 1


def test_times_of_other_zones_are_told_by_the_clock_here(server, feed):
    says(
        server,
        calendar(
            event("utc", start=f"DTSTART:{DAY}T160000Z", end=f"DTEND:{DAY}T170000Z"),
            event("floating", start=f"DTSTART:{DAY}T160000", end=f"DTEND:{DAY}T170000"),
            event(
                "york",
                start=f"DTSTART;TZID=America/New_York:{DAY}T120000",
                end=f"DTEND;TZID=America/New_York:{DAY}T130000",
                more="RRULE:FREQ=WEEKLY;COUNT=3",
            ),
        ),
    )
    assert read(feed).added == 3
    starts = {row.source_uid: row.starts_at for row in Activity.objects.all()}
    assert starts["utc"].astimezone(datetime.UTC).hour == 16
    assert timezone.localtime(starts["floating"]).hour == 16
    york = Activity.objects.get(source_uid="york")
    assert york.rule == ""
    assert york.occurrences.count() == 3
    assert len(york.more_times) == 2


def test_all_day_lasts_through_its_last_day(server, feed):
    after = SOON + datetime.timedelta(days=2)
    says(
        server,
        calendar(event("a", start=f"DTSTART;VALUE=DATE:{DAY}", end=f"DTEND;VALUE=DATE:{after:%Y%m%d}")),
    )
    read(feed)
    activity = Activity.objects.get()
    assert activity.all_day
    assert timezone.localdate(activity.ends_at) == SOON + datetime.timedelta(days=1)


def test_words_from_outside_are_cleaned(server, feed):
    html = "<p onclick='x()'>Hei <b>alle</b>\\, velkommen</p><script>alert(1)</script><img src=x onerror=y>"
    more = f"DESCRIPTION:{html}\nLOCATION:<b>Kirka</b>\nURL:javascript:alert(1)\nGEO:60.63;8.56"
    says(
        server,
        calendar(
            event("a", "<script>x</script>Fest &amp\\; moro", more=more),
            event("b", more="DESCRIPTION:a < b & c"),
        ),
    )
    read(feed)
    activity = Activity.objects.get(source_uid="a")
    text = activity.texts.get()
    assert text.title == "xFest & moro"
    text.refresh_from_db()
    assert text.body == "<p>Hei <b>alle</b>, velkommen</p>"
    assert (activity.place, activity.sign_up_url) == ("Kirka", "")
    assert str(activity.latitude) == "60.63000"
    plain = Activity.objects.get(source_uid="b").texts.get()
    assert plain.body == "<p>a &lt; b &amp; c</p>"


def test_one_bad_event_costs_none_of_the_others(server, feed):
    says(
        server,
        calendar(
            event("good", "God"),
            event("", "Uten navn"),
            event("good", "Samme navn"),
            event("hourly", "Hver time", more="RRULE:FREQ=HOURLY;COUNT=3"),
            event("backwards", "Baklengs", end=f"DTEND;TZID=Europe/Oslo:{DAY}T100000"),
            event("long", "x" * 500, more="DESCRIPTION:" + "y" * 9000),
            event("private", "Styremøte", more="CLASS:PRIVATE"),
            event("off", "Avlyst", more="STATUS:CANCELLED"),
            event("past", "Forbi", start="DTSTART:20200101T100000Z", end="DTEND:20200101T110000Z"),
        ),
    )
    done = read(feed)
    assert done.outcome == Outcome.READ
    assert done.added == 2
    assert {title for title, _why in done.refused} == {"Uten navn", "Samme navn", "Hver time", "Baklengs"}
    assert all(why for _title, why in done.refused)


def test_a_fetch_is_done_once_and_found_again_when_its_worker_is_gone(server, feed):
    says(server, calendar(event("a")))
    asked = feeds.ask(feed=feed, by=None)
    assert feeds.ask(feed=feed, by=None) is None
    FeedFetch.objects.filter(pk=asked.pk).update(begun_at=timezone.now())
    tasks.fetch(asked.pk)
    assert not server.heard, "another worker has it"
    FeedFetch.objects.filter(pk=asked.pk).update(begun_at=timezone.now() - datetime.timedelta(hours=1))
    tasks.fetch(asked.pk)
    tasks.fetch(asked.pk)
    assert len(server.heard) == 1
    FeedFetch.objects.filter(pk=asked.pk).update(
        outcome=Outcome.WAITING, finished_at=None, attempts=3, begun_at=None
    )
    feeds.sweep()
    asked.refresh_from_db()
    assert asked.outcome == Outcome.FAILED


def test_each_night_reads_those_that_are_active(server, feed):
    CalendarFeedFactory(active=False)
    assert feeds.ask_all() == 1
    assert feeds.ask_all() == 0
