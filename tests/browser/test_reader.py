"""Journeys of somebody who reads: by keyboard, without JavaScript, in another language."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser import county


@pytest.fixture(autouse=True)
def buskerud(page):
    county.build()


def focused(page: Page) -> str:
    return page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")


def test_by_keyboard_from_the_county_to_the_doctor_s_phone(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/en/")
    page.keyboard.press("Tab")
    expect(page.locator(".ds-skip-link")).to_be_focused()
    expect(page.locator(".ds-skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page) == "q"
    page.keyboard.type("aal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/al/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("emergency docter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/al/search/**")
    page.get_by_role("link", name="Doctor and emergency doctor").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/al/topics/doctor/")
    expect(page.get_by_role("link", name=re.compile("32 08 52 00"))).to_have_attribute(
        "href", "tel:+4732085200"
    )
    expect(page.get_by_role("link", name=re.compile("116 117"))).to_have_attribute("href", "tel:116117")


def test_the_keyboard_goes_through_the_front_in_the_order_of_the_eye(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/nn/al/")
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(e => { const b = e.getBoundingClientRect(), s = getComputedStyle(e);"
                " return [Math.round(b.top + scrollY), e.getAttribute('href') || e.name || e.type,"
                " s.outlineStyle !== 'none' || s.boxShadow !== 'none'"
                " || getComputedStyle(e, '::after').outlineStyle !== 'none'"
                " || getComputedStyle(e.parentElement).outlineStyle !== 'none'] })(document.activeElement)"
            )
        )
    tops = [top for top, _name, _shown in seen[1:]]  # The skip link is hidden until it has focus.
    doors = [name for _top, name, _shown in seen if re.fullmatch(r"/nn/al/\w+/", str(name))]
    assert (
        doors[:6]
        == doors[6:12]
        == [f"/nn/al/{door}/" for door in "live work learn explore practical meet".split()]
    )
    assert all(later >= earlier - 60 for earlier, later in pairwise(tops)), seen
    assert all(shown for _top, _name, shown in seen), seen


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(page):
    page.goto("/nb/al/meet/")
    summary = page.locator("details.menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu__panel a").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu__panel a").first).to_be_hidden()
    expect(summary).to_be_focused()


def test_an_error_takes_the_focus_and_leads_to_its_field(page):
    page.goto(f"/en/al/search/?q={'x' * 101}")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    page.locator(".ds-error-summary a").click()
    expect(page.locator("#id_q")).to_be_focused()
    expect(page.locator("#id_q")).to_have_value("x" * 101)


def test_the_language_changes_and_the_page_stays(page):
    page.goto("/nb/al/topics/doctor/")
    page.locator("header").get_by_role("link", name="English").click()
    page.wait_for_url("**/en/al/topics/doctor/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Doctor and emergency doctor")
    page.get_by_role("link", name=re.compile("newest text")).click()
    expect(page.locator(".prose")).to_have_attribute("lang", "nn")
    page.get_by_role("link", name="العربية").click()
    expect(page.locator(".prose")).to_have_attribute("dir", "rtl")
    assert page.context.cookies() == []


def test_everything_reads_without_javascript(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/en/")
    page.get_by_label("Name or post code").fill("Ål")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**/en/al/")
    page.locator("details.menu summary").click()
    page.locator(".menu__panel").get_by_text("Practical").click()
    page.wait_for_url("**/en/al/practical/")
    page.get_by_role("link", name="Doctor and emergency doctor").click()
    expect(page.get_by_text("In an emergency, call 113.")).to_be_visible()
    context.close()


def test_on_paper_there_is_the_text_and_not_the_furniture(page):
    page.goto("/nb/al/topics/doctor/")
    page.emulate_media(media="print")
    expect(page.locator(".prose")).to_be_visible()
    expect(page.locator(".place__name").first).to_be_visible()
    expect(page.locator(".crumbs")).to_be_hidden()
    expect(page.locator(".languages")).to_be_hidden()
