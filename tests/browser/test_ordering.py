"""The door *Get to know us* in a browser: somebody who plans to move orders a package on a phone, in English, with a
script and without, and by the keyboard alone; every page of it is accessible."""

import re

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone

from municipalities.links import actions as links
from tests.browser import county
from tests.browser.test_public import LOOKS
from tests.factories.municipalities import MembershipFactory
from tests.factories.welcome import (
    ConsentFactory,
    HostOfferFactory,
    MeetingTextFactory,
    MemberFactory,
    OrderFactory,
    PersonFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import OBJECTS, path_of
from tests.staff_client import StaffClient
from welcome.club.links import CLUB
from welcome.hosts.links import OFFER
from welcome.households.models import Household, HouseholdState
from welcome.orders import delivery
from welcome.orders.links import KEEP, ORDER
from welcome.orders.models import Order, OrderState


@pytest.fixture
def al():
    al = county.everything()
    MeetingTextFactory(
        meeting=WelcomeMeetingFactory(municipality=al), language="nn", title="Velkomstmøte i Ål"
    )
    return al


@pytest.fixture
def phone(browser, live_server):
    """As `page`, for somebody who makes mistakes: that an answer is 422 is no trouble."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    opened, troubles = context.new_page(), []
    opened.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    opened.on(
        "console",
        lambda line: (
            troubles.append(line.text) if line.type == "error" and "status of 422" not in line.text else None
        ),
    )
    yield opened
    context.close()
    assert not troubles, "\n".join(troubles)


def enter(page, place, address):
    """As somebody of the service office who has logged in, in English."""
    user = MembershipFactory(municipality=place, role="service_office").user
    user.language = "en"
    user.save()
    client = StaffClient()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": address}])


def look_over(page, address=None):
    """What axe finds on the page as it stands, in both schemes and widths."""
    axe, found = Axe(), []
    if address:
        page.goto(address)
    page.evaluate(axe.axe_script)
    for scheme, width, options in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        report = AxeResults(page.evaluate("options => axe.run(document, options)", options))
        if report.response["violations"]:
            found.append(f"{page.url} {scheme} {width}\n{report.generate_report()}")
    page.set_viewport_size({"width": 390, "height": 844})
    return found


def go_on(page):
    page.locator("form.stack button.ds-button").filter(has_text=re.compile("Go on|Send the order")).click()


def fill_in(page, *, look=lambda page: None):
    """From the door to the last button, as somebody who plans to come."""
    page.goto("/en/al/meet/")
    page.get_by_role("link", name="Order the welcome package").click()
    look(page)
    assert page.get_by_label("The welcome package").is_checked()
    go_on(page)
    assert page.title().startswith("Error:")
    look(page)
    page.get_by_label("Not yet, we plan to").check()
    go_on(page)
    look(page)
    page.get_by_label("What would make you come?").fill("Work for a nurse")
    go_on(page)
    look(page)
    page.get_by_label("Your given names").fill("Marie-Claire")
    page.get_by_label("Your family name").fill("Dubois")
    page.get_by_label("In which years were the children born?").fill("soon")
    go_on(page)
    assert page.get_by_label("Your given names").input_value() == "Marie-Claire"
    page.get_by_label("In which years were the children born?").fill("2020, 2023")
    go_on(page)
    look(page)
    page.get_by_label("What do you like to do?").fill("Choir & skiing")
    page.get_by_label("Yes, you may write this down").check()
    page.get_by_role("button", name="Back").click()
    assert page.get_by_label("Your family name").input_value() == "Dubois"
    go_on(page)
    assert page.get_by_label("What do you like to do?").input_value() == "Choir & skiing"
    assert page.get_by_label("Yes, you may write this down").is_checked()
    go_on(page)
    look(page)
    assert page.get_by_text("Work for a nurse").is_visible()
    page.get_by_label("E-mail").fill("marie@dubois.example")
    page.get_by_label("Yes, you may keep this while we plan").check()
    page.wait_for_timeout(2100)  # As long as anybody takes to read the page.
    go_on(page)
    page.wait_for_url(re.compile("/sent/"))
    look(page)


def confirm(page):
    delivery.mail_waiting()
    path = re.search(r"https?://[^/\s]+(/l/order/\S+)", mail.outbox[-1].body)[1]
    page.goto(path)
    page.get_by_role("button", name="Yes, it was me").click()
    page.get_by_text("It is confirmed").wait_for()


def test_a_planner_on_a_phone_orders_a_package_and_is_a_household_that_plans(phone, browser, live_server, al):
    found = []
    fill_in(phone, look=lambda page: found.extend(look_over(page)))
    assert Order.objects.get().state == OrderState.UNCONFIRMED
    confirm(phone)
    found += look_over(phone)
    assert not found, "\n".join(found)
    staff = browser.new_context(base_url=live_server.url, locale="en-GB").new_page()
    enter(staff, al, live_server.url)
    staff.goto("/admin/")
    staff.get_by_text("order waits").click()
    staff.get_by_role("link", name="Marie-Claire Dubois").click()
    staff.get_by_role("button", name=re.compile("plans to move here")).click()
    staff.wait_for_url(re.compile("/household/"))
    home = Household.objects.get()
    assert (home.state, home.interests) == (HouseholdState.PLANNING, "Choir & skiing")
    staff.context.close()


def test_the_same_without_a_script(browser, live_server, al):
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        locale="en-GB",
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    fill_in(page)
    confirm(page)
    assert Order.objects.get().state == OrderState.WAITING
    context.close()


def test_and_by_the_keyboard_alone(page, al):
    def tab_to(name):
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "() => { const e = document.activeElement; return [e.id, e.name, e.value, e.innerText].join(' ') }"
            )
            if name in here:
                return
        raise AssertionError(f"{name} is not reached: {here}")

    page.goto("/en/al/meet/order/?wish=package")
    tab_to("moved")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("What would make you come?").wait_for()
    tab_to("Go on")
    page.keyboard.press("Enter")
    tab_to("given_name")
    page.keyboard.type("Marie-Claire")
    page.keyboard.press("Enter")
    tab_to("Go on")
    page.keyboard.press("Enter")
    tab_to("email")
    page.keyboard.type("marie@dubois.example")
    tab_to("agree_planning")
    page.keyboard.press("Space")
    page.wait_for_timeout(2100)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sent/"))
    assert Order.objects.get().given_name == "Marie-Claire"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_axe_finds_nothing(phone, al, language):
    found = []
    for address in (
        "meet/",
        "meet/order/",
        "meet/sign-up/",
        "meet/club/",
        "meet/offer/",
        "meet/sent/?by=phone",
    ):
        found += look_over(phone, f"/{language}/al/{address}")
    county.next_to_nothing()
    found += look_over(phone, f"/{language}/rollag/meet/")
    for address in ("club", "offer", "sign-up"):
        phone.goto(f"/{language}/al/meet/{address}/")
        phone.locator("form.stack button[type=submit]").click()
        assert phone.locator(".ds-error-summary").evaluate("e => e === document.activeElement")
        found += look_over(phone)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_axe_finds_nothing_behind_the_mails(page, al, language):
    planner = OBJECTS[KEEP.code](al)
    PersonFactory(household=planner)
    ConsentFactory(household=planner)
    rows = [
        (ORDER, OrderFactory(municipality=al, unconfirmed=True, screen=language), "confirm"),
        (CLUB, MemberFactory(municipality=al, unconfirmed=True, screen=language), "confirm"),
        (OFFER, HostOfferFactory(municipality=al, screen=language), "confirm"),
        (KEEP, planner, "keep"),
    ]
    found = []
    for purpose, row, go in rows:
        page.goto(path_of(links.issue(purpose=purpose, of=row, by=None)))
        found += look_over(page)
        page.locator(f"button[value={go}]").click()
        page.wait_for_load_state()
        found += look_over(page)
    assert not found, "\n".join(found)
    assert Household.objects.get(pk=planner.pk).consent_until > timezone.localdate().replace(day=1)


def test_nothing_is_wider_than_the_narrowest_screen(page, al):
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ("meet/", "meet/order/", "meet/sign-up/", "meet/club/", "meet/offer/", "meet/sent/"):
        page.goto(f"/nn/al/{address}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
