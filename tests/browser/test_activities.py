"""The calendar in a browser: an organisation sends an activity in, staff publish it, it shows and is in the
iCalendar; with a script and without; every page for everybody."""

import datetime
import re

import icalendar
import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from municipalities.activities import tasks
from municipalities.activities.feed_models import Outcome
from municipalities.activities.links import SUBMISSION
from municipalities.activities.models import Activity, News, State, Submission
from municipalities.links import actions as links
from tests.browser import county
from tests.browser.conftest import LANGUAGES, reads_well, staff_sweep, sweep
from tests.browser.test_staff import coordinator
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    CalendarFeedFactory,
    ContactPointFactory,
    FeedFetchFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    OrganisationTextFactory,
    SubmissionFactory,
    UserFactory,
    tomorrow,
)

__all__ = ["coordinator"]

DAY = timezone.localdate() + datetime.timedelta(days=9)


def fill(al):
    """A club with much to do, and one of each oddity."""
    hall = ContactPointFactory(
        municipality=al, name="Ål kulturhus", street_address="Torget 1", postal_code="3570", postal_place="Ål"
    )
    for weekday in range(1, 8):
        OpeningHoursFactory(contact=hall, weekday=weekday)
    choir = OrganisationFactory(
        municipality=al, name="Koret Samklang", slug="samklang", anchored=True, contact=hall
    )
    OrganisationTextFactory(organisation=choir, language="nn", body="<p>Vi syng kvar tysdag.</p>")
    weekly = ActivityFactory(
        municipality=al, organisation=choir, contact=hall, theme="music", rule="FREQ=DAILY;COUNT=40", price=0,
        age_from=6, age_to=16, sign_up_phone="+4799887766", sign_up_url="https://samklang.example/meld-pa",
        exceptions=[(tomorrow(18) + datetime.timedelta(days=2)).date().isoformat()],
    )  # fmt: skip
    kari = UserFactory(name="Kari Nordmann")
    ActivityTextFactory(
        activity=weekly, language="nn", title="Korøving", body="<p>Kom og syng.</p>", changed_by=kari
    )
    ActivityTextFactory(activity=weekly, language="ar", title="غناء", body="<p>تعال وغنّ معنا.</p>")
    over = timezone.now() - datetime.timedelta(days=2)
    gone = ActivityFactory(municipality=al, starts_at=over, ends_at=over + datetime.timedelta(hours=1))
    ActivityTextFactory(activity=gone, language="nb", title="Det som var")
    return weekly, gone


@pytest.fixture
def pages(page):
    al = county.everything()
    bare = county.next_to_nothing()
    OrganisationFactory(municipality=bare, slug="bare", name="Laget uten noe")
    weekly, gone = fill(al)
    return [
        "al/activities/",
        "al/activities/?theme=music&page=2",
        "al/activities/?theme=faith",
        "al/activities/?age=abc",
        "rollag/activities/",
        f"al/activities/{weekly.pk}-koroving/",
        f"al/activities/{weekly.pk}-koroving/?text=ar",
        f"al/activities/{gone.pk}-det-som-var/",
        "al/organisations/",
        "al/organisations/samklang/",
        "rollag/organisations/bare/",
        "al/activities/new/",
        "al/activities/new/?sent=1",
        "al/",
        "al/explore/",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, pages, language):
    sweep(page, pages, language)


