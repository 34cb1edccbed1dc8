"""A newcomer's own page in a browser: from the link in the letter, on a phone, with forms that are sent."""

import pytest
from django.utils import timezone

from municipalities.links import actions as links
from tests.browser import county
from tests.browser.conftest import LANGUAGES, sweep
from tests.factories.welcome import (
    DataRequestFactory,
    DeliveryFactory,
    HostAssignmentFactory,
    HostFactory,
    HouseholdFactory,
    LetterFactory,
    LetterRunFactory,
    MeetingTextFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from welcome.households import consents
from welcome.households.links import NEWCOMER
from welcome.households.models import Household
from welcome.meetings.models import SignUp, SignUpState

PATHS = ["", "change/", "ask/correction/", "ask/deletion/", "?done=asked"]


@pytest.fixture
def link():
    al = county.everything()
    home = HouseholdFactory(municipality=al, language="nn", interests="Kor og ski", moved_from="Lviv")
    PersonFactory(household=home, family_name="Kovalenko", phone="+4799887766", email="oksana@example.org")
    PersonFactory(household=home, given_name="Daria", birth_year=2020, role="child")
    letter = LetterFactory(
        run=LetterRunFactory(municipality=al), household=home,
        gifts=[
            {"title": "Bading i hallen", "count": 2, "giver": "Symjehallen", "note": "Ut året."},
            {"title": "En måned med avisen", "count": 1, "giver": "", "note": ""},
        ],
    )  # fmt: skip
    now = timezone.now()
    DeliveryFactory(letter=letter, channel="email", state="sent", sending_at=now, sent_at=now)
    HostAssignmentFactory(
        household=home, host=HostFactory(municipality=al, email="torbjorg.med.eit.langt.namn@example.org")
    )
    meeting = WelcomeMeetingFactory(municipality=al)
    MeetingTextFactory(meeting=meeting, language="nn", title="Kaffi og svar på det du lurer på")
    SignUpFactory(meeting=meeting, household=home, adults=2, children=[3], seats=3)
    DataRequestFactory(household=home)
    consents.give(household=home, purpose="needs", how="form", by=None)
    return links.issue(purpose=NEWCOMER, of=home, by=None)


@pytest.fixture
def bare():
    home = HouseholdFactory(
        municipality=county.next_to_nothing(),
        address_kind="unknown",
        street="",
        house_number="",
        house_letter="",
        postal_code="",
        postal_place="",
    )
    return links.issue(purpose=NEWCOMER, of=home, by=None)


def opened(page, link):
    page.goto("/l/newcomer/" + link.token + "/")
    assert link.token not in page.url
    return page.url.split("?")[0].split("/my/")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, link, bare, language):
    for each in (link, bare):
        slot = opened(page, each)
        sweep(page, [f"my/{slot}{path}" for path in PATHS], language)


def test_nothing_is_wider_than_the_narrowest_screen(page, link):
    page.set_viewport_size({"width": 320, "height": 640})
    slot = opened(page, link)
    for path in PATHS:
        page.goto(f"/en/my/{slot}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def test_a_form_is_sent_without_a_script_and_the_page_is_closed(browser, live_server, link):
    """The browser's own check of origin and referrer takes part here: the test client's does not."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    slot = opened(page, link)
    page.goto(f"/en/my/{slot}change/")
    page.get_by_label("What do you like to do?").fill("Choir")
    page.get_by_role("button", name="Save").click()
    assert "done=changed" in page.url
    assert Household.objects.get(pk=link.object_id).interests == "Choir"
    page.get_by_role("button", name="Close the page now").click()
    answer = page.goto(f"/en/my/{slot}")
    assert answer is not None
    assert answer.status == 410
    context.close()


def test_sign_off_from_the_page_without_a_script(browser, live_server, link):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="nn-NO")
    page = context.new_page()
    opened(page, link)
    page.get_by_role("button", name="Endre eller meld av").click()
    assert "/meeting/" in page.url
    page.get_by_text("Vi kan ikkje kome likevel").click()
    page.get_by_role("button", name="Meld dykk av").click()
    assert SignUp.objects.get().state == SignUpState.CANCELLED
    context.close()


def test_the_page_that_is_over_is_accessible(browser, live_server, accessible):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    answer = page.goto("/l/newcomer/" + "a" * 40 + "/")
    assert answer is not None
    assert answer.status == 410
    accessible(page)
    context.close()


def test_a_link_that_looks_like_a_button_can_be_read(page, link):
    """axe takes text in the colour of its ground for text that is hidden on purpose."""
    slot = opened(page, link)
    page.goto(f"/en/my/{slot}")
    button = page.get_by_role("link", name="Change this, phone and e-mail")
    ink, ground = button.evaluate("a => [getComputedStyle(a).color, getComputedStyle(a).backgroundColor]")
    assert ink != ground
