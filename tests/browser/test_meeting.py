"""Signing up for a welcome meeting in a browser: from the letter's code, on a phone, without an account."""

import pytest

from tests.browser import county
from tests.browser.conftest import LANGUAGES, sweep
from tests.factories.welcome import (
    HouseholdFactory,
    MeetingTextFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from welcome.meetings import actions
from welcome.meetings.models import SignUp, SignUpState


@pytest.fixture
def meeting():
    meeting = WelcomeMeetingFactory(municipality=county.everything(), capacity=6)
    MeetingTextFactory(meeting=meeting, language="nn", title="Velkomstmøte i Ål", brief="Kaffi og folk.")
    return meeting


@pytest.fixture
def link(meeting):
    home = PersonFactory(
        household=HouseholdFactory(municipality=meeting.municipality, language="nn")
    ).household
    return actions.invite(meeting=meeting, household_ids=[home.pk])[home.pk]


def opened(page, link):
    page.goto(f"/l/meeting/{link.token}/")
    assert link.token not in page.url
    return page.url.split("/meeting/")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, link, meeting, language):
    slot = opened(page, link)
    for step in ("empty", "signed up", "called off"):
        if step == "signed up":
            page.fill("[name=children]", "3, 7")
            with page.expect_navigation():
                page.click("form.stack button[type=submit]")
        elif step == "called off":
            actions.call_off(meeting=meeting, by=None)
        sweep(page, [f"meeting/{slot}"], language)


def test_sign_up_be_told_what_is_wrong_wait_and_sign_off(browser, live_server, link, meeting):
    """Without a script: the browser's own check of origin and referrer takes part here."""
    SignUpFactory(meeting=meeting, stranger=True, adults=6, seats=6)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="nn-NO")
    page = context.new_page()
    opened(page, link)
    page.fill("[name=adults]", "0")
    page.fill("[name=needs]", "Rullestol")
    page.get_by_role("button", name="Meld dykk på").click()
    assert page.title().startswith("Feil:")
    assert page.input_value("[name=needs]") == "Rullestol"
    page.fill("[name=adults]", "2")
    page.get_by_role("button", name="Meld dykk på").click()
    assert "done=waiting" in page.url
    assert SignUp.objects.waiting().get().needs == "Rullestol"
    page.get_by_text("Vi kan ikkje kome likevel").click()
    page.get_by_role("button", name="Meld dykk av").click()
    assert "done=cancelled" in page.url
    assert SignUp.objects.get(household__isnull=False).state == SignUpState.CANCELLED
    context.close()
