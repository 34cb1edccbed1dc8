"""The door *Get to know us* in a browser: somebody who plans to move orders a package on a phone, in English, with a
script and without; every page of it is accessible and no wider than the narrowest screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import expect

from municipalities.links import actions as links
from municipalities.tenancy import anybody
from tests.browser import county
from tests.browser.conftest import FULL, STANDARD, faults
from tests.browser.test_staff import coordinator
from tests.factories.welcome import (
    ConsentFactory,
    HostOfferFactory,
    MeetingTextFactory,
    MemberFactory,
    OrderFactory,
    PersonFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import object_for, path_of
from welcome.club.links import CLUB
from welcome.hosts.links import OFFER
from welcome.households.models import Household, HouseholdState
from welcome.orders import delivery
from welcome.orders.links import KEEP, ORDER
from welcome.orders.models import Order, OrderState

__all__ = ["coordinator"]


def go_on(page):
    page.get_by_role("button", name=re.compile("^(Go on|Send the order)$")).click()


def fill_in(page):
    """From the door to the last button, as somebody who plans to come, and makes a mistake or two."""
    page.goto("/en/al/meet/")
    page.get_by_role("link", name="Order the welcome package").click()
    expect(page.get_by_label("The welcome package")).to_be_checked()
    go_on(page)
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_label("Not yet, we plan to").check()
    go_on(page)
    page.get_by_label("What would make you come?").fill("Work for a nurse")
    go_on(page)
    page.get_by_label("Your given names").fill("Marie-Claire")
    page.get_by_label("Your family name").fill("Dubois")
    page.get_by_label("In which years were the children born?").fill("soon")
    go_on(page)
    expect(page.get_by_label("Your given names")).to_have_value("Marie-Claire")
    page.get_by_label("In which years were the children born?").fill("2020, 2023")
    go_on(page)
    page.get_by_label("What do you like to do?").fill("Choir & skiing")
    page.get_by_label("Yes, you may write this down").check()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Your family name")).to_have_value("Dubois")
    page.get_by_label("Your family name").press("Enter")  # Goes on, and not back.
    expect(page.get_by_label("What do you like to do?")).to_have_value("Choir & skiing")
    go_on(page)
    expect(page.get_by_text("Work for a nurse")).to_be_visible()
    page.get_by_label("E-mail").fill("marie@dubois.example")
    page.get_by_label("Yes, you may keep this while we plan").check()
    go_on(page)
    page.wait_for_url(re.compile("/sent/"))


def confirm(page):
    delivery.mail_waiting()
    [link] = re.findall(r"/l/order/\w+/", mail.outbox[-1].body)
    page.goto(link)
    assert Order.objects.get().state == OrderState.UNCONFIRMED
    page.get_by_role("button", name="Yes, it was me").click()
    expect(page.get_by_text("It is confirmed")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_planner_on_a_phone_orders_a_package_and_becomes_a_household_that_plans(
    browser, live_server, page, coordinator, monkeypatch, script
):
    monkeypatch.setattr(anybody, "LEAST_SECONDS", 0)  # Nobody waits for a test.
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=script,
        viewport={"width": 390, "height": 844},
        locale="en-GB",
    )
    sender = context.new_page()
    fill_in(sender)
    confirm(sender)
    context.close()
    page.goto("/admin/")
    page.get_by_role("link", name="order waits").click()
    page.get_by_role("link", name="Marie-Claire Dubois").click()
    expect(page.get_by_role("heading", name="What they wrote")).to_be_visible()
    report = Axe().run(
        page, context=".run", options=STANDARD
    )  # What is ours; the frame around it is the theme's.
    assert not report.response["violations"], report.generate_report()
    page.get_by_role("button", name=re.compile("plans to move here")).click()
    page.wait_for_url(re.compile("/household/"))
    home = Household.objects.get()
    assert (home.state, home.interests) == (HouseholdState.PLANNING, "Choir & skiing")


def test_axe_finds_nothing_and_nothing_is_wider_than_the_narrowest_screen(browser, live_server):
    al = county.everything()
    county.next_to_nothing()
    MeetingTextFactory(
        meeting=WelcomeMeetingFactory(municipality=al), language="nn", title="Velkomstmøte i Ål"
    )
    page = browser.new_context(base_url=live_server.url, locale="nb-NO").new_page()
    found = []

    def look(looks):
        found.extend(faults(page, looks))
        page.set_viewport_size({"width": 320, "height": 640})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} scrolls sideways")

    for address in (
        "nb/al/meet/",
        "nb/al/meet/order/",
        "nb/al/meet/sign-up/",
        "nb/al/meet/club/",
        "nb/al/meet/offer/",
        "nb/al/meet/sent/",
    ):
        page.goto(f"/{address}")
        look(FULL)
    one_look = FULL[2:3]
    for address in ("nn/al/meet/", "en/al/meet/", "nn/rollag/meet/", "nn/rollag/meet/sign-up/"):
        page.goto(f"/{address}")
        look(one_look)
    page.goto("/nn/al/meet/offer/")
    page.get_by_role("button", name="Send tilbodet").click()
    expect(page.locator(".ds-error-summary")).to_be_focused()
    look(one_look)
    # The last page of the order, with all that was written on the others.
    page.goto("/nb/al/meet/order/?wish=package&wish=club")
    page.get_by_label("Ikke ennå, vi planlegger det").check()
    for _ in range(2):
        page.get_by_role("button", name="Gå videre").click()
    page.get_by_label("Fornavnet ditt").fill("Wilhelmina-Anastasia" * 3)
    for _ in range(2):
        page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_label("E-post")).to_be_visible()
    look(one_look)
    planner = object_for(KEEP, al)
    PersonFactory(household=planner)
    ConsentFactory(household=planner)
    for purpose, row, go in (
        (ORDER, OrderFactory(municipality=al, unconfirmed=True), "confirm"),
        (CLUB, MemberFactory(municipality=al, unconfirmed=True), "confirm"),
        (OFFER, HostOfferFactory(municipality=al), "confirm"),
        (KEEP, planner, "keep"),
    ):
        page.goto(path_of(links.issue(purpose=purpose, of=row, by=None)))
        look(one_look)
        page.locator(f"button[value={go}]").click()
        page.wait_for_load_state()
        look(one_look)
    page.context.close()
    assert not found, "\n".join(found)