def test_nothing_is_wider_than_the_narrowest_screen(page, pages):
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for address in pages:
        page.goto(f"/en/{address}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide.append(f"{page.url}: {over} px")
    assert not wide, "\n".join(wide)


def opened(page, submission, language):
    link = links.issue(purpose=SUBMISSION, of=submission, by=None)
    page.goto(f"/l/activity/{link.token}/")
    assert link.token not in page.url
    slot = page.url.split("/submission/")[1]
    page.goto(f"/{language}/submission/{slot}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_senders_page_is_accessible_in_each_state(page, language):
    al = county.everything()
    for state, more in (
        (State.DRAFT, {"confirmed_at": None}),
        (State.DRAFT, {"word": "Kor er inngangen?"}),
        (State.PUBLISHED, {}),
        (State.WITHDRAWN, {"word": "Dette er reklame."}),
    ):
        activity = ActivityFactory(municipality=al, state=state)
        ActivityTextFactory(activity=activity, language="nn")
        opened(page, SubmissionFactory(activity=activity, language="nn", **more), language)
        reads_well(page, language)


def send_in(page):
    """What the club's leader does: the form, with an error first; then the link in the mail."""
    page.goto("/nn/al/activities/")
    page.get_by_role("link", name="Sei frå om noko som skjer").click()
    page.wait_for_url("**/nn/al/activities/new/")
    page.get_by_label("Kva heiter det?").fill("Lysvandring")
    page.get_by_label("Kva skjer, og kven er det for?").fill("Vi går rundt grenda.\n\nTa med lykt.")
    page.get_by_label("Kva handlar det om?").select_option("meeting")
    page.get_by_label("Kva dag?", exact=True).fill(DAY.isoformat())
    page.get_by_label("Når byrjar det?").fill("18:00")
    page.get_by_label("Når sluttar det?").fill("17:00")
    page.get_by_label("Kor ofte?").select_option("week")
    page.get_by_label("Til og med kva dag?").fill((DAY + datetime.timedelta(weeks=2)).isoformat())
    page.get_by_label("Kvar?").fill("Torpo grendehus")
    page.get_by_label("Namnet, om det ikkje").fill("Grendelaget")
    page.get_by_label("Namnet ditt").fill("Ragnhild Torpegård")
    page.get_by_label("E-posten din").fill("ragnhild@grendelaget.example")
    page.wait_for_timeout(3100)  # Nobody fills it in faster.
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Det kan ikkje slutte før det byrjar.")
    expect(page.get_by_label("Kva skjer, og kven er det for?")).to_have_value(
        "Vi går rundt grenda.\n\nTa med lykt."
    )
    page.get_by_label("Når sluttar det?").fill("20:00")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/nn/al/activities/new/?sent=1")
    tasks.tell(Submission.objects.get().pk)
    [link] = re.findall(r"/l/activity/\w+/", mail.outbox[-1].body)
    page.goto(link)
    assert Activity.objects.get().state == State.DRAFT
    page.get_by_role("button", name="Det stemmer: send inn").click()
    page.wait_for_url("**?done=confirmed")
    assert Activity.objects.get().state == State.WAITING


def it_shows(page):
    tasks.tell(Submission.objects.get().pk)
    assert "Lysvandring" in mail.outbox[-1].subject
    page.goto("/nn/al/activities/?theme=meeting")
    page.get_by_role("link", name="Lysvandring").first.click()
    expect(page.get_by_text("Ta med lykt.")).to_be_visible()
    expect(page.get_by_text("Grendelaget")).to_be_visible()
    answer = page.request.get("/nn/al/activities.ics")
    [event] = icalendar.Calendar.from_ical(answer.body()).walk("VEVENT")
    assert event["SUMMARY"] == "Lysvandring"
    assert event["RRULE"]["FREQ"] == ["WEEKLY"]


def test_an_organisation_sends_it_in_staff_publish_it_and_it_is_in_the_calendar(
    page, coordinator, browser, live_server
):
    context = browser.new_context(base_url=live_server.url, locale="nn-NO")
    sender = context.new_page()
    send_in(sender)
    page.goto("/admin/")
    page.get_by_role("link", name="activity waits for approval").click()
    page.get_by_role("link", name="Lysvandring").first.click()
    page.get_by_role("link", name="Look and decide").click()
    expect(page.get_by_text("ragnhild@grendelaget.example")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("It is published.")).to_be_visible()
    it_shows(sender)
    context.close()


def test_the_same_without_a_script(browser, live_server, page, coordinator):
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        locale="nn-NO",
    )
    sender = context.new_page()
    send_in(sender)
    staff = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    staff.add_cookies(page.context.cookies())
    desk = staff.new_page()
    desk.goto(f"/admin/municipalities/activity/{Activity.objects.get().pk}/decide/")
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("It is published.")).to_be_visible()
    it_shows(sender)
    staff.close()
    context.close()


def test_the_staffs_pages_read_well(page, coordinator):
    weekly, _gone = fill(coordinator)
    waiting = ActivityFactory(municipality=coordinator, state=State.WAITING)
    ActivityTextFactory(activity=waiting)
    SubmissionFactory(activity=waiting, word="Kor er inngangen?", news=News.NOTHING)
    feed = CalendarFeedFactory(organisation=weekly.organisation)
    FeedFetchFactory(
        feed=feed,
        outcome=Outcome.HELD,
        why="Nothing is left.",
        finished_at=timezone.now(),
        refused=[["A", "b"]],
    )
    addresses = [
        f"activity/{waiting.pk}/decide/",
        f"activity/{weekly.pk}/decide/",
        f"calendarfeed/{feed.pk}/change/",
    ]
    staff_sweep(page, [f"/admin/municipalities/{address}" for address in addresses], "#run")
