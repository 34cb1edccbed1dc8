"""A letter behind the link in an e-mail: read and kept on a phone, without a script."""

import pytest
from playwright.sync_api import expect

from municipalities.links import actions as links
from tests.browser.conftest import LANGUAGES, reads_well, sweep
from tests.welcome.letters.frozen import make_frozen, make_printed
from welcome.letters.links import LETTER


@pytest.fixture
def link():
    letter = make_printed(make_frozen(letters=1)).letters.get()
    return links.issue(purpose=LETTER, of=letter, by=None)


def opened(page, link):
    page.goto(f"/l/letter/{link.token}/")
    assert link.token not in page.url
    return page.url.split("/letter/")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_too_wide(page, link, language):
    sweep(page, [f"letter/{opened(page, link)}"], language)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.locator("main summary").click()
    page.locator("main form button").click()
    page.wait_for_url("**/not-mine/")
    reads_well(page, language)


def test_keep_it_and_say_that_it_is_not_for_me_without_a_script(browser, live_server, link):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="nb-NO")
    page = context.new_page()
    opened(page, link)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Lagre det på denne enheten").click()
    assert kept.value.suggested_filename.endswith(".pdf")
    page.get_by_text("Dette brevet er ikke til").click()
    page.get_by_role("button", name="Steng lenken").click()
    expect(page.get_by_role("heading", name="Takk for at du sa fra")).to_be_visible()
    answer = page.goto(f"/l/letter/{link.token}/")
    assert answer is not None
    assert answer.status == 410
    context.close()
